"""Publication logs → how long articles wait until our clock, and its peers' at equal polls, find them."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.cadence.clock import our_clock
from bench.cadence.database import read_database
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
# Steps of a scale's logarithm: the first, to learn which way it turns, and the longest.
_NUDGE, _LEAP = 0.05, 1.5


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "traces", nargs="*", type=Path, metavar="TRACE", help="log: tab-separated feed, link, published …"
    )
    parser.add_argument("--database", metavar="URL", help="what a database of ours saw instead, or besides")
    parser.add_argument("--polls", nargs="+", type=float, default=[24.0, 8.0], help="polls a source and day")
    parser.add_argument(
        "--part",
        default="1/1",
        help="2/3: every third trace from the second on; to tune on one part and test on others",
    )


def measure(chosen: argparse.Namespace) -> list[Figure]:
    """Each policy at each number of polls, all on the same traces."""
    traces = [trace for path in chosen.traces for trace in read(path)]
    if chosen.database:
        traces += read_database(chosen.database)
    first, step = map(int, chosen.part.split("/"))
    traces = traces[first - 1 :: step]
    if not traces:
        raise SystemExit("no traces: name logs, or a --database that has seen eight weeks of some source")
    return [
        Figure(what="traces", measures={"traces": len(traces), "articles": sum(len(trace.times) for trace in traces)}),
        *(figure for polls in chosen.polls for figure in _compared(traces, polls)),
    ]


def _compared(traces: Sequence[Trace], polls: float) -> list[Figure]:
    outcomes = {OURS: _equal(lambda budget: outcome(traces, our_clock(traces, budget)), polls, start=polls)}
    for name, peer in PEERS.items():

        def run(scale: float, peer: Peer = peer) -> Outcome:
            return outcome(traces, [peer.policy(trace, scale) for trace in traces])

        outcomes[name] = _equal(run, polls, start=peer.start(polls))
    return [
        Figure(what=f"{name}, {polls:g} polls a source and day", measures=_measures(one, outcomes))
        for name, one in outcomes.items()
    ]


def _equal(run: Callable[[float], Outcome], polls: float, *, start: float) -> Outcome:
    """Turn a policy's scale until it polls so often. Polls are about a power of the scale, up or down: the next try is where the
    line through the last two, on paper with two logarithmic axes, says so."""
    before, scale = None, start
    for _ in range(_TRIES):
        found = run(scale)
        if abs(found.polls / polls - 1) <= _EQUAL:
            return found
        here = (math.log(scale), math.log(found.polls))
        slope = _slope(before, here)
        step = (math.log(polls) - here[1]) / slope if slope else _NUDGE
        before, scale = here, math.exp(here[0] + max(-_LEAP, min(_LEAP, step)))
    raise SystemExit(f"no scale brings a policy to {polls:g} polls a source and day within its bounds")


def _slope(before: tuple[float, float] | None, here: tuple[float, float]) -> float | None:
    """None where a second point is wanted first."""
    if before is None or before[0] == here[0]:
        return None
    return (here[1] - before[1]) / (here[0] - before[0])


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
