"""How a lease at a hub stands, by what the hub said to us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.etiquette import leases
from aggregator.model import HubLease, LeaseState
from tests.making import NOW

HUB, TOPIC, BASE = "https://hub.example/", "https://herald.example/rss", "https://news.example/websub/callback/"
WANTED = leases.Wanted(hubs=(HUB,), topic=TOPIC, base=BASE)
NEW = leases.asked_for(WANTED, HUB, source_id="herald", id="k3", secret="s", trust=0.5, now=NOW)
ASKED = leases.asking(NEW, NOW)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def verified(lease: HubLease = ASKED, **said: Any) -> HubLease | None:
    plain: dict[str, Any] = {"mode": "subscribe", "topic": TOPIC, "seconds": str(10 * 86_400), "now": NOW + MINUTE}
    return leases.verified(lease, **(plain | said))


def held() -> HubLease:
    lease = verified()
    assert lease
    return lease


def test_a_new_lease_is_asked_for_at_once_at_an_address_of_its_own() -> None:
    assert (NEW.next_try, NEW.callback, NEW.state(NOW)) == (NOW, BASE + "k3", LeaseState.ASKED)
    assert WANTED.fits(NEW, NOW)
    assert not replace(WANTED, hubs=("https://other.example/",)).fits(NEW, NOW)
    assert not replace(WANTED, base="https://moved.example/websub/callback/").fits(NEW, NOW)


def test_of_several_hubs_the_next_is_asked_where_one_does_not_push() -> None:
    wanted = replace(WANTED, hubs=(HUB, "https://second.example/", "https://third.example/"))
    assert wanted.hub(None, NOW) == HUB
    failing = leases.failed(NEW, "HTTP 500", now=NOW)
    assert wanted.hub(failing, NOW) == HUB, "once may happen to anybody"
    failing = leases.failed(failing, "HTTP 500", now=NOW)
    assert wanted.hub(failing, NOW) == "https://second.example/"
    assert not wanted.fits(failing, NOW)
    assert wanted.hub(replace(failing, hub="https://third.example/"), NOW) == HUB
    assert WANTED.fits(failing, NOW), "there is no other"


def test_a_hub_that_pushes_is_kept_whatever_others_a_source_names() -> None:
    renewing = leases.failed(leases.failed(held(), "HTTP 500", now=NOW), "HTTP 500", now=NOW)
    assert replace(WANTED, hubs=("https://new.example/", HUB)).fits(renewing, NOW)
    assert not replace(WANTED, hubs=("https://new.example/",)).fits(renewing, NOW), "its source names it no more"


def test_a_secret_is_in_no_representation() -> None:
    assert "secret" not in repr(replace(NEW, secret="geheim"))
    assert "geheim" not in repr(replace(NEW, secret="geheim"))


def test_what_was_asked_for_is_verified_once() -> None:
    lease = held()
    assert lease.state(NOW + MINUTE) is LeaseState.ACTIVE
    assert lease.expires == NOW + MINUTE + timedelta(days=10)
    assert lease.next_try == NOW + MINUTE + timedelta(days=8), "renewed at four fifths"
    assert verified(lease) is None


@pytest.mark.parametrize("said", [{"mode": "unsubscribe"}, {"mode": ""}, {"topic": TOPIC + "/"}, {"topic": ""}])
def test_what_was_not_asked_for_is_not_verified(said: dict[str, str]) -> None:
    assert verified(ASKED, **said) is None
    assert verified(NEW) is None, "nothing went out yet"


@pytest.mark.parametrize(
    ("said", "granted"),
    [
        ("3600", HOUR),
        ("60", MINUTE),
        ("0", timedelta(days=10)),
        ("-5", timedelta(days=10)),
        ("soon", timedelta(days=10)),
        ("²", timedelta(days=10)),
        (None, timedelta(days=10)),
        ("9" * 17, timedelta(days=30)),
        ("9" * 5000, timedelta(days=10)),
    ],
)
def test_what_a_hub_says_that_it_grants_is_believed_within_reason(said: str | None, granted: timedelta) -> None:
    lease = verified(seconds=said)
    assert lease
    assert lease.expires == NOW + MINUTE + granted
    assert lease.next_try >= NOW + HOUR, "however short, a hub is asked once an hour"


def test_a_renewal_keeps_the_lease_until_it_is_verified_and_trust_from_its_first_day() -> None:
    later = NOW + timedelta(days=8)
    renewing = leases.asking(held(), later)
    assert renewing.active(later)
    renewed = verified(renewing, now=later)
    assert renewed
    assert renewed.expires == later + timedelta(days=10)
    assert renewed.verified == held().verified


def test_a_hub_that_refuses_is_asked_again_after_days() -> None:
    once = leases.denied(held(), topic=TOPIC, reason="no\nmore \x1b of you", now=NOW)
    assert once
    assert once.state(NOW) is LeaseState.REFUSED
    assert once.error == "the hub refused: no more of you"
    assert once.next_try == NOW + DAY
    often = once
    for _ in range(9):
        again = leases.denied(often, topic=TOPIC, reason="", now=NOW)
        assert again
        often = again
    assert often.next_try == NOW + timedelta(days=7)
    assert often.error == "the hub refused"
    assert leases.denied(held(), topic="https://other.example/", reason="", now=NOW) is None


def test_a_hub_that_fails_is_asked_less_and_less_and_a_lease_that_holds_goes_on() -> None:
    lease, pauses = held(), []
    for _ in range(9):
        lease = leases.failed(lease, "HTTP 500 Internal Server Error", now=NOW + HOUR)
        pauses.append((lease.next_try - NOW - HOUR) / MINUTE)
    assert pauses == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert lease.active(NOW + HOUR)
    assert leases.trouble(lease) == "its hub hub.example: HTTP 500 Internal Server Error, 9 times in a row"
    refused = leases.failed(ASKED, "HTTP 404 Not Found", now=NOW, permanent=True)
    assert refused.next_try == NOW + DAY
    assert not refused.pending
    asked_to_wait = leases.failed(ASKED, "HTTP 429", now=NOW, retry_after=NOW + 3 * HOUR)
    assert asked_to_wait.next_try == NOW + 3 * HOUR
    forever = leases.failed(ASKED, "HTTP 429", now=NOW, retry_after=NOW + 900 * DAY)
    assert forever.next_try == NOW + 31 * DAY


def test_success_forgets_failures() -> None:
    lease = verified(leases.asking(leases.failed(ASKED, "no answer", now=NOW), NOW))
    assert lease
    assert (lease.failures, lease.error) == (0, None)
    assert leases.trouble(lease) is None


def test_a_lease_that_was_not_renewed_lapses() -> None:
    lease = held()
    assert lease.expires
    assert leases.lapsed(lease, lease.expires - MINUTE) is None
    over = leases.lapsed(lease, lease.expires)
    assert over
    assert over.state(lease.expires) is LeaseState.REFUSED
    assert leases.lapsed(over, lease.expires) is None, "once"


def test_a_lease_is_left_when_its_hub_says_so_or_does_not_answer() -> None:
    assert leases.leaving(NEW, NOW).left, "the hub knows nothing of it"
    going = leases.leaving(held(), NOW + HOUR)
    assert not going.left
    assert not going.active(NOW + HOUR)
    asked = leases.asking(going, NOW + HOUR)
    assert verified(asked) is None, "no longer a subscription"
    gone = verified(asked, mode="unsubscribe")
    assert gone
    assert gone.left
    for _ in range(3):
        asked = leases.failed(asked, "no answer", now=NOW + HOUR)
    assert asked.left


def test_a_push_that_came_before_brings_nothing() -> None:
    lease = leases.came(held(), "a1", NOW)
    assert lease
    assert (lease.pushes, lease.last_push) == (1, NOW)
    assert leases.came(lease, "a1", NOW) is None
    for number in range(60):
        later = leases.came(lease, f"b{number}", NOW)
        assert later
        lease = later
    assert len(lease.seen) == 50


def test_a_secret_that_went_over_plain_http_proves_nothing_of_an_https_topic() -> None:
    assert NEW.signs
    assert not replace(NEW, hub="http://hub.example/").signs
    assert replace(NEW, hub="http://hub.example/", topic="http://herald.example/rss").signs


@pytest.mark.parametrize(
    ("url", "allowed", "is_so"),
    [
        ("https://news.example.org", (), True),
        ("https://news.example.org/path", (), True),
        ("http://localhost:8000", (), False),
        ("http://localhost:8000", ("127.0.0.0/8",), True),
        ("http://127.0.0.1:8000", (), False),
        ("http://127.0.0.1:8000", ("127.0.0.0/8",), True),
        ("http://10.1.2.3", (), False),
        ("http://10.1.2.3", ("10.0.0.0/8",), True),
        ("http://[::1]", (), False),
        ("http://192.0.2.7", (), False),
        ("http://8.8.8.8", (), True),
        ("http://intranet", (), False),
        ("http://printer.local", (), False),
        ("http://news.internal", (), False),
        ("http://a.localhost", (), False),
        ("https://news.example", (), False),
    ],
)
def test_where_hubs_can_reach_us(url: str, allowed: tuple[str, ...], is_so: bool) -> None:
    assert leases.reachable(url, allowed) is is_so


def test_an_operator_reads_how_a_lease_stands() -> None:
    counted = replace(held(), pushes=12, brought=9, missed=1, ignored=2, hints=1)
    assert leases.sentence(counted, NOW + HOUR, waiting=1) == (
        "Its hub hub.example pushes its news until 2026-03-11 12:01 UTC, renewed 2026-03-09 12:01 UTC; trusted 50% "
        "(12 pushes brought 9 articles before any poll, 1 article missed, 2 pushes without a valid signature ignored, "
        "1 push taken as a hint to poll, 1 waiting to be read)."
    )
    assert "is asked shortly" in leases.sentence(NEW, NOW)
    assert "has not confirmed it yet" in leases.sentence(ASKED, NOW)
    assert "does not push: no answer; asked again" in leases.sentence(leases.failed(ASKED, "no answer", now=NOW), NOW)
    assert "no more pushes" in leases.sentence(leases.leaving(held(), NOW), NOW)


def test_a_clock_that_ran_ahead_keeps_no_lease_and_puts_nothing_off() -> None:
    ahead = NOW + timedelta(days=400)
    lease = verified(leases.asking(NEW, ahead), now=ahead)
    assert lease
    assert not lease.active(NOW)
    assert leases.due(lease, NOW)
    assert leases.lapsed(lease, NOW)
    assert not leases.due(held(), NOW + HOUR)
    assert held().active(NOW + HOUR)
