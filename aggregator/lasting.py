"""Work that is done again and again → a line in the log when it begins to fail, when the cause changes, and when it goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from aggregator.errors import AggregatorError

log = structlog.get_logger(__name__)


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
