"""A sighting → the keys that it may be known by, strongest first (identity.md §2)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from aggregator.dedupe.habits import NONE, Habits
from aggregator.model import Key, KeyKind, Sighting
from aggregator.text import plain_text
from aggregator.urls import absolute, canonical_key

# BBC and others count versions of an article in the fragment of its guid.
_VERSION = re.compile(r"#\d+$")


def identity_keys(sighting: Sighting, habits: Habits = NONE) -> tuple[Key, ...]:
    """What to look up: the id that an instance of ours gave it, the guid within its source, the canonical link, the address that
    the guid is, the link on its day, and without a guid a hash of what it says. The last two become an article's own only where
    nothing stronger tells it apart.
    """
    guid = sighting.guid if sighting.source_id not in habits.guid_unreliable else None
    url = sighting.content.url if sighting.source_id not in habits.link_unreliable else None
    keys = _keys(sighting.source_id, guid, url, sighting.content.url, sighting.published, habits)
    if sighting.stated_id:
        keys = (Key(KeyKind.ARTICLE, sighting.stated_id), *keys)
    return keys if guid else (*keys, hash_key(sighting))


@lru_cache(maxsize=1024)  # of one document they are asked for up to seven times
def _keys(
    source_id: str, guid: str | None, url: str | None, base: str | None, published: datetime | None, habits: Habits
) -> tuple[Key, ...]:
    keys: list[Key] = []
    link = link_key(url, habits) if url else None
    if guid:
        keys.append(Key(KeyKind.GUID, guid, source_id))
    if link:
        keys.append(Key(KeyKind.LINK, link))
    address = guid and guid_address(guid, base)
    if address and address != link:
        keys.append(Key(KeyKind.ADDRESS, address))
    if link and published:
        keys.append(Key(KeyKind.LINK, f"{link} {published.astimezone(UTC).date()}"))
    return tuple(keys)


def link_key(url: str, habits: Habits = NONE) -> str:
    """The canonical key of a link without the parameters that mean nothing at this outlet."""
    key = canonical_key(url)
    if not habits.droppable or "?" not in key:
        return key
    parts = urlsplit(key)
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in habits.droppable]
    return urlunsplit(parts._replace(query="&".join(kept)))


def hash_key(sighting: Sighting) -> Key:
    """What is left where there is neither guid nor link: the words and the printed date."""
    content = sighting.content
    words = "\n".join((content.title, plain_text(content.summary or content.text), sighting.raw_published or ""))
    return Key(KeyKind.HASH, hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest())


def is_daily(key: Key) -> bool:
    """Whether it is a link on its day: what tells the articles of a reused page apart."""
    return key.kind is KeyKind.LINK and " " in key.value


def is_spare(key: Key) -> bool:
    """Whether it becomes an article's own only where nothing stronger does."""
    return key.kind is KeyKind.HASH or is_daily(key)


def undated(key: Key) -> Key:
    return Key(key.kind, key.value.partition(" ")[0]) if is_daily(key) else key


def guid_address(guid: str, link: str | None) -> str | None:
    """The address that a guid is, whatever its scheme, host alias or version: feeds change all three (feedbin/support#500)."""
    bare = _VERSION.sub("", guid)
    if bare.startswith(("http://", "https://", "HTTP://", "HTTPS://")):
        return canonical_key(bare) if absolute(bare) else None
    if bare.startswith("/") and link:
        whole = absolute(bare, link)
        return canonical_key(whole) if whole else None
    return None
