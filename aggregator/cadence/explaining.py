"""A source's rhythm → how much news it explains."""

from __future__ import annotations

import math
from datetime import datetime

from aggregator.cadence.intensity import intensity
from aggregator.cadence.rhythm import LONGEST_GAP, liveliness, new_rhythm, per_day
from aggregator.model import Schedule

# Of a Poisson count, one in a thousand is further off than three deviations; a source that hardly publishes may still do so.
_DEVIATIONS, _ALWAYS = 3.0, 3


def most_news(schedule: Schedule, now: datetime) -> int:
    """How many new articles since the last poll are no surprise."""
    rhythm = schedule.rhythm or new_rhythm(now)
    since = max(schedule.last_poll or now, now - LONGEST_GAP)
    promised = per_day(rhythm) * liveliness(rhythm) * intensity(rhythm.habit).between(min(since, now), now)
    return _ALWAYS + math.ceil(promised + _DEVIATIONS * math.sqrt(promised))
