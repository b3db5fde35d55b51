"""Names → the key by which two spellings are one name."""

from __future__ import annotations

from aggregator.text import tokens


def fold_name(name: str) -> str:
    """Case, accents and punctuation gone; particles and initials stay: "J. M. de la Cruz" is not "Juan Cruz"."""
    return " ".join(tokens(name)) or name.strip().casefold()
