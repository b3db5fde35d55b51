"""What publishers tell machines of reuse → signals, and what those leave us to show.

Our use of an article is what RSL calls `search`: finding it, and showing a link with a short excerpt. Who prohibits that, or asks
for payment, gets a link with the headline and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml import etree

from aggregator.etiquette.directives import directives
from aggregator.model import EVERYTHING, Allowance, Republish, Signal, Standard
from aggregator.text import one_line
from aggregator.urls import absolute

RSL = "https://rslstandard.org/rsl"
_OURS = frozenset({"all", "search"})
_NO_MONEY = frozenset({"", "free", "attribution"})
_NO_PICTURE = frozenset({"noimageindex", "noimageai", "max-image-preview:none"})
_SHORT, _MOST, _MOST_CONTENTS = 200, 20, 1000
RSL_TYPE, _LICENCE = "application/rsl+xml", "licence"
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_IS_LICENCE = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\blicense\b|license\b)", re.I)
RESERVED = "reserved"


def allowance(signals: Iterable[Signal]) -> Allowance:
    """What `signals` leave us to show."""
    left = EVERYTHING
    for signal in signals:
        left = left.narrowed(_ALLOWS[signal.standard](signal.said))
    return left


def robots(values: Iterable[str], where: str) -> tuple[Signal, ...]:
    """Of `X-Robots-Tag` fields or robots metas: what is said to everybody, or to us by name."""
    return tuple(Signal(Standard.ROBOTS, word, where) for word in directives(values))


def of_headers(headers: Iterable[tuple[str, str]], where: str) -> tuple[Signal, ...]:
    """Of the fields of an answer, by lower-case name."""
    fields = list(headers)
    first = dict(reversed(fields))
    return (
        *robots((value for name, value in fields if name == "x-robots-tag"), f"X-Robots-Tag {where}"),
        *tdm(first.get("tdm-reservation"), first.get("tdm-policy"), f"tdm-reservation {where}"),
        *(rsl_link(url, f"Link {where}") for name, value in fields if name == "link" for url in _rsl_targets(value)),
    )


def _rsl_targets(link: str) -> Iterator[str]:
    """Of a `Link` field (RFC 8288) the licences that are RSL (https://rslstandard.org/guide/http)."""
    for target, parameters in _LINK.findall(link):
        if _IS_LICENCE.search(parameters) and RSL_TYPE in parameters.lower():
            yield target


def tdm(reservation: str | None, policy: str | None, where: str) -> tuple[Signal, ...]:
    """TDMRep: 1 reserves the rights of text and data mining (Directive (EU) 2019/790, Article 4)."""
    value = (reservation or "").strip()
    if value not in ("0", "1"):
        return ()
    terms = f", policy {one_line(policy)[:_SHORT]}" if policy else ""
    return (Signal(Standard.TDM, (RESERVED if value == "1" else f"not {RESERVED}") + terms, where),)


def tdm_file(body: bytes, urls: Iterable[str], where: str) -> tuple[Signal, ...]:
    """`/.well-known/tdmrep.json`: what it says of these addresses of its host; the first that is reserved speaks for all."""
    try:
        rules = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rules = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    told = [found for url in urls if (found := _rule(rules, urlsplit(url).path or "/", where))]
    return next((one for one in told if one[0].said.startswith(RESERVED)), told[0] if told else ())


def _rule(rules: Iterable[dict[str, object]], path: str, where: str) -> tuple[Signal, ...]:
    """The longest location that matches decides, as in robots.txt."""
    matching = [rule for rule in rules if _matches(str(rule.get("location", "")), path)]
    if not matching:
        return ()
    best = max(matching, key=lambda rule: len(str(rule["location"])))
    policy = best.get("tdm-policy")
    return tdm(str(best.get("tdm-reservation", "")), policy if isinstance(policy, str) else None, where)


def _matches(location: str, path: str) -> bool:
    """RFC 9309's patterns: a beginning, `*` for anything, `$` for the end."""
    if not location.startswith("/") or len(location) > _SHORT:
        return False
    whole = location.endswith("$")
    parts = location.removesuffix("$").split("*")
    at = 0
    for number, part in enumerate(parts):
        found = path.find(part, at)
        if found < 0 or (number == 0 and found > 0):
            return False
        at = found + len(part)
    if not whole:
        return True
    # The last part, at the end and not over what is before it; without a `*` there is nothing between.
    start = len(path) - len(parts[-1])
    return path.endswith(parts[-1]) and (start == 0 if len(parts) == 1 else start >= at - len(parts[-1]))


def rsl(xml: str, where: str) -> tuple[Signal, ...]:
    """Of `rsl:content` elements as a feed has them."""
    root = _xml(f'<rsl xmlns:rsl="{RSL}">{xml}</rsl>'.encode("utf-8", "replace")) if xml else None
    return _licensed(root, where) if root is not None else ()


def rsl_file(body: bytes, urls: Iterable[str], where: str) -> tuple[Signal, ...]:
    """An RSL file, or a feed that licenses by RSL: what it says of these addresses; one that we may not use speaks for all."""
    root = _xml(body)
    contents = list(root.iter(f"{{{RSL}}}content"))[:_MOST_CONTENTS] if root is not None else []
    told = []
    for url in urls:
        about = [(len(pattern), node) for node in contents if (pattern := _about(node.get("url") or "/", url))]
        if about:  # as in robots.txt: the longest pattern decides
            told.append(_licensed(max(about, key=lambda one: one[0])[1], where))
    return next((said for said in told if allowance(said) != EVERYTHING), told[0] if told else ())


def _about(pattern: str, url: str) -> str:
    """The path of `pattern` where it covers `url`, "" where not: patterns are paths, or addresses of one host."""
    parts, asked = urlsplit(pattern), urlsplit(url)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if parts.netloc and parts.netloc.lower() != asked.netloc.lower():
        return ""
    return path if _matches(path, f"{asked.path or '/'}{f'?{asked.query}' if asked.query else ''}") else ""


def rsl_link(url: str, where: str) -> Signal:
    """That a licence stands at `url`: to be read there."""
    return Signal(Standard.RSL, f"{_LICENCE} {one_line(url)}", where)


def rsl_links(signals: Iterable[Signal], base: str) -> tuple[str, ...]:
    """The addresses of licences that `signals` of the feed at `base` name."""
    named = (signal.said.partition(" ") for signal in signals if signal.standard is Standard.RSL)
    found = (absolute(url, base) for verb, _, url in named if verb == _LICENCE)
    return tuple(dict.fromkeys(filter(None, found)))


def _xml(body: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _licensed(content: etree._Element, where: str) -> tuple[Signal, ...]:
    """Licences are alternatives: one that permits our use for nothing is enough."""
    licences = list(content.iter(f"{{{RSL}}}license"))[:_MOST]
    said = [tuple(_of_licence(licence)) for licence in licences]
    best = next((one for one in said if all(_of_rsl(words) == EVERYTHING for words in one)), said[0] if said else ())
    return tuple(Signal(Standard.RSL, words, where) for words in dict.fromkeys(best))


def _of_licence(licence: etree._Element) -> Iterator[str]:
    for name, verb in (("prohibits", "prohibits"), ("permits", "permits")):
        for node in licence.iter(f"{{{RSL}}}{name}"):
            if (node.get("type") or "usage") == "usage" and (uses := re.split(r"[\s,]+", (node.text or "").strip())):
                yield f"{verb} {' '.join(uses)[:_SHORT]}".strip()
    for payment in licence.iter(f"{{{RSL}}}payment"):
        kind = one_line(payment.get("type") or "")[:_SHORT]
        priced = payment.find(f"{{{RSL}}}amount") is not None
        yield f"payment {kind or ('of an amount' if priced else 'free')}"


def _of_rsl(said: str) -> Allowance:
    verb, _, rest = said.partition(" ")
    uses = set(rest.lower().split())
    refused = {
        "prohibits": bool(uses & _OURS),
        "permits": bool(uses) and not uses & _OURS,
        "payment": rest.lower() not in _NO_MONEY,
    }.get(verb, False)
    return Allowance(republish=Republish.TITLE, pictures=False, mining=False) if refused else EVERYTHING


def _of_tdm(said: str) -> Allowance:
    return Allowance(mining=not said.startswith(RESERVED))


def _of_robots(said: str) -> Allowance:
    name, _, value = said.partition(":")
    if said == "nosnippet" or (name == "max-snippet" and value == "0"):
        return Allowance(republish=Republish.TITLE, mining=False)
    if said == "noarchive":
        return Allowance(republish=Republish.SUMMARY)
    if said == "noai":
        return Allowance(mining=False)
    if name == "max-snippet" and value.isdigit():
        return Allowance(republish=Republish.SUMMARY, summary_length=int(value))
    # `noindex` of a feed is about the feed's own address: no result of a search leads there.
    return Allowance(pictures=said not in _NO_PICTURE)


_ALLOWS = {Standard.RSL: _of_rsl, Standard.TDM: _of_tdm, Standard.ROBOTS: _of_robots}


def effect(signals: Iterable[Signal], *, licence: str = "") -> str:
    """What `signals` change in what is shown, in words for an operator; "" for nothing."""
    left, words = allowance(signals), []
    if left.republish is Republish.TITLE:
        words.append("headlines and links alone")
    else:
        if left.republish is Republish.SUMMARY:
            words.append("no full texts")
        if left.summary_length is not None:
            words.append(f"summaries of at most {left.summary_length} characters")
        if not left.pictures:
            words.append("no pictures")
        if not left.mining:
            words.append("no words in tables")
    if not words:
        return ""
    return f"overruled by your licence ({licence})" if licence else "so we show " + ", ".join(words)
