"""Changed rules: **store → read again → store**, in the background, until every stored article is what the rules now say."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Collection
from datetime import datetime
from time import monotonic

from aggregator.model import Article, Evidence, Newsroom, Outlet, Sighting, Source
from aggregator.normalize import Rules, reread
from aggregator.store import Reapplied, Store

Current = tuple[Newsroom, Rules, Callable[[Article], Collection[str]]]
# Articles in one transaction: a fraction of a second, so that polls hardly wait.
STEP = 100


async def begin(store: Store, newsroom: Newsroom, rules: Rules, *, now: datetime) -> bool:
    """Take note of the rules in force; whether stored articles are to be read again."""
    return await store.begin_reapplying(rules.meaning, said_of_sources(newsroom), now=now)


async def go_on(
    store: Store, in_force: Callable[[], Current], *, now: Callable[[], datetime], seconds: float | None = None
) -> AsyncIterator[Reapplied]:
    """Read stored articles again for so many seconds or until none is left; after each step how far it is. What is `in_force`
    is asked each time: a reload changes it."""
    begun, state = monotonic(), await store.reapplying()
    while not state.finished and (seconds is None or monotonic() - begun < seconds):
        newsroom, rules, selects = in_force()
        did = await step(store, newsroom, rules, selects, now=now())
        done = state.total if did.finished else min(state.total, state.done + did.done)
        state = Reapplied(done=done, total=state.total, finished=did.finished)
        yield state


async def step(
    store: Store,
    newsroom: Newsroom,
    rules: Rules,
    selects: Callable[[Article], Collection[str]],
    *,
    now: datetime,
    limit: int = STEP,
) -> Reapplied:
    """Read the next articles again: how many that were, and how many of them a reader sees otherwise (`total`)."""
    return await store.reapply(rules.meaning, rereading(newsroom, rules), selects, limit=limit, now=now)


def rereading(newsroom: Newsroom, rules: Rules) -> Callable[[Sighting, tuple[Evidence, ...]], Sighting]:
    """What a source said, with the evidence that was kept of it → the same by these rules."""
    sources = newsroom.source_by_id

    def again(sighting: Sighting, said_before: tuple[Evidence, ...]) -> Sighting:
        source = sources.get(sighting.source_id) or _gone(sighting, said_before)
        return reread(sighting, source=source, rules=rules, said_before=said_before)

    return again


def _gone(sighting: Sighting, said_before: tuple[Evidence, ...]) -> Source:
    """A source that left the configuration: its articles stay in the sections that were said of it."""
    sections = tuple(
        dict.fromkeys(one.value for one in said_before if one.rule.startswith("S1:") and one.kind == "section")
    )
    outlet = Outlet(id=sighting.outlet_id, title="", url="")
    return Source(id=sighting.source_id, outlet=outlet, url="", public_url="", sections=sections)


def said_of_sources(newsroom: Newsroom) -> dict[str, str]:
    """What is said of each source that decides what its articles mean."""
    return {
        source.id: hashlib.sha256(
            repr(
                (source.sections, source.authors, source.outlet.id, source.outlet.title, source.outlet.country)
            ).encode()
        ).hexdigest()[:16]
        for source in newsroom.sources
    }
