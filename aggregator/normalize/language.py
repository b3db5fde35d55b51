"""What entry, feed, outlet and words say of a language → a tag of RFC 5646 in its usual case, how sure that is, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp

from aggregator.normalize.gazetteer import rows
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
_GLANCE = 150  # is enough where everybody says the same, and the words too
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufaff]")
# How much a claim weighs, in the unit of a word that one language alone has. An entry knows itself; many a Spanish site
# never changed its software's `en-US`.
_OWN, _OUTLET, _FEED = 4.0, 2.0, 1.2
_WORD_WEIGHT, _ENDING_WEIGHT, _LETTER_WEIGHT, _SCRIPT_WEIGHT = 1.6, 0.5, 0.7, 2.0
# From how sure on the words outweigh everybody's claim.
_AGAINST_CLAIMS = 0.97
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("uk", re.compile("[іїєґ]", re.I)),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("fa", re.compile("[پچژگ]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`tag` is of RFC 5646, None where nothing says; `confidence` in 0…1; `rule` is entry | outlet | feed | words."""

    tag: str | None
    confidence: float
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


def language_of(stated: str | None, feed: str | None, outlet: str | None, text: str) -> Language:
    """The claims of entry, feed and outlet weighed against the words of `text`, which is plain or HTML."""
    claims = list(_claims(tag(stated), tag(feed), tag(outlet)))
    agreed = len(claims) > 1 and len({base(claim) for claim, _weight, _rule in claims}) == 1
    scores = spoken(text[:_GLANCE] if agreed else text)
    if agreed and max(scores, key=lambda one: scores[one], default="") != base(claims[0][0]):
        scores = spoken(text)
    likely = _shares(scores)
    for claim, weight, _rule in claims:
        scores[base(claim)] = scores.get(base(claim), 0.0) + weight
    if not scores:
        return Language(tag=None, confidence=0.0, rule="words")
    shares = _shares(scores)
    best = max(shares, key=lambda language: shares[language])
    by = next(((claim, rule) for claim, _weight, rule in claims if base(claim) == best), None)
    if by:
        return Language(tag=by[0], confidence=shares[best], rule=by[1])
    if claims and likely.get(best, 0.0) < _AGAINST_CLAIMS:
        claim, _weight, rule = claims[0]
        return Language(tag=claim, confidence=shares[base(claim)], rule=rule)
    return Language(tag=best, confidence=shares[best], rule="words")


def _claims(own: str | None, feed: str | None, outlet: str | None) -> Iterator[tuple[str, float, str]]:
    """(tag, weight, rule), the most telling first. feedparser hands the feed's language down to every entry: only a
    different one is the entry's own."""
    if own and base(own) != base(feed):
        yield own, _OWN, "entry"
    if outlet:
        # A feed that agrees may know the variety ("pt-BR").
        yield feed if feed and base(feed) == base(outlet) and "-" not in outlet else outlet, _OUTLET, "outlet"
    if feed:
        yield feed, _FEED, "feed"


def spoken(text: str) -> dict[str, float]:
    """How much the words, endings and letters of `text` say for each language; empty where they say nothing."""
    text = text[:_LONGEST]
    scores: dict[str, float] = {}
    for language, letters in _SCRIPTS if _OTHER_SCRIPT.search(text) else ():
        found = len(letters.findall(text))
        if found > len(text) // 8:
            return {language: _SCRIPT_WEIGHT * min(found, 5)}
    words, endings, letters_of, usual = _tables()
    for word in _WORD.findall(_GENITIVE.sub(_OF_ENGLISH, fold(text))):
        for language, weight in words.get(word) or endings.get(word[-4:]) or endings.get(word[-3:]) or ():
            scores[language] = scores.get(language, 0.0) + weight
    if not text.isascii():
        for letter in letters_of.keys() & set(text.lower()):
            for language in letters_of[letter]:
                scores[language] = scores.get(language, 0.0) + _LETTER_WEIGHT
    return {language: score + usual[language] for language, score in scores.items()}


def _shares(scores: dict[str, float]) -> dict[str, float]:
    """Scores → shares of one."""
    if not scores:
        return {}
    most = max(scores.values())
    raised = {language: exp(score - most) for language, score in scores.items()}
    total = sum(raised.values())
    return {language: value / total for language, value in raised.items()}


_Weighed = dict[str, tuple[tuple[str, float], ...]]


@cache
def _tables() -> tuple[_Weighed, _Weighed, dict[str, tuple[str, ...]], dict[str, float]]:
    """Words and endings with the languages that have them, letters, and how usual each language is."""
    usual: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    endings: dict[str, list[str]] = {}
    letters: dict[str, list[str]] = {}
    for language, often, short, ends, printed in rows("languages.tsv"):
        usual[language] = float(often)
        for word in dict.fromkeys(short.split()):
            words.setdefault(word, []).append(language)
        for ending in filter(None, ends.split("|")):
            if 3 <= len(ending) <= 4:
                endings.setdefault(ending, []).append(language)
        for letter in filter(None, printed.split("|")):
            letters.setdefault(letter, []).append(language)
    return (
        _weighed(words, _WORD_WEIGHT),
        _weighed(endings, _ENDING_WEIGHT),
        {letter: tuple(languages) for letter, languages in letters.items()},
        usual,
    )


def _weighed(found: dict[str, list[str]], weight: float) -> _Weighed:
    """A word of few languages tells more; one of many still speaks against the others."""
    return {
        word: tuple((language, weight / (1 + 0.25 * (len(languages) - 1))) for language in languages)
        for word, languages in found.items()
    }
