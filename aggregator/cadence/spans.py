"""Spans and times → words."""

from __future__ import annotations

from datetime import datetime, timedelta


def span_words(span: timedelta) -> str:
    """`45 min`, `2.5 h`, `3 days`."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 2 * 24 * 60:
        return f"{minutes / 60:.1f} h".replace(".0 h", " h")
    return f"{minutes / 60 / 24:.1f} days".replace(".0 d", " d")


def time_words(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
