"""A SQLite database → a whole copy of it in a file, while others read and write."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from aggregator.errors import StoreError


def copy_database(source: Path, target: Path) -> None:
    """Copy `source` to `target` by SQLite's backup interface: one moment of it, checked, and swapped in as a whole.

    Raises StoreError; what stands at `target` then stays as it was.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise StoreError(f"{target} is the database itself: choose another file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(descriptor)
        try:
            _copy(source, Path(name))
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise StoreError(f"the copy {target} cannot be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise StoreError(f"the database {source} cannot be copied: {error}") from error


def _copy(source: Path, target: Path) -> None:
    # All pages in one step: in several, every writer between them would begin it anew (sqlite.org/backup.html).
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE").close()
        damage = [line for (line,) in there.execute("PRAGMA quick_check") if line != "ok"]
    if damage:
        raise StoreError(f"the database {source} is damaged, and so is its copy: {damage[0]}")
