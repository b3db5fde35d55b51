"""Failures in a row → how long to rest."""

from __future__ import annotations

from datetime import timedelta

from aggregator.cadence.spans import span_words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# After a month of failures a source is asked once a week (fetching rule 25).
DORMANT_AFTER, DORMANT = timedelta(days=30), timedelta(days=7)
_TOO_MANY, _UNAVAILABLE = 429, 503


def back_off(usual: timedelta, failures: int, *, status: int | None, failing_for: timedelta) -> tuple[timedelta, str]:
    """Doubling from the first failure on: the server's trouble passes sooner than a page that is not there or no feed."""
    if status in (_TOO_MANY, _UNAVAILABLE):
        first, longest = max(HOUR, usual), DAY
    elif status is not None and status < 500:
        first, longest = max(HOUR, usual), timedelta(days=7)
    else:
        first, longest = max(HOUR / 4, usual), DAY
    pause = min(first * 2 ** min(failures - 1, 16), max(longest, usual))
    if failing_for >= DORMANT_AFTER:
        pause = max(pause, DORMANT)
    times = "once" if failures == 1 else f"{failures} times in a row"
    return pause, f"failed {times}: tried again after {span_words(pause)}"
