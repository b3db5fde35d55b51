"""Text in another script than Latin → how much its letters say for each language that writes it."""

from __future__ import annotations

import re
from typing import NamedTuple

_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufaff]")
_WEIGHT, _MOST = 2.0, 5
# How far the others are behind a language that its script suggests, or letters of its own betray, and then for each letter more.
_SUGGESTED, _BETRAYED, _EACH, _MOST_LETTERS = 2.0, 3.0, 0.1, 60


class _Script(NamedTuple):
    """`letters` of a script, the language that it is without a sign, and signs of that and of others: the first that stands."""

    letters: re.Pattern[str]
    usual: str
    signs: tuple[tuple[str, re.Pattern[str]], ...] = ()


def _signs(**letters: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((language, re.compile(those, re.I)) for language, those in letters.items())


_SCRIPTS = (
    _Script(re.compile("[\u3040-\u30ff\u4e00-\u9fff]"), "zh", _signs(ja="[\u3040-\u30ff]")),
    _Script(re.compile("[\uac00-\ud7af]"), "ko"),
    _Script(
        re.compile("[\u0400-\u04ff]"),
        "ru",
        _signs(
            be="ў",
            kk="[әғқңұһ]",
            uk="[їєґі]",
            sr="[ђћљњџј]",
            mk="[ѓќѕ]",
            ru="[ыэё]|ь(?!о)",
            bg="ъ(?![яеюё])",
        ),
    ),
    _Script(re.compile("[\u0370-\u03ff]"), "el"),
    _Script(re.compile("[\u0590-\u05ff]"), "he"),
    _Script(re.compile("[\u0600-\u06ff]"), "ar", _signs(ur="[ٹڈڑںے]", fa="[پچژگیک]", ar="[ةىيك]")),
    _Script(re.compile("[\u0900-\u097f]"), "hi"),
    _Script(re.compile("[\u0e00-\u0e7f]"), "th"),
)
# Who writes in the script by which we tell a language, and is not told from it: there a claim knows better.
_CYRILLIC, _ARABIC = ("ky", "mn", "tg", "tt"), ("ckb", "ps", "sd", "ug")
UNTOLD = {
    **dict.fromkeys(("ru", "uk", "bg", "kk"), _CYRILLIC),
    **dict.fromkeys(("ar", "fa", "ur"), _ARABIC),
    "he": ("yi",),
    "hi": ("mr", "ne", "sa"),
    "zh": ("ja", "yue"),
}


def of_other_script(text: str) -> dict[str, float]:
    """Scores as of words (see `language.spoken`); empty for Latin. A few letters leave open whose of its languages it is."""
    for script in _SCRIPTS if _OTHER_SCRIPT.search(text) else ():
        count = len(script.letters.findall(text))
        if count <= len(text) // 8:
            continue
        told = next((language for language, sign in script.signs if sign.search(text)), "")
        best, score = told or script.usual, _WEIGHT * min(count, _MOST)
        behind = _BETRAYED + _EACH * min(count, _MOST_LETTERS) if told else _SUGGESTED
        others = {language for language, _sign in script.signs} | {script.usual, *UNTOLD.get(script.usual, ())}
        return dict.fromkeys(others, score - behind) | {best: score}
    return {}
