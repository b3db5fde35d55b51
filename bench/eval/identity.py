"""Sequences of polls of one outlet → the share in which articles and revisions are exactly as expected.

Every sequence goes through `ingest` into a database of its own: what is measured is what the service does."""

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

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sequence: the article of each (poll, entry), and how many revisions there were."""

    ids: dict[Place, str]
    revisions: int

    @property
    def groups(self) -> set[frozenset[Place]]:
        places: defaultdict[str, set[Place]] = defaultdict(set)
        for place, id in self.ids.items():
            places[id].add(place)
        return {frozenset(group) for group in places.values()}


def measure(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`exact` of all sequences, of those that no labeller doubts, and `by` case."""
    right = [not problem for problem in _problems(lines)]
    by: defaultdict[str, list[bool]] = defaultdict(list)
    for line, exact in zip(lines, right, strict=True):
        by[line["case"]].append(exact)
    sure = [exact for line, exact in zip(lines, right, strict=True) if not (line.get("doubt") or line.get("hard"))]
    return {
        "exact": _share(right),
        "exact_without_doubt": _share(sure),
        "sequences": len(right),
        "by": {case: _share(results) for case, results in sorted(by.items())},
    }


def errors(lines: Sequence[dict[str, Any]]) -> Iterator[str]:
    for number, (line, problem) in enumerate(zip(lines, _problems(lines), strict=True), 1):
        if problem:
            yield f"{number} {line['case']}: {problem}"


def _share(results: Sequence[bool]) -> float:
    return sum(results) / len(results) if results else 1.0


def _problems(lines: Sequence[dict[str, Any]]) -> list[str]:
    """For each sequence what is otherwise than expected; empty where nothing is."""
    return list(_judged(tuple(json.dumps(line, sort_keys=True) for line in lines)))


@lru_cache(maxsize=1)  # figures and errors of one file are asked for one after the other
def _judged(lines: tuple[str, ...]) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="aggregator-eval-") as name:
        return asyncio.run(_judge([json.loads(line) for line in lines], Path(name)))


async def _judge(lines: Sequence[dict[str, Any]], folder: Path) -> tuple[str, ...]:
    template = folder / "template.db"
    store = Store.open(f"sqlite:///{template}")
    await store.migrate()
    await store.close()
    problems = []
    for number, line in enumerate(lines):
        path = folder / f"{number}.db"
        shutil.copyfile(template, path)
        store = Store.open(f"sqlite:///{path}")
        try:
            problems.append(_problem(line, await replay(line, store)))
        finally:
            await store.close()
    return tuple(problems)


def _problem(line: dict[str, Any], outcome: Outcome) -> str:
    expected = _expected(line)
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
    return f"{poll}.{entry} {line['polls'][poll][entry]['title'][:40]!r}"


def _expected(line: dict[str, Any]) -> set[frozenset[Place]]:
    """The partition that the labelled pairs span."""
    group = {(p, e): {(p, e)} for p, poll in enumerate(line["polls"]) for e in range(len(poll))}
    for first, one, second, other in line["expect"]["pairs_same"]:
        joined = group[first, one] | group[second, other]
        group |= dict.fromkeys(joined, joined)
    return {frozenset(places) for places in group.values()}


async def replay(line: dict[str, Any], store: Store) -> Outcome:
    """Poll what `line` says, at the times that it says, with retention after each poll as the service has it."""
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
    revisions = 0
    for number, (feed, entries, moment) in enumerate(zip(line["feeds"], line["polls"], moments, strict=True)):
        web.now, web.entries, web.written = moment, entries, Written()
        schedule = (await store.schedules())[sources[feed].id]
        poll = await ingest(sources[feed], schedule, pipeline)
        if poll.outcome is PollOutcome.HELD:
            # An operator looks at a renumbering and lets it in: what is one is decided then.
            (held,) = await store.held(sources[feed].id)
            await release(sources[feed], held, pipeline)
        assert len(web.written.verdicts) == len(entries), poll.error
        ids |= {(number, verdict.sighting.position): verdict.id for verdict in web.written.verdicts}
        revisions += len(web.written.revised)
        await store.prune(now=moment)
    return Outcome(ids, revisions)


def _source(name: str, outlet: Outlet) -> Source:
    url = f"{outlet.url}{name}.rss"
    return Source(id=f"outlet-{name}", outlet=outlet, url=url, public_url=url)


@dataclass(slots=True)
class _Web:
    """Implements the ports of `ingest`: a web on which the present poll's entries are, and a worker that reads them."""

    now: datetime
    entries: list[dict[str, Any]] = field(default_factory=list)
    written: Written = field(default_factory=Written)

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
        sightings: tuple[Sighting, ...] = normalize(feed, source=source, url=source.url, rules=rules, now=now)
        return Reading(
            sightings=sightings,
            title=feed.title,
            site_url=None,
            hub=None,
            self_url=None,
            partial=False,
            warning=None,
            hints=feed.hints,
        )

    async def wrote(self, source: Source, written: Written) -> None:
        self.written = written


def _entry(stated: dict[str, Any]) -> Entry:
    return with_hash(
        Entry(
            id=stated["guid"] or None,
            link=stated["link"] or None,
            title=stated["title"],
            summary=stated["summary"],
            content=stated.get("content", ""),
            published=stated["published"] or None,
            updated=stated.get("updated") or None,
            bylines=(Byline(name=stated["author"]),) if stated["author"] else (),
        )
    )
