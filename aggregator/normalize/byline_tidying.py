"""A printed byline → the same line in the usual form: labels, dates and marks gone, roles and places set off by commas."""

from __future__ import annotations

import re

from aggregator.normalize.names import is_given, kind_of, known_organisation
from aggregator.normalize.places import mentions, words_of
from aggregator.text import fold, one_line

_FLAGS = re.I
_MONTH = r"[^\W\d_]{3,10}\.?"
_DATE = re.compile(
    rf"[\s,|–—-]*\b(?:(?:el|le|on|em) )?(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d\d)|\d{{4}}-\d\d-\d\d|"
    rf"\d{{1,2}}(?: de)? {_MONTH},?(?: del?)? \d{{4}}|{_MONTH} \d{{1,2}}, \d{{4}})\b(?:[\s,|–—-]*\d{{1,2}}[:h]\d\d)?[\s,|–—-]*$",
    _FLAGS,
)
_LABEL = re.compile(
    r"^(?:autor(?:a|es|as)?|authors?|auteurs?|escriben?|cr[eé]ditos?|reportagem|reportaje|fuentes?|fontes?|sources?|автор|источник|"
    r"كتب|كتبت|بقلم|记者|記者)\s*[:：]\s*|^(?:记者|記者)\s+|"
    r"^(?:publi[eé] par|publicad[oa] por|propos recueillis par|story and photos by|as told to|"
    r"de (?:notre|nuestr[oa]) (?:envoyée? spéciale?|correspondante?|corresponsal|enviad[oa] especial)[^,]*,\s*|"
    r"(?:commentary|review|interview|column|photos and text) by)\s+",
    _FLAGS,
)
# "Columna de Ana Ruiz", but not "Tribuna de Toledo": what follows is a given name.
_GENRE = re.compile(
    r"^(?:column[ae]|coluna|entrevistas?|colaboraci[oó]n|colabora[cç][aã]o|cr[oó]nica|an[aá]lisis|an[aá]lise|analyse|reportaje|"
    r"tribune|chronique|art[ií]culo|artigo)\s+(?:del?|da|do|di|por|par|by)\s+(?=([^\W\d_]+))",
    _FLAGS,
)
_NEXT_LABEL = re.compile(
    r"[.,]?\s+(?=(?:fotos?|fotograf[ií]as?|photos?|v[ií]deos?|edici[oó]n|edi[cç][aã]o|textos?)\s*:)", _FLAGS
)
_EDITION = re.compile(r"[;|/]\s*(?:edici[oó]n|edi[cç][aã]o)\s*:\s*", _FLAGS)
_TEXT_OF = re.compile(r"\s*\((?:textos?|texte|text|words)\)", _FLAGS)
_PICTURES_OF = re.compile(r"\((?:fotos?|fotograf[ií]as?|photos?|im[aá]genes|pictures)\)", _FLAGS)
_HANDLE_BESIDE = re.compile(r"(?<=\w)\s*[|/,]?\s+@[\w.]+")
_WITH = re.compile(r"[\s(]+(?:con|com|avec|with|mit)\s+(?:la |a |o |el |l')?([^()]+?)\)?$", _FLAGS)
_ALL_WITH = re.compile(r"^(?:con|com|avec|with|mit)\s+(.+)$", _FLAGS)
_KOREAN_REPORTER = re.compile(r"(?<=[\uac00-\ud7af])\s+기자\b")
_KINDS = (
    "staff|senior|chief|political|politics|health|business|sports?|science|foreign|education|environment|economics?|city|crime|"
    "guest|contributing|deputy|managing|special|national|diplomatic|technology|culture|arts|legal|security|royal|features|data"
)
_TRAILING_ROLE = re.compile(
    rf"[.,]?\s+((?:(?:{_KINDS})\s+)*(?:writer|reporter|correspondent|columnist|contributor)|(?:(?:{_KINDS})\s+)+editor|"
    r"(?:enviad[oa]s? especial(?:es)?|envoyée? spéciale?|corresponsal(?:es)?|correspondente|correspondante?|inviat[oa]|"
    r"columnista|colunista)(?:\s+(?:invitad[oa]|convidad[oa]|a|en|em|in|à|para)\b.*)?)$",
    _FLAGS,
)
_SET_OFF = re.compile(r",\s+(?:en|em|in|desde|from|à|au|aus)\s+(?=([A-ZÀ-Ý][^,;|]+))")
_OF_OUTLET = re.compile(r",\s+(?:do|da|del|de la|of)\s+(?=([A-ZÀ-Ý][^,;|]+))")
_OUTLET_FIRST = re.compile(r"^(?:Do|Da|DO|DA)\s+([^,|/]+)")
_FIRST_PLACE = re.compile(r"^(?:(?:desde|from|em|en)\s+)?([^,/|;()]{3,30}?)\s*[,/|]\s*(?=(\w+\s+\w+.*)$)", _FLAGS)
_PLACE_IN_BRACKETS = re.compile(r"\s*\((?:(?:à|en|em|in|desde|from)\s+)?([^()]{3,30})\)$")


def tidied(text: str, outlet: str) -> str:
    """`text` as `parts_of` reads it; what is already usual comes back as it is."""
    text = _KOREAN_REPORTER.sub("", _HANDLE_BESIDE.sub("", _DATE.sub("", text)).replace("*", " "))
    text = _TEXT_OF.sub("", _PICTURES_OF.sub("(photographer)", text.replace("()", " ").replace("( )", " ")))
    text = _LABEL.sub("", one_line(text))
    if (alone := _ALL_WITH.match(text)) and kind_of(alone[1], outlet) in ("organisation", "desk"):
        text = alone[1]
    if (genre := _GENRE.match(text)) and is_given(genre[1]):
        text = text[genre.end() :]
    text = _EDITION.sub("; editing by ", _NEXT_LABEL.sub("; ", text)).replace(" + ", "; ")
    if (of := _OUTLET_FIRST.match(text)) and known_organisation(fold(of[1])):
        text = text[of.start(1) :]
    if (beside := _WITH.search(text)) and beside.start() and known_organisation(fold(beside[1])):
        text = f"{text[: beside.start()]}; {beside[1]}"
    return _placed(_described(one_line(text), outlet), outlet)


def _described(text: str, outlet: str) -> str:
    """`Ana Ruiz Enviada especial` → `Ana Ruiz, Enviada especial`."""
    role = _TRAILING_ROLE.search(text)
    name = text[: role.start()] if role else ""
    if role and "," not in name and len(name.split()) >= 2 and kind_of(name, outlet) == "person":
        return f"{name}, {role[1]}"
    # "ANA RUIZ Associated Press": the name is in capitals, what it is of is not.
    words = text.split()
    for length in (2, 1):
        name, of = " ".join(words[:-length]), " ".join(words[-length:])
        if name.isupper() and len(words) - length > 1 and not of.isupper() and known_organisation(fold(of)):
            return f"{name}, {of}"
    return text


def _placed(text: str, outlet: str) -> str:
    """Places behind the persons that are there, without brackets and prepositions."""
    text = _SET_OFF.sub(lambda match: ", " if is_place(match[1]) else match[0], text)
    text = _OF_OUTLET.sub(lambda match: ", " if known_organisation(fold(match[1])) else match[0], text)
    bracket = _PLACE_IN_BRACKETS.search(text)
    if bracket and is_place(bracket[1]):
        person = kind_of(text[: bracket.start()], outlet) == "person" and len(text[: bracket.start()].split()) > 1
        text = text[: bracket.start()] + (f", {bracket[1]}" if person else "")
    first = _FIRST_PLACE.match(text)
    if first and is_place(first[1].title()) and is_given(first[2].split()[0]):
        return f"{first[2]}, {first[1].title() if first[1].isupper() else first[1]}"
    return text


def is_place(text: str) -> bool:
    """Whether the gazetteer knows it as nothing but a place."""
    words = words_of(text)
    found = list(mentions(words))
    return len(found) == 1 and found[0].kind in ("city", "name") and len(found[0].raw.split()) == len(words)
