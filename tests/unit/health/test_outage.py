"""Whether it is our own network that fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from aggregator.errors import Trouble
from aggregator.health.outage import CAUGHT, NO_WAY, Attempt, evidence, is_ours, may_be_ours, resume, silence

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def attempt(number: int, *, ago: int = 0, answered: bool = False, trouble: Trouble = Trouble.UNREACHABLE) -> Attempt:
    at = NOW - timedelta(seconds=ago)
    return Attempt(source_id=f"s{number}", host=f"h{number}", at=at, answered=answered, trouble=trouble)


def test_several_hosts_that_fall_silent_together_are_our_own_network() -> None:
    silent = silence([attempt(n, ago=n) for n in range(3)], NOW)
    assert len(silent) == 3
    assert is_ours(silent, hosts=100)
    assert not is_ours(silent[:2], hosts=100)


def test_an_answer_of_any_kind_says_that_the_network_is_there() -> None:
    attempts = [attempt(0), attempt(1, ago=1), attempt(2, ago=2, answered=True), attempt(3, ago=3)]
    assert [one.source_id for one in silence(attempts, NOW)] == ["s0", "s1"]


def test_what_broke_off_later_proves_nothing_either_way() -> None:
    attempts = [attempt(0), attempt(1, ago=1, trouble=Trouble.LATE), attempt(2, ago=2)]
    assert [one.source_id for one in silence(attempts, NOW)] == ["s0", "s2"]


def test_failures_of_long_ago_are_another_event() -> None:
    assert len(silence([attempt(0), attempt(1, ago=3600)], NOW)) == 1


def test_refused_addresses_count_only_where_the_source_ever_answered() -> None:
    refused = attempt(0, trouble=Trouble.FORBIDDEN)
    assert len(silence([refused], NOW)) == 1
    assert silence([replace(refused, known=False)], NOW) == ()


def test_hosts_that_failed_before_prove_nothing() -> None:
    dead = [replace(attempt(n), failing=True) for n in range(9)]
    assert not is_ours([*dead, attempt(10), attempt(11)], hosts=100)


def test_many_sources_of_one_host_are_one_host() -> None:
    same = [replace(attempt(n), host="h") for n in range(9)]
    assert not is_ours(same, hosts=1)
    assert not is_ours(same, hosts=100)


def test_a_newsroom_of_two_hosts_has_no_third_to_ask() -> None:
    assert is_ours([attempt(0), attempt(1)], hosts=2)
    assert not is_ours([attempt(0)], hosts=1)


def test_only_failures_to_connect_to_trust_or_to_get_past_a_portal_can_be_ours() -> None:
    ours = {Trouble.UNREACHABLE, Trouble.FORBIDDEN, Trouble.INSECURE, Trouble.HTML}
    assert {trouble for trouble in Trouble if may_be_ours(trouble)} == ours
    assert not may_be_ours(None)


def test_our_own_networks_prove_nothing_either_way() -> None:
    own = [replace(attempt(n, ago=n), own=True, answered=n % 2 == 0) for n in range(8)]
    assert silence(own, NOW) == ()
    out = [attempt(n, ago=10 + n) for n in range(3)]
    assert is_ours(silence([*own, *out], NOW), hosts=100), "their answers do not say that there is a way out"


def test_certificates_that_fail_everywhere_at_once_are_our_own_trouble() -> None:
    insecure = [attempt(n, ago=n, trouble=Trouble.INSECURE) for n in range(3)]
    silent = silence(insecure, NOW)
    assert is_ours(silent, hosts=100)
    assert "clock" in evidence(silent)
    assert evidence([*silent, attempt(9)]) == NO_WAY
    assert silence([replace(one, known=False) for one in insecure], NOW) == (), "what never was well proves nothing"


def test_pages_in_place_of_feeds_everywhere_at_once_are_a_portals() -> None:
    pages = [attempt(n, ago=n, answered=True, trouble=Trouble.HTML) for n in range(3)]
    silent = silence(pages, NOW)
    assert is_ours(silent, hosts=100)
    assert evidence(silent) == CAUGHT
    assert not is_ours(silent[:2], hosts=2), "two outlets may have put a page there"
    feed = replace(attempt(9, ago=1, answered=True), trouble=None)
    assert not is_ours(silence([*pages, feed], NOW), hosts=100), "somebody's feed came through"


def test_the_page_of_a_portal_is_no_answer_of_anybody() -> None:
    pages = [attempt(n, ago=n, answered=True, trouble=Trouble.HTML) for n in range(5)]
    insecure = [attempt(9 + n, ago=9 + n, trouble=Trouble.INSECURE) for n in range(3)]
    silent = silence([*pages, *insecure], NOW)
    assert len(silent) == 8, "who got the page is spared as well"
    assert is_ours(silent, hosts=100)


def test_sources_come_back_spread_out() -> None:
    times = sorted(resume(f"source-{n}", NOW) for n in range(300))
    assert timedelta(minutes=5) <= times[0] - NOW
    assert times[-1] - NOW <= timedelta(minutes=35)
    assert max(later - earlier for earlier, later in pairwise(times)) < timedelta(minutes=1)
