"""What publishers tell machines of reuse → signals, and what those leave us to show.

Our use of an article is what RSL calls `search`: finding it, and showing a link with a short excerpt. Who prohibits that, or asks
for payment, gets a link with the headline and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import etree

from aggregator.etiquette.directives import directives
from aggregator.model import EVERYTHING, Allowance, Republish, Signal, Standard
from aggregator.normalize.covering import concerning, covered, matches
from aggregator.text import one_line, read_json
from aggregator.urls import absolute

RSL = "https://rslstandard.org/rsl"
_OURS = frozenset({"all", "search"})
_NO_MONEY = frozenset({"", "free", "attribution"})
_NO_PICTURE = frozenset({"noimageindex", "noimageai", "max-image-preview:none"})
_SHORT, _MOST, _MOST_CONTENTS, _MOST_PARTS = 200, 20, 1000, 100
RSL_TYPE, _LICENCE = "application/rsl+xml", "licence"
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_IS_LICENCE = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\blicense\b|license\b)", re.I)
RESERVED = "reserved"


def allowance(signals: Iterable[Signal], url: str | None = None) -> Allowance:
    """What `signals` leave us to show of the article at `url`."""
    left = EVERYTHING
    for signal in concerning(signals, url):
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
        *(rsl_link(url, f"Link {where}") for name, value in fields if name == "link" for url in rsl_targets(value)),
    )


def rsl_targets(link: str) -> Iterator[str]:
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
    """`/.well-known/tdmrep.json`: what it says of these addresses of its host, of which the first that is reserved speaks for
    all; else what it says of parts of the host."""
    try:
        rules = read_json(body)
    except ValueError:
        return ()
    rules = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    told = [found for url in urls if (found := _rule(rules, urlsplit(url).path or "/", where))]
    return _whole_or_parts(told, ((str(rule.get("location", "")), _of_rule(rule, where)) for rule in rules))


def _rule(rules: Iterable[dict[str, object]], path: str, where: str) -> tuple[Signal, ...]:
    """The longest location that matches decides, as in robots.txt."""
    matching = [rule for rule in rules if matches(str(rule.get("location", "")), path)]
    return _of_rule(max(matching, key=lambda rule: len(str(rule["location"]))), where) if matching else ()


def _of_rule(rule: dict[str, object], where: str) -> tuple[Signal, ...]:
    policy = rule.get("tdm-policy")
    return tdm(str(rule.get("tdm-reservation", "")), policy if isinstance(policy, str) else None, where)


def _whole_or_parts(
    told: Sequence[tuple[Signal, ...]], parts: Iterable[tuple[str, tuple[Signal, ...]]]
) -> tuple[Signal, ...]:
    """`told` of the site as a whole where that withholds something; else also what is said of parts of it by their patterns."""
    withheld = next((said for said in told if allowance(said) != EVERYTHING), None)
    if withheld is not None:
        return withheld
    whole, named = (told[0] if told else ()), [(pattern, said) for pattern, said in parts if pattern and said]
    bounded = next((said for _, said in named if allowance(said) != EVERYTHING), None)
    if bounded is None:
        return whole
    if len(named) > _MOST_PARTS:  # more than can be asked of each article: what it withholds of some counts for all
        return bounded
    return (*whole, *(replace(signal, about=pattern) for pattern, said in named for signal in said))


def rsl(xml: str, where: str) -> tuple[Signal, ...]:
    """Of `rsl:content` elements as a feed has them."""
    root = _xml(f'<rsl xmlns:rsl="{RSL}">{xml}</rsl>'.encode("utf-8", "replace")) if xml else None
    return _licensed(root, where) if root is not None else ()


def rsl_file(body: bytes, urls: Iterable[str], where: str) -> tuple[Signal, ...]:
    """An RSL file, or a feed that licenses by RSL: what it says of these addresses, of which the first that we may not use
    speaks for all; else what it says of parts of the site."""
    contents = _contents(body)
    told = [_of_content(node, where) for url in urls if (node := _closest(contents, url)) is not None]
    return _whole_or_parts(told, ((node.get("url") or "/", _of_content(node, where)) for node in contents))


def rsl_of(body: bytes, url: str, where: str) -> tuple[Signal, ...]:
    """What an RSL file says of one address."""
    node = _closest(_contents(body), url)
    return () if node is None else _licensed(node, where)


def _contents(body: bytes) -> list[etree._Element]:
    root = _xml(body)
    return list(root.iter(f"{{{RSL}}}content"))[:_MOST_CONTENTS] if root is not None else []


def _closest(contents: Iterable[etree._Element], url: str) -> etree._Element | None:
    """As in robots.txt, the longest pattern decides."""
    about = [(length, node) for node in contents if (length := covered(node.get("url") or "/", url))]
    return max(about, key=lambda one: one[0])[1] if about else None


def _of_content(content: etree._Element, where: str) -> tuple[Signal, ...]:
    """A licence without conditions says so: it may except a part from what is said of more."""
    return _licensed(content, where) or (Signal(Standard.RSL, "permits all", where),)


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
    said = tuple(signals)
    parts = sorted({signal.about for signal in said})
    left = {about: allowance(replace(signal, about="") for signal in said if signal.about == about) for about in parts}
    withheld = [f"{words} of {about}" if about else words for about in parts if (words := _withheld(left[about]))]
    if not withheld:
        return ""
    return f"overruled by your licence ({licence})" if licence else f"so we show {'; '.join(withheld)}"


def _withheld(left: Allowance) -> str:
    if left.republish is Republish.TITLE:
        return "headlines and links alone"
    words = {
        "no full texts": left.republish is Republish.SUMMARY,
        f"summaries of at most {left.summary_length} characters": left.summary_length is not None,
        "no pictures": not left.pictures,
        "no words in tables": not left.mining,
    }
    return ", ".join(said for said, so in words.items() if so)
