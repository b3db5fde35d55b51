"""A cleaned byline → its parts, each a name with the role and place printed beside it (authors.md §3, steps 2, 3 and 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from aggregator.normalize.byline_inversion import given_first, is_surname_first
from aggregator.normalize.byline_roles import IN_PLACE, PLURAL, ROLE, described, pictured
from aggregator.normalize.byline_tidying import is_place
from aggregator.normalize.language import base
from aggregator.normalize.names import is_given, is_own, kind_of, known_organisation
from aggregator.text import fold, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`handle`: marked as the name of a user (`/u/`, `@`)."""

    text: str
    role: str | None = None
    place: str | None = None
    handle: bool = False


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


_PREFIX = _any_case(
    r"^(?:by|von(?! de[rnm]\b)|par|por|posted by|submitted by|"
    r"story by|reporting by|written by|compiled by|edited by|analysis by|words(?: by)?|"
    r"a cura di|follow(?=\s+@)|"
    r"te(?:xt|st)(?:o|os|es|e)?(?: [ey] fotos)?(?: de| por| di| von)?|escrito por|redacta|reportagem de|publicado por|"
    r"(?:opini[oó]n|opinião)(?: de| por)?)"
    r"(?:\s*:\s*|\s+)"
)
_PREFIX_FRENCH = re.compile(r"^(?:de|da|di|De|Da|Di)\s+(?=[A-ZÀ-Ý])")
_DONE_BY = _any_case(
    r"^(?:(?:writing|written|updated|produced|presented) by|"
    r"(?:infograf[ií]as?|infographics?|dise[nñ]o|design|investigaci[oó]n|pesquisa|producci[oó]n|produção|gui[oó]n|roteiro|c[aá]mara|"
    r"arte|audio|datos|data|dados)\s*:|(?:para|por|for|pour)(?=\s+(?-i:(?:(?:o|a|el|la|the|le)\s+)?[A-ZÀ-Ý])))\s+"
)
_HANDLE = re.compile(r"^(?:@|/?u/)(?=\w)")
_LONE_HANDLE = re.compile(r"^(?:@|/?u/)[\w.\-]+$")
_DOMAIN_BY = _any_case(r"^[\w\-]+(?:\.[\w\-]+)+\s+by\s+(?=\S+$)")
_NO_NAME = _any_case(
    r"^(?:\d+ min\b.*|(?:updated|actualizado|hace|há)\b.*\d.*|(?:and |y |e |et )?\d+ (?:others|m[aá]s|mais|autres|otros)|"
    r"obtained by|provided by|courtesy of|cortes[ií]a|"
    r"capturas?|imagen|no[\s\-]?reply|contributed|submitted photo)\b"
)
# For whom somebody wrote, who may be named behind it.
_FOR_WHOM = _any_case(
    r"^(?:special (?:to|for)|(?:en )?especial para|exclusivo para|colabora[cç](?:i[oó]n|ão) (?:para|al))\b"
)
_MORE = _any_case(
    r"(?:^|[;,.]|\s)\s*(?:"
    r"(with (?:additional )?(?:reporting|contributions) (?:by|from)|additional reporting by|"
    r"con (?:informaci[oó]n|informaciones|datos) de|(?:con|com) (?:la )?colabora[cç](?:i[oó]n|ão) de|"
    r"con reportes? de|com informaç(?:ões|ão) (?:de|da|do))|"
    r"((?:editing|edited|edici[oó]n|edição) (?:by|de|por))|"
    r"((?:translated|translation|traducci[oó]n|tradução|traducido|traduit) (?:by|de|por|par)))\s+"
)
_AND = re.compile(r",?\s+(?:and|und)\s+")
_HARD = _any_case(r"\s*(?:[;|•·\n]|\s&\s|,?\s+and\s+|,?\s+und\s+|,?\s+with\s+|\s+w/\s*|/|\s+—\s+|,?\s+\bvia\b\s+)\s*")
_FOR = re.compile(r"\s+(?:for|[Pp]ara|pour|(?:of|at)(?=\s+[Tt]he\s))\s+(?=(?:the\s+)?[A-ZÀ-Ý])")
_DASH = re.compile(r"\s+[-–]\s+")
_AND_AGENCIES = _any_case(r"\s+(?:y|e|com|con|et|and)\s+(?=(?:agencias?|ag[eê]ncias?|agences?|agencies|wires?)\b)")
_SOFT = re.compile(r"\s+(?:y|e|i|et|Y|E|ET|ed|och|og|ve)\s+")
_ET = re.compile(r"\s+(?:et|ET)\s+")  # joins no surnames
# Countries whose names hold a conjunction, as papers are called: "Trinidad and Tobago Newsday".
_OF_TWO = _any_case(
    r"\b(?:trinidad|antigua|turks|kitts|vincent|bosnia|tom[eé]|pierre|wallis)\s(?:and|y|e|et|&)\s(?:the\s)?"
    r"(?:tobago|barbuda|caicos|nevis|grenadines|herzegovina|pr[ií]ncipe|miquelon|futuna)\b"
)
_JOINED = "\ue000"
_FROM = _any_case(r"^d[aeo]\s+(?=\S)")
_LEADING_AND = _any_case(r"^(?:y|e|et|i|and|und)\s+(?=\S+\s+\S)")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*")
_MARKED = re.compile(r"^(.*?)\s*‹([^›]*)›\s*(.*)$")
SUFFIX = _any_case(r"^(?:jr|sr|ii|iii|iv|filho|neto|hijo)\.?$")
_DEGREE = re.compile(r"^(?:Ph\.?\s?D|M\.?D|MBA|M\.?Sc|LL\.?M|[OCMK]BE|QC|KC|MP|O[JD]|CD|JP)\.?$")


def parts_of(text: str, outlet: str, language: str | None) -> Iterator[Part]:
    """Whom the line names, in order; contributors, editors and translators behind the authors."""
    if _LONE_HANDLE.match(text):
        yield Part(text=_HANDLE.sub("", text), handle=True)
        return
    main, *more = _MORE.split(_OF_TWO.sub(lambda match: match[0].replace(" ", _JOINED), text))
    yield from map(_parted, _listed(main, outlet, language))
    for at in range(0, len(more) - 3, 4):
        role = "contributor" if more[at] else "editor" if more[at + 1] else "translator"
        for part in _listed(more[at + 3], outlet, language):
            yield _parted(replace(part, role=part.role or role))


def _parted(part: Part) -> Part:
    return replace(part, text=part.text.replace(_JOINED, " ")) if _JOINED in part.text else part


def _listed(text: str, outlet: str, language: str | None) -> Iterator[Part]:
    text, took = _without_prefix(text, language)
    if _NO_NAME.match(text):
        return
    text, in_brackets = _brackets(text, outlet)
    parts: list[Part] = []
    for piece in _pieces(text, outlet):
        if _NO_NAME.match(piece) or _FOR_WHOM.match(piece):
            continue
        parts = _with(parts, _DONE_BY.sub("", piece), outlet, text)
    for part in parts:
        person = took and kind_of(part.text, outlet) == "person"
        yield replace(part, role=took) if person and not part.role else part
    yield from in_brackets


def _with(parts: list[Part], piece: str, outlet: str, line: str) -> list[Part]:
    """`piece` is a place of those before it, a role of the last one, or one or two more names."""
    place = _as_place(piece, parts, outlet, line)
    if place:
        # "Davos, Switzerland": the second word of one place.
        return [replace(part, place=f"{part.place}, {place}" if part.place else place) for part in parts]
    of_last = described(piece, parts[-1].text) if parts else None
    if of_last:
        role, place = of_last
        if PLURAL.search(role):
            return [replace(part, role=part.role or role, place=part.place or place) for part in parts]
        return [*parts[:-1], replace(parts[-1], role=parts[-1].role or role, place=parts[-1].place or place)]
    return [*parts, *_soft(piece, outlet)]


def _without_prefix(text: str, language: str | None) -> tuple[str, str | None]:
    """(the rest, what it says that these made, if not the text)."""
    took = None
    for _ in range(3):
        before = text
        text = _DOMAIN_BY.sub("", text)
        text, made = pictured(text)
        took = made or took
        text = _PREFIX.sub("", text)
        if base(language) in ("fr", "it"):
            text = _PREFIX_FRENCH.sub("", text)
        if text == before:
            break
    return text.strip(" :"), took


def _brackets(text: str, outlet: str) -> tuple[str, list[Part]]:
    """`(Reuters)` is a further credit and goes behind; `(Redactor)` is a role and stays, marked, at its name."""
    behind: list[Part] = []

    def replaced(match: re.Match[str]) -> str:
        inner = match[1].strip()
        if _DEGREE.match(inner):
            return " "
        if ROLE.match(inner):
            return f" ‹{inner}› "
        if kind_of(inner, outlet) in ("organisation", "desk"):
            behind.extend(Part(text=piece) for piece in re.split(r"\s*[/,]\s*", inner))
        return " "

    return one_line(_BRACKETS.sub(replaced, text)), behind


def _pieces(text: str, outlet: str) -> Iterator[str]:
    # "Ministry of Transition and Reform" is one; "Reuters and Ana Ruiz" are two.
    sides = _AND.split(text)
    whole = len(sides) == 2 and "," not in text and _is_one_organisation(sides[0], sides[1], outlet)
    for hard in [text] if whole else _HARD.split(text):
        yield from _by_comma(hard, outlet)


def _is_one_organisation(left: str, right: str, outlet: str) -> bool:
    organised = (
        kind_of(left, outlet) == "organisation" and not known_organisation(fold(left)) and not is_own(left, outlet)
    )
    return organised and len(left.split()) > 2 and not is_given(right.split()[0])


def _by_comma(text: str, outlet: str) -> Iterator[str]:
    merged: list[str] = []
    for piece in filter(None, (_LEADING_AND.sub("", piece.strip()) for piece in text.split(","))):
        if merged and _DEGREE.match(piece):
            continue
        if merged and SUFFIX.match(piece):
            merged[-1] = f"{merged[-1]} {piece}"
        else:
            merged.append(piece)
    yield from given_first(merged) if is_surname_first(merged, outlet) else merged


def _soft(piece: str, outlet: str) -> list[Part]:
    """Splits that need a look at both sides: ` for Org`, ` y agencias`, ` - Org`, ` y `."""
    for pattern in (_FOR, _AND_AGENCIES, _DASH):
        left, *right = pattern.split(piece, maxsplit=1)
        if right and pattern is _FOR and not _may_write_for(left, piece[len(left) :].split()[0], outlet):
            continue
        if right and pattern is _DASH and is_place(right[0]):
            return [replace(_placed(left), place=right[0])]
        if right and pattern is _DASH and (_pair(left, right[0], outlet) or ROLE.match(right[0])):
            role = right[0] if ROLE.match(right[0]) else None
            return [replace(_placed(left), role=role), *([] if role else [_placed(right[0])])]
        if right and (pattern is not _DASH or kind_of(right[0], outlet) in ("organisation", "desk")):
            return [*_soft(left, outlet), Part(text=right[0])]
    halves = _ET.split(piece)
    if len(halves) == 2 and all(len(half.split()) > 1 for half in halves):
        return [_placed(name) for name in halves]
    halves = _SOFT.split(piece)
    if len(halves) > 2 and all(len(half.split()) > 1 and is_given(half.split()[0]) for half in halves):
        return [_placed(name) for name in halves]
    pair = _pair(halves[0], halves[1], outlet) if len(halves) == 2 else None
    return [_placed(name) for name in pair or (piece,)]


def _may_write_for(left: str, how: str, outlet: str) -> bool:
    """ "Ana Ruiz of the Herald", but "University of the West Indies" and "Instituto para América Latina" are names."""
    if how in ("of", "at") and not is_given(left.split()[0]):
        return False
    return kind_of(left, outlet) in ("person", "desk") or known_organisation(fold(left))


def _pair(left: str, right: str, outlet: str) -> tuple[str, str] | None:
    """Two people, or one name of two parts ("Ortega y Gasset", "Solés i Coll")."""
    words, others = left.split(), right.split()
    if known_organisation(fold(left)) and (known_organisation(fold(right)) or kind_of(right, outlet) == "organisation"):
        return left, right
    if len(words) > 1 and (known_organisation(fold(right)) or kind_of(right, outlet) == "desk"):
        return left, right
    if len(words) >= 2 and len(others) >= 2 and (is_given(others[0]) or is_given(words[0])):
        return left, right
    if len(words) == 1 and len(others) == 2 and is_given(words[0]) and is_given(others[0]):
        return f"{left} {others[1]}", right  # "Pedro e Ana Souza" share a surname
    return None


def _placed(piece: str) -> Part:
    """`Bob Smith in Lima`, `Juan Pérez ‹Redactor›`, `/u/llogiq`."""
    marked = _MARKED.match(piece)
    if marked:
        role, place = described(marked[2], marked[1]) or (marked[2], None)
        name, rest = marked[1], marked[3].replace("‹", "(").replace("›", ")")
        if rest and is_place(rest):
            return Part(text=name, role=role, place=rest)
        return Part(text=f"{name} {rest}".strip(), role=role, place=place)
    name, took = pictured(piece)
    if took:
        return Part(text=name, role=took)
    if _HANDLE.match(piece):
        return Part(text=_HANDLE.sub("", piece), handle=True)
    found = IN_PLACE.match(piece)
    if found and len(found[1].split()) >= 2 and len(found[2].split()) <= 4:
        return Part(text=found[1].strip(), place=found[2].strip())
    return Part(text=piece)


def _as_place(piece: str, before: list[Part], outlet: str, line: str) -> str | None:
    """`Alice Park / Milan`: behind a person, what the gazetteer knows as nothing but a place, or has an apostrophe of one."""
    if not before:
        return None
    last = kind_of(before[-1].text, outlet)
    piece = _FROM.sub("", piece).strip(" .")
    if (is_place(piece) or piece == "Rio") and (len(before[-1].text.split()) > 1 or last in ("organisation", "desk")):
        return piece
    if last != "person" or len(before[-1].text.split()) < 2:
        return None
    slashed = line.endswith(f"/ {piece}") and "'" in piece
    return piece if slashed and kind_of(piece, outlet) != "organisation" else None
