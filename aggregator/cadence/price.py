"""A budget of polls → the price at which the sources together want just as many.

One price for all is what makes the next poll worth the same wherever it goes; a host with more sources than it should answer for
has a higher one of its own. A price is in minutes that one article waits.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.cadence.bounds import HOUR, own_bounds
from aggregator.cadence.intensity import HOURS, hours_of
from aggregator.cadence.rhythm import DAY, new_rhythm, per_day
from aggregator.model import Rhythm, Source

# What a host is asked at most, all its sources together: once a minute on average.
HOST_POLLS_PER_DAY = 1440.0
# What a source costs that we know nothing of: at four articles a day, a poll every 45 minutes.
USUAL_PRICE = 2.8
_CHEAPEST, _DEAREST = 1e-6, 1e6
_STEPS_PER_OCTAVE = 8
_MINUTES_A_DAY = 1440.0
# Of the polls that the square root of each hour's intensity would want, moments after bursts and jitter save a part:
# so much more is wanted on paper than in fact (`python -m bench cadence` shows the polls that a budget led to).
_ON_PAPER = 1.14
# What servers ask for, busy days and full documents move it further: by how much is seen in the polls that were made. So many
# of them outweigh what is thought beforehand, and no more than this is believed.
_OUTWEIGH, _LEAST_OF_PAPER, _MOST_OF_PAPER = 50.0, 0.5, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """`everywhere`, and what some hosts cost beyond it."""

    everywhere: float = USUAL_PRICE
    hosts: Mapping[str, float] = field(default_factory=dict)

    def of(self, host: str | None) -> float:
        return self.hosts.get(host or "", self.everywhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a source would be polled. `rhythm` None: it never was. `host` it is on; `backing_off` how long it rests after
    failures, in place of its rhythm; `pushed`: how many times the price a poll costs, because a hub tells us of its news."""

    source: Source
    rhythm: Rhythm | None
    host: str | None
    backing_off: timedelta | None = None
    pushed: float = 1.0


def prices(
    demands: Iterable[Demand], *, budget: float, courteous: bool, now: datetime, few: timedelta = HOUR
) -> Prices:
    """The prices at which `demands` come to `budget` polls a day and source, and no host to more than its share."""
    demands = tuple(demands)
    made = _made_of_paper(demands)
    everywhere: _Wanted = defaultdict(float)
    hosts: defaultdict[str, _Wanted] = defaultdict(lambda: defaultdict(float))
    sources = 0
    for demand in demands:
        wanted = _wants(demand, courteous=courteous, few=few, now=now)
        for want, share in wanted.items():
            everywhere[want] += share
            if demand.host:
                hosts[demand.host][want] += share
        sources += 1  # what a hub tells us of leaves its share to others
    price = _price(everywhere, budget * sources, made)
    crowded = {host: wanted for host, wanted in hosts.items() if _polls(wanted, price, made) > HOST_POLLS_PER_DAY}
    return Prices(
        everywhere=price,
        hosts={host: max(price, _price(wanted, HOST_POLLS_PER_DAY, made)) for host, wanted in crowded.items()},
    )


def on_paper(demand: Demand, *, price: float, courteous: bool, few: timedelta, now: datetime) -> float | None:
    """How many polls a day a price is to lead to; None where it decides nothing."""
    wanted = _wants(demand, courteous=courteous, few=few, now=now)
    return None if all(least == most for _, least, most in wanted) else _polls(wanted, price, 1.0)


def _made_of_paper(demands: Iterable[Demand]) -> float:
    """How many polls were made for each that was wanted on paper."""
    rhythms = [demand.rhythm for demand in demands if demand.rhythm is not None]
    made, paper = sum(rhythm.made for rhythm in rhythms), sum(rhythm.paper for rhythm in rhythms)
    return min(max((made + _OUTWEIGH) / (paper + _OUTWEIGH), _LEAST_OF_PAPER), _MOST_OF_PAPER)


# Articles a day as steps of an octave's eighth, and the least and most days between two polls. What sources share of these is
# added up, so that ten thousand of them are as quickly priced as a hundred.
_Want = tuple[int, float, float]
_Wanted = defaultdict[_Want, float]


def _wants(demand: Demand, *, courteous: bool, few: timedelta, now: datetime) -> _Wanted:
    """How much of the week a source wants to be polled how."""
    rhythm = demand.rhythm or new_rhythm(now)
    bounds = own_bounds(demand.source, rhythm, courteous=courteous, few=few, now=now)
    least, most = max(bounds.least, rhythm.asked), max(bounds.most, rhythm.asked)
    if demand.backing_off is not None:
        least = most = max(least, demand.backing_off)
    if least == most:
        return defaultdict(float, {(0, least / DAY, most / DAY): 1.0})
    rate = per_day(rhythm) / demand.pushed
    wanted: _Wanted = defaultdict(float)
    for hour, relative in enumerate(hours_of(rhythm.habit)):
        share = (5 if hour < HOURS else 2) / 7 / HOURS
        wanted[round(math.log2(rate * relative) * _STEPS_PER_OCTAVE), least / DAY, most / DAY] += share
    return wanted


def _polls(wanted: Mapping[_Want, float], price: float, made: float) -> float:
    """Polls a day at a price, of which so many are `made` for each on paper; where it decides nothing, all are."""
    twice = 2 * price / _MINUTES_A_DAY
    return sum(
        share
        / min(max(math.sqrt(twice / 2 ** (step / _STEPS_PER_OCTAVE)), least), most)
        * (1.0 if least == most else made / _ON_PAPER)
        for (step, least, most), share in wanted.items()
    )


def _price(wanted: Mapping[_Want, float], polls: float, made: float) -> float:
    """The lowest price at which no more than `polls` a day are wanted; the dearest where that is too much even so."""
    low, high = _CHEAPEST, _DEAREST
    for _ in range(50):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if _polls(wanted, middle, made) > polls else (low, middle)
    return high
