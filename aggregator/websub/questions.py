"""A form posted to our hub → an intent in the store → the question to its callback whether it means it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from aggregator.model import HUB_CLOSED, TOPIC_GONE, Intent, Mode
from aggregator.push.answers import AskAgain, Confirmed, after_question
from aggregator.push.delta import items_of
from aggregator.push.protocol import read_form, with_fields
from aggregator.push.requests import NO_TOPIC, NO_TRUST, Refusal, address_of, needs_trust, read_request
from aggregator.websub.means import Means

log = structlog.get_logger(__name__)

# What one small service can keep up with, and how much of it one host may have.
MOST, MOST_FOR_A_HOST = 20_000, 2_000
_FULL = Refusal(
    status=503,
    why="this hub has as many subscriptions, or of this host, as it takes; try again later",
    retry_after=3600,
)
_NO_SUBSCRIPTION = Refusal(status=404, why="there is no such subscription: nothing to end")


async def receive(means: Means, form: bytes) -> Intent | Refusal:
    """Take in what a form asks for: from now on it is not lost. Nothing was asked of the callback yet."""
    try:
        asked = read_request(read_form(form), means.newsroom().site, means.now())
    except ValueError as error:
        return Refusal(status=400, why=str(error))
    if isinstance(asked, Refusal):
        return asked
    if fault := means.send.fault(asked.callback):
        return Refusal(status=400, why=f"hub.callback: {fault}")
    if asked.mode is Mode.UNSUBSCRIBE:
        if not await means.store.is_asked_or_subscribed(asked.id):
            return _NO_SUBSCRIPTION
        return await _stored(means, asked)
    edition = await means.edition(asked.topic)
    body = await means.bytes_of(edition) if edition else None
    if edition is None or body is None:
        return NO_TOPIC
    if needs_trust(asked) and not await means.send.is_trusted(asked.callback):
        return NO_TRUST
    if not await means.store.has_edition_items(edition.etag):
        items = await asyncio.to_thread(items_of, body, edition.format)
        await means.store.keep_edition_items(edition.etag, items)
    return await _stored(means, replace(asked, told=edition.etag))


async def _stored(means: Means, asked: Intent) -> Intent | Refusal:
    kept = await means.store.ask(asked, most=MOST, most_for_host=MOST_FOR_A_HOST)
    return asked if kept else _FULL


async def see_to(means: Means, intent: Intent) -> None:
    """Ask a callback whether it means it (WebSub §5.3), or tell it that there is no subscription (§5.2)."""
    store, challenge = means.store, means.challenge()
    if intent.mode is Mode.SUBSCRIBE and (reason := await _ended(means, intent)):
        await store.refuse(intent, reason=reason, now=means.now())
        return
    heard = await means.send.get(with_fields(intent.callback, _question(means, intent, challenge)))
    outcome, now = after_question(intent, challenge, heard, means.now()), means.now()
    said = {"mode": intent.mode.value, "topic": _name(intent), "host": intent.host}
    match outcome:
        case Confirmed():
            if await store.confirm(intent, now=now):
                means.counts.confirmed += 1
                log.info("hub.confirmed", **said, lease_seconds=int(intent.lease.total_seconds()))
        case AskAgain():
            await store.ask_again(intent, at=outcome.at)
        case _:
            means.counts.refused += intent.mode is not Mode.DENIED
            log.info("hub.refused", **said, why=outcome.reason or intent.reason or heard.why)
            await store.refuse(intent, reason=outcome.reason, now=now)


async def _ended(means: Means, intent: Intent) -> str:
    """Why nothing can come of a request any more; empty where something can."""
    if not means.is_own:
        return HUB_CLOSED
    return TOPIC_GONE if await means.edition(intent.topic) is None else ""


def _question(means: Means, intent: Intent, challenge: str) -> dict[str, str]:
    asked = {"hub.mode": intent.mode.value, "hub.topic": address_of(intent.topic, means.newsroom().site)}
    if intent.mode is Mode.DENIED:
        return asked | {"hub.reason": intent.reason}
    asked["hub.challenge"] = challenge
    if intent.mode is Mode.SUBSCRIBE:
        asked["hub.lease_seconds"] = str(int(intent.lease.total_seconds()))
    return asked


def _name(intent: Intent) -> str:
    topic = intent.topic
    return f"{topic.kind.value}:{topic.slug}.{topic.format}"
