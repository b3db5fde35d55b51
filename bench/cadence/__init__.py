"""Publication logs → how long articles wait until our clock, and its peers' at equal polls, find them."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.cadence.clock import our_clock
from bench.cadence.database import read_database
from bench.cadence.made_up import made_up
from bench.cadence.outcome import Outcome, outcome
from bench.cadence.policies import PEERS, Peer
from bench.cadence.traces import Trace, read
from bench.report import Figure

SUMMARY = "delay of articles by our clock and by its peers' at equal polls, on logs of what outlets published"
OURS, FIXED, MINIFLUX, ORACLE = "our clock", "fixed interval", "Miniflux, entry_frequency", "oracle"
PLANNING_ORACLE = "oracle that plans as we do"
# Equal enough: polls of all policies differ by no more than this.
_EQUAL = 0.004
_TRIES = 16
# The longest step of a scale's logarithm.
_LEAP = 1.5


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "traces",
        nargs="*",
        type=Path,
        metavar="TRACE",
        help="a tab-separated log with feed, link, published and first_seen, or a folder of them; without any, made-up ones",
    )
    parser.add_argument("--database", metavar="URL", help="what a database of ours saw")
    parser.add_argument("--polls", nargs="+", type=float, default=[24.0, 8.0], help="polls a source and day")
    parser.add_argument(
        "--part", type=_part, default=(1, 1), help="2/3: every third trace from the second on, to hold some out"
    )


def measure(chosen: argparse.Namespace) -> list[Figure]:
    """Each policy at each number of polls, all on the same traces."""
    try:
        traces = [trace for path in chosen.traces for trace in read(path)]
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from error
    if chosen.database:
        traces += read_database(chosen.database)
    if not chosen.database and not chosen.traces:
        traces = made_up()
    first, step = chosen.part
    traces = traces[first - 1 :: step]
    if not traces:
        raise SystemExit("no traces: name logs or a database that has eight weeks of some source with an article a day")
    return [
        Figure(what="traces", measures={"traces": len(traces), "articles": sum(len(trace.times) for trace in traces)}),
        *(figure for polls in chosen.polls for figure in _compared(traces, polls)),
    ]


def _part(words: str) -> tuple[int, int]:
    first, _, step = words.partition("/")
    if not 1 <= int(first) <= int(step):
        raise ValueError
    return int(first), int(step)


def _compared(traces: Sequence[Trace], polls: float) -> list[Figure]:
    outcomes = {OURS: _equal(lambda budget: outcome(traces, our_clock(traces, budget)), polls, start=polls, power=1.0)}
    for name, peer in PEERS.items():

        def run(scale: float, peer: Peer = peer) -> Outcome:
            return outcome(traces, [peer.policy(trace, scale) for trace in traces])

        outcomes[name] = _equal(run, polls, start=peer.start(polls), power=peer.power)
    return [
        Figure(what=f"{name}, {polls:g} polls a source and day", measures=_measures(one, outcomes))
        for name, one in outcomes.items()
    ]


def _equal(run: Callable[[float], Outcome], polls: float, *, start: float, power: float) -> Outcome:
    """Turn a policy's scale until it polls so often, or as nearly so as it can: on few traces some cannot.

    Polls go by about a `power` of the scale: on paper with two logarithmic axes the next try is on the line of that slope, and
    once there were too many and too few, between those.
    """
    tried: list[tuple[float, float, Outcome]] = []
    scale = math.log(start)
    for number in range(_TRIES):
        found = run(math.exp(scale))
        tried.append((scale, math.log(found.polls / polls), found))
        if abs(found.polls / polls - 1) <= _EQUAL:
            break
        fewer = max((one for one in tried if one[1] < 0), key=lambda one: one[1], default=None)
        more = min((one for one in tried if one[1] > 0), key=lambda one: one[1], default=None)
        if fewer and more:
            part = 0.5 if number % 3 == 2 else fewer[1] / (fewer[1] - more[1])
            scale = fewer[0] + (more[0] - fewer[0]) * part
        else:
            scale -= max(-_LEAP, min(_LEAP, tried[-1][1] / power))
    return min(tried, key=lambda one: abs(one[1]))[2]


def _measures(one: Outcome, all_of_them: dict[str, Outcome]) -> dict[str, float | int]:
    interval = one.intervals()
    tail = one.percentile(0.95)
    measures: dict[str, float | int] = {
        "polls a source and day": round(one.polls, 2),
        "min mean delay": round(one.mean, 2),
        "min mean delay, 95 % from": round(interval["mean"][0], 2),
        "min mean delay, 95 % to": round(interval["mean"][1], 2),
        "min p95": round(tail, 1),
        "min p95, 95 % from": round(interval["p95"][0], 1),
        "min p95, 95 % to": round(interval["p95"][1], 1),
        "polls that brought nothing": round(one.idle, 3),
        "articles missed": one.missed,
    }
    for name in (FIXED, MINIFLUX, ORACLE, PLANNING_ORACLE):
        measures[f"× mean of {name}"] = round(one.mean / all_of_them[name].mean, 3)
    measures[f"× p95 of {FIXED}"] = round(tail / all_of_them[FIXED].percentile(0.95), 3)
    return measures
