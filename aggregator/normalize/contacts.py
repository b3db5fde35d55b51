"""A line → the line without how to reach somebody: e-mail addresses, however disguised, telephone numbers and links.

Names are published, and these must not be. What is a word may stay by mistake; what could be dialled or written to may not.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from aggregator.text import one_line

# Bounded repeats: a line of nothing but `@` must not cost more than reading it.
_BOX = r"[\w.+%'’\-]{1,64}"
_LABEL = r"[\w\-]{1,63}"
_OPEN, _CLOSE = r"\s{0,3}[\[({<*_\-]{1,3}\s{0,3}", r"\s{0,3}[\])}>*_\-]{1,3}\s{0,3}"
# What sets off a word in a line; in texts that would be quoting.
_BESIDE = r"\s{0,3}['\"#|/]\s{0,3}"
_AT_WORD = r"(?:at|arroba|chez|ät|@)"
_DOT_WORD = r"(?:dot|punto|ponto|point|punkt)"
_DOT = rf"(?:[.。]|{_OPEN}(?:{_DOT_WORD}|\.){_CLOSE}|\s{{1,3}}{_DOT_WORD}\s{{1,3}}|\s\.\s)"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,5}}"
_FULL_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,5}}"
_LABELLED = r"(?:\b(?:mailto|e-?mail|mail|correo(?: electr[oó]nico)?|courriel|contact[oe]?|contato)\b\s*:?\s*)?"
_WHOLE_BOX = rf"{_BOX}(?:{_DOT}{_LABEL}){{0,3}}"
_BRACKETED = rf"{_OPEN}{_AT_WORD}{_CLOSE}{_HOST}"
DISGUISED = re.compile(
    rf"(?<![\w.+%'’\-])(?P<box>{_WHOLE_BOX})(?:{_BRACKETED}|＠{_FULL_HOST}|\sarroba\s{_FULL_HOST})", re.I
)
_ADDRESS = re.compile(
    rf"{_LABELLED}{_WHOLE_BOX}(?:(?:@|%40)\s?{_HOST}|\s@\s{_FULL_HOST})(?:\?\S*)?"
    rf"|{_LABELLED}(?:{_WHOLE_BOX})?{_BRACKETED}"
    rf"|{_WHOLE_BOX}{_BESIDE}{_AT_WORD}{_BESIDE}{_HOST}"
    rf"|{_WHOLE_BOX}{_OPEN}(?:a|en|à){_CLOSE}{_FULL_HOST}"
    rf"|[\w\-]{{1,40}}[._][\w.\-]{{1,40}}\s(?:@|(?:en|em|à)\s){_FULL_HOST}"
    rf"|[\w.\-]{{1,64}}\s(?:en|em)\s{_LABEL}(?:\s{_DOT_WORD}\s{_LABEL}){{1,4}}"
    r"|\[e-?mail\s+protected\]",
    re.I,
)
# "ANA.GIL AT POST DOT EXAMPLE", but of "Ana Gil at post.example" the name stays.
_SPOKEN = re.compile(
    rf"{_LABELLED}(?P<box>{_BOX}(?:\s{{1,3}}{_DOT_WORD}\s{{1,3}}{_LABEL}){{0,3}})\s{{1,3}}(?:at|arroba)\s{{1,3}}{_FULL_HOST}",
    re.I,
)
_IN_LINK = re.compile(r"(?<![\w.+%\-@])[\w.+%\-]{1,64}@[\w\-]{1,63}\.\w")
_LINK = re.compile(
    r"\b(?:https?|ftp):\S*|\bwww\.\S+|"
    r"\b(?:t\.me|x\.com|twitter\.com|facebook\.com|instagram\.com|linkedin\.com|youtube\.com|tiktok\.com|bsky\.app)/\S+",
    re.I,
)
# The name of a user, however it is marked.
_USER = re.compile(
    r"\b(?:instagram|twitter|facebook|tiktok|linkedin|fb|ig)\s*[:/]\s*[@/]?(?=(?-i:[a-z\d_]))([\w.]+)", re.I
)
_FEDERATED = re.compile(rf"((?<![\w.])@[\w.\-]{{1,64}})@{_FULL_HOST}")
_TELEPHONE = re.compile(
    r"(?:\b(?:tel(?:[eé]fono|efone|éphone)?|phone|ph|cel(?:ular)?|m[oó]vil|mobile|whatsapp|fono|fax|dni|cpf|rut|cuit)\b[\s.:]*)?"
    r"(?<![\w.])(?!\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b)(?P<number>(?:\+|\(\+?(?=\d{1,4}\)))?\d[\d\s().\-/]{5,22}\d)(?![\w:])"
    r"(?:\s*(?:ext|int|interno|ramal|anexo)\b\.?\s*\d{1,6})?",
    re.I,
)
_FEWEST_DIGITS = 7
_SUSPECT = re.compile(rf"[@\[({{<%/:]|\w[._]\w|\b(?:{_AT_WORD}|{_DOT_WORD}|protected)\b|\d[\d\s().\-/]{{5}}", re.I)
_EMPTY = re.compile(r"[\[({<]\s*[\])}>]")


def holds_address(url: str) -> bool:
    """Whether a link has an e-mail address in it, which is no handle (`/@ana@social.example`)."""
    return _IN_LINK.search(unquote(url)) is not None


def without_contacts(line: str) -> str:
    """`line` without addresses, numbers and links."""
    if not _SUSPECT.search(line):  # most lines are names
        return one_line(line)
    text = _SPOKEN.sub(_named, _ADDRESS.sub(" ", _LINK.sub(" ", _USER.sub(r"@\1", _FEDERATED.sub(r"\1", line)))))
    return one_line(_EMPTY.sub(" ", _TELEPHONE.sub(_dialled, text)))


def _named(match: re.Match[str]) -> str:
    box = match["box"]
    shouted = box.isupper() and not match.string[: match.start()].isupper()
    return f"{box} " if box.isalpha() and box[0].isupper() and not shouted else " "


def _dialled(match: re.Match[str]) -> str:
    return " " if sum(map(str.isdigit, match["number"])) >= _FEWEST_DIGITS else match[0]
