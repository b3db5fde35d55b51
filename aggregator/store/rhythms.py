"""What was learned of a source's rhythm ↔ JSON columns, compact: they are written with each poll."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aggregator.model import Binding, Forecast, Hints, Rhythm

_DIGITS = 4


def rhythm_column(rhythm: Rhythm | None) -> dict[str, Any] | None:
    """Times as seconds since 1970; the habit as one list of places and counts by turns."""
    if rhythm is None:
        return None
    stated = rhythm.stated
    column: dict[str, Any] = {
        "at": rhythm.at.timestamp(),
        "folded": rhythm.folded.isoformat(),
        "polls": rhythm.polls,
        "articles": round(rhythm.articles, _DIGITS),
        "days": round(rhythm.days, _DIGITS),
        "recent": round(rhythm.recent, _DIGITS),
        "expected": round(rhythm.expected, _DIGITS),
        "made": round(rhythm.made, _DIGITS),
        "paper": round(rhythm.paper, _DIGITS),
        "habit": [value for pair in rhythm.habit for value in pair],
        "fresh": list(rhythm.fresh),
        "window": rhythm.window,
        "latest": rhythm.latest and rhythm.latest.timestamp(),
        "asked": rhythm.asked.total_seconds(),
        "ttl": stated.ttl and stated.ttl.total_seconds(),
        "skip_hours": sorted(stated.skip_hours),
        "skip_days": sorted(stated.skip_days),
        "update_interval": stated.update_interval and stated.update_interval.total_seconds(),
    }
    return {name: value for name, value in column.items() if value or name in ("at", "folded")}


def rhythm_of(column: Mapping[str, Any] | None) -> Rhythm | None:
    """The inverse; what is not there is nothing."""
    if column is None:
        return None
    habit = column.get("habit", ())
    return Rhythm(
        at=_time(column["at"]),
        folded=date.fromisoformat(column["folded"]),
        polls=column.get("polls", 0),
        articles=column.get("articles", 0.0),
        days=column.get("days", 0.0),
        recent=column.get("recent", 0.0),
        expected=column.get("expected", 0.0),
        made=column.get("made", 0.0),
        paper=column.get("paper", 0.0),
        habit=tuple(zip(habit[::2], habit[1::2], strict=True)),
        fresh=tuple(column.get("fresh", ())),
        window=column.get("window"),
        latest=_time(column["latest"]) if "latest" in column else None,
        asked=timedelta(seconds=column.get("asked", 0)),
        stated=Hints(
            ttl=_span(column.get("ttl")),
            skip_hours=frozenset(column.get("skip_hours", ())),
            skip_days=frozenset(column.get("skip_days", ())),
            update_interval=_span(column.get("update_interval")),
        ),
    )


def forecast_column(forecast: Forecast | None) -> dict[str, Any] | None:
    if forecast is None:
        return None
    return {
        "lambda_per_day": round(forecast.lambda_per_day, _DIGITS),
        "factor_now": round(forecast.factor_now, _DIGITS),
        "theta": round(forecast.theta, _DIGITS),
        "tau": round(forecast.tau, 1),
        "binding": forecast.binding.value,
    }


def forecast_of(column: Mapping[str, Any] | None) -> Forecast | None:
    return None if column is None else Forecast(**{**column, "binding": Binding(column["binding"])})


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
