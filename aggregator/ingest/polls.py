"""One source: fetch → parse → normalize → dedupe → store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from aggregator import cadence
from aggregator.dedupe import Suspect, news_beside
from aggregator.errors import FetchError, ParseError
from aggregator.etiquette import servers as etiquette
from aggregator.fetch.hosts import host_of
from aggregator.health.judging import judge
from aggregator.health.outage import may_be_ours
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.recognition import Decided, recognise, suspicion
from aggregator.model import (
    Document,
    Hints,
    New,
    NotModified,
    Poll,
    PollOutcome,
    Refusal,
    Request,
    Revised,
    Schedule,
    Source,
    Verdict,
)
from aggregator.push.subscriber import discovered
from aggregator.sandbox.reading import Reading, read
from aggregator.store import Batch, FeedFacts, Hold


async def ingest(source: Source, schedule: Schedule, pipeline: Pipeline) -> Poll:
    """Poll `source` once; whatever happens is stored and returned. Raises only StoreError."""
    started = pipeline.now()
    try:
        answer = await pipeline.client.fetch(source, schedule, now=started)
    except FetchError as error:
        return await _fail(source, schedule, error, error.requests, pipeline, started)
    if isinstance(answer, NotModified):
        return await _keep(source, schedule, answer, PollOutcome.NOT_MODIFIED, pipeline, started)
    if answer.unchanged:
        return await _keep(source, schedule, answer, PollOutcome.SAME_BODY, pipeline, started)
    try:
        reading = await pipeline.workers.run(
            read,
            answer.body,
            content_type=answer.content_type,
            url=answer.url,
            source=source,
            rules=pipeline.rules,
            now=started,
            headers=answer.reuse,
        )
    except ParseError as error:
        return await _fail(source, schedule, error, answer.requests, pipeline, started)
    reading = located(reading, answer.url, answer.links)
    return await _store(source, schedule, answer, reading, pipeline, started)


async def _keep(
    source: Source,
    schedule: Schedule,
    answer: Document | NotModified,
    outcome: PollOutcome,
    pipeline: Pipeline,
    started: datetime,
) -> Poll:
    """Nothing is new: remember validators and hints (RFC 9111 §4.3.4) and the next poll."""
    poll = _poll(source, answer, outcome, pipeline, started)
    after = _next(source, schedule, poll, answer.hints, pipeline)
    after = await _learned(source, schedule, after, answer, pipeline, overlaps=True)
    after = judge(schedule, after, poll, moved_to=answer.permanent_url)
    await pipeline.store.record(replace(after, validators=answer.validators, error=None), poll)
    return poll


async def _learned(
    source: Source,
    schedule: Schedule,
    after: Schedule,
    answer: Document | NotModified,
    pipeline: Pipeline,
    *,
    overlaps: bool,
) -> Schedule:
    """What an answer that could be read says beside its news: where the source moved, whether validators are heeded."""
    asked = schedule.moved_to or source.url
    same_body = isinstance(answer, Document) and answer.unchanged
    after = etiquette.heeded(after, etag=answer.validators.etag, same_body=same_body)
    to = answer.permanent_url
    same_host = to is not None and host_of(to) == host_of(asked)
    moved = etiquette.saw_move(source, after, to=to, same_host=same_host, overlaps=overlaps, now=pipeline.now())
    if moved.moved_to is None or moved.moved_to == after.moved_to:
        return moved
    # An address that another source has, or had, is not taken from it.
    owner = await pipeline.store.source_at(moved.moved_to)
    return moved if owner in (None, source.id) else after


async def _fail(
    source: Source,
    schedule: Schedule,
    error: FetchError | ParseError,
    requests: tuple[Request, ...],
    pipeline: Pipeline,
    started: datetime,
) -> Poll:
    """It went wrong: the error is kept and shown, the validators stay those of the last document that we could keep."""
    status, retry_after = (error.status, error.retry_after) if isinstance(error, FetchError) else (200, None)
    # An adopted address that is gone was a mistake perhaps: the configured one is asked before we believe it.
    gone = status == HTTPStatus.GONE and schedule.moved_to is None
    poll = Poll(
        source_id=source.id,
        started=started,
        finished=pipeline.now(),
        outcome=PollOutcome.GONE if gone else PollOutcome.FAILED,
        status=status,
        error=str(error),
        trouble=error.trouble,
        requests=requests,
    )
    after = etiquette.after_failure(_next(source, schedule, poll, Hints(retry_after=retry_after), pipeline))
    after = replace(judge(schedule, after, poll), error=str(error))
    if may_be_ours(error.trouble):
        await pipeline.store.record_unreachable(schedule, after, poll)
    elif isinstance(error, FetchError) and error.refused_url is not None:
        refusal = _refusal(error, error.refused_url, pipeline.now())
        await pipeline.store.record_refusal(after, poll, refusal, pipeline.siblings(refusal.host))
    else:
        await pipeline.store.record(after, poll)
    return poll


def _refusal(error: FetchError, url: str, now: datetime) -> Refusal:
    limited = error.status == HTTPStatus.TOO_MANY_REQUESTS
    return Refusal(host=host_of(url), url=url, at=now, limited=limited, retry_after=error.retry_after)


async def _store(
    source: Source, schedule: Schedule, document: Document, reading: Reading, pipeline: Pipeline, started: datetime
) -> Poll:
    """Decide what each sighting is and store it, with the validators, in one transaction; or hold the document back."""
    decided = await recognise(reading.sightings, pipeline.store)
    suspect = await suspicion(source, schedule, decided, reading.title, pipeline.store)
    if suspect and not document.delta:
        return await _hold(source, schedule, document, suspect, decided, reading, pipeline, started)
    verdicts = decided.verdicts
    schedule = _judge_hub(schedule, verdicts, pipeline.now())
    poll = replace(
        _poll(source, document, PollOutcome.PARTIAL if reading.partial else PollOutcome.FRESH, pipeline, started),
        entries=len(reading.sightings),
        new=sum(isinstance(verdict, New) for verdict in verdicts),
        revised=sum(isinstance(verdict, Revised) for verdict in verdicts),
        error=reading.warning,
    )
    partial = reading.partial or document.delta  # what it does not show may be there all the same
    brought = cadence.Brought(dates=_dates(verdicts, schedule), entries=0 if partial else len(verdicts))
    after = _next(source, schedule, poll, document.hints.with_document(reading.hints), pipeline, brought=brought)
    dates = [sighting.published for sighting in reading.sightings if sighting.published]
    after = replace(
        judge(schedule, after, poll, published=dates, moved_to=document.permanent_url),
        # A 304 must never hide what a broken-off document did not show.
        validators=schedule.validators if reading.partial else document.validators,
        body_hash=schedule.body_hash if reading.partial else document.body_hash,
        error=reading.warning,
        # What a document that broke off did not show is as old as what it showed.
        first_document=schedule.first_document and (reading.partial or not reading.sightings),
    )
    known = not schedule.first_document and any(not isinstance(verdict, New) for verdict in verdicts)
    after = await _learned(source, schedule, after, document, pipeline, overlaps=known and not reading.partial)
    batch = replace(batch_of(source, decided, reading, pipeline, after, poll), first_document=schedule.first_document)
    await pipeline.wrote(source, await pipeline.store.write(batch, now=started))
    return poll


def batch_of(
    source: Source, decided: Decided, reading: Reading, pipeline: Pipeline, schedule: Schedule, poll: Poll
) -> Batch:
    """What was decided on a document, as it is stored."""
    return Batch(
        source=source,
        verdicts=decided.verdicts,
        schedule=schedule,
        poll=poll,
        first_document=False,
        feed=FeedFacts(
            title=reading.title,
            site_url=reading.site_url,
            hub=reading.hub,
            topic=reading.self_url,
            signals=reading.signals,
        ),
        selects=pipeline.selects,
        lessons=decided.lessons,
        rules=pipeline.rules.meaning,
    )


def _judge_hub(schedule: Schedule, verdicts: tuple[Verdict, ...], now: datetime) -> Schedule:
    """A hub that pushes should have brought what a poll finds."""
    if schedule.lease is None:
        return schedule
    dates = [verdict.sighting.published for verdict in verdicts if isinstance(verdict, New)]
    lease = cadence.found_by_poll(schedule.lease, dates, last_success=schedule.last_success, now=now)
    return replace(schedule, lease=lease)


def located(reading: Reading, url: str, links: Collection[str] = ()) -> Reading:
    """A reading with the hub and the topic of its document, which stand in its `Link` headers or in itself."""
    hub, topic = discovered(links, url=url, hub=reading.hub, topic=reading.self_url)
    return replace(reading, hub=hub, self_url=topic)


def _poll(
    source: Source, answer: Document | NotModified, outcome: PollOutcome, pipeline: Pipeline, started: datetime
) -> Poll:
    return Poll(
        source_id=source.id,
        started=started,
        finished=pipeline.now(),
        outcome=outcome,
        status=answer.status,
        received=answer.received if isinstance(answer, Document) else 0,
        requests=answer.requests,
    )


async def _hold(
    source: Source,
    schedule: Schedule,
    document: Document,
    suspect: Suspect,
    decided: Decided,
    reading: Reading,
    pipeline: Pipeline,
    started: datetime,
) -> Poll:
    """Keep the document in place of publishing it, but for the news beside an archive. Its validators are kept with it: a 304
    hides nothing that is not here."""
    beside = news_beside(decided.verdicts, suspect, most=cadence.most_news(schedule, started))
    dates = [one.sighting.published for one in beside if isinstance(one, New) and one.sighting.published]
    poll = replace(
        _poll(source, document, PollOutcome.HELD, pipeline, started),
        entries=len(decided.verdicts),
        new=len(dates),
        error=suspect.reason,
    )
    after = replace(
        judge(schedule, _next(source, schedule, poll, document.hints, pipeline), poll, published=dates),
        validators=document.validators,
        body_hash=document.body_hash,
        error=suspect.reason,
    )
    news = batch_of(source, replace(decided, verdicts=beside), reading, pipeline, after, poll) if beside else None
    hold = Hold(document=document, suspect=suspect, schedule=after, poll=poll, lessons=decided.lessons, news=news)
    await pipeline.wrote(source, await pipeline.store.hold(hold, now=started))
    return poll


def _dates(verdicts: tuple[Verdict, ...], schedule: Schedule) -> tuple[datetime | None, ...]:
    """When what is new came; of a first document, when all did that it shows."""
    return tuple(
        verdict.sighting.published for verdict in verdicts if schedule.first_document or isinstance(verdict, New)
    )


def _next(
    source: Source,
    schedule: Schedule,
    poll: Poll,
    hints: Hints,
    pipeline: Pipeline,
    *,
    brought: cadence.Brought | None = None,
) -> Schedule:
    now = pipeline.now()
    return cadence.next_poll(
        source,
        schedule,
        outcome=poll.outcome,
        hints=hints,
        now=now,
        brought=brought,
        terms=replace(pipeline.terms(source), pushed=cadence.safety(schedule.lease, now)),
        status=poll.status if poll.outcome.failed else None,
    )
