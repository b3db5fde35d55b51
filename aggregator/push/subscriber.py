"""What outlets' documents and hubs say to us as subscribers ↔ values. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from aggregator.model import HubLease
from aggregator.push.protocol import read_form, read_links
from aggregator.urls import absolute

# A challenge is a nonce; nobody needs a kilobyte for that, and we echo it.
_LONGEST_CHALLENGE = 1_024
_LONGEST_TOPIC = 2_048


def discovered(
    links: Collection[str], *, url: str, hub: str | None, topic: str | None
) -> tuple[str, str] | tuple[None, None]:
    """The hub and the topic of a document at `url` (§4): of its `Link` headers, else what stands in it as `hub` and `topic`.

    Without a self link the topic is the address that we asked; of several hubs the first is taken.
    """
    stated = read_links(links, url)
    hub = absolute(next((target for relation, target in stated if relation == "hub"), hub or ""))
    topic = absolute(next((target for relation, target in stated if relation == "self"), topic or url))
    if hub is None or topic is None or max(len(hub), len(topic)) > _LONGEST_TOPIC:
        return None, None
    return hub, topic


def request(lease: HubLease, asked_for: timedelta) -> bytes:
    """The form that asks a hub to push to us, or not to any more (§5.1)."""
    fields = {
        "hub.callback": lease.callback,
        "hub.mode": "unsubscribe" if lease.leaving else "subscribe",
        "hub.topic": lease.topic,
    }
    if not lease.leaving:
        fields |= {"hub.lease_seconds": str(int(asked_for.total_seconds())), "hub.secret": lease.secret}
    return urlencode(fields).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A hub asks whether we meant it (§5.3); `seconds` is `hub.lease_seconds` as it stands there."""

    mode: str
    topic: str
    challenge: str
    seconds: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A hub refuses (§5.2)."""

    topic: str
    reason: str = ""


def read_intent(query: str) -> Verification | Denial | None:
    """The query of a GET at a callback; None where it says nothing of the kind."""
    try:
        form = read_form(query)
        mode, topic, challenge = (form.one(f"hub.{name}") for name in ("mode", "topic", "challenge"))
        seconds, reason = form.one("hub.lease_seconds"), form.one("hub.reason")
    except ValueError:
        return None
    if mode == "denied" and topic:
        return Denial(topic=topic, reason=reason or "")
    if mode not in ("subscribe", "unsubscribe") or not topic or not challenge or len(challenge) > _LONGEST_CHALLENGE:
        return None
    return Verification(mode=mode, topic=topic, challenge=challenge, seconds=seconds)
