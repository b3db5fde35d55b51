"""Problems → an Atom feed for operators: one entry a problem, from its beginning on, changed when what we know of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time

from aggregator.health.judging import advice, meaning
from aggregator.model import Health, Site
from aggregator.publish import Publication, render, status_uri
from aggregator.publish.dates import rfc3339
from aggregator.publish.elements import Lines, spliced
from aggregator.store import ProblemRecord
from aggregator.store.problems import DELIVERIES, OUR_OWN, PINGS

LATEST = 100
_OURS = {OUR_OWN: "Our own network", PINGS: "The hub that we tell of news", DELIVERIES: "Deliveries of our hub"}


def status_feed(site: Site, problems: Iterable[ProblemRecord], titles: Mapping[str, str]) -> bytes:
    """RFC 4287, with the head of all our feeds. `titles` are those of sources by id; equal problems give equal bytes."""
    told = list(problems)
    epoch = datetime.combine(site.id_since, time(), UTC)
    head = Publication(
        id=status_uri(site),
        title=f"{site.title.text(site.language)}: what is wrong with its sources",
        description="Each problem from its beginning on, changed when what we know of it changes and when it is over",
        language="en",
        self_url=f"{site.url}/status.atom",
        page_url=f"{site.url}/status",
        updated=max((one.updated for one in told), default=epoch),
        articles=(),
        contact=site.contact,
    )
    entries = (_entry(site, one, titles.get(one.source_id, one.source_id)) for one in told)
    return spliced(render(head, "atom", site=site).body, entries, end=b"</feed>")


def _entry(site: Site, one: ProblemRecord, title: str) -> bytes:
    who, lines = _OURS.get(one.source_id, title), Lines(depth=1)
    lines.open("entry")
    lines.put("id", status_uri(site, one.source_id.strip(":") or "network", f"{one.began:%Y%m%dT%H%M%S}", one.health))
    lines.put("title", f"{who}: {one.health}" + (" (over)" if one.ended else ""))
    lines.put("updated", rfc3339(one.updated))
    lines.put("published", rfc3339(one.began))
    lines.put("link", rel="alternate", href=f"{site.url}/status", type="text/html")
    lines.put("content", " ".join(_sentences(one, who)), type="text")
    lines.close("entry")
    return lines.written()


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
