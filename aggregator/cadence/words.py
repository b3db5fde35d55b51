"""Why a source is polled when it is → a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.cadence.intensity import HOURS, intensity
from aggregator.cadence.planning import Moment
from aggregator.cadence.rhythm import WEEKEND, liveliness, per_day
from aggregator.cadence.spans import span_words
from aggregator.model import Binding, Rhythm

# Hours whose intensity is this near to that of the hour in question are named with it.
_ALIKE = 0.75
_USUAL = (0.8, 1.25)
_HOURLY = 0.1


def policy_words(rhythm: Rhythm, moment: Moment, now: datetime, *, pushed: float = 1.0) -> str:
    """What the source is expected to bring until the next poll, and the bound that its policy met; `pushed`: see `Terms`."""
    rest = span_words(moment.rest)
    bound = {
        Binding.FIXED: f"every {rest}, as configured",
        Binding.START: f"how often it brings news is not known yet: asked again after {rest}",
        Binding.DORMANT: f"silent since {rhythm.latest or now:%Y-%m-%d}: asked every {rest}",
        Binding.CONTACT: f"at most every {rest} without a contact address",
        Binding.FEW: f"so few that every {rest} is enough",
        Binding.FLOOR: f"at most every {rest}",
        Binding.CEILING: f"at least every {rest}",
        Binding.WINDOW: f"before half of the {rhythm.window} entries that it shows are new",
    }.get(moment.binding)
    if moment.binding in (Binding.FIXED, Binding.START, Binding.DORMANT):
        return str(bound)
    expected = f"expects {_rate(rhythm, moment)} ({_usually(rhythm, moment, now)})"
    if pushed > 1:
        return f"{expected}, which its hub brings: polled for safety" + (f", {bound}" if bound else "")
    return f"{expected}: {bound}" if bound else expected


def _rate(rhythm: Rhythm, moment: Moment) -> str:
    now = per_day(rhythm) * liveliness(rhythm) * moment.factor
    return f"{_number(now / 24)} articles/h now" if now / 24 >= _HOURLY else f"{_number(now)} articles a day now"


def _usually(rhythm: Rhythm, moment: Moment, now: datetime) -> str:
    """`18 a day, weekdays 13–15 h UTC 1.9×`; without the hours where they are like any other."""
    daily = f"{_number(per_day(rhythm))} a day"
    middle = (now + moment.rest / 2).astimezone(UTC)
    kind = HOURS if middle.weekday() >= WEEKEND else 0
    hours = intensity(rhythm.habit).hours[kind : kind + HOURS]
    usual = hours[middle.hour]
    if _USUAL[0] < usual < _USUAL[1]:
        return daily
    start, end = middle.hour, middle.hour + 1
    while start > 0 and _ALIKE <= hours[start - 1] / usual <= 1 / _ALIKE:
        start -= 1
    while end < HOURS and _ALIKE <= hours[end] / usual <= 1 / _ALIKE:
        end += 1
    factor = sum(hours[start:end]) / (end - start)
    return f"{daily}, {'weekends' if kind else 'weekdays'} {start}–{end} h UTC {factor:.1f}×"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else f"{value:.2f}"
