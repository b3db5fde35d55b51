"""What is known of our hub's subscriptions and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model import ChannelKind, Subscription, Topic
from aggregator.store.records.channels import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An edition that a subscription lacks."""

    subscription: Subscription
    edition: Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedChannel:
    """How many subscriptions a channel has, all formats together."""

    kind: ChannelKind
    slug: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HubState:
    """Our hub in figures: subscriptions and the hosts of their callbacks, those that deliveries fail for, those of them for
    which one was given up, when one last arrived, and what is not confirmed yet."""

    subscriptions: int = 0
    hosts: int = 0
    failing: int = 0
    given_up: int = 0
    asked: int = 0
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledSubscription:
    """A subscription that deliveries fail for. Of its callback only the `host`: the rest may be a secret."""

    topic: Topic
    host: str
    failures: int
    since: datetime
    next: datetime
    error: str
