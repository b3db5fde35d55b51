"""What the headers of an answer say: validators, freshness, when to come again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from aggregator.fetch.headers import freshness, limit_reset, retry_after, validators

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOON = ("Date", "Mon, 01 Jun 2026 12:00:00 GMT")


def said(*lines: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(lines))


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ([], None),
        ([("Cache-Control", "max-age=600")], 600),
        ([("cache-control", "PUBLIC, MAX-AGE=600")], 600),
        ([("Cache-Control", 'max-age="600"')], 600),
        ([("Cache-Control", "max-age = 600")], 600),
        ([("Cache-Control", "public"), ("Cache-Control", "max-age=600")], 600),
        ([("Cache-Control", "max-age=900, max-age=600")], 600),
        ([("Cache-Control", "s-maxage=600")], None),
        ([("Cache-Control", "s-maxage=60, max-age=600")], 600),
        ([("Cache-Control", "max-age=600"), ("Age", "100")], 500),
        ([("Cache-Control", "max-age=600"), ("Age", "700")], None),
        ([("Cache-Control", "max-age=600"), ("Age", "soon")], 600),
        ([("Cache-Control", "max-age=0")], None),
        ([("Cache-Control", "max-age=-5")], None),
        ([("Cache-Control", "max-age=99999999999999999999")], 2**31),
        ([("Cache-Control", f"max-age={'9' * 5_000}")], 2**31),
        ([("Cache-Control", f"max-age={'0' * 5_000}600")], 600),
        ([("Cache-Control", "max-age=600"), ("Age", "9" * 5_000)], None),
        ([("Cache-Control", "max-age=600"), ("Age", "")], 600),
        ([("Cache-Control", "no-cache, max-age=600")], None),
        ([("Cache-Control", "max-age=600, no-store")], None),
        ([("Cache-Control", "max-age=600"), ("Expires", "0")], 600),
        ([NOON, ("Expires", "Mon, 01 Jun 2026 12:10:00 GMT")], 600),
        ([NOON, ("Expires", "Monday, 01-Jun-26 12:10:00 GMT")], 600),
        ([NOON, ("Expires", "Mon Jun  1 12:10:00 2026")], 600),
        ([NOON, ("Expires", "Mon, 01 Jun 2026 11:00:00 GMT")], None),
        ([("Expires", "Mon, 01 Jun 2026 12:10:00 GMT")], None),
        ([NOON, ("Expires", "-1")], None),
        ([NOON, ("Expires", "Mon, 01 Jun 2026 12:10:00 GMT"), ("Age", "100")], 500),
        ([NOON, ("Expires", "Mon, 01 Jun 2026 12:10:00 GMT"), ("Age", "600")], None),
        # RFC 9111 §4.2.1, §5.1: of several the first, or none.
        ([NOON, ("Expires", "0"), ("Expires", "Mon, 01 Jun 2026 13:00:00 GMT")], None),
        ([("Cache-Control", "max-age=600"), ("Age", "100"), ("Age", "500")], 500),
        ([("Cache-Control", "max-age=600"), ("Cache-Control", "public"), ("Cache-Control", "no-store")], None),
        ([NOON, ("Expires", "Mon, 41 Jun 2026 12:10:00 GMT")], None),
    ],
)
def test_freshness_is_what_rfc_9111_says_or_nothing(lines: list[tuple[str, str]], seconds: int | None) -> None:
    assert freshness(said(*lines)) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("lines", "wait"),
    [
        ([], None),
        ([("Retry-After", "120")], timedelta(seconds=120)),
        ([("Retry-After", " 120 ")], timedelta(seconds=120)),
        ([("Retry-After", "0")], None),
        ([("Retry-After", "-5")], None),
        ([("Retry-After", "1e3")], None),
        ([("Retry-After", "1000000000")], timedelta(days=31)),
        ([("Retry-After", "9" * 5_000)], timedelta(days=31)),
        ([("Retry-After", f"{'0' * 5_000}120")], timedelta(seconds=120)),
        ([("Retry-After", "Mon, 01 Jun 2026 13:00:00 GMT")], timedelta(hours=1)),
        ([("Retry-After", "Mon, 01 Jun 2026 11:00:00 GMT")], None),
        ([("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT")], timedelta(days=31)),
        # Of several the longest, on one line or on many: a proxy may have added its own, or joined them.
        ([("Retry-After", "60"), ("Retry-After", "7200")], timedelta(hours=2)),
        ([("Retry-After", "60, 7200")], timedelta(hours=2)),
        ([("Retry-After", "7200,60,,")], timedelta(hours=2)),
        ([("Retry-After", "soon"), ("Retry-After", "7200")], timedelta(hours=2)),
        ([("Retry-After", "60"), ("Retry-After", "Mon, 01 Jun 2026 13:00:00 GMT")], timedelta(hours=1)),
        ([("Retry-After", "60, Mon, 01 Jun 2026 13:00:00 GMT, Mon, 01 Jun 2026 12:30:00 GMT")], timedelta(hours=1)),
        ([("Retry-After", "Monday, 01-Jun-26 13:00:00 GMT, 60")], timedelta(hours=1)),
        ([("Retry-After", "Mon Jun  1 13:00:00 2026")], timedelta(hours=1)),
        # A server whose clock is a year behind means an hour all the same.
        (
            [("Date", "Sun, 01 Jun 2025 12:00:00 GMT"), ("Retry-After", "Sun, 01 Jun 2025 13:00:00 GMT")],
            timedelta(hours=1),
        ),
    ],
)
def test_retry_after_has_two_forms_and_a_month_is_the_most(
    lines: list[tuple[str, str]], wait: timedelta | None
) -> None:
    assert retry_after(said(*lines), now=NOW) == (None if wait is None else NOW + wait)


@pytest.mark.parametrize(
    ("lines", "wait"),
    [
        ([("RateLimit", "limit=10, remaining=0, reset=50")], 50),
        ([("RateLimit", "limit=10, remaining=1, reset=50")], None),
        ([("RateLimit", '"default";r=0;t=50')], 50),
        ([("RateLimit", '"second";r=5;t=1, "day";r=0;t=7200')], 7200),
        ([("RateLimit", '"second";r=5;t=1'), ("RateLimit", '"day";r=0;t=7200')], 7200),
        ([("RateLimit", '"second";r=0;t=1, "day";r=9;t=7200')], 1),
        ([("RateLimit", '"second";r=0;t=1, "day";r=0;t=7200')], 7200),
        ([("RateLimit", '"second";r=2;t=1, "day";r=9;t=7200')], None),
        ([("X-RateLimit-Remaining", "5"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "50")], 50),
        ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "5"), ("X-RateLimit-Reset", "50")], 50),
        ([("RateLimit-Remaining", "5, 0"), ("RateLimit-Reset", "5, 50")], 50),
        ([("X-RateLimit-Remaining", "many"), ("X-RateLimit-Reset", "50")], None),
    ],
)
def test_of_several_limits_the_one_that_is_used_up_counts(lines: list[tuple[str, str]], wait: int | None) -> None:
    assert limit_reset(said(*lines), now=NOW, refused=False) == (
        None if wait is None else NOW + timedelta(seconds=wait)
    )


SAID = (
    st.text(max_size=40)
    | st.integers(0, 10**12).map(str)
    | st.sampled_from(["Mon, 01 Jun 2026 13:00:00 GMT", "60, 7200"])
)


@given(st.lists(SAID, max_size=4), SAID)
def test_another_line_never_shortens_a_wait_nor_makes_it_longer_than_a_month(lines: list[str], another: str) -> None:
    fields = [("Retry-After", line) for line in lines]
    fewer, more = (retry_after(said(*some), now=NOW) or NOW for some in (fields, [*fields, ("Retry-After", another)]))
    assert NOW <= fewer <= more <= NOW + timedelta(days=31)


@pytest.mark.parametrize(
    "name", ["RateLimit", "RateLimit-Reset", "X-RateLimit-Reset", "X-Rate-Limit-Reset", "Expires", "Date"]
)
@pytest.mark.parametrize("value", ["9" * 5_000, "r=0;t=" + "9" * 5_000, f"Mon, {'9' * 5_000} Jun 2026 12:00:00 GMT"])
def test_a_number_without_end_is_no_error_in_any_field(name: str, value: str) -> None:
    fields = said(NOON, (name, value))
    assert freshness(fields) is None
    assert retry_after(fields, now=NOW) is None
    assert (limit_reset(fields, now=NOW, refused=True) or NOW) <= NOW + timedelta(days=31)


@pytest.mark.parametrize(
    "etag", [b'"a\x01b"', b'"\xc3\xbc"', b'"\xfc"', b'"a b"', b'"a\x7f"', b"", b'"' + b"x" * 5000 + b'"']
)
def test_an_etag_that_cannot_be_echoed_is_not_kept(etag: bytes) -> None:
    assert validators([(b"ETag", etag)], final_url="u", headers_hash="h").etag is None


@pytest.mark.parametrize("moment", [b"garbage", b"Tue, 04 Jun 2041 10:00:00 +0200", b"Sun Nov  6 08:49:37 1994", b"0"])
def test_last_modified_is_kept_as_it_was_said(moment: bytes) -> None:
    held = validators([(b"last-modified", b" " + moment + b"\t")], final_url="u", headers_hash="h")
    assert held.last_modified == moment.decode()
