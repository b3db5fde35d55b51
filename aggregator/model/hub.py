"""WebSub at our own hub, and at the one that we tell of news: topics, who subscribed to them, what was asked of us."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from aggregator.model.channel import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What can be subscribed to: a public channel in a format."""

    kind: ChannelKind
    slug: str
    format: str


# What is told to the callbacks of a topic that is gone.
TOPIC_GONE = "the topic is not published any more"
HUB_CLOSED = "this hub is closed: the topic names another one, or none"


class Mode(StrEnum):
    """What is said to a callback (WebSub §5): that we ask whether it is meant, or that there is no subscription."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What somebody asked of our hub at `asked`, and what the callback has to confirm first; or what it has to be told.

    `told` is the entity tag of the edition that the topic had then: what changes after it is delivered. `attempts` of ours
    to reach the callback failed. `reason` is for `Mode.DENIED` alone.
    """

    mode: Mode
    topic: Topic
    callback: str
    asked: datetime
    told: str = ""
    lease: timedelta = timedelta(0)
    secret: str | None = field(default=None, repr=False)
    reason: str = ""
    attempts: int = 0

    @property
    def id(self) -> str:
        return subscription_id(self.topic, self.callback)

    @property
    def host(self) -> str:
        return host_of(self.callback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A callback that confirmed, first at `since`, that it wants a topic, `until` its lease ends.

    `told` is the entity tag of the edition that it has, delivered at `told_at`, `skipped` that of one that we gave up.
    `failures` in a row since `failing_since`, the last of them an `error`; nothing is tried before `due`.
    """

    topic: Topic
    callback: str
    since: datetime
    until: datetime
    told: str
    due: datetime
    told_at: datetime | None = None
    secret: str | None = field(default=None, repr=False)
    skipped: str = ""
    failures: int = 0
    failing_since: datetime | None = None
    error: str = ""

    @property
    def id(self) -> str:
        return subscription_id(self.topic, self.callback)

    @property
    def host(self) -> str:
        return host_of(self.callback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A version of a topic that somebody else's hub has not been told of."""

    topic: Topic
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideHub:
    """How the hub that we tell of news is: `failures` in a row since `since`, the last an `error`; it is left alone until
    `due`. `told` is when it last took what we told it."""

    url: str
    due: datetime
    failures: int = 0
    since: datetime | None = None
    error: str = ""
    told: datetime | None = None


def subscription_id(topic: Topic, callback: str) -> str:
    """One for each callback and topic: 32 hexadecimal digits."""
    named = "\n".join((topic.kind.value, topic.slug, topic.format, callback))
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:32]


def host_of(callback: str) -> str:
    """The host of a callback, for limits and for people: the rest of its address may be a secret."""
    return (urlsplit(callback).hostname or "").rstrip(".")
