"""Dates as feeds print them → the moment that was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.normalize.dates import moment

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Tue, 10 Jun 2025 14:30:00 GMT", "2025-06-10T14:30"),
        ("Tue, 10 Jun 2025 14:30:00 -0300", "2025-06-10T17:30"),
        ("Tue, 10 Jun 2025 14:30:00 +0200 +0200", "2025-06-10T12:30"),
        ("Tue, 10 Jun 2025 14:30:00 -0300 (ART)", "2025-06-10T17:30"),
        ("Tue, 10 Jun 2025 14:30:00 ART", "2025-06-10T17:30"),
        ("Tue, 10 Jun 2025 14:30:00 BRT", "2025-06-10T17:30"),
        ("Tue, 10 Jun 2025 14:30:00 COT", "2025-06-10T19:30"),
        ("Tue, 10 Jun 2025 14:30:00 EST", "2025-06-10T19:30"),
        ("Tue, 10 Jun 2025 14:30:00 UTC-3", "2025-06-10T17:30"),
        ("Tue, 10 Jun 2025 14:30:00 GMT+2", "2025-06-10T12:30"),
        ("Tue, 10 Jun 2025 14:30 -03:00", "2025-06-10T17:30"),
        ("10 Jun 25 14:30:00 Z", "2025-06-10T14:30"),
        ("Tue Jun 10 14:30:00 2025", "2025-06-10T14:30"),
        ("Sat, Oct 28 2023 08:28:28 PM", "2023-10-28T20:28:28"),
        ("Oct 28, 2023 12:05 AM", "2023-10-28T00:05"),
        ("October 28th, 2023 at 8:05 p.m. EDT", "2023-10-29T00:05"),
        ("2025-06-10T14:30:00Z", "2025-06-10T14:30"),
        ("2025-06-10T14:30:00.123-03:00", "2025-06-10T17:30"),
        ("2025-06-10T14:30:00−0300", "2025-06-10T17:30"),
        ("2025-06-10 14:30:00", "2025-06-10T14:30"),
        ("2025-06-10", "2025-06-10T00:00"),
        ("20250610T143000Z", "2025-06-10T00:00"),
        ("2020/1/10 14:33:00", "2020-01-10T14:33"),
        ("mar, 10 jun 2025 14:30:00 -0500", "2025-06-10T19:30"),
        ("martes, 10 de junio de 2025 14:30", "2025-06-10T14:30"),
        ("Qua, 10 Set 2025 08:00:00 -0300", "2025-09-10T11:00"),
        ("sexta-feira, 5 de dezembro de 2025 - 10h15", "2025-12-05T10:15"),
        ("lun., 3 févr. 2025 09:00:00 +0100", "2025-02-03T08:00"),
        ("Di, 4 März 2025 09:00:00 +0100", "2025-03-04T08:00"),
        ("10/06/2025 14:30", "2025-06-10T14:30"),
        ("06/25/2025 2:30 PM", "2025-06-25T14:30"),
        ("2025-06-10 24:00:00", "2025-06-11T00:00"),
        ("1749550000", "2025-06-10T10:06:40"),
        ("1749550000123", "2025-06-10T10:06:40"),
    ],
)
def test_a_printed_date_is_read_as_it_was_meant(printed: str, meant: str) -> None:
    assert moment(printed, now=NOW) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "printed",
    [
        None,
        "",
        "Tue,",
        "yesterday",
        "31 Feb 2025 10:00:00 GMT",
        "10 Jun 2025 25:61:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "2099-01-01T00:00:00Z",
        "٣١",
        "9" * 100,
    ],
)
def test_what_cannot_be_believed_is_no_date(printed: str | None) -> None:
    assert moment(printed, now=NOW) is None


def test_a_date_a_little_ahead_is_now_and_one_far_ahead_none() -> None:
    assert moment((NOW + timedelta(hours=5)).isoformat(), now=NOW) == NOW
    assert moment((NOW + timedelta(hours=49)).isoformat(), now=NOW) is None


def test_a_numeric_date_with_am_or_pm_in_english_begins_with_the_month() -> None:
    assert moment("06/10/2025 2:30 PM", now=NOW, language="en") == datetime(2025, 6, 10, 14, 30, tzinfo=UTC)
    assert moment("06/10/2025 2:30 PM", now=NOW, language="es") == datetime(2025, 10, 6, 14, 30, tzinfo=UTC)
