"""What entry, feed, outlet and words say of a language → a tag of RFC 5646 in its usual case, how sure that is, and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp
from struct import Struct
from typing import NamedTuple

from aggregator.normalize.gazetteer import rows
from aggregator.normalize.scripts import UNTOLD, of_other_script
from aggregator.text import fold

_TAG = re.compile(r"^([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?:-[a-z0-9]{2,8})*$", re.I)
_NAMES = {
    "english": "en", "spanish": "es", "espanol": "es", "castellano": "es", "portuguese": "pt", "portugues": "pt", "french": "fr",
    "francais": "fr", "german": "de", "deutsch": "de", "italian": "it", "italiano": "it", "dutch": "nl", "russian": "ru",
}  # fmt: skip
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis", "xx"})
_WORD = re.compile(r"[^\W\d_]+")
_GENITIVE, _OF_ENGLISH = re.compile(r"(?<=\w)[’']s\b"), " the "
_LONGEST = 400
_GLANCE = 100  # is enough where everybody says the same, and the words too
# How much a claim weighs, in the unit of a word that one language alone has. An entry knows itself; many a Spanish site
# never changed its software's `en-US`.
_OWN, _OUTLET, _FEED, _OTHERS = 4.0, 2.0, 1.2, 1.2
_WORD_WEIGHT, _ENDING_WEIGHT, _LETTER_WEIGHT = 1.6, 0.5, 0.7
# Weights are added as integers of 32 bits: the words of 400 characters never fill one.
_UNIT = 10_000
# Scores → shares so that of what is 0.5 sure half is right at least, and of what is 0.9 sure nearly all (`bench eval languages`).
_SHARPNESS, _UNSAID = 1.4, 1.0
_MOST_SAID = 32_768
# From how sure on the words outweigh everybody's claim; how much of them, and below which share, where they leave open which of
# two neighbours it is instead.
_AGAINST_CLAIMS, _MUCH_SAID, _RULED_OUT = 0.9, 5.0, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`tag` is of RFC 5646, None where nothing says; `confidence` in 0…1; `rule` is entry | outlet | feed | others | words."""

    tag: str | None
    confidence: float
    rule: str


class _Claim(NamedTuple):
    """What somebody says the language is."""

    tag: str
    language: str
    weight: float
    rule: str


@lru_cache(maxsize=1_024)
def tag(stated: str | None) -> str | None:
    """`EN_us` → `en-US`; None for what is no language."""
    if not stated:
        return None
    text = stated.strip().replace("_", "-")
    named = _NAMES.get("".join(_WORD.findall(fold(text))))
    if named:
        return named
    match = _TAG.match(text)
    if match is None or match[1].lower() in _NO_LANGUAGE:
        return None
    script, region = (match[2] or "").title(), (match[3] or "").upper()
    return "-".join(part for part in (match[1].lower(), script, region) if part)


def base(language: str | None) -> str:
    """`es-419` → `es`; empty for none."""
    return (language or "").partition("-")[0]


def language_of(
    stated: str | None, feed: str | None, outlet: str | None, text: str, *, others: str | None = None
) -> Language:
    """The claims of entry, feed and outlet weighed against the words of `text`, which is plain or HTML; where nobody claims
    anything, its neighbours are in the language `others`."""
    claims = _claims(stated, feed, outlet) or ((_Claim(others, base(others), _OTHERS, "others"),) if others else ())
    if len(claims) > 1 and len({claim.language for claim in claims}) == 1:
        scores = spoken(text[:_GLANCE])
        if max(scores, key=scores.__getitem__, default="") == claims[0].language:
            return _weighed(scores, claims)
    return _weighed(spoken(text), claims)


def _weighed(said: Mapping[str, float], claims: Sequence[_Claim]) -> Language:
    scores = dict(said)
    for claim in claims:
        scores[claim.language] = scores.get(claim.language, 0.0) + claim.weight
    if not scores:
        return Language(tag=None, confidence=0.0, rule="words")
    best = max(scores, key=scores.__getitem__)
    by = next((claim for claim in claims if claim.language in (best, *UNTOLD.get(best, ()))), None)
    if by is None and claims and _share(said, best) < _AGAINST_CLAIMS and not _ruled_out(scores, claims):
        by = claims[0]
    if by is None:
        return Language(tag=best, confidence=_share(scores, best), rule="words")
    return Language(tag=by.tag, confidence=_share(scores, by.language), rule=by.rule)


def _ruled_out(scores: Mapping[str, float], claims: Sequence[_Claim]) -> bool:
    """Whether it is none of the languages claimed, whichever it is; of a language that we do not know the words say nothing."""
    claimed = {claim.language for claim in claims}
    if max(scores.values()) < _MUCH_SAID:
        return False
    return claimed <= _tables().usual.keys() and sum(_share(scores, language) for language in claimed) < _RULED_OUT


@lru_cache(maxsize=1_024)
def _claims(stated: str | None, feed: str | None, outlet: str | None) -> tuple[_Claim, ...]:
    """The most telling first. feedparser hands the feed's language down to every entry: only a different one is the entry's
    own, be it another variety (`en-GB` in a feed in `en`)."""
    own, of_feed, of_outlet = tag(stated), tag(feed), tag(outlet)
    claims = []
    if own and own != of_feed:
        claims.append(_Claim(own, base(own), _OWN, "entry"))
    if of_outlet:
        # A feed that agrees may know the variety ("pt-BR").
        varied = of_feed if of_feed and base(of_feed) == base(of_outlet) and "-" not in of_outlet else of_outlet
        claims.append(_Claim(varied, base(varied), _OUTLET, "outlet"))
    if of_feed:
        claims.append(_Claim(of_feed, base(of_feed), _FEED, "feed"))
    return tuple(claims)


def spoken(text: str) -> dict[str, float]:
    """How much the words, endings and letters of `text` say for each language; empty where they say nothing."""
    text = unicodedata.normalize("NFC", text[:_LONGEST])
    if not text.isascii() and (of_script := of_other_script(text)):
        return of_script
    tables = _tables()
    vector = sum(map(_SAID.__getitem__, text.split()))
    if not text.isascii():
        vector += sum(map(tables.letters.__getitem__, tables.letters.keys() & set(text.lower())))
    if not vector:
        return {}
    scores = zip(tables.usual.items(), tables.unpacked(vector), strict=True)
    # A language for which nothing speaks remains possible: one word alone makes nothing sure.
    return {language: score / _UNIT + usual if score else usual - _UNSAID for (language, usual), score in scores}


class _Said(dict[str, int]):
    """What is printed between two spaces → what it says for each language, as a vector of `_Tables`; news repeats its words."""

    def __missing__(self, printed: str) -> int:
        if len(self) >= _MOST_SAID:
            self.clear()
        self[printed] = vector = _says(printed)
        return vector


_SAID = _Said()


def _says(printed: str) -> int:
    tables = _tables()
    vectors = [
        tables.words.get(word) or tables.endings.get(word[-4:]) or tables.endings.get(word[-3:]) or 0
        for word in _WORD.findall(_GENITIVE.sub(_OF_ENGLISH, fold(printed)))
    ]
    # A sum would be a number of its own: what few numbers say stays near the processor.
    return vectors[0] if len(vectors) == 1 else sum(vectors)


def _share(scores: Mapping[str, float], language: str) -> float:
    """The share of one that a language has of scores, which are logarithms."""
    if language not in scores:
        return 0.0
    most = max(scores.values())
    return exp(_SHARPNESS * (scores[language] - most)) / sum(
        [exp(_SHARPNESS * (score - most)) for score in scores.values()]
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """What words, endings and letters say: a vector with a number for each language, packed into one integer, so that a text is
    weighed by adding integers. `usual`: how usual each language is, in the order of the numbers."""

    usual: dict[str, float]
    words: dict[str, int]
    endings: dict[str, int]
    letters: dict[str, int]

    def unpacked(self, vector: int) -> tuple[int, ...]:
        return _numbers(len(self.usual)).unpack(vector.to_bytes(4 * len(self.usual), "little"))


@cache
def _numbers(count: int) -> Struct:
    return Struct(f"<{count}I")


@cache
def _tables() -> _Tables:
    usual: dict[str, float] = {}
    words: dict[str, list[int]] = {}
    endings: dict[str, list[int]] = {}
    letters: dict[str, list[int]] = {}
    for place, (language, often, short, ends, printed) in enumerate(rows("languages.tsv")):
        usual[language] = float(often)
        for word in dict.fromkeys(short.split()):
            words.setdefault(word, []).append(place)
        for ending in filter(None, ends.split("|")):
            if 3 <= len(ending) <= 4:
                endings.setdefault(ending, []).append(place)
        for letter in filter(None, printed.split("|")):
            letters.setdefault(letter, []).append(place)
    return _Tables(
        usual,
        {word: _vector(tuple(places), _WORD_WEIGHT) for word, places in words.items()},
        {ending: _vector(tuple(places), _ENDING_WEIGHT) for ending, places in endings.items()},
        {letter: _vector(tuple(places), _LETTER_WEIGHT, shared=0.15) for letter, places in letters.items()},
    )


@cache
def _vector(places: tuple[int, ...], weight: float, *, shared: float = 0.25) -> int:
    """A word of few languages tells more; one of many still speaks against the others."""
    return sum(round(weight / (1 + shared * (len(places) - 1)) * _UNIT) << 32 * place for place in places)
