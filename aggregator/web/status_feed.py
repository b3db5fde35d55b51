"""Problems → an Atom feed for operators: one entry a problem, from its beginning on, changed when what we know of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from lxml import etree

from aggregator.health.judging import advice, meaning
from aggregator.model import Health, Site
from aggregator.publish import status_uri
from aggregator.store import ProblemRecord
from aggregator.store.problems import DELIVERIES, OUR_OWN, PINGS

_ATOM = "http://www.w3.org/2005/Atom"
_NAMES: Mapping[Any, str] = {None: _ATOM}
LATEST = 100
_OURS = {OUR_OWN: "Our own network", PINGS: "The hub that we tell of news", DELIVERIES: "Deliveries of our hub"}


def status_feed(site: Site, problems: Iterable[ProblemRecord], titles: Mapping[str, str]) -> bytes:
    """RFC 4287. `titles` are those of sources by id; equal problems give equal bytes."""
    told = list(problems)
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
    epoch = datetime.combine(site.id_since, time(), UTC)
    _add(feed, "id", status_uri(site))
    _add(feed, "title", f"{site.title.text(site.language)}: what is wrong with its sources")
    _add(feed, "updated", _rfc3339(max((one.updated for one in told), default=epoch)))
    _link(feed, "self", f"{site.url}/status.atom")
    _link(feed, "alternate", f"{site.url}/status")
    _add(etree.SubElement(feed, f"{{{_ATOM}}}author"), "name", "aggregator")
    for one in told:
        _entry(feed, site, one, titles.get(one.source_id, one.source_id))
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _entry(feed: etree._Element, site: Site, one: ProblemRecord, title: str) -> None:
    entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
    who = _OURS.get(one.source_id, title)
    _add(entry, "id", status_uri(site, one.source_id.strip(":") or "network", f"{one.began:%Y%m%dT%H%M%S}", one.health))
    _add(entry, "title", f"{who}: {one.health}" + (" (over)" if one.ended else ""))
    _add(entry, "updated", _rfc3339(one.updated))
    _add(entry, "published", _rfc3339(one.began))
    _link(entry, "alternate", f"{site.url}/status")
    _add(entry, "content", " ".join(_sentences(one, who)))


def _sentences(one: ProblemRecord, who: str) -> Iterable[str]:
    because = f": {one.evidence}" if one.evidence else ""
    if one.source_id == PINGS:
        yield f"The hub that we tell of news is {one.health} since {one.began:%Y-%m-%d %H:%M} UTC{because}."
        if not one.ended:
            yield "What it was not told is kept and told later; see site.hub in the configuration."
    elif one.source_id == DELIVERIES:
        yield f"Our hub gave up deliveries at {one.began:%Y-%m-%d %H:%M} UTC, to subscriptions at{because.removeprefix(':')}."
        if not one.ended:
            yield "With later news they are tried once a day until their leases end, and told then of all that they missed."
    elif one.source_id:
        health = Health(one.health)
        yield f"{who} {meaning(health)} since {one.began:%Y-%m-%d %H:%M} UTC{because}."
        if not one.ended:
            yield advice(health)
    else:
        yield f"{one.evidence.capitalize()}, since {one.began:%Y-%m-%d %H:%M} UTC. No source is blamed for it."
    if one.ended:
        yield f"Over since {one.ended:%Y-%m-%d %H:%M} UTC."


def _add(parent: etree._Element, name: str, text: str) -> None:
    # What XML 1.0 cannot hold may stand in an error that quotes a server.
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = "".join(c for c in text if c.isprintable() or c in "\n\t")


def _link(parent: etree._Element, rel: str, href: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", rel=rel, href=href)


def _rfc3339(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
