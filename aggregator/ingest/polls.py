"""One source: fetch → parse → normalize → dedupe → store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from aggregator import cadence
from aggregator.dedupe import Suspect, Suspicion
from aggregator.errors import FetchError, ParseError
from aggregator.etiquette import servers as etiquette
from aggregator.fetch.hosts import host_of
from aggregator.health.judging import judge
from aggregator.health.outage import may_be_ours
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.turn import News, Turn, located
from aggregator.model import (
    Document,
    Hints,
    New,
    NotModified,
    Poll,
    PollOutcome,
    Refusal,
    Request,
    Schedule,
    Source,
    Verdict,
)


async def ingest(source: Source, schedule: Schedule, pipeline: Pipeline) -> Poll:
    """Poll `source` once; whatever happens is stored and returned. Raises only StoreError."""
    turn = Turn(source=source, schedule=schedule, pipeline=pipeline, started=pipeline.now())
    try:
        answer = await pipeline.client.fetch(source, schedule, now=turn.started)
    except FetchError as error:
        return await failed(turn, error, error.requests)
    if isinstance(answer, NotModified):
        return await _keep(turn, answer, PollOutcome.NOT_MODIFIED)
    if answer.unchanged:
        return await _keep(turn, answer, PollOutcome.SAME_BODY)
    try:
        reading = await turn.read(answer.body, content_type=answer.content_type, url=answer.url, headers=answer.reuse)
    except ParseError as error:
        return await failed(turn, error, answer.requests)
    news = await turn.recognise(located(reading, answer.url, answer.links), moved_to=_new_host(turn, answer))
    if news.suspect and not answer.delta:
        return await _hold(turn, answer, news, news.suspect)
    return await _store(turn, answer, news)


async def _keep(turn: Turn, answer: Document | NotModified, outcome: PollOutcome) -> Poll:
    """Nothing is new: remember validators and hints (RFC 9111 §4.3.4) and the next poll."""
    poll = _poll(turn, answer, outcome)
    after = await _learned(turn, _next(turn, poll, answer.hints), answer, overlaps=turn.schedule.overlaps)
    after = judge(turn.schedule, after, poll, moved_to=answer.permanent_url)
    await turn.pipeline.store.record(replace(after, validators=answer.validators, error=None), poll)
    return poll


async def _learned(turn: Turn, after: Schedule, answer: Document | NotModified, *, overlaps: bool) -> Schedule:
    """What an answer that could be read says beside its news: where the source moved, whether validators are heeded."""
    source, pipeline = turn.source, turn.pipeline
    same_body = isinstance(answer, Document) and answer.unchanged
    after = etiquette.heeded(after, etag=answer.validators.etag, same_body=same_body)
    to, same_host = answer.permanent_url, _new_host(turn, answer) is None
    moved = etiquette.saw_move(source, after, to=to, same_host=same_host, overlaps=overlaps, now=pipeline.now())
    if moved.moved_to is None or moved.moved_to == after.moved_to:
        return moved
    # An address that another source has, or had, is not taken from it.
    owner = await pipeline.store.source_at(moved.moved_to)
    return moved if owner in (None, source.id) else after


def _new_host(turn: Turn, answer: Document | NotModified) -> str | None:
    """The host that the source moved to for good, None while it is at home."""
    to = answer.permanent_url and host_of(answer.permanent_url)
    return to if to != host_of(turn.schedule.moved_to or turn.source.url) else None


async def failed(turn: Turn, error: FetchError | ParseError, requests: tuple[Request, ...]) -> Poll:
    """It went wrong: the error is kept and shown, the validators stay those of the last document that we could keep."""
    schedule, pipeline = turn.schedule, turn.pipeline
    status, retry_after = (error.status, error.retry_after) if isinstance(error, FetchError) else (200, None)
    # An adopted address that is gone was a mistake perhaps: the configured one is asked before we believe it.
    gone = status == HTTPStatus.GONE and isinstance(error, FetchError) and error.permanent and schedule.moved_to is None
    poll = Poll(
        source_id=turn.source.id,
        started=turn.started,
        finished=pipeline.now(),
        outcome=PollOutcome.GONE if gone else PollOutcome.FAILED,
        status=status,
        error=str(error),
        trouble=error.trouble,
        requests=requests,
    )
    after = etiquette.after_failure(_next(turn, poll, Hints(retry_after=retry_after)))
    after = replace(judge(schedule, after, poll), error=str(error))
    if may_be_ours(error.trouble):
        await pipeline.store.record_unreachable(schedule, after, poll)
    elif isinstance(error, FetchError) and error.refused_url is not None:
        refusal = refusal_of(error, error.refused_url, pipeline.now())
        await pipeline.store.record_refusal(after, poll, refusal, pipeline.siblings(refusal.host))
    else:
        await pipeline.store.record(after, poll)
    return poll


def refusal_of(error: FetchError, url: str, now: datetime) -> Refusal:
    """A 429 or 503 of `url`, as its host is remembered by."""
    limited = error.status == HTTPStatus.TOO_MANY_REQUESTS
    return Refusal(host=host_of(url), url=url, at=now, limited=limited, retry_after=error.retry_after)


async def _store(turn: Turn, document: Document, news: News) -> Poll:
    """Store what each entry is, with the validators, in one transaction."""
    reading, verdicts = news.reading, news.verdicts
    before = _judge_hub(turn.schedule, news, turn.pipeline.now())
    poll = news.counted(_poll(turn, document, PollOutcome.PARTIAL if reading.partial else PollOutcome.FRESH))
    note = reading.warning if reading.cut else None
    if news.forgotten and not document.delta:
        note = f"every entry in it ({poll.entries}) was dropped, withdrawn or pruned here"
        poll = replace(poll, entries=0)
    # What it does not show may be there all the same.
    whole = not (reading.partial or reading.cut or document.delta)
    brought = cadence.Brought(dates=_dates(verdicts, before), entries=len(verdicts) if whole else 0)
    hints = document.hints.with_document(reading.hints)
    after = _next(replace(turn, schedule=before), poll, hints, brought=brought)
    known = not before.first_document and not reading.partial and news.overlaps
    after = await _learned(turn, after, document, overlaps=known)
    after = replace(
        judge(before, after, poll, published=news.stated_dates(), moved_to=document.permanent_url, note=note or ""),
        # A 304 must never hide what a broken-off document did not show.
        validators=before.validators if reading.partial else document.validators,
        body_hash=before.body_hash if reading.partial else document.body_hash,
        overlaps=before.overlaps if reading.partial else known or (before.first_document and bool(verdicts)),
        error=reading.warning,
        # What a document that broke off did not show is as old as what it showed.
        first_document=before.first_document and (reading.partial or not reading.sightings),
    )
    await turn.store(turn.batch(news, after, poll, first=before.first_document, whole=whole))
    return poll


def _judge_hub(schedule: Schedule, news: News, now: datetime) -> Schedule:
    """A hub that pushes should have brought what a poll finds."""
    if schedule.lease is None:
        return schedule
    lease = cadence.found_by_poll(schedule.lease, news.new_dates(), last_success=schedule.last_success, now=now)
    return replace(schedule, lease=lease)


async def _hold(turn: Turn, document: Document, news: News, suspect: Suspect) -> Poll:
    """The validators of a document that is held back are kept with it: a 304 hides nothing that is not here."""
    poll, beside = _poll(turn, document, PollOutcome.HELD), turn.beside(news, suspect)
    brought = cadence.Brought(dates=beside.new_dates()) if beside.verdicts else None
    after = _next(turn, poll, document.hints, brought=brought)
    after = replace(after, validators=document.validators, body_hash=document.body_hash, overlaps=False)
    after = await _learned(turn, after, document, overlaps=False)
    if suspect.suspicion is Suspicion.TAKEOVER:
        after = etiquette.returned(after)
    return await turn.hold(document, news, suspect, schedule=after, poll=poll)


def _poll(turn: Turn, answer: Document | NotModified, outcome: PollOutcome) -> Poll:
    return Poll(
        source_id=turn.source.id,
        started=turn.started,
        finished=turn.pipeline.now(),
        outcome=outcome,
        status=answer.status,
        received=answer.received if isinstance(answer, Document) else 0,
        requests=answer.requests,
    )


def _dates(verdicts: tuple[Verdict, ...], schedule: Schedule) -> tuple[datetime | None, ...]:
    """When what is new came; of a first document, when all did that it shows."""
    return tuple(
        verdict.sighting.published for verdict in verdicts if schedule.first_document or isinstance(verdict, New)
    )


def _next(turn: Turn, poll: Poll, hints: Hints, *, brought: cadence.Brought | None = None) -> Schedule:
    now, pipeline = turn.pipeline.now(), turn.pipeline
    return cadence.next_poll(
        turn.source,
        turn.schedule,
        outcome=poll.outcome,
        hints=hints,
        now=now,
        brought=brought,
        terms=replace(pipeline.terms(turn.source), pushed=cadence.safety(turn.schedule.lease, now)),
        status=poll.status if poll.outcome.failed else None,
    )
