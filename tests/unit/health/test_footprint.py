"""What a publisher sees of us, from the log of requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.health.footprint import footprints
from aggregator.model import Request

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def asked(**changes: object) -> Request:
    return Request(**{"host": "a.example", "status": 200, **changes})  # type: ignore[arg-type]


def test_everything_a_host_saw_is_counted() -> None:
    log = [
        (NOW, (asked(received=5000),)),
        (NOW + timedelta(hours=1), (asked(status=304, conditional=True),)),
        (NOW + timedelta(hours=2), (asked(status=429, conditional=True, told_to_wait=True),)),
        (NOW + timedelta(hours=3), (asked(status=503, conditional=True),)),
        (NOW + timedelta(hours=4), (asked(status=None),)),
    ]
    (seen,) = footprints(log)
    assert (seen.host, seen.requests, seen.unanswered) == ("a.example", 4, 1)
    assert (seen.not_modified, seen.share_304, seen.unconditional, seen.bytes) == (1, 0.25, 1, 5000)
    assert (seen.penalties, seen.retry_after, seen.smallest_gap) == (2, 1, 3600.0)


def test_the_smallest_gap_is_between_requests_of_all_sources_and_hops_of_a_host() -> None:
    hops = (asked(status=301), asked(after=2.5))
    (seen,) = footprints([(NOW, hops), (NOW + timedelta(seconds=4), (asked(),))])
    assert seen.smallest_gap == 1.5


def test_each_hop_of_a_redirect_is_seen_by_its_own_host() -> None:
    seen = footprints([(NOW, (asked(status=301), asked(host="b.example", after=3.0)))])
    assert [(one.host, one.requests, one.smallest_gap) for one in seen] == [
        ("a.example", 1, None),
        ("b.example", 1, None),
    ]


def test_the_busiest_host_comes_first() -> None:
    log = [(NOW, (asked(host=host),)) for host in ("c", "b", "b", "a")]
    assert [one.host for one in footprints(log)] == ["b", "a", "c"]
    assert footprints([]) == ()
