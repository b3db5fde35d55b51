"""Traces and the polls of a policy → how long articles waited, with confidence intervals."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.cadence.policies import DAY, END, WINDOW
from bench.cadence.traces import Trace

# Three weeks to learn, five that count.
WARM_UP = 21 * DAY
DAYS = int((END - WARM_UP) // DAY)
_RESAMPLES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`delays`: for each measured day (of all traces together), minutes that each article waited. `polls` a source and day;
    `idle` the part that brought nothing; `missed` articles that had left the document before we came."""

    delays: tuple[tuple[float, ...], ...]
    polls: float
    idle: float
    missed: int

    @property
    def mean(self) -> float:
        return sum(map(sum, self.delays)) / max(1, sum(map(len, self.delays)))

    def percentile(self, share: float) -> float:
        ordered = sorted(delay for day in self.delays for delay in day)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def intervals(self) -> dict[str, tuple[float, float]]:
        """95 % confidence of mean and 95th percentile, by drawing days anew: articles of one day are no independent witnesses."""
        chance = random.Random(1)
        sums = [(sum(day), len(day)) for day in self.delays]
        counts = [Counter(int(delay * 2) for delay in day) for day in self.delays]
        means, tails = [], []
        for _ in range(_RESAMPLES):
            drawn = chance.choices(range(len(sums)), k=len(sums))
            means.append(sum(sums[day][0] for day in drawn) / max(1, sum(sums[day][1] for day in drawn)))
            tails.append(_tail([counts[day] for day in drawn]) / 2)
        return {"mean": _middle(means), "p95": _middle(tails)}


def outcome(traces: Sequence[Trace], polls: Sequence[Sequence[float]]) -> Outcome:
    """What came of `polls`, one sequence for each of `traces`, in the measured weeks."""
    days: list[list[float]] = [[] for _ in range(DAYS)]
    made = idle = missed = 0
    for trace, ours in zip(traces, polls, strict=True):
        first, last = bisect_left(ours, WARM_UP), bisect_left(ours, END)
        made += last - first
        met = set()
        for number in range(bisect_left(trace.times, WARM_UP), bisect_left(trace.times, END)):
            came = trace.times[number]
            # What comes in the very second in which we look is there the next time.
            poll = bisect_right(ours, came)
            met.add(poll)
            days[int((came - WARM_UP) // DAY)].append((ours[poll] - came) / 60)
            missed += bisect_left(trace.times, ours[poll]) - number > WINDOW
        idle += last - first - len(met)
    return Outcome(
        delays=tuple(map(tuple, days)),
        polls=made / len(traces) / DAYS,
        idle=idle / max(1, made),
        missed=missed,
    )


def _tail(counts: Sequence[Counter[int]]) -> float:
    merged: Counter[int] = Counter()
    for one in counts:
        merged.update(one)
    left = sum(merged.values()) * 0.05
    for delay in sorted(merged, reverse=True):
        left -= merged[delay]
        if left < 0:
            return delay
    return 0.0


def _middle(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return ordered[int(len(ordered) * 0.025)], ordered[int(len(ordered) * 0.975)]
