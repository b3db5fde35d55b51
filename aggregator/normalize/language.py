"""Language as stated → a tag of RFC 5646 in its usual case, or None; and which of two claims the words support."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.text import tokens

_TAG = re.compile(r"^([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?:-[a-z0-9]{2,8})*$", re.I)
_NAMES = {
    "english": "en", "spanish": "es", "espanol": "es", "castellano": "es", "portuguese": "pt", "portugues": "pt", "french": "fr",
    "francais": "fr", "german": "de", "deutsch": "de", "italian": "it", "italiano": "it", "dutch": "nl", "russian": "ru",
}  # fmt: skip
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis", "xx"})
# Short words that one of these languages has and the others have not.
_TELLING = {
    "en": "the and of to in is for on with at by from as after it his are was has will that this says how why who",
    "es": "el los las y del por con para una en se su al es lo sus mas tras este como sobre segun hoy fue ante entre",
    "pt": "o os as e do da dos das em no na nos nas um uma para com por ao pelo pela nao mais apos sao diz sobre foi",
    "fr": "le les et des du en est dans une pour sur au aux avec par ce qui ses sont pas plus apres sous contre",
    "de": "der die das und ist nicht ein eine mit von auf fur im den dem zu nach bei wird sich auch",
    "it": "il gli di della del che e per una con nel alla dei sono dopo piu non dal sul",
}
_WORDS = {language: frozenset(words.split()) for language, words in _TELLING.items()}


def tag(stated: str | None) -> str | None:
    """`EN_us` → `en-US`; None for what is no language."""
    if not stated:
        return None
    text = stated.strip().replace("_", "-")
    named = _NAMES.get("".join(tokens(text)))
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


def language_of(stated: str | None, feed: str | None, outlet: str | None, text: str) -> str | None:
    """What the entry states, else what its feed states, else the outlet's.

    Where feed and outlet disagree the words decide: many a Spanish site never changed its software's `en-US`.
    """
    own, general, home = tag(stated), tag(feed), tag(outlet)
    # feedparser hands the feed's language down to every entry: only a different one is the entry's own.
    if own and base(own) != base(general):
        return own
    claim = own or general or home
    if home and claim and base(home) != base(claim) and likelier((base(claim), base(home)), text) == base(home):
        return home
    return claim


def likelier(claims: Iterable[str], text: str) -> str:
    """The claim that most words of `text` support; the first on a tie."""
    words = tokens(text[:600])
    return max(claims, key=lambda language: sum(word in _WORDS.get(language, ()) for word in words))
