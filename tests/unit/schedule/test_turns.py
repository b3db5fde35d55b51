"""Turns: hosts one after the other, and none before it may be asked."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import cycle, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.schedule.turns import Turns

GAP = 2.0


class Hosts:
    """Hosts `h` of sources `h:n`, each with a pause of two seconds from start to start."""

    def __init__(self) -> None:
        self.now = 0.0
        self.free_at: dict[str, float] = defaultdict(float)
        self.turns = Turns(host_of=lambda url: url, ready_in=self.ready_in, clock=lambda: self.now)

    def ready_in(self, url: str) -> float:
        return self.free_at[url] - self.now

    def add(self, *source_ids: str) -> None:
        for source_id in source_ids:
            self.turns.add(source_id, source_id.partition(":")[0])

    def start(self) -> list[str]:
        """All that may start now."""
        started = []
        while source_id := self.turns.take():
            self.free_at[source_id.partition(":")[0]] = self.now + GAP
            started.append(source_id)
        return started


@pytest.fixture
def hosts() -> Hosts:
    return Hosts()


def test_nobody_waits_at_first(hosts: Hosts) -> None:
    assert (hosts.turns.take(), hosts.turns.next_in(), len(hosts.turns)) == (None, math.inf, 0)


def test_each_host_starts_with_one_source_and_goes_on_when_that_is_done_and_its_pause_over(hosts: Hosts) -> None:
    hosts.add("a:1", "a:2", "a:3", "b:1", "c:1", "b:2")
    assert hosts.start() == ["a:1", "b:1", "c:1"]
    assert hosts.turns.next_in() == math.inf, "all that wait are of hosts that are asked"
    hosts.now = 1
    hosts.turns.done("a:1")
    assert (hosts.start(), hosts.turns.next_in()) == ([], 1.0)
    hosts.now = 2
    hosts.turns.done("b:1")
    assert hosts.start() == ["a:2", "b:2"]


def test_a_host_with_thousands_of_sources_keeps_nobody_waiting(hosts: Hosts) -> None:
    hosts.add(*(f"big:{number}" for number in range(3_000)), "small:1")
    assert hosts.start() == ["big:0", "small:1"]


def test_a_source_that_waits_already_keeps_its_place(hosts: Hosts) -> None:
    hosts.add("a:1", "a:2", "a:1")
    assert len(hosts.turns) == 2
    assert hosts.start() == ["a:1"]
    hosts.turns.done("a:1")
    hosts.now = 9
    assert hosts.start() == ["a:2"]


def test_a_host_that_turns_out_to_be_busy_is_looked_at_again_soon(hosts: Hosts) -> None:
    hosts.add("a:1")
    hosts.free_at["a"] = math.inf
    assert (hosts.start(), hosts.turns.next_in()) == ([], 0.25)
    hosts.free_at["a"], hosts.now = 0.0, 0.25
    assert hosts.start() == ["a:1"]


def test_what_is_cleared_waits_no_more_and_what_runs_may_end(hosts: Hosts) -> None:
    hosts.add("a:1", "a:2", "b:1")
    assert hosts.turns.take() == "a:1"
    hosts.turns.clear()
    hosts.turns.done("a:1")
    assert (len(hosts.turns), hosts.start()) == (0, [])
    hosts.add("a:2")
    hosts.now = GAP
    assert hosts.start() == ["a:2"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=40),
    st.lists(st.floats(0.1, 3.0), min_size=1, max_size=40),
)
def test_every_source_has_its_turn_once_and_no_host_is_hurried(
    sources: list[tuple[str, int]], steps: list[float]
) -> None:
    hosts, starts, running = Hosts(), defaultdict(list), list[str]()
    wanted = {f"{host}:{number}" for host, number in sources}
    hosts.add(*(f"{host}:{number}" for host, number in sources))
    seen: list[str] = []
    for step in cycle(steps):
        # One is over at each step: thirty sources at steps of three seconds take a minute and a half.
        if len(seen) >= len(wanted) or hosts.now > 200:
            break
        for source_id in hosts.start():
            host = source_id.partition(":")[0]
            assert not any(other.startswith(host) for other in running), "one at a time for each host"
            starts[host].append(hosts.now)
            running.append(source_id)
            seen.append(source_id)
        if running:
            hosts.turns.done(running.pop(0))
        hosts.now += step
    assert sorted(seen) == sorted(wanted)
    # Sums of steps are not exact.
    assert all(b - a >= GAP - 1e-9 for at in starts.values() for a, b in pairwise(at))
