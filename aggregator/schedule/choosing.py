"""What an operator asks for → the sources that a pass polls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from difflib import get_close_matches

from aggregator.cadence.spans import span_words, time_words
from aggregator.errors import ConfigError, Problem
from aggregator.model import Health, Schedule, Source
from aggregator.schedule.poller import FLOOR
from aggregator.store import Store


async def chosen(
    store: Store, sources: Mapping[str, Source], names: Collection[str], *, everything: bool, now: datetime
) -> tuple[str, ...]:
    """Those named, everything that may be polled, or what is due; raises ConfigError for a name that is no source."""
    for unknown in sorted(set(names) - set(sources)):
        near = get_close_matches(unknown, sources, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise ConfigError(Problem(file="poll", line=0, column=0, key=unknown, expected=f"is no source{hint}"))
    if not names and not everything:
        return tuple(source_id for source_id in await store.due(now) if source_id in sources)
    schedules = await store.schedules()
    wanted = [sources[name] for name in names] if names else list(sources.values())
    return tuple(
        source.id for source in wanted if source.id in schedules and may_be_polled(schedules[source.id], source, now)
    )


def may_be_polled(schedule: Schedule, source: Source, now: datetime) -> bool:
    """Whether `poll --all` may go to a source."""
    return barred(source, schedule, now) is None


def barred(source: Source, schedule: Schedule | None, now: datetime) -> str | None:
    """Why a source may not be asked by hand now, and when it may; None where it may, and always for one that is new: never
    what is gone, disabled, told us when to come, or was just polled."""
    if source.withdrawn or not source.enabled:
        return f"not asked: {'withdrawn' if source.withdrawn else 'disabled'}"
    if schedule is None:
        return None
    if schedule.health is Health.GONE:
        return f"gone, and never asked again: {schedule.error}"
    if schedule.retry_after is not None and now < schedule.retry_after:
        said = f": {schedule.error}" if schedule.error else ""
        return f"waits until {time_words(schedule.retry_after)}, as its server asked{said}"
    if schedule.last_poll is not None and now < schedule.last_poll + FLOOR:
        return f"asked {span_words(now - schedule.last_poll)} ago: {schedule.error or schedule.health}"
    if schedule.not_before is not None and now < schedule.not_before:
        return f"waits until {time_words(schedule.not_before)}"
    return None
