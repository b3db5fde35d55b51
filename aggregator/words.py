"""Words of our pages and feeds in English → in another language: `words.tsv`, a phrase a line. What it lacks stays English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

_FILE = Path(__file__).parent / "words.tsv"


@cache
def _catalogues() -> Mapping[str, Mapping[str, str]]:
    head, *lines = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return {
        language: {forms[0]: form for forms in lines if (form := forms[column])} for column, language in enumerate(head)
    }


def languages() -> tuple[str, ...]:
    """Those that pages and feeds are written in."""
    return tuple(_catalogues())


def phrases() -> frozenset[str]:
    """Everything that can be said."""
    return frozenset(_catalogues()["en"])


def phrase(words: str, language: str) -> str:
    """`words`, which may have places in braces, in `language` or, of `es-PE`, in its base language."""
    return _catalogues().get(language.partition("-")[0], {}).get(words, words)


@cache
def locale_of(language: str) -> Locale:
    """What CLDR knows of a language; of English for one that it does not know."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
