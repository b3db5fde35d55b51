"""Rhythm: what was learned of when a source brings news. Forecast: what its next poll was chosen by, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from aggregator.model.document import Hints


class Binding(StrEnum):
    """What decided a next poll: the policy, or the bound that it met."""

    POLICY = "policy"
    FIXED = "fixed"
    START = "start"
    FLOOR = "floor"
    FEW = "few"
    CONTACT = "contact"
    CEILING = "ceiling"
    DORMANT = "dormant"
    WINDOW = "window"
    FRESH = "max-age"
    RETRY_AFTER = "retry-after"
    TTL = "ttl"
    UPDATES = "update-interval"
    SKIPPED = "skip"
    BACK_OFF = "back-off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Counts that forget, brought up to `at`.

    `articles` came in `days` of watching, both halved every four weeks; `recent` came in the last day or so, where the habit
    let expect `expected`. `habit` is how many fell into which five minutes of a working day (0…287, UTC) or of a weekend
    (288…575), as of `folded`; `fresh` are those that came since. `window` is how many entries a document holds, `latest` when
    the last article came, `stated` what the last document said of its own rhythm, `asked` how long its server
    wants us to rest; `polls` counts those that succeeded. `made` are polls of the last week or so, `paper` those that the price
    was to lead to in the meantime.
    """

    at: datetime
    folded: date
    polls: int = 0
    articles: float = 0.0
    days: float = 0.0
    recent: float = 0.0
    expected: float = 0.0
    habit: tuple[tuple[int, float], ...] = ()
    fresh: tuple[int, ...] = ()
    window: int | None = None
    latest: datetime | None = None
    stated: Hints = Hints()
    asked: timedelta = timedelta(0)
    made: float = 0.0
    paper: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Why a next poll is when it is. `lambda_per_day`: articles a day; `factor_now`: how many times as many in the time until
    that poll; `theta`: what a poll costs, in minutes that one article waits; `tau`: seconds that the policy and its
    bounds chose to rest; `binding`: what won."""

    lambda_per_day: float
    factor_now: float
    theta: float
    tau: float
    binding: Binding
