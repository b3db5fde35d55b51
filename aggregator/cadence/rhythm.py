"""What a poll brought → what we know of a source's rhythm: counts that forget, by five minutes of the day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model import Hints, Rhythm

DAY = timedelta(days=1)
BIN = timedelta(minutes=5)
BINS = DAY // BIN
WEEKEND = 5
# Half-lives, in days: of rate and habit, and of what is compared with them to tell a busy day from a quiet one.
MEMORY, RECENT_MEMORY = 28.0, 1.0
# An outage says no more than four weeks do, whatever the clock says.
LONGEST_GAP = timedelta(days=28)
# Counts that have faded to this are dropped: they no longer move anything.
_FADED = 0.02
# What speaks against the last day as a measure of the next: so many articles as expected.
_STEADINESS = 5.0


def new_rhythm(now: datetime) -> Rhythm:
    """Of a source that we know nothing of."""
    return Rhythm(at=now, folded=now.date())


def seeded(dates: Sequence[datetime | None], now: datetime, *, window: int) -> Rhythm:
    """What the `dates` of a first document tell: those of the last four weeks, and how far back they reach."""
    past = sorted(date for date in dates if date is not None and date <= now)
    within = [date for date in past if now - date < LONGEST_GAP]
    # Where all are recent, the document ends where it is full; else it shows that no more came.
    span = LONGEST_GAP / DAY if len(within) < len(past) else (now - within[0]) / DAY if within else 0.0
    weighed = [(bin_of(date), _kept((now - date) / DAY)) for date in within]
    return Rhythm(
        at=now,
        folded=now.date(),
        polls=1,
        articles=sum(weight for _, weight in weighed),
        days=_watched(span),
        habit=_summed(weighed),
        window=window or None,
        latest=past[-1] if past else now,
    )


def learn(rhythm: Rhythm, dates: Sequence[datetime | None], *, now: datetime, promised: float) -> Rhythm:
    """After a poll at `now` that brought an article for each of `dates`, where the habit `promised` so many.

    An article counts at its date where that falls between the polls, else anywhere between them: that it was in neither the
    last document nor in the future is all we know. A clock that went back teaches nothing of the gap.
    """
    gap = min(max(now - rhythm.at, timedelta(0)), LONGEST_GAP)
    days = gap / DAY
    kept, kept_recent = _kept(days), 0.5 ** (days / RECENT_MEMORY)
    came = _placed(dates, now - gap, now)
    folded = _fold(rhythm, now)
    return replace(
        folded,
        at=now,
        polls=rhythm.polls + 1,
        articles=rhythm.articles * kept + len(came),
        days=rhythm.days * kept + days,
        recent=rhythm.recent * kept_recent + len(came),
        expected=rhythm.expected * kept_recent + promised,
        fresh=(*folded.fresh, *(bin_of(date) for date in came)),
        latest=max(came) if came else min(rhythm.latest or now, now),
    )


def observed(rhythm: Rhythm, *, window: int, stated: Hints) -> Rhythm:
    """With what a document showed: how many entries it holds, and what it says of its own rhythm."""
    return replace(rhythm, window=window or rhythm.window, stated=stated)


def per_day(rhythm: Rhythm) -> float:
    """Articles a day: the mean of a Gamma distribution that began with one in a day."""
    return (1 + rhythm.articles) / (1 + rhythm.days)


def liveliness(rhythm: Rhythm) -> float:
    """How the last day compares with the habit: 2 is twice as busy."""
    return (_STEADINESS + rhythm.recent) / (_STEADINESS + rhythm.expected)


def bin_of(time: datetime) -> int:
    """Five minutes of a working day or of a weekend, UTC."""
    utc = time.astimezone(UTC)
    return (utc.weekday() >= WEEKEND) * BINS + (utc.hour * 60 + utc.minute) // 5


def _fold(rhythm: Rhythm, now: datetime) -> Rhythm:
    """Once a day what is fresh becomes habit, and the habit fades: what is made from it can be kept for the day."""
    age = min(abs((now.date() - rhythm.folded).days), LONGEST_GAP.days)
    if age == 0:
        return rhythm
    kept = _kept(age)
    faded = [(place, count * kept) for place, count in rhythm.habit]
    return replace(
        rhythm, habit=_summed([*faded, *((place, 1.0) for place in rhythm.fresh)]), fresh=(), folded=now.date()
    )


def _summed(weighed: Sequence[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    counts: dict[int, float] = {}
    for place, weight in weighed:
        counts[place] = counts.get(place, 0.0) + weight
    return tuple((place, round(count, 3)) for place, count in sorted(counts.items()) if count >= _FADED)


def _placed(dates: Sequence[datetime | None], since: datetime, now: datetime) -> list[datetime]:
    """Each article in the gap: at its date, or spread evenly over it."""
    dated = [date for date in dates if date is not None and since < date <= now]
    astray = len(dates) - len(dated)
    return dated + [since + (now - since) * (number + 0.5) / astray for number in range(astray)]


def _kept(days: float) -> float:
    return float(0.5 ** (days / MEMORY))


def _watched(days: float) -> float:
    """Days of watching that still count, at the end of so many."""
    return MEMORY / math.log(2) * (1 - _kept(days))
