"""A form posted to our hub → what its callback has to confirm, or why it is refused, in a sentence for its author. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aggregator import publish
from aggregator.model import Intent, Mode, Site, Topic
from aggregator.push.protocol import SECRET_BYTES, Form, lease

CALLBACK_LENGTH = 2000
_MODES = {mode.value: mode for mode in (Mode.SUBSCRIBE, Mode.UNSUBSCRIBE)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No, with an HTTP status and the reason in a sentence; after `retry_after` seconds it may be otherwise."""

    status: int
    why: str
    retry_after: int | None = None


NO_TOPIC = Refusal(
    status=404,
    why="hub.topic is none of ours: expected the address that one of our public feeds names as its own (rel=self)",
)


def read_request(form: Form, site: Site, now: datetime) -> Intent | Refusal:
    """What a form asks for (WebSub §5.1). Whether there is such a topic, and who is behind the callback, is not known here."""
    try:
        mode, stated, callback = _one(form, "hub.mode"), _one(form, "hub.topic"), _one(form, "hub.callback")
        granted, secret = lease(form.one("hub.lease_seconds")), form.one("hub.secret") or None
    except ValueError as error:
        return Refusal(status=400, why=str(error))
    if mode not in _MODES:
        return Refusal(status=400, why=_no_mode(mode))
    if why := _callback_fault(callback):
        return Refusal(status=400, why=f"hub.callback {why}")
    if secret and len(secret.encode()) >= SECRET_BYTES:
        return Refusal(status=400, why=f"hub.secret is too long: expected less than {SECRET_BYTES} bytes")
    found = publish.channel_at(site, stated)
    if found is None or found[2] not in publish.FORMATS:
        return NO_TOPIC
    kind, slug, format = found
    return Intent(
        mode=_MODES[mode],
        topic=Topic(kind=kind, slug=slug, format=format),
        callback=callback,
        asked=now,
        lease=granted,
        secret=secret,
    )


def address_of(topic: Topic, site: Site) -> str:
    """The canonical address of a topic."""
    return publish.channel_address(site, topic.kind, topic.slug, format=topic.format)


def needs_trust(intent: Intent) -> bool:
    """Whether its secret would go over a wire that others can read: for hosts in the operator's own networks alone."""
    return intent.secret is not None and urlsplit(intent.callback).scheme != "https"


NO_TRUST = Refusal(status=400, why="hub.secret needs a hub.callback with https: others could read it on its way")


def _one(form: Form, name: str) -> str:
    value = form.one(name)
    if not value:
        raise ValueError(f"{name} is missing")
    return value


def _no_mode(mode: str) -> str:
    if mode == "publish":
        return "hub.mode=publish is not needed: this hub knows of its own feeds' changes, and tells of no others"
    return "hub.mode is unknown: expected subscribe or unsubscribe"


def _callback_fault(callback: str) -> str:
    if len(callback) > CALLBACK_LENGTH:
        return f"is too long: expected at most {CALLBACK_LENGTH} characters"
    if not (callback.isascii() and callback.isprintable()) or " " in callback:
        return "has characters that no address has: percent-encode them"
    return "has a fragment, which no server sees" if "#" in callback else ""
