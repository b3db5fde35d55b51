"""Text → folded words: the one tokenizer that indexing, queries and matching share."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from functools import lru_cache
from typing import Any

import nh3

# Letters that Unicode does not decompose: they have no combining mark to drop.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
_STUBBORN = re.compile("[øłđðþæœıħŧŋ]")
# Most text is Latin with punctuation: for that a pattern, or leaving out what is not ASCII, is several times faster than a table.
_NOT_ASCII_OR_MARK = re.compile("[^\0-\x7f\u0300-\u034e\u0350-\u036f]")
_LATIN_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
# Whatever decomposes into marks alone is in this class, or one of two letters that are marks in all but name.
_MOST_MARKS = 30
_MARKS_IN_A_ROW = re.compile(rf"(?:[^\w\s\0-\x7f]|[\uff9e\uff9f]){{{_MOST_MARKS + 1},}}")
_NOT_LATIN = re.compile("[\u0370-\u1dff\u20d0-\u20ff\u2c00-\U0010ffff]")
# Cyrillic letters, and kana with voicing marks, that Unicode decomposes and whoever reads them does not.
_OWN_LETTERS = re.compile(
    f"([йїўѓќ{''.join(kana for kana in map(chr, range(0x3041, 0x3100)) if len(unicodedata.normalize('NFD', kana)) > 1)}]+)"
)
_TOKEN = re.compile(r"[^\W_]+")
_PRINTERS_SIGNS = re.compile("[\u00a1\u00ab\u00bb\u00bf\u2010-\u2027]")
_BETWEEN_WORDS = {point: " " for point in range(0x80) if not chr(point).isalnum()}
_BLOCK = re.compile(
    r"(?=<(?:br|hr|/?(?:p|div|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|pre|figure|figcaption))\b)", re.I
)
# XML 1.0 §2.2: every other character makes a document ill-formed.
_ILLEGAL_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# HTML §13.2.5.80: the C1 controls are Windows-1252 in disguise; noncharacters are nothing; U+FFFD says that a letter was lost.
_DISGUISED = re.compile("[\x80-\x9f\ufdd0-\ufdef\ufffd]")
_MEANT = {chr(code): bytes([code]).decode("windows-1252", "ignore") for code in range(0x80, 0xA0)} | {"\ufffd": "?"}
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


class _WithoutMarks(dict[int, int | None]):
    """A table for `translate` that drops combining marks, filled as characters come: several times faster than asking of each."""

    def __missing__(self, point: int) -> int | None:
        self[point] = None if unicodedata.combining(chr(point)) else point
        return self[point]


_MARKS = _WithoutMarks()


def fold(text: str) -> str:
    """`text` without case, accents and compatibility forms: NFKD, marks dropped, `ß` → `ss`, `ø` → `o`; not stemmed."""
    if text.isascii():
        return text.lower()
    parted = unicodedata.normalize("NFKD", stream_safe(text.casefold()))
    if not _NOT_ASCII_OR_MARK.search(parted):
        # A letter of mathematics has no case until it is one of ours.
        return parted.encode("ascii", "ignore").decode("ascii").lower()
    bare = _LATIN_MARKS.sub("", parted)
    if _NOT_LATIN.search(bare):
        bare = bare.translate(_MARKS)
    composed = unicodedata.normalize("NFKC", bare.casefold())
    return composed.translate(_UNDECOMPOSED) if _STUBBORN.search(composed) else composed


def fold_name(text: str) -> str:
    """`text` folded, but for marks that make another letter: Сергей is not Сергеи, nor が か. For names: who searches for words
    need not tell them apart."""
    if text.isascii():
        return text.lower()
    usual = unicodedata.normalize("NFKC", stream_safe(text.casefold()))
    return "".join(part if at % 2 else fold(part) for at, part in enumerate(_OWN_LETTERS.split(usual)))


def name_tokens(text: str) -> tuple[str, ...]:
    """The words of a name, in order, as `fold_name` leaves them."""
    return tuple(_TOKEN.findall(fold_name(text if text.isascii() else _PRINTERS_SIGNS.sub(" ", text))))


def stream_safe(text: str) -> str:
    """`text` with at most 30 combining marks in a row (UAX #15 §13): to put more in order takes the square of their number, here
    and wherever it is read."""
    if len(text) <= _MOST_MARKS or text.isascii():
        return text
    return _MARKS_IN_A_ROW.sub(_first_marks, text)


def _first_marks(run: re.Match[str]) -> str:
    kept, marks = list[str](), 0
    for letter in run[0]:
        marks = marks + 1 if _is_mark(letter) else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


@lru_cache(maxsize=4_096)
def _is_mark(letter: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) > 0


def tokens(text: str) -> tuple[str, ...]:
    """The folded words of `text`, in order: runs of letters and digits."""
    folded = fold(text if text.isascii() else _PRINTERS_SIGNS.sub(" ", text))
    return tuple(folded.translate(_BETWEEN_WORDS).split() if folded.isascii() else _TOKEN.findall(folded))


def plain_text(markup: str) -> str:
    """The words of an HTML fragment on one line; block elements separate words."""
    if "<" not in markup:
        return one_line(unescaped(html.unescape(markup)) if "&" in markup else markup)
    return _without_tags(markup)


@lru_cache(maxsize=32)  # several stages ask for the words of one article
def _without_tags(markup: str) -> str:
    spaced = _BLOCK.sub(" ", xml_legal(markup))  # the cleaner takes no lone surrogate
    return one_line(unescaped(html.unescape(nh3.clean(spaced, tags=set()))))


def unescaped(text: str) -> str:
    """`text` with its character references meant, also where they were escaped twice: `&amp;#39;` is an apostrophe."""
    for _ in range(2):
        if "&" not in text:
            break
        text = _REFERENCE.sub(lambda match: html.unescape(match[0]), text)
    return text


def one_line(text: str) -> str:
    """`text` with every run of white space made one space, ends trimmed."""
    return " ".join(text.split())


def xml_legal(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids (controls, lone surrogates, U+FFFE and U+FFFF), and with what is meant
    by those that HTML calls errors."""
    # No control, surrogate or noncharacter can be printed: most strings are legal, and this says so sooner than a pattern.
    if text.isprintable() and "\ufffd" not in text:
        return text
    legal = _ILLEGAL_IN_XML.sub("", text)
    return legal if legal.isascii() else _DISGUISED.sub(lambda match: _MEANT.get(match[0], ""), legal)


def read_json(text: str | bytes, *, strict: bool = True) -> Any:
    """What JSON says; raises ValueError where it is none. A number beyond 64 bits stays text: Python makes none of thousands of
    digits, and nobody means one. `strict`: no control characters within strings."""
    try:
        return json.loads(text, strict=strict, parse_int=lambda digits: int(digits) if len(digits) < 19 else digits)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def shorten(text: str, limit: int) -> str:
    """`text` of at most `limit` characters, cut between words, with an ellipsis where cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ")
    return (head[:at] if at > limit // 2 else head).rstrip(" ,;:–—-…") + "…"
