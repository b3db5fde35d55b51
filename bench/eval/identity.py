"""Sequences of polls of one outlet → the share in which articles and revisions are exactly as expected.

Every sequence goes through `ingest` into a database of its own: what is measured is what the service does. What of it is held
back counts as what it was decided to be; beside it stands how it comes out when an operator lets in whatever is held."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from aggregator.cadence import Terms
from aggregator.ingest.holding import release
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.polls import ingest
from aggregator.ingest.recognition import recognise
from aggregator.model import (
    Byline,
    Document,
    Entry,
    Feed,
    Newsroom,
    NotModified,
    Outlet,
    PollOutcome,
    Schedule,
    Sighting,
    Source,
    Validators,
)
from aggregator.normalize import Rules, normalize
from aggregator.parse.digest import with_hash
from aggregator.sandbox.reading import Reading
from aggregator.store import Store, Written
from bench.eval.labelled import REQUIRED

Place = tuple[int, int]
KEYS = {
    "case": "",
    "outlet": "outlet",
    "feeds": REQUIRED,
    "poll_times": REQUIRED,
    "polls": REQUIRED,
    "expect": REQUIRED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sequence: the article of each (poll, entry), how many revisions and how many documents held back."""

    ids: dict[Place, str]
    revisions: int
    held: int

    @property
    def groups(self) -> set[frozenset[Place]]:
        places: defaultdict[str, set[Place]] = defaultdict(set)
        for place, id in self.ids.items():
            places[id].add(place)
        return {frozenset(group) for group in places.values()}


def measure(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`exact` of all sequences, of those that no labeller doubts, of all with what was held back released, and `by` case."""
    judged = _judged(_texts(lines))
    right = [not one.problem for one in judged]
    by: defaultdict[str, list[bool]] = defaultdict(list)
    for line, exact in zip(lines, right, strict=True):
        by[line["case"]].append(exact)
    sure = [exact for line, exact in zip(lines, right, strict=True) if not (line.get("doubt") or line.get("hard"))]
    return {
        "exact": _share(right),
        "exact_without_doubt": _share(sure),
        "exact_released": _share([not one.problem for one in _judged(_texts(lines), released=True)]),
        "sequences": len(right),
        "held": sum(one.held > 0 for one in judged),
        "by": {case: _share(results) for case, results in sorted(by.items())},
    }


def errors(lines: Sequence[dict[str, Any]]) -> Iterator[str]:
    for released in (False, True):
        for number, (line, one) in enumerate(zip(lines, _judged(_texts(lines), released=released), strict=True), 1):
            if one.problem:
                yield f"{number} {line['case']}{', released' * released}: {one.problem}"


def _share(results: Sequence[bool]) -> float:
    return sum(results) / len(results) if results else 1.0


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is otherwise than expected of a sequence (empty where nothing is), and how many of its documents were held back."""

    problem: str
    held: int


def _texts(lines: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(json.dumps(line, sort_keys=True) for line in lines)


@lru_cache(maxsize=2)  # figures and errors of one file are asked for one after the other
def _judged(lines: tuple[str, ...], *, released: bool = False) -> tuple[_Judged, ...]:
    with tempfile.TemporaryDirectory(prefix="aggregator-eval-") as name:
        return asyncio.run(_judge([json.loads(line) for line in lines], Path(name), released=released))


async def _judge(lines: Sequence[dict[str, Any]], folder: Path, *, released: bool) -> tuple[_Judged, ...]:
    template = folder / "template.db"
    store = Store.open(f"sqlite:///{template}")
    await store.migrate()
    await store.close()
    judged = []
    for number, line in enumerate(lines):
        path = folder / f"{number}.db"
        shutil.copyfile(template, path)
        store = Store.open(f"sqlite:///{path}")
        try:
            outcome = await replay(line, store, released=released)
            judged.append(_Judged(_problem(line, outcome), outcome.held))
        finally:
            await store.close()
    return tuple(judged)


def _problem(line: dict[str, Any], outcome: Outcome) -> str:
    # A labeller who only counts says nothing of which are one.
    expected = _expected(line) if "pairs_same" in line["expect"] else outcome.groups
    wrong = [
        "one article of " + ", ".join(_named(line, place) for place in sorted(group))
        for group in sorted(outcome.groups - expected, key=sorted)
    ]
    if len(outcome.groups) != line["expect"]["articles"]:
        wrong.append(f"{len(outcome.groups)} articles instead of {line['expect']['articles']}")
    if outcome.revisions != line["expect"]["revisions"]:
        wrong.append(f"{outcome.revisions} revisions instead of {line['expect']['revisions']}")
    return "; ".join(wrong)


def _named(line: dict[str, Any], place: Place) -> str:
    poll, entry = place
    return f"{poll}.{entry} {line['polls'][poll][entry].get('title')!r:.42}"


def _expected(line: dict[str, Any]) -> set[frozenset[Place]]:
    """The partition that the labelled pairs span."""
    group = {(p, e): {(p, e)} for p, poll in enumerate(line["polls"]) for e in range(len(poll))}
    for first, one, second, other in line["expect"]["pairs_same"]:
        joined = group[first, one] | group[second, other]
        group |= dict.fromkeys(joined, joined)
    return {frozenset(places) for places in group.values()}


async def replay(line: dict[str, Any], store: Store, *, released: bool = False) -> Outcome:
    """Poll what `line` says, at the times that it says, with retention after each poll as the service has it; `released`:
    an operator looks at what is held back and lets it in."""
    outlet = Outlet(id="outlet", title=line["outlet"], url=f"https://{line['outlet']}/")
    sources = {name: _source(name, outlet) for name in line["feeds"]}
    moments = [datetime.fromisoformat(moment.replace("Z", "+00:00")) for moment in line["poll_times"]]
    web = _Web(moments[0])
    newsroom = Newsroom(sources=tuple(sources.values()), outlets=(outlet,), digest="eval")
    await store.apply(newsroom, now=moments[0])
    pipeline = Pipeline(
        client=web,
        workers=web,
        store=store,
        rules=Rules.of(newsroom),
        selects=lambda _article: (),
        now=lambda: web.now,
        terms=lambda _source: Terms(),
        wrote=web.wrote,
    )
    ids: dict[Place, str] = {}
    revisions = holds = 0
    for number, (feed, entries, moment) in enumerate(zip(line["feeds"], line["polls"], moments, strict=True)):
        web.now, web.entries, web.written = moment, entries, Written()
        schedule = (await store.schedules())[sources[feed].id]
        poll = await ingest(sources[feed], schedule, pipeline)
        verdicts = web.written.verdicts
        if poll.outcome is PollOutcome.HELD:
            holds += 1
            (held,) = await store.held(sources[feed].id)
            if released:
                verdicts = (await release(sources[feed], held, pipeline)).verdicts
            else:
                verdicts = (await recognise(web.sightings, store)).verdicts
        assert len(verdicts) == len(entries), poll.error
        ids |= {(number, verdict.sighting.position): verdict.id for verdict in verdicts}
        revisions += len(web.written.revised)
        await store.prune(now=moment)
    return Outcome(ids, revisions, holds)


def _source(name: str, outlet: Outlet) -> Source:
    url = f"{outlet.url}{name}.rss"
    return Source(id=f"outlet-{name}", outlet=outlet, url=url, public_url=url)


@dataclass(slots=True)
class _Web:
    """Implements the ports of `ingest`: a web on which the present poll's entries are, and a worker that reads them."""

    now: datetime
    entries: list[dict[str, Any]] = field(default_factory=list)
    written: Written = field(default_factory=Written)
    sightings: tuple[Sighting, ...] = ()

    async def fetch(self, source: Source, schedule: Schedule, *, now: datetime) -> Document | NotModified:
        body = json.dumps(self.entries, sort_keys=True).encode()
        return Document(
            url=source.url,
            status=200,
            content_type="application/json",
            body=body,
            body_hash=hashlib.sha256(body).hexdigest(),
            validators=Validators(),
        )

    async def run(self, function: Any, /, *args: Any, **kwargs: Any) -> Reading:
        source, rules, now = kwargs["source"], kwargs["rules"], kwargs["now"]
        feed = Feed(format="rss", title=source.outlet.title, entries=tuple(map(_entry, self.entries)))
        self.sightings = normalize(feed, source=source, url=source.url, rules=rules, now=now)
        return Reading(
            id=None,
            sightings=self.sightings,
            title=feed.title,
            site_url=None,
            hubs=(),
            self_url=None,
            partial=False,
            cut=False,
            warning=None,
            hints=feed.hints,
        )

    async def wrote(self, source: Source, written: Written) -> None:
        self.written = written


def _entry(stated: dict[str, Any]) -> Entry:
    return with_hash(
        Entry(
            id=stated.get("guid") or None,
            link=stated.get("link") or None,
            title=stated.get("title") or "",
            summary=stated.get("summary") or "",
            content=stated.get("content") or "",
            published=stated.get("published") or None,
            updated=stated.get("updated") or None,
            bylines=(Byline(name=author),) if (author := stated.get("author")) else (),
        )
    )
