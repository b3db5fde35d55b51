"""WebSub on the wire, both ways: forms, signatures, leases, Link headers ↔ values. Pure.

Sections are of the W3C Recommendation of 23 January 2018, https://www.w3.org/TR/websub/.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

FORM_TYPE = "application/x-www-form-urlencoded"
# How long a subscription lasts unless its subscriber asks for another time, and what we grant at least and at most.
LEASE, SHORTEST_LEASE, LONGEST_LEASE = timedelta(days=10), timedelta(hours=1), timedelta(days=30)
# §5.1: "MUST be less than 200 bytes in length".
SECRET_BYTES = 200
# §7: what a signature may be made with; what is newest first.
METHODS = ("sha512", "sha384", "sha256", "sha1")
_FIELDS = 50


class Signed(StrEnum):
    """What a signature is worth."""

    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"  # no header, or an empty one
    UNKNOWN = "unknown"  # made with something that we cannot check


def signature(secret: str, body: bytes, method: str = "sha256") -> str:
    """The value of `X-Hub-Signature` (§7) for exactly these bytes; `method` is one of METHODS."""
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def checked(header: str | None, secret: str, body: bytes) -> Signed:
    """What the value of `X-Hub-Signature` says of `body`. Takes as long for a false one as for a true one."""
    method, equals, digest = (header or "").strip().partition("=")
    if not method:
        return Signed.ABSENT
    method = method.strip().lower()
    if method not in METHODS:
        return Signed.UNKNOWN if equals else Signed.INVALID
    made = signature(secret, body, method).partition("=")[2]
    # Bytes: compare_digest refuses text that is not ASCII.
    same = hmac.compare_digest(made.encode(), digest.strip().lower().encode("utf-8", "replace"))
    return Signed.VALID if same else Signed.INVALID


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a request, in order: of a form (§5.1) or of a query string (§5.3)."""

    fields: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str | None:
        """The value of a field that may stand there once; None where it does not. Raises ValueError where it does twice:
        which of the two is meant is anybody's guess."""
        values = self.all(name)
        if len(values) > 1:
            raise ValueError(f"{name} is given more than once")
        return values[0] if values else None

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.fields if key == name)


def read_form(text: bytes | str) -> Form:
    """Fields of `application/x-www-form-urlencoded`; raises ValueError for what is not UTF-8 or has more than 50 of them."""
    try:
        decoded = text.decode("ascii") if isinstance(text, bytes) else text
        pairs = parse_qsl(decoded, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeError:
        raise ValueError("the form is not UTF-8, percent-encoded") from None
    except ValueError:
        raise ValueError(f"the form has more than {_FIELDS} fields") from None
    return Form(tuple(pairs))


def lease(stated: str | None) -> timedelta:
    """How long a subscription lasts whose subscriber stated `hub.lease_seconds`; raises ValueError where that is no number."""
    if not stated:
        return LEASE
    if not re.fullmatch(r"[0-9]{1,18}", stated):
        raise ValueError("hub.lease_seconds is not a number of seconds")
    seconds = min(int(stated), int(LONGEST_LEASE.total_seconds()))
    return max(SHORTEST_LEASE, timedelta(seconds=seconds))


def with_fields(url: str, fields: Mapping[str, str]) -> str:
    """`url` with fields appended to its query, which stays as it is (§5.3: callbacks may have parameters of their own)."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(fields))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def link_header(hubs: Iterable[str], topic: str) -> str:
    """The value of a `Link` header that names a topic and its hubs (§4)."""
    named = (*((hub, "hub") for hub in hubs), (topic, "self"))
    return ", ".join(f'<{target}>; rel="{relation}"' for target, relation in named)


def read_links(values: Iterable[str], base: str) -> tuple[tuple[str, str], ...]:
    """(relation, absolute address) of each link in the values of `Link` headers (RFC 8288 appendix B.2) of the document at
    `base`; relations in lower case, one pair for each. Links with an anchor speak of another document and are left out."""
    return tuple(pair for value in values for pair in _links(value, base))


_LINK = re.compile(r"<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([^\s=;,"<>]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')


def _links(value: str, base: str) -> Iterable[tuple[str, str]]:
    at = 0
    while target := _LINK.search(value, at):
        at = target.end()
        parameters: dict[str, str] = {}
        while found := _PARAMETER.match(value, at):
            at = found.end()
            quoted = re.sub(r"\\(.)", r"\1", found[2]) if found[2] is not None else None
            # RFC 8288 §3.3: of several the first counts.
            parameters.setdefault(found[1].lower(), quoted if quoted is not None else found[3] or "")
        if "anchor" not in parameters:
            try:
                address = urljoin(base, target[1].strip())
            except ValueError:
                continue
            yield from ((relation.lower(), address) for relation in parameters.get("rel", "").split())
