"""What every part of the face works on."""

from __future__ import annotations

from aggregator.store.engine import Database
from aggregator.store.tellings import Recent


class Face:
    """A part of the store's face: each method is one transaction in a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = Recent()
