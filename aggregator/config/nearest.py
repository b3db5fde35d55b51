"""A word that nobody knows → the nearest word that we do know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from aggregator.text import fold


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, accents and case folded; None where nothing is near."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(fold(candidate), candidate)
    found = difflib.get_close_matches(fold(word), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean X?)` or nothing, to stand behind a message."""
    found = nearest(word, known)
    return f" (did you mean {found}?)" if found and found != word else ""
