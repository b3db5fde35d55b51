"""Lists of names in other scripts and languages → the same list with semicolons."""

from __future__ import annotations

import re

from aggregator.normalize.language import base

_COMMAS = re.compile("\\s*[、،؛]\\s*")
# What joins names, where it stands alone between two words of its script.
_AND = re.compile(
    "(?<=[\u0370-\u03ff])\\s+και\\s+(?=[\u0370-\u03ff])|(?<=[\u0400-\u04ff])\\s+(?:и|і|та)\\s+(?=[\u0400-\u04ff])|"
    "(?<=[\u0600-\u06ff])\\s+و\\s+(?=[\u0600-\u06ff])|(?<=[\u0900-\u097f])\\s+(?:और|एवं|तथा)\\s+(?=[\u0900-\u097f])|"
    "(?<=[\u4e00-\u9fff])\\s+(?:和|与|與|及)\\s+(?=[\u4e00-\u9fff])"
)
# In Arabic and Hebrew it is the first letter of the next word: of a further name, behind two words of one and before two others.
_PREFIXED = re.compile("(?<=[\u05d0-\u05ea\u0600-\u06ff])\\s+[وו](?=(\\w{2,})\\s+\\w)")
_BEGIN_WITH_IT = frozenset(
    (
        "ليد ائل سام فاء داد جدي حيد حيدة ردة سيم صفي ضاح فيق ديع جيه هيب "
        "لاء عد ئام جدان سن هبي هبة ادي الي زان لد اصف افي كيل رد יקטור רד"
    ).split()
)
_CHINESE = re.compile("(?:[\u4e00-\u9fff]{2,4}\\s+)+[\u4e00-\u9fff]{2,4}")
_DUTCH_AND = re.compile(r"\s+en\s+(?=[A-Z])")


def with_semicolons(text: str, language: str | None) -> str:
    """`text` with what parts names in its script made semicolons."""
    if base(language) == "nl":
        return _DUTCH_AND.sub("; ", text)
    if text.isascii():
        return text
    if base(language) == "zh" and _CHINESE.fullmatch(text):
        return "; ".join(text.split())
    return _PREFIXED.sub(_parted, _AND.sub("; ", _COMMAS.sub("; ", text)))


def _parted(match: re.Match[str]) -> str:
    before = match.string[: match.start()].rpartition(";")[2].split()
    return match[0] if len(before) < 2 or match[1] in _BEGIN_WITH_IT else "; "
