"""Counts of what was found and meant → precision, recall and F1; shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Micro-averaged: every label of every item counts once."""

    right: int = 0
    said: int = 0
    meant: int = 0

    def add(self, said: Iterable[str], meant: Iterable[str]) -> None:
        """Count the labels of one item."""
        found, wanted = set(said), set(meant)
        self.right += len(found & wanted)
        self.said += len(found)
        self.meant += len(wanted)

    def figures(self) -> dict[str, float]:
        """`precision`, `recall`, `f1`: 1 where there was nothing to say and nothing was said."""
        precision = self.right / self.said if self.said else 1.0
        recall = self.right / self.meant if self.meant else 1.0
        both = self.said + self.meant
        f1 = 2 * self.right / both if both else 1.0
        return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def share(right: int, of: int) -> float:
    """`right` of `of` as a share; 1 of nothing."""
    return round(right / of, 4) if of else 1.0
