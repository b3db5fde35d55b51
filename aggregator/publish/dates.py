"""Datetimes → the two ways in which feeds write them, always UTC and whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime


def utc(moment: datetime) -> datetime:
    """`moment` in UTC without fractions; a naive one is read as UTC, as databases hand them back."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def rfc822(moment: datetime) -> str:
    """`Tue, 10 Nov 2026 08:00:00 GMT`: RFC 822 with a year of four digits, English on every machine."""
    return format_datetime(utc(moment), usegmt=True)


def rfc3339(moment: datetime) -> str:
    """`2026-11-10T08:00:00+00:00`, as feedgen writes it too."""
    return utc(moment).isoformat()
