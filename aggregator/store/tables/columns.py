"""Kinds of columns: times, keys, JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Integer, TypeDecorator
from sqlalchemy.types import JSON
from sqlmodel import Field

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time as integer microseconds since 1970: exact, ordered and alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


# SQLite makes only an INTEGER primary key its rowid.
KEY = BigInteger().with_variant(Integer(), "sqlite")


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Instant(), nullable=nullable, index=index))


def json_column(default: Any = None) -> Any:
    return Field(default=default, sa_column=Column(JSON, nullable=True))
