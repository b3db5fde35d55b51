"""Bylines as printed → credits: each person, organisation and desk once, in order, with role and place (authors.md §3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from aggregator.model import Byline, Credit
from aggregator.normalize.language import base
from aggregator.normalize.names import is_given, is_own, kind_of, spelled
from aggregator.normalize.places import mentions, words_of
from aggregator.normalize.titles import plain
from aggregator.text import fold, one_line

_LONGEST, _MOST = 512, 30
_ADDRESS = re.compile(r"\S{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}\S*|https?://\S+|\bwww\.\S+")
_PREFIX = re.compile(
    r"^(?:(?:by|von|par|por|texto?s? (?:e fotos )?(?:de|por)|text(?:o)?(?: y fotos)?|words(?: by)?|story by|reporting by|written by|escrito por|"
    r"reportagem de|publicado por|posted by|opinion|opinião|opinión|analysis by|redacta|edited by|compiled by|submitted by)(?:\s*:\s*|\s+)|@|/?u/)",
    re.I,
)
_PREFIX_FRENCH = re.compile(r"^(?:de|da|di)\s+(?=[A-ZÀ-Ý])")
_DOMAIN_BY = re.compile(r"^[\w\-]+(?:\.[\w\-]+)+\s+by\s+(?=\S+$)", re.I)
_PHOTO = re.compile(
    r"^(?:pool )?(?:photos?|photographs?|fotos?|fotograf[ií]as?|fotografias?|photographies?|imagen|image|picture)s?\s*(?:(?:by|de|por|par)\s+|:\s*)",
    re.I,
)
_NO_NAME = re.compile(r"^(?:special to|obtained by|provided by|courtesy of|via|captura|capturas|imagen)\b", re.I)
_MORE = re.compile(
    r"(?:[;,.]|\s)\s*(?:(with (?:additional )?(?:reporting|contributions) (?:by|from)|additional reporting by|con informaci[oó]n de|"
    r"com informaç(?:ões|ão) (?:de|da|do)|con reportes? de|avec)|((?:editing|edited|edici[oó]n|edição) (?:by|de|por))|"
    r"((?:translated|translation|traducci[oó]n|tradução|traducido|traduit) (?:by|de|por|par)))\s+",
    re.I,
)
_HARD = re.compile(r"\s*(?:[;|•·\n]|\s&\s|,?\s+and\s+|,?\s+und\s+|,?\s+with\s+|/|\s+—\s+|,?\s+\bvia\b\s+)\s*")
_FOR = re.compile(r"\s+(?:for|para|pour)\s+(?=(?:the\s+)?[A-ZÀ-Ý])")
_DASH = re.compile(r"\s+[-–]\s+")
_SOFT = re.compile(r"\s+(?:y|e|i|et)\s+")
_AND_AGENCIES = re.compile(
    r"\s+(?:y|e|com|con|et|and)\s+(?=(?:agencias?|ag[eê]ncias?|agences?|agencies|wires?)\b)", re.I
)
_ROLE = re.compile(
    r"^(?:enviad[oa]s? especial(?:es)?|special envoy|envoy[eé]e? sp[eé]cial|corresponsal(?:es)?|correspondente|correspondent|foreign correspondent|redactor[a]?|"
    r"editor[a]?|columnista|colunista|reporter|rep[oó]rter|periodista|jornalista|fot[oó]grafo|photographer|design|dise[nñ]o|"
    r"illustrat(?:or|ion)|ilustra(?:dor|ci[oó]n)|video|analyst|analista|senior \w+|chief \w+|staff writer|staff reporter)\b",
    re.I,
)
_IN = re.compile(r"^(.*?)(?:,?\s+(?:in|en|em|desde|from|à)\s+)(?=[A-ZÀ-Ý])(.+)$")
_FIXED = {
    "photographer": "photographer", "fotografo": "photographer", "illustrator": "illustrator", "ilustrador": "illustrator",
    "video": "video", "editor": "editor",
}  # fmt: skip
_PAREN = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*")
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|filho|neto|hijo)\.?$", re.I)
_INITIALS = re.compile(r"^(?:[^\W\d_]{1,2}\.?[\s\-]?){1,4}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    text: str
    role: str | None = None
    place: str | None = None


def credits_of(bylines: Iterable[Byline], *, outlet_title: str, language: str | None) -> tuple[Credit, ...]:
    """All credits of an entry's bylines; a link stays with a byline that names one."""
    found: dict[str, Credit] = {}
    for byline in bylines:
        credits = split_byline(byline.name, outlet_title=outlet_title, language=language)
        for credit in credits:
            linked = replace(credit, url=byline.url) if byline.url and len(credits) == 1 else credit
            found.setdefault(fold(credit.name), linked)
    return tuple(found.values())[:_MOST]


def split_byline(raw: str, *, outlet_title: str = "", language: str | None = None) -> tuple[Credit, ...]:
    """Whom a printed line names. Nothing for an e-mail alone, a placeholder, or how a picture was obtained."""
    text = one_line(_ADDRESS.sub(" ", plain(raw[:_LONGEST]))).strip(" ,;:-–()<>")
    if not text:
        return ()
    whole = _whole(text, outlet_title)
    parts = [_Part(text=text)] if whole else list(_parts(text, outlet_title, language))
    credits: dict[tuple[str, str], Credit] = {}
    for part in parts:
        credit = _credit(part, outlet_title)
        if credit:
            credits.setdefault((fold(credit.name), credit.kind), credit)
    return _without_own(tuple(credits.values()), outlet_title)


def _whole(text: str, outlet: str) -> bool:
    """Names that hold separators: the outlet's own, "Staff and agencies"."""
    return (
        is_own(text, outlet)
        or fold(text) == fold(outlet)
        or re.fullmatch(r"staff and agenc(?:y|ies)", text, re.I) is not None
    )


def _parts(text: str, outlet: str, language: str | None) -> Iterator[_Part]:
    main, *more = _MORE.split(text)
    yield from _list(main, outlet, language, role=None)
    for at in range(0, len(more) - 3, 4):
        role = "contributor" if more[at] else "editor" if more[at + 1] else "translator"
        yield from _list(more[at + 3], outlet, language, role=role)


def _list(text: str, outlet: str, language: str | None, *, role: str | None) -> Iterator[_Part]:
    text, prefix_role = _without_prefix(text, language)
    role = role or prefix_role
    if _NO_NAME.match(text):
        return
    text, in_brackets = _brackets(text, outlet)
    pieces = [piece for hard in _HARD.split(text) for piece in _by_comma(hard, outlet, language)]
    parts: list[_Part] = []
    for piece in pieces:
        place = _as_place(piece, parts, outlet, text)
        described = _described(piece)
        if place and parts:
            parts = [replace(part, place=part.place or place) for part in parts]
        elif described is not None and parts:
            parts[-1] = replace(parts[-1], role=parts[-1].role or described[0], place=parts[-1].place or described[1])
        else:
            parts += _soft(piece, outlet, language)
    for part in parts:
        yield replace(part, role=part.role or role)
    yield from in_brackets


def _without_prefix(text: str, language: str | None) -> tuple[str, str | None]:
    role = None
    for _ in range(3):
        before = text
        text = _DOMAIN_BY.sub("", text)
        if _PHOTO.match(text):
            text, role = _PHOTO.sub("", text), "photographer"
        text = _PREFIX.sub("", text)
        if base(language) in ("fr", "it"):
            text = _PREFIX_FRENCH.sub("", text)
        if text == before:
            break
    return text.strip(" :"), role


def _brackets(text: str, outlet: str) -> tuple[str, list[_Part]]:
    """`(Reuters)` is another credit, `(Redactor)` a role: the first go behind, the second stay as a suffix of the name."""
    behind: list[_Part] = []

    def replaced(match: re.Match[str]) -> str:
        inner = match[1].strip()
        if _ROLE.match(inner):
            return f" ‹{inner}› "
        if kind_of(inner, outlet) in ("organisation", "desk"):
            behind.extend(_Part(text=piece) for piece in re.split(r"\s*[/,]\s*", inner))
        elif (
            len(inner.split()) > 1
            and all(word[:1].isupper() for word in inner.split())
            and not text.replace(match[0], "").strip()
        ):
            return f" {inner} "
        return " "

    return one_line(_PAREN.sub(replaced, text)), behind


def _by_comma(text: str, outlet: str, language: str | None) -> Iterator[str]:
    pieces = [piece.strip() for piece in text.split(",")]
    pieces = [piece for piece in pieces if piece]
    merged: list[str] = []
    for piece in pieces:
        if merged and _SUFFIX.match(piece):
            merged[-1] = f"{merged[-1]} {piece}"
        else:
            merged.append(piece)
    yield from _inverted(merged, outlet) if _is_inverted(merged, outlet) else merged


def _is_inverted(pieces: list[str], outlet: str) -> bool:
    """`Apellido, Nombre`: pairs of which the first is a lone word, or the second initials or a given name."""
    if len(pieces) < 2:
        return False
    firsts, seconds = pieces[::2], pieces[1::2]
    if len(pieces) % 2:
        return False
    if all(_INITIALS.match(second) for second in seconds):
        return True
    # "San Roman, Ignacio": one name of few words, and the second is a lone given name.
    lone = [len(first.split()) == 1 for first in firsts]
    if len(pieces) == 2:
        given = is_given(seconds[0].split()[0].strip("‹›"))
        return (
            (lone[0] or len(seconds[0].split("‹")[0].split()) == 1)
            and (given or lone[0])
            and kind_of(firsts[0], "") != "desk"
            and _namely(seconds[0], outlet)
        )
    return all(lone) or (any(lone) and all(is_given(second.split()[0]) or fold(second) == "afp" for second in seconds))


def _namely(second: str, outlet: str) -> bool:
    return (
        not _ROLE.match(second)
        and not is_own(second, outlet)
        and (is_given(second.split()[0]) or kind_of(second, outlet) != "organisation")
    )


def _inverted(pieces: list[str], outlet: str) -> Iterator[str]:
    for last, first in zip(pieces[::2], pieces[1::2], strict=True):
        if fold(last) in ("agence", "agencia"):
            yield first
        elif fold(first) in ("le", "la", "el", "les", "the"):
            yield f"{first} {last}"
        else:
            name, marker, role = first.partition("‹")
            # Initials in small letters are the printer's: "jiang, x."
            name = name.strip().upper() if _INITIALS.match(name.strip()) and name.islower() else name.strip()
            last = last[:1].upper() + last[1:]
            yield f"{name} {last}" + (f" {marker}{role}" if marker else "")


def _soft(piece: str, outlet: str, language: str | None) -> list[_Part]:
    """Splits that need a look at both sides: ` for Org`, ` - Org`, ` y `."""
    for pattern in (_FOR, _AND_AGENCIES, _DASH):
        left, *right = pattern.split(piece, maxsplit=1)
        if right and (pattern is not _DASH or kind_of(right[0], outlet) in ("organisation", "desk")):
            return [*_soft(left, outlet, language), _Part(text=right[0])]
    halves = _SOFT.split(piece)
    if len(halves) == 2:
        pair = _pair(halves[0], halves[1], outlet)
        if pair:
            return [_Part(text=name) for name in pair]
    return [_placed(piece)]


def _pair(left: str, right: str, outlet: str) -> tuple[str, str] | None:
    """Two people, or one surname of two parts ("Ortega y Gasset")."""
    if kind_of(right, outlet) in ("organisation", "desk") and len(left.split()) > 1:
        return left, right
    words, others = left.split(), right.split()
    if len(words) >= 2 and len(others) >= 2 and (is_given(others[0]) or (is_given(words[0]) and len(others) > 2)):
        return left, right
    if len(words) == 1 and len(others) == 2 and is_given(words[0]) and is_given(others[0]):
        return f"{left} {others[1]}", right  # "Pedro e Ana Souza" share a surname
    return None


def _placed(piece: str) -> _Part:
    """`Bob Smith in Lima`, `Juan Pérez ‹Redactor›`."""
    name, marker, role = piece.partition("‹")
    if marker:
        return _Part(text=name.strip(), role=role.strip(" ›"))
    found = _IN.match(piece)
    if found and len(found[1].split()) >= 2 and len(found[2].split()) <= 4:
        return _Part(text=found[1].strip(), place=found[2].strip())
    return _Part(text=piece)


def _described(piece: str) -> tuple[str, str | None] | None:
    """`corresponsal en Lima` → (role, place)."""
    if not _ROLE.match(piece):
        return None
    found = _IN.match(piece)
    role, place = (found[1].strip(), found[2].strip()) if found else (piece.strip(), None)
    return _FIXED.get(fold(role), role), place


def _as_place(piece: str, before: list[_Part], outlet: str, text: str) -> str | None:
    """`Alice Park / Milan`: after a person, what our gazetteer knows as nothing but a place, or a lone word after a slash."""
    if not before or len(before[-1].text.split()) < 2 or kind_of(before[-1].text, outlet) != "person":
        return None
    words = words_of(piece)
    found = list(mentions(words))
    if len(found) == 1 and found[0].kind in ("city", "name") and len(found[0].raw.split()) == len(words):
        return piece
    if (
        f"/ {piece}" in text
        and len(words) <= 3
        and len(piece.split()) <= 2
        and kind_of(piece, outlet) != "organisation"
        and "'" in piece
    ):
        return piece
    return None


def _credit(part: _Part, outlet: str) -> Credit | None:
    text = (
        part.text.strip(' .,;:-–—/()"“”‹›')
        if not re.search(r"\b\w\.$", part.text.strip())
        and not _SUFFIX.match(part.text.split()[-1] if part.text.split() else "")
        else part.text.strip(' ,;:-–—/"“”‹›')
    )
    text = _PREFIX.sub("", text)
    kind = kind_of(text, outlet)
    if kind is None:
        return None
    name = spelled(text, outlet)
    if kind == "desk":
        name = name[:1].upper() + name[1:]
    role = _FIXED.get(fold(part.role), part.role) if part.role else None
    return Credit(name=name, kind=kind, role=role, place=part.place) if name else None


def _without_own(credits: tuple[Credit, ...], outlet: str) -> tuple[Credit, ...]:
    """The outlet beside a person says nothing; alone it is the author."""
    if any(credit.kind == "person" for credit in credits):
        return tuple(credit for credit in credits if credit.kind != "organisation" or not is_own(credit.name, outlet))
    return credits
