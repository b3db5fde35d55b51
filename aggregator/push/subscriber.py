"""What outlets' documents and hubs say to us as subscribers ↔ values. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from aggregator.model import HubLease
from aggregator.push.protocol import read_form, read_links
from aggregator.urls import absolute

# A challenge is a nonce; nobody needs a kilobyte for that, and we echo it.
_LONGEST_CHALLENGE = 1_024
_LONGEST_TOPIC = 2_048
_MOST_HUBS = 5


def discovered(
    links: Collection[str], *, url: str, hubs: Sequence[str], topic: str | None
) -> tuple[tuple[str, ...], str | None]:
    """The hubs and the topic of a document at `url` (§4): of its `Link` headers, else what stands in it as `hubs` and `topic`.

    Without a self link the topic is the address that we asked; without a hub there is none.
    """
    stated = read_links(links, url)
    named = [target for relation, target in stated if relation == "hub"] or hubs
    usable = dict.fromkeys(hub for hub in map(absolute, named) if hub and len(hub) <= _LONGEST_TOPIC)
    topic = absolute(next((target for relation, target in stated if relation == "self"), topic or url))
    if not usable or topic is None or len(topic) > _LONGEST_TOPIC:
        return (), None
    return tuple(usable)[:_MOST_HUBS], topic


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
