"""Real feeds, polled for days and again a year later: as many articles as a person counts.

The test data is optional (AGGREGATOR_TEST_DATA, default ../shared): without it these tests say that it is absent.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.cadence import Terms
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.polls import ingest
from aggregator.model import Document, Newsroom, NotModified, PollOutcome, Schedule, Source, Validators
from aggregator.normalize import Rules
from aggregator.sandbox.reading import Reading
from aggregator.store import Store, Written
from tests.making import newsroom, source

ROOT = Path(__file__).parents[2]
SNAPSHOTS = Path(os.environ.get("AGGREGATOR_TEST_DATA", ROOT.parent / "shared")) / "corpus" / "snapshots"
pytestmark = pytest.mark.skipif(not SNAPSHOTS.is_dir(), reason=f"the test data is absent: no {SNAPSHOTS}")

# Counted by reading every title beside its link. An address that was reworded, a headline that was edited and a live page
# that was dated anew are one article; the daily live pages and wraps, each at a number of its own, are one a day.
COUNTED = {"gmanews": 346, "philstar": 169, "rnz": 303}


@dataclass(slots=True)
class Past:
    """Implements the ports of `ingest`: the web as it was at a moment, and a worker that reads at once."""

    now: datetime
    body: bytes = b""
    seen: set[str] = field(default_factory=set)

    async def fetch(self, source: Source, schedule: Schedule, *, now: datetime) -> Document | NotModified:
        digest = hashlib.sha256(self.body).hexdigest()
        return Document(url=source.url, status=200, content_type="application/xml", body=self.body, body_hash=digest,
                        validators=Validators())  # fmt: skip

    async def run(self, function: Callable[..., Reading], /, *args: Any, **kwargs: Any) -> Reading:
        return function(*args, **kwargs)

    async def wrote(self, source: Source, written: Written) -> None:
        self.seen.update(verdict.id for verdict in written.verdicts)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", sorted(COUNTED))
async def test_as_many_articles_as_a_person_counts(store: Store, name: str) -> None:
    seen = await polled(store, name)
    assert abs(len(seen) - COUNTED[name]) <= COUNTED[name] / 100


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["bbc", "cnn", "nytimes", "nzherald", "smh"])
async def test_what_real_outlets_publish_is_never_held_back(store: Store, name: str) -> None:
    assert len(await polled(store, name)) > 300


async def polled(store: Store, name: str) -> set[str]:
    """The articles of all snapshots of `name`, polled when they were taken."""
    polls = {datetime.strptime(path.name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC): path
             for path in sorted((SNAPSHOTS / name).glob("*.xml.gz"))}  # fmt: skip
    past, of = Past(next(iter(polls))), source(name)
    configured: Newsroom = newsroom(of)
    await store.apply(configured, now=past.now)
    pipeline = Pipeline(client=past, workers=past, store=store, rules=Rules.of(configured), selects=lambda _article: (),
                        now=lambda: past.now, terms=lambda _source: Terms(), wrote=past.wrote)  # fmt: skip
    for moment, path in polls.items():
        past.now, past.body = moment, gzip.decompress(path.read_bytes())
        poll = await ingest(of, (await store.schedules())[name], pipeline)
        assert poll.entries, poll.error
        assert poll.outcome is not PollOutcome.HELD, poll.error
        await store.prune(now=moment)
    return past.seen
