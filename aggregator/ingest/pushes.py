"""What a hub pushed: parse → normalize → dedupe → store, as the document of a poll. What it does not show is not missed by it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from aggregator import cadence
from aggregator.dedupe import Suspect
from aggregator.errors import ParseError
from aggregator.health.judging import judge_push
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.turn import News, Turn
from aggregator.model import Document, Poll, PollOutcome, Push, Revised, Schedule, Source


async def take_in(source: Source, schedule: Schedule, push: Push, pipeline: Pipeline) -> Poll | None:
    """Store what was pushed for `source`; None where it brought nothing that could be read: then it is polled for.

    Validators, and when the source is polled next, stay as polls left them. Raises only StoreError.
    """
    turn = Turn(source=source, schedule=schedule, pipeline=pipeline, started=pipeline.now())
    if hashlib.sha256(push.body).hexdigest() == schedule.body_hash:  # a poll was quicker
        await _forget(turn, push)
        return None
    if schedule.first_document:
        await _forget(turn, push, error="nothing was polled yet")
        return None
    try:
        reading = await turn.read(push.body, content_type=push.content_type, url=_url(turn))
    except ParseError as error:
        await _forget(turn, push, error=str(error))
        return None
    news = await turn.recognise(reading)
    return await (_hold(turn, push, news, news.suspect) if news.suspect else _store(turn, push, news))


async def _forget(turn: Turn, push: Push, *, error: str | None = None) -> None:
    await turn.pipeline.store.forget_push(push, now=turn.started, gap=turn.source.every.min, error=error)


async def _store(turn: Turn, push: Push, news: News) -> Poll:
    schedule, now = turn.schedule, turn.pipeline.now()
    news = _in_time(news, schedule, push)
    poll = news.counted(_poll(turn, push, PollOutcome.PUSHED))
    after = cadence.after_push(schedule, dates=news.new_dates(), now=now)
    after = judge_push(schedule, after, poll, published=news.stated_dates())
    if after.lease is not None:
        after = replace(after, lease=cadence.found_by_push(after.lease, poll.new))
    await turn.store(turn.batch(news, after, poll, push=push.number))
    return poll


def _in_time(news: News, schedule: Schedule, push: Push) -> News:
    """Without the revisions of a push that waited while a poll read what its source says now."""
    if schedule.last_success is None or push.received >= schedule.last_success:
        return news
    return news.only([verdict for verdict in news.verdicts if not isinstance(verdict, Revised)])


async def _hold(turn: Turn, push: Push, news: News, suspect: Suspect) -> Poll:
    """What looks like a takeover or an archive is not published unseen, whoever brought it, but for the news beside it."""
    document = Document(
        url=_url(turn),
        status=200,
        content_type=push.content_type,
        body=push.body,
        body_hash=hashlib.sha256(push.body).hexdigest(),
        validators=turn.schedule.validators,
    )
    poll = _poll(turn, push, PollOutcome.HELD)
    return await turn.hold(document, news, suspect, schedule=turn.schedule, poll=poll, push=push.number)


def _url(turn: Turn) -> str:
    return turn.schedule.validators.final_url or turn.source.url


def _poll(turn: Turn, push: Push, outcome: PollOutcome) -> Poll:
    return Poll(
        source_id=push.source_id,
        started=push.received,
        finished=turn.pipeline.now(),
        outcome=outcome,
        received=len(push.body),
    )
