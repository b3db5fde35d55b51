"""A headline and its summary → the terms that tell one story from another, and the shingles that tell a copy.

A term is the first letters of a folded word: enough for "Venezuela", "venezolano" and "vénézuélien" to meet without a stemmer.
How usual a term is in news at large stands in `data/usual_words.txt`, learned by `python -m bench.stories_learning words`.
"""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aggregator.text import fold

STEM = 5
_WORD = re.compile(r"[^\W_]+")
# A word within a sentence, where a capital is that of a name; where so many have one, it says nothing.
_WITHIN = re.compile(r"(?:(?<=[\w,] )|(?<=\w['’]))[^\W\d_]\w+")
_TITLE_CASE, _FEW = 0.6, 3
# A word is rare in so small a share of headlines at large.
RARE = 0.002
# Feeds cut summaries at very different lengths; what an event is stands in the first sentences.
_SUMMARY_WORDS, _LONG_WORD = 40, 15
_LONGEST_PHRASE = 4
_REMEMBERED = 1 << 16
# Names of several words, and abbreviations with points, that would fall to pieces which say nothing.
_ONE_WORD = {
    "usa": r"(?:United States|Estados Unidos|[ÉE]tats-Unis|Vereinigten? Staaten|EE\.? ?UU\b|U\.S\.(?:A\.)?|US\b|EUA\b|USA\b)",
    "uk": r"(?:United Kingdom|Reino Unido|Royaume-Uni|U\.K\.|UK\b)",
    "onu": r"(?:United Nations|Naciones Unidas|Nações Unidas|Nations [Uu]nies|U\.N\.|UN\b|ONU\b)",
}
_NAMES = re.compile(r"\b(?=[UEÉVRNO])(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _ONE_WORD.items()) + ")")


@dataclass(frozen=True, slots=True)
class Wording:
    """`title` and `text` are distinct terms in reading order; `headline` the folded words of the title; `lead` hashes of the
    word shingles of the summary's beginning. `recurring`: its title is that of something that comes again and again. `names` are
    terms of what is printed as a name, `places` of what names a place."""

    title: tuple[str, ...]
    text: tuple[str, ...]
    headline: str
    lead: bytes
    recurring: bool
    names: frozenset[str]
    places: frozenset[str]
    countries: frozenset[str]


def wording(
    title: str,
    summary: str,
    countries: frozenset[str] = frozenset(),
    nations: Collection[str] = (),
    cities: Collection[str] = (),
) -> Wording:
    """What the words of plain `title` and `summary` say; `countries` are codes, `nations` and `cities` words that name such."""
    beginning = summary[: _SUMMARY_WORDS * _LONG_WORD]
    words, named, _ = _read(_NAMES.sub(_one_word, title))
    _, told, numbers = _read(_NAMES.sub(_one_word, beginning), _SUMMARY_WORDS)
    return Wording(
        title=tuple(dict.fromkeys(filter(None, named))),
        text=tuple(dict.fromkeys(filter(None, told))),
        headline=" ".join(words),
        lead=_shingles(numbers),
        recurring=_recurs(words),
        names=(_names(title) | _names(beginning)) - _terms(nations),
        places=_terms(cities),
        countries=countries,
    )


def _terms(printed: Iterable[str]) -> frozenset[str]:
    return frozenset([_FOLDED[word][1] for name in printed for word in _WORD.findall(name)])


def _names(text: str) -> frozenset[str]:
    """The terms of what is printed as a name."""
    words = _WITHIN.findall(text)
    names = [word for word in words if word[0].isupper()]
    if len(names) > _FEW and len(names) > _TITLE_CASE * len(words):
        return frozenset()
    return frozenset([_FOLDED[word][1] for word in names])


def _read(text: str, most: int | None = None) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]:
    """Words, terms and hashes of a text, in reading order."""
    found = _WORD.findall(text)[:most]
    if not found:
        return (), (), ()
    words, terms, numbers = zip(*map(_FOLDED.__getitem__, found), strict=True)
    return words, terms, numbers


def _one_word(match: re.Match[str]) -> str:
    return f" {match.lastgroup} "


def _shingles(words: Sequence[int]) -> bytes:
    """Hashes of runs of three words, each of four bytes, little-endian, in ascending order.

    Python hashes tuples of integers alike in every process; another version that does not would find copies a few days later.
    """
    runs = zip(words, words[1:], words[2:], strict=False)
    hashes = array("I", sorted({number & 0xFFFFFFFF for number in map(hash, runs)}))
    if sys.byteorder == "big":
        hashes.byteswap()
    return hashes.tobytes()


def _recurs(words: Sequence[str]) -> bool:
    first, phrases = _recurring()
    if first.isdisjoint(words):
        return False
    return any(
        " ".join(words[start : start + length]) in phrases
        for start, word in enumerate(words)
        if word in first
        for length in range(1, _LONGEST_PHRASE + 1)
    )


class _Folded(dict[str, tuple[str, str, int]]):
    """Words as `_folded` has them, remembered: a plain look-up costs a third of what `lru_cache` takes."""

    def __missing__(self, word: str) -> tuple[str, str, int]:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = folded = _folded(word)
        return folded


_FOLDED = _Folded()


def _folded(word: str) -> tuple[str, str, int]:
    """A word folded, its term, and a hash: no term for what says nothing (function words, dates, single letters and figures)."""
    folded = fold(word)
    number = zlib.crc32(folded.encode("utf-8", "replace"))
    if folded.isdigit():
        year = len(folded) == 4 and folded[:2] in {"19", "20"}
        return folded, "" if year or len(folded) < 2 else folded, number
    if len(folded) < 2 or folded in _silent():
        return folded, "", number
    stem = sys.intern(folded[:STEM])
    return folded, _concepts().get(stem, stem), number


@cache
def usual() -> Mapping[str, float]:
    """Term → the share of headlines at large that have it; what is not there is rare."""
    shares: dict[str, float] = {}
    for line in _lines("usual_words"):
        per_million, _, terms = line.partition(" ")
        shares |= dict.fromkeys(terms.split(), int(per_million) / 1_000_000)
    return shares


@cache
def _concepts() -> Mapping[str, str]:
    """Stem → the stem that stands for all of its meaning."""
    lines = [line.split() for line in _lines("concepts")]
    return {stem: sys.intern(first) for first, *others in lines for stem in others}


@cache
def _silent() -> frozenset[str]:
    return frozenset(word for line in _lines("silent_words") for word in line.split())


@cache
def _recurring() -> tuple[frozenset[str], frozenset[str]]:
    """The first words of phrases, and the phrases."""
    phrases = frozenset(_lines("recurring_titles"))
    return frozenset(phrase.partition(" ")[0] for phrase in phrases), phrases


def _lines(name: str) -> list[str]:
    text = files("aggregator.dedupe").joinpath("data", f"{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
