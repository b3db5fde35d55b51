"""A seed → traces of outlets that do not exist, for where no log is at hand: they show that the bench works, and no more."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from bench.cadence.policies import DAY, END
from bench.cadence.traces import FEWEST, Trace

SOURCES = 24
# Articles a day: a lognormal distribution, as outlets show it.
_MEDIAN, _SPREAD = 5.0, 1.0
# Shares of the day's articles by hour: an office, an evening paper, an agency that never sleeps.
_SHAPES = (
    [0] * 7 + [2, 4, 6, 6, 5, 4, 3, 5, 6, 6, 4, 2, 1] + [0] * 4,
    [1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 7, 4, 2],
    [1] * 24,
)
_WEEKEND = (0.3, 0.6, 0.9)
# At the full hour, and with others in one go.
_SHARP, _TOGETHER = 0.4, 0.2


def made_up(sources: int = SOURCES, *, seed: int = 7) -> list[Trace]:
    chance = random.Random(seed)
    found: list[Trace] = []
    while len(found) < sources:
        trace = Trace(f"made up {len(found)}", tuple(sorted(_times(chance))))
        if len(trace.times) >= FEWEST:
            found.append(trace)
    return found


def _times(chance: random.Random) -> Iterator[float]:
    kind = chance.randrange(len(_SHAPES))
    rate = _MEDIAN * math.exp(chance.gauss(0, _SPREAD))
    shape = _SHAPES[kind]
    for day in range(int(END // DAY)):
        busy = chance.uniform(0.5, 1.5) * (_WEEKEND[kind] if day % 7 >= 5 else 1)
        for hour, share in enumerate(shape):
            expected, start = rate * busy * share / sum(shape), day * DAY + hour * 3600
            while chance.random() < expected:
                expected -= 1
                at = start if chance.random() < _SHARP else start + chance.uniform(0, 3600)
                yield from [at] * (1 + (chance.random() < _TOGETHER))
