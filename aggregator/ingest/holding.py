"""What is held back of a source → published after all, or forgotten for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator.dedupe import suspect
from aggregator.errors import FetchError
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.polls import batch_of, located
from aggregator.ingest.recognition import recognise
from aggregator.model import (
    Document,
    NotModified,
    Poll,
    PollOutcome,
    Schedule,
    Source,
)
from aggregator.sandbox.reading import Reading, read
from aggregator.store import HeldRecord, Written


async def release(source: Source, held: HeldRecord, pipeline: Pipeline) -> Written:
    """Publish what is held back of `source`, each article in its place by its time: readers are not flooded."""
    now = pipeline.now()
    reading = located(await _read_held(source, held, pipeline, now), held.url)
    decided = await recognise(reading.sightings, pipeline.store)
    poll = Poll(
        source_id=source.id, started=now, finished=now, outcome=PollOutcome.FRESH, entries=len(decided.verdicts)
    )
    decided = replace(decided, lessons=())  # they were learned when it was held
    batch = batch_of(source, decided, reading, pipeline, Schedule(source_id=source.id, next_poll=now), poll)
    batch = replace(batch, first_document=True)
    written = await pipeline.store.release(batch, now=now)
    await pipeline.wrote(source, written)
    return written


async def drop(source: Source, held: HeldRecord, pipeline: Pipeline) -> int:
    """Forget what is held back of `source`: what made it suspicious never comes back. How many entries that were."""
    now = pipeline.now()
    reading = await _read_held(source, held, pipeline, now)
    decided = await recognise(reading.sightings, pipeline.store)
    past = await pipeline.store.past(source.id)
    found = suspect(
        decided.verdicts, decided.known, past.history, source=source.id, title=reading.title, held=held.suspicion
    )
    return await pipeline.store.drop(source.id, found.verdicts if found else (), now=now)


async def _read_held(source: Source, held: HeldRecord, pipeline: Pipeline, now: datetime) -> Reading:
    return await pipeline.workers.run(
        read,
        held.body,
        content_type=held.content_type,
        url=held.url,
        source=source,
        rules=pipeline.rules,
        now=now,
    )


class NoFetch:
    """The web for what asks nothing of it."""

    async def fetch(self, source: Source, schedule: Schedule, *, now: datetime) -> Document | NotModified:
        raise FetchError("nothing is fetched here", permanent=True)
