"""What is held back of a source → published after all, or forgotten for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator.dedupe import suspect
from aggregator.errors import FetchError
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.recognition import recognise
from aggregator.ingest.turn import News, Turn, located
from aggregator.model import (
    Document,
    NotModified,
    Poll,
    PollOutcome,
    Schedule,
    Source,
)
from aggregator.store import HeldRecord, Written


async def release(source: Source, held: HeldRecord, pipeline: Pipeline) -> Written:
    """Publish what is held back of `source`, each article in its place by its time: readers are not flooded."""
    turn, news = await _read_again(source, held, pipeline)
    now, count = turn.started, len(news.verdicts)
    poll = Poll(source_id=source.id, started=now, finished=now, outcome=PollOutcome.FRESH, entries=count)
    news = replace(news, decided=replace(news.decided, lessons=()))  # they were learned when it was held
    written = await pipeline.store.release(turn.batch(news, turn.schedule, poll, first=True), now=now)
    await pipeline.wrote(source, written)
    return written


async def drop(source: Source, held: HeldRecord, pipeline: Pipeline) -> int:
    """Forget what is held back of `source`: what made it suspicious never comes back. How many entries that were."""
    turn, news = await _read_again(source, held, pipeline)
    history = (await pipeline.store.past(source.id)).history
    known, title = news.decided.known, news.reading.title
    found = suspect(news.verdicts, known, history, source=source.id, title=title, held=held.suspicion)
    return await pipeline.store.drop(source.id, found.verdicts if found else (), now=turn.started)


async def _read_again(source: Source, held: HeldRecord, pipeline: Pipeline) -> tuple[Turn, News]:
    now = pipeline.now()
    schedule = Schedule(source_id=source.id, next_poll=now)
    turn = Turn(source=source, schedule=schedule, pipeline=pipeline, started=now)
    reading = located(await turn.read(held.body, content_type=held.content_type, url=held.url), held.url)
    return turn, News(reading=reading, decided=await recognise(reading.sightings, pipeline.store))


class NoFetch:
    """The web for what asks nothing of it."""

    async def fetch(self, source: Source, schedule: Schedule, *, now: datetime) -> Document | NotModified:
        raise FetchError("nothing is fetched here", permanent=True)
