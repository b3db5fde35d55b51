"""Fakes that stand in for the outside world."""

from __future__ import annotations

from typing import Any, NoReturn

from aggregator.errors import StoreError


class StoreOutOfReach:
    """A store whose database cannot be reached: every question to it fails as the real one would."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*args: object, **kwargs: object) -> NoReturn:
            raise StoreError("the database is out of reach: connection refused")

        return fail
