"""One value as YAML has it → a value of ours, or a sentence that says what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from aggregator.config import codes
from aggregator.config.secrets import example_of, has_secret
from aggregator.model import Keywords, Title
from aggregator.urls import ascii_host

_DURATION = re.compile(r"(?:\d{1,6}[mhdw])+\Z")
_PART = re.compile(r"(\d+)([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\Z")
# RFC 9110 §5.6.2 token
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_LONGEST = timedelta(days=3660)
_LONGEST_DELAY, LONGEST_SUMMARY = timedelta(days=7), 5000


def text(value: Any) -> str:
    """Words; a number is taken as it would be read."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("expected text")
    words = str(value).strip()
    if has_secret(words):
        raise ValueError("expected text; ${…} is filled in in url, headers and token alone")
    return words


def some_text(value: Any) -> str:
    words = text(value)
    if not words:
        raise ValueError("expected text, not nothing")
    return words


def title(value: Any) -> Title:
    """A string, or a map of languages."""
    if not isinstance(value, Mapping):
        return Title.of(some_text(value))
    if not value:
        raise ValueError("expected text or a map of languages, such as {en: News, es: Noticias}")
    return Title.of({codes.language(tag): some_text(words) for tag, words in value.items()})


def polls_a_day(value: Any) -> float:
    """A mean; more than one in a quarter of an hour is more than the clock ever makes."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 96:
        raise ValueError("expected a number of polls a day, above 0 and up to 96")
    return float(value)


def keywords(value: Any) -> Keywords:
    """A map of languages to lists of words; a bare list is for all languages."""
    if isinstance(value, list):
        return Keywords(by_language=(("*", _words(value)),))
    if not isinstance(value, Mapping):
        raise ValueError("expected a map of languages to lists of words, such as {es: [litio], en: [lithium]}")
    by_language = ((tag if tag == "*" else codes.language(tag), _words(words)) for tag, words in value.items())
    return Keywords(by_language=tuple(by_language))


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("expected a list of words, such as [litio, sal]")
    return tuple(some_text(word) for word in value)


def duration(value: Any) -> timedelta:
    """`15m`, `24h`, `90d`, `1w`, `1h30m`."""
    written = str(value).strip()
    if isinstance(value, bool) or not _DURATION.match(written):
        raise ValueError(f"expected a duration such as 15m, 24h, 90d or 1w, not {value!r}")
    parts = _PART.findall(written)
    total = sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    if not timedelta(minutes=1) <= total <= _LONGEST:
        raise ValueError(f"expected a duration between 1m and {_LONGEST.days}d, not {written}")
    return total


def delay(value: Any) -> timedelta:
    """A duration of a week at most; 0 is none."""
    given = timedelta() if value == 0 and not isinstance(value, bool) else duration(value)
    if given > _LONGEST_DELAY:
        raise ValueError(f"expected a delay of up to 7d, not {value}")
    return given


def length(value: Any) -> int:
    """Characters of a summary."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_SUMMARY:
        raise ValueError(f"expected a number of characters from 1 to {LONGEST_SUMMARY}")
    return value


def slug(value: Any) -> str:
    """The last part of an address: lower-case letters, digits and single hyphens."""
    word = text(value)
    if word == "none":
        raise ValueError("expected another id: none is reserved (section:none, author:none)")
    if len(word) > 100 or not _SLUG.match(word):
        raise ValueError(f"expected lower-case letters a–z, digits and single hyphens, such as el-pais-2, not {word!r}")
    return word


def reference(value: Any) -> str:
    """The id of something else; whether it is there is looked up when all files are read."""
    word = some_text(value)
    if not word.isprintable():
        raise ValueError("expected an id on one line")
    return word


def url(value: Any) -> str:
    """An absolute http(s) URL without user and password, as written: secrets in it are not filled in."""
    if not isinstance(value, str) or any(c.isspace() or not c.isprintable() for c in value):
        raise ValueError("expected an absolute http:// or https:// URL without spaces")
    if value.startswith("${"):  # its scheme and host are secret: judged once filled in
        return value
    try:
        parts = urlsplit(example_of(value))
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("expected an absolute http:// or https:// URL (this one's host or port is wrong)") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("expected an absolute http:// or https:// URL")
    if ascii_host(host) is None:
        raise ValueError(f"expected a URL with the name of a host in it, and {host} is none")
    if "@" in parts.netloc:
        raise ValueError("expected a URL without user and password; a credential belongs in headers, as ${NAME}")
    return value


def public_url(value: Any) -> str:
    """A URL that is shown: it holds no secret."""
    if has_secret(text_or_empty(value)):
        raise ValueError("expected a URL without ${…}: it is shown to readers")
    return url(value)


def text_or_empty(value: Any) -> str:
    """`value` where it is text; for looking into what may be anything."""
    return value if isinstance(value, str) else ""


def site_url(value: Any) -> str:
    """The public base of every link: no query, no fragment, no slash at the end."""
    given = public_url(value)
    if "?" in given or "#" in given:
        raise ValueError("expected a URL without ? and #, such as https://news.example.org/wire")
    return given.rstrip("/")


def hub(value: Any) -> str:
    """`own`, `none`, or the address of somebody else's hub, which stands in every feed."""
    word = "none" if value is False else text_or_empty(value).strip()
    if word.lower() in ("own", "none"):
        return word.lower()
    try:
        return public_url(word)
    except ValueError:
        raise ValueError("expected own, none or the URL of a hub, such as https://hub.example.org/") from None


def host(value: Any) -> str:
    """A host name, for tag: URIs (RFC 4151 §2.1)."""
    name = text(value).lower()
    if not _HOST.match(name):
        raise ValueError(f"expected a host name such as feeds.example.org, not {name!r}")
    return name


def day(value: Any) -> date:
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise ValueError(f"expected a date such as 2026-01-01, not {value!r}") from None


def country(value: Any) -> str:
    """ISO 3166 or UN M49; an unquoted 005 arrives as the number 5."""
    if isinstance(value, int) and not isinstance(value, bool):
        return codes.country(f"{value:03d}")
    return codes.country(text(value))


def contact(value: Any) -> str:
    """What stands in our User-Agent: an address or a page, in plain ASCII."""
    given = text(value)
    mail = re.fullmatch(r"[\w.+-]+@[\w.-]+", given)
    if not given.isascii() or not (mail or re.fullmatch(r"https?://[^\s()<>]+", given)):
        raise ValueError("expected a mail address or a URL, such as ops@example.org")
    return given


def flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"expected true or false, not {value!r}")


def headers(value: Any) -> dict[str, str]:
    """Header fields of the request, with ${…} as written."""
    if not isinstance(value, Mapping):
        raise ValueError('expected a map, such as {Authorization: "Bearer ${TOKEN}"}')
    for name, content in value.items():
        if not _HEADER.match(name):
            raise ValueError(f"expected a header name such as Authorization, not {name!r}")
        if isinstance(content, bool) or not isinstance(content, (str, int)) or not str(content).isprintable():
            raise ValueError(f"expected text on one line as the value of {name}")
    return {name: str(content) for name, content in value.items()}


def path(value: Any) -> str:
    part = some_text(value)
    if not part.startswith("/"):
        raise ValueError(f"expected a part of a URL's path that begins with a slash, such as /{part.strip('/')}/")
    return part


def whose(value: Any) -> str:
    """An article's address, where * stands for anything, or an outlet's id."""
    word = some_text(value)
    if _SLUG.match(word):
        return word
    if not re.match(r"https?://[^\s/*]+/\S*\Z", word):
        raise ValueError("expected an address such as https://paper.example/brasil/*, or an outlet's id")
    return word


def tokens(value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    if not given or not all(_is_token(one) for one in given):
        raise ValueError("expected a secret, such as ${LITHIUM_TOKEN}, or a list of them")
    return tuple(map(str, given))


def _is_token(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and bool(str(value).strip())
