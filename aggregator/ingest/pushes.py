"""What a hub pushed: parse → normalize → dedupe → store, as the document of a poll. What it does not show is not missed by it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from aggregator import cadence
from aggregator.dedupe import Suspect, news_beside
from aggregator.errors import ParseError
from aggregator.health.judging import judge, judge_push
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.polls import batch_of
from aggregator.ingest.recognition import Decided, recognise, suspicion
from aggregator.model import Document, New, Poll, PollOutcome, Push, Revised, Schedule, Source, Verdict
from aggregator.sandbox.reading import Reading, read
from aggregator.store import Hold


async def take_in(source: Source, schedule: Schedule, push: Push, pipeline: Pipeline) -> Poll | None:
    """Store what was pushed for `source`; None where it brought nothing that could be read: then it is polled for.

    Validators, and when the source is polled next, stay as polls left them. Raises only StoreError.
    """
    now, digest = pipeline.now(), hashlib.sha256(push.body).hexdigest()
    if digest == schedule.body_hash:  # a poll was quicker
        await pipeline.store.forget_push(push, now=now, gap=source.every.min)
        return None
    if schedule.first_document:
        await pipeline.store.forget_push(push, now=now, gap=source.every.min, error="nothing was polled yet")
        return None
    try:
        reading = await pipeline.workers.run(
            read,
            push.body,
            content_type=push.content_type,
            url=schedule.validators.final_url or source.url,
            source=source,
            rules=pipeline.rules,
            now=now,
        )
    except ParseError as error:
        await pipeline.store.forget_push(push, now=now, gap=source.every.min, error=str(error))
        return None
    decided = await recognise(reading.sightings, pipeline.store)
    if suspect := await suspicion(source, schedule, decided, reading.title, pipeline.store):
        return await _hold(source, schedule, push, suspect, decided, reading, pipeline)
    return await _store(source, schedule, push, reading, decided, pipeline)


async def _store(
    source: Source, schedule: Schedule, push: Push, reading: Reading, decided: Decided, pipeline: Pipeline
) -> Poll:
    now, verdicts = pipeline.now(), _in_time(decided.verdicts, schedule, push)
    new = [verdict.sighting for verdict in verdicts if isinstance(verdict, New)]
    poll = replace(
        _poll(push, PollOutcome.PUSHED, now),
        entries=len(reading.sightings),
        new=len(new),
        revised=sum(isinstance(verdict, Revised) for verdict in verdicts),
        error=reading.warning,
    )
    after = cadence.after_push(schedule, dates=[sighting.published for sighting in new], now=now)
    dates = [sighting.published for sighting in reading.sightings if sighting.published]
    after = judge_push(schedule, after, poll, published=dates)
    if after.lease is not None:
        after = replace(after, lease=cadence.found_by_push(after.lease, len(new)))
    batch = replace(
        batch_of(source, replace(decided, verdicts=verdicts), reading, pipeline, after, poll), push=push.number
    )
    await pipeline.wrote(source, await pipeline.store.write(batch, now=now))
    return poll


def _in_time(verdicts: tuple[Verdict, ...], schedule: Schedule, push: Push) -> tuple[Verdict, ...]:
    """Without the revisions of a push that waited while a poll read what its source says now."""
    if schedule.last_success is None or push.received >= schedule.last_success:
        return verdicts
    return tuple(verdict for verdict in verdicts if not isinstance(verdict, Revised))


async def _hold(
    source: Source,
    schedule: Schedule,
    push: Push,
    suspect: Suspect,
    decided: Decided,
    reading: Reading,
    pipeline: Pipeline,
) -> Poll:
    """What looks like a takeover or an archive is not published unseen, whoever brought it, but for the news beside it."""
    now = pipeline.now()
    beside = news_beside(decided.verdicts, suspect, most=cadence.most_news(schedule, now))
    dates = [one.sighting.published for one in beside if isinstance(one, New) and one.sighting.published]
    poll = replace(
        _poll(push, PollOutcome.HELD, now), entries=len(decided.verdicts), new=len(dates), error=suspect.reason
    )
    document = Document(
        url=schedule.validators.final_url or source.url,
        status=200,
        content_type=push.content_type,
        body=push.body,
        body_hash=hashlib.sha256(push.body).hexdigest(),
        validators=schedule.validators,
    )
    after = replace(judge(schedule, schedule, poll, published=dates), error=suspect.reason)
    news = None
    if beside:
        news = replace(
            batch_of(source, replace(decided, verdicts=beside), reading, pipeline, after, poll), push=push.number
        )
    held = Hold(
        document=document,
        suspect=suspect,
        schedule=after,
        poll=poll,
        lessons=decided.lessons,
        news=news,
        push=push.number,
    )
    await pipeline.wrote(source, await pipeline.store.hold(held, now=now))
    return poll


def _poll(push: Push, outcome: PollOutcome, now: datetime) -> Poll:
    return Poll(source_id=push.source_id, started=push.received, finished=now, outcome=outcome, received=len(push.body))
