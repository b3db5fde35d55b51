"""Work that is done again and again → a line in the log when it begins to fail, when the cause changes, and when it goes on; and
where to look for more of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from aggregator.errors import AggregatorError

log = structlog.get_logger(__name__)

_EVERYWHERE_AGAIN, _LATELY = timedelta(minutes=1), timedelta(minutes=10)


class Lasting:
    """Does a piece of work whose failures are not raised. `event` and `names` are what the log calls it by."""

    def __init__(self, event: str, **names: str) -> None:
        self._event, self._names, self._why = event, names, ""

    async def do(self, work: Callable[[], Awaitable[object]]) -> None:
        """`work`, once."""
        try:
            await work()
        except Exception as error:
            if str(error) != self._why:
                # An error of ours, such as a database out of reach, says all there is to say.
                traced = not isinstance(error, AggregatorError)
                log.error(f"{self._event}.failed", **self._names, error=str(error), exc_info=traced)
            self._why = str(error) or type(error).__name__
        else:
            if self._why:
                log.info(f"{self._event}.recovered", **self._names)
            self._why = ""


class Glances:
    """From when on to look for what changed: lately, and once a minute everywhere, for what no change of ours announces. So a
    look costs what happened, and not what there is."""

    def __init__(self) -> None:
        self._everywhere: datetime | None = None

    def since(self, now: datetime) -> datetime | None:
        """None: everywhere. Changes bear the time at which their work began, which may be minutes before they are seen."""
        if self._everywhere is None or not self._everywhere <= now < self._everywhere + _EVERYWHERE_AGAIN:
            self._everywhere = now
            return None
        return now - _LATELY

    def again(self) -> None:
        """The last look found more than was done: the next goes everywhere."""
        self._everywhere = None
