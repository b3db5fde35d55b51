"""A raw byline → one clean line: no markup, contacts or leftovers of templates, letters in their usual form, nobody twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from aggregator.normalize.contacts import without_contacts
from aggregator.normalize.names import is_given
from aggregator.normalize.titles import plain
from aggregator.text import fold, one_line, read_json, stream_safe

LONGEST, _SHOWN, _LONGEST_JSON = 512, 200, 4_096
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>", re.I)
# Forms for a width, a font or a place in the word that mean the usual letter.
_FORMS = re.compile("[\u3000\uff01-\uffee\U0001d400-\U0001d7ff\ufb00-\ufdff\ufe50-\ufe6b\ufe70-\ufefc]+")
# Directions have no place in a name; what joins or parts letters has, but between ours.
_DIRECTIONS = re.compile(
    "[\u200e\u200f\u061c\u180e\u2061-\u2064\U000e0000-\U000e007f]|(?<=[\0-\x7f])[\u200c\u200d](?=[\0-\x7f])"
)
_BREAK = re.compile(r"(?:<|&lt;)/?(?:br|p|div|li)\s*/?(?:>|&gt;)", re.I)
# What stands beside a name to please the eye.
_ORNAMENTS = re.compile("[\U0001f000-\U0001faff\u2190-\u21ff\u25a0-\u27bf\ufe0f~*]+")
_NUMBERED = re.compile(r"^\d{1,3}[.)]?\s+(?=[^\W\d_]+\s+[^\W\d_])|(?<=[^\W\d_])\s+\d$")
_TEMPLATE = re.compile(
    r"\{\{.{0,80}?\}\}|\{%.{0,80}?%\}|<[%?].{0,80}?[%?]>|[$#@]\{[^{}]{0,80}\}|\[\[.{0,80}?\]\]|%%?[a-z_.]{2,40}%%?|"
    r"\[object \w{1,20}\]|\{[\w.$ ]{0,80}\}|\$[a-z_]\w{0,40}(?:->\w{1,40}|\.\w{1,40}){0,3}|\bundefined\b",
    re.I,
)
_SEPARATORS = re.compile(r"(?<=\s)([-–—|,;/])(?:\s+[-–—|,;/])+(?=\s|$)")
_FURTHER = re.compile(r"\s+(?:\+\s?\d{1,2}|et al\.?|y otros|e outros|and others)$", re.I)
_TWICE = re.compile(r"^(\S+ .{2,200}?)[\s,;|/–—-]*\1$")


def cleaned(raw: str) -> str:
    """What of a raw byline may name somebody."""
    text = _FURTHER.sub("", _SEPARATORS.sub(r"\1", _TEMPLATE.sub(" ", _public(_with_strokes(_from_json(raw))))))
    text = one_line(text).strip(" ,;:-–<>[]{}~*")
    number = _NUMBERED.search(text)
    if number and is_given((text[number.end() :] or text).split()[0]):
        text = _NUMBERED.sub("", text)
    return _once(text)


def _from_json(raw: str) -> str:
    """`["Ana Gil", {"name": "Luis Paz"}]`, which some template meant for machines: the names alone."""
    if not raw.startswith(("[", "{")) or len(raw) > _LONGEST_JSON:
        return raw
    try:
        return "; ".join(_names_in(read_json(raw)))
    except ValueError:
        return raw


def _names_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _names_in(one)
        case {"name": name}:
            yield from _names_in(name)


def _with_strokes(raw: str) -> str:
    """Lines that may each be a name or an organisation, parted by strokes; a name may be broken."""
    lines = [line.strip() for line in _BREAK.sub("\n", raw[:LONGEST]).splitlines() if line.strip()]
    return " | ".join(lines) if len(lines) > 1 and all(len(line.split()) > 1 for line in lines) else raw


def as_evidence(names: Iterable[str]) -> str:
    """Bylines for readers to see what was read: as they were printed, but for contacts."""
    return " | ".join(filter(None, map(_public, names)))[:_SHOWN]


def _public(raw: str) -> str:
    text = plain(_SCRIPT.sub(" ", raw[:LONGEST]))
    if not text.isascii():
        usual = _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), stream_safe(text))
        text = unicodedata.normalize("NFC", _ORNAMENTS.sub(" ", _DIRECTIONS.sub("", usual)))
    return without_contacts(text)


def _once(text: str) -> str:
    """`Ana Gil Ana Gil` is one."""
    folded = fold(text)
    twice = _TWICE.match(folded)
    if not twice or len(folded) != len(text):
        return text
    first, last = text[: len(twice[1])], text[-len(twice[1]) :]
    return last if first.isupper() else first
