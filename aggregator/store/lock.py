"""A database file → the right to poll for it: a kernel lock, freed even by kill -9."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import PollerRunningError, StoreError


@contextmanager
def poller_lock(database: Path | None) -> Iterator[None]:
    """Hold `<database>.poller` while the block runs. None (PostgreSQL: sources are leased one by one): nothing to hold.

    Raises PollerRunningError when another process holds it.
    """
    if database is None:
        yield
        return
    path = database.with_name(f"{database.name}.poller")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise PollerRunningError(f"another poller already works on {database}") from error
    try:
        yield
    finally:
        os.close(file)  # frees the lock
