"""A printed byline → the same line in the usual form: labels, dates and marks gone, roles and places set off by commas."""

from __future__ import annotations

import re

from aggregator.normalize.byline_roles import KINDS, ROLE, TRADES
from aggregator.normalize.names import is_given, kind_of, known_organisation
from aggregator.normalize.places import mentions, words_of
from aggregator.text import fold, one_line

_FLAGS = re.I
_MONTH = r"[^\W\d_]{3,10}\.?"
_MONTHS = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janeiro|fevereiro|março|maio|junho|"
    "julho|setembro|outubro|novembro|dezembro|january|february|march|april|may|june|july|august|september|october|november|"
    "december|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_WEEKDAYS = (
    "lunes|martes|miércoles|jueves|viernes|sábado|domingo|segunda|terça|quarta|quinta|sexta|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
_TIME = r"(?:[aà] (?:las )?|at )?\d{1,2}[:h]\d\d(?:\s?(?:h|hs|hrs|am|pm|(?-i:[A-Z]{3,4})))?\b"
_DAY_OF = (
    rf"(?:(?:{_WEEKDAYS}),?\s+)?(?:(?:el|le|on|em)\s+)?(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d\d)|\d{{4}}-\d\d-\d\d|"
    rf"\d{{1,2}}(?: de)? {_MONTH},?(?: del?)? \d{{4}}|{_MONTH} \d{{1,2}}, \d{{4}}|\d{{1,2}}(?: de)? (?:{_MONTHS})\b)"
)
# When it was printed, and what it says of that, at either end or between strokes.
_DATE = re.compile(
    r"(?:^|(?<=[\s,|–—-]))(?:(?:publi[eé]e?|publicad[oa]|published|actualizad[oa]|atualizad[oa]|updated|mis à jour)\b\s*:?\s*)?"
    rf"(?:(?:{_DAY_OF})(?:[\s,|–—-]*{_TIME})?|{_TIME})(?=$|[\s,|–—-])",
    _FLAGS,
)
_DOUBLED = re.compile(r"[\s,–—-]*\|[\s,|–—-]*")
_LABEL = re.compile(
    r"^(?:columna(?: de opini[oó]n)?|coluna|opini[oó]n|opinião|an[aá]lisis|cr[oó]nica|entrevista|"
    r"podcast|newsletter|autor(?:a|es|as)?|authors?|auteurs?|escriben?|cr[eé]ditos?|reportagem|reportaje|fuentes?|fontes?|sources?|автор|источник|"
    r"كتب|كتبت|بقلم|记者|記者)\s*[:：]\s*|^(?:记者|記者)\s+|"
    r"^(?:tomado de:?|con datos de|con informaciones de|"
    r"publi[eé] par|publicad[oa] por|propos recueillis par|story and photos by|as told to|"
    r"(?:special (?:to|for)|especial para|exclusivo para) [^,;|]{2,40}? (?:by|por)|"
    r"(?:commentary|review|interview|column|photos and text) by)\s+",
    _FLAGS,
)
# "Columna de Ana Ruiz", but not "Tribuna de Toledo": what follows is a given name.
_GENRE = re.compile(
    r"^(?:(?:la|una|a|uma|une|el|un)\s+)?(?:column[ae](?: de opini[oó]n)?|coluna|opini[oó]n|opinião|newsletter|podcast|blog|"
    r"entrevistas?|colaboraci[oó]n|colabora[cç][aã]o|cr[oó]nica|an[aá]lisis|an[aá]lise|analyse|reportaje|"
    r"tribune|chronique|art[ií]culo|artigo|texto|investigaci[oó]n|nota|informe|cr[ií]tica|rese[nñ]a|ensayo)\s+(?:del?|da|do|di|por|par|by)\s+(?=([^\W\d_]+))",
    _FLAGS,
)
_NEXT_LABEL = re.compile(
    r"[.,]?\s+(?=(?:fotos?|fotograf[ií]as?|photos?|v[ií]deos?|edici[oó]n|edi[cç][aã]o|textos?)\s*:)", _FLAGS
)
_EDITION = re.compile(r"(?:^|[;|/])\s*(?:edici[oó]n|edi[cç][aã]o)\s*:\s*", _FLAGS)
# "Texto Ana Ruiz Fotos Luis Paz", without colons.
_TEXT_AND_PICTURES = re.compile(
    r"^(?:textos?|texte|text|words)(?:\s+(?:de|por|par|by))?\s*:?\s+(.+?)[\s,;|/]+(?:[ey]\s+)?"
    r"(?:fotos?|fotograf[ií]as?|photos?|pictures)(?:\s+(?:de|por|par|by))?\s*:?\s+(.+)$",
    _FLAGS,
)
_OUR_OWN = re.compile(
    r"^de (?:notre|nuestr[oa]|noss[oa]) ((?:envoyée? spéciale?|correspondante?|corresponsal|correspondente|enviad[oa] especial)"
    r"[^,]*),\s*([^,]+)$",
    _FLAGS,
)
_FOR_ANOTHER = re.compile(r"(?:\s+[-–—]|\.)\s+(?=(?:especial para|special (?:to|for))\b)", _FLAGS)
# "Lima, 3 mar (EFE)", "KINGSTON, Jamaica, CMC": the head of a dispatch.
_DISPATCH = re.compile(r"^(.+?)\s*(?:\(([^()]{2,40})\)|[,–—|-]\s*([^,()–—|]{2,40}))\s*[-–—.:]*$")
_DAY = re.compile(rf"\s*(?:\d{{1,2}}\.?(?: de)? {_MONTH}|{_MONTH} \d{{1,2}})\s*", _FLAGS)
_FOTO = re.compile(r"(?:fotos?|fotograf[ií]as?|photos?|v[ií]deos?)\b", _FLAGS)
_TEXT_OF = re.compile(r"\s*\((?:textos?|texte|text|words)\)", _FLAGS)
_PICTURES_OF = re.compile(r"\((?:fotos?|fotograf[ií]as?|photos?|im[aá]genes|pictures)\)", _FLAGS)
_HANDLE_BESIDE = re.compile(
    r"(?<=\w)\s*[|/,]?\s+(?:(?:follow|seguir|seguir a|twitter|instagram|ig|x)\b\s*:?\s*)?@[\w.]+"
    r"(?:\s+(?:en|on|no|em|sur|su)\s+(?:twitter|x|instagram|facebook)\b)?",
    _FLAGS,
)
_WITH = re.compile(r"[\s(]+(?:con|com|avec|with|mit)\s+(?:la |a |o |el |l')?([^()]+?)\)?$", _FLAGS)
_ALL_WITH = re.compile(r"^(?:con|com|avec|with|mit)\s+(?!inform|report)(.+)$", _FLAGS)
# "Editor-in-Chief Ana Ruiz": what follows is a given name.
_TITLE_FIRST = re.compile(
    rf"^(?:by\s+|por\s+)?(?:(?:(?:from|de|von|dal|dalla)\s+)?(?:our|nuestr[oa]|notre|unser\w*|nostr[oa])(?:\s+own)?\s+)?(editor[\s-]in[\s-]chief|{KINDS}*(?:{TRADES}|writer|editora?)(?:\s+d[eao]\s+\w+|\s+en\s+jefe)?)"
    r"\s*:?\s+(?=([^\W\d_]+)\s+[^\W\d_])",
    _FLAGS,
)
_OURS = re.compile(
    r"^(?:(?:by|por|par|from|de|von|dal|dalla) )?(?:our|nuestr[oa]s?|noss[oa]s?|notre|nos|unser\w*|nostr[oaie])\b",
    _FLAGS,
)
# "Ein Interview von Ana Ruiz", "View all posts by Ana Ruiz": whatever is said before `by`, if that is no role of hers.
_LEAD_IN = re.compile(r"^([^,;|/]{2,60}?)\s+(?:by|por|par|von|a cura di)\s+(?=([^\W\d_]+)\s+[^\W\d_])", _FLAGS)
_JOINED = re.compile(r"\s*[+>]\s*(?=[^\W\d_])")
_LONG_DASH = re.compile(r"(?<=[^\W\d_])[–—](?=[^\W\d_])")
_AGENCY_FIRST = re.compile(r"^([A-Z]{2,10})[.:]\s+(?=([^\W\d_]+)\s+[^\W\d_])")  # "AFP. Ana Ruiz"
_WHOSE = re.compile(r"^([^\s'’]+)['’]s?\s+([^\W\d_]+\s+[^\W\d_].*)$")  # "Reuters' Ana Ruiz"
_SAYS_WHAT = re.compile(
    r"\b(?:report\w*|edit\w*|edici\w*|edi[cç]\w*|trans?l\w*|tradu\w*|contrib\w*|inform\w*|fot\w*|phot\w*|pictures?|im[aá]g\w*|"
    r"v[ií]deos?|il+ustra\w*|te?xt\w*|words|special|especial)\b",
    _FLAGS,
)
# A stroke as some write it: "Ana Ruiz I Foto: Luis Paz".
_STROKE = re.compile(r"\s+I\s+(?=(\S+.*)$)")
_FROM_ALONE = re.compile(r"^d[aeo]s?\s+(.+)$", _FLAGS)
_KOREAN_REPORTER = re.compile(r"(?<=[\uac00-\ud7af])\s+기자\b")
_TRAILING_ROLE = re.compile(
    rf"[.,]?\s+({KINDS}*(?:writer|reporter|correspondent|columnist|contributor)|{KINDS}+editor|"
    rf"{TRADES}(?:\s+(?:invitad[oa]|convidad[oa]|a|en|em|in|à|para|de(?!\s+[A-ZÀ-Ý]))\b.*)?)$",
    _FLAGS,
)
_SET_OFF = re.compile(
    r",\s+(?:en|em|in|d[aeo](?=[^,;|]+$)|(?:especial |special )?(?:desde|from)|à|au|aus)\s+(?=([A-ZÀ-Ý][^,;|]+))"
)
_OF_OUTLET = re.compile(r",\s+(?:do|da|de|del|de la|of)\s+(?=([A-ZÀ-Ý][^,;|]+))")
_OUTLET_FIRST = re.compile(r"^(?:[Dd]o|[Dd]a|DO|DA|From|De)\s+([^,|/]+)")
_FIRST_PLACE = re.compile(r"^(?:(?:desde|from|em|en)\s+)?([^,/|;().]{3,30}?)\s*[,/|.]\s+(?=(\w+\s+\w+.*)$)", _FLAGS)
_PLACE_IN_BRACKETS = re.compile(r"\s*\((?:(?:à|en|em|in|desde|from)\s+)?([^()]{3,30})\)$")


def tidied(text: str, outlet: str) -> str:
    """`text` as `parts_of` reads it; what is already usual comes back as it is."""
    text = _KOREAN_REPORTER.sub("", _HANDLE_BESIDE.sub("", _undated(text)).replace("*", " "))
    text = _TEXT_OF.sub("", _PICTURES_OF.sub("(photographer)", text.replace("()", " ").replace("( )", " ")))
    text = _FOR_ANOTHER.sub(", ", _LABEL.sub("", one_line(_OUR_OWN.sub(r"\2, \1", text))))
    text = _dispatched(text, outlet)
    text = _without_lead_in(text)
    if (alone_from := _FROM_ALONE.match(text)) and is_place(alone_from[1].title()):
        return ""  # "DE SÃO PAULO" signs for a newsroom without a name
    if (stroke := _STROKE.search(text)) and (_FOTO.match(stroke[1]) or known_organisation(fold(stroke[1]))):
        text = _STROKE.sub(" | ", text, count=1)
    if (title := _TITLE_FIRST.match(text)) and is_given(title[2]) and not re.search(r"[,|/;]", text):
        text = f"{text[title.end() :]}, {title[1]}"
    if (both := _TEXT_AND_PICTURES.match(text)) and all(_is_full_name(name, outlet) for name in both.groups()):
        text = f"{both[1]}; foto: {both[2]}"
    if "-" in text and all(known_organisation(fold(one)) for one in text.split("-")):
        text = text.replace("-", "; ")
    if (alone := _ALL_WITH.match(text)) and kind_of(alone[1], outlet) in ("organisation", "desk"):
        text = alone[1]
    text = _EDITION.sub("; editing by ", _NEXT_LABEL.sub("; ", _JOINED.sub("; ", _LONG_DASH.sub(r" \g<0> ", text))))
    if (of := _OUTLET_FIRST.match(text)) and known_organisation(fold(of[1])):
        text = text[of.start(1) :]
    if (beside := _WITH.search(text)) and beside.start() and _is_source(beside[1], outlet):
        text = f"{text[: beside.start()]}; {beside[1]}"
    return _placed(_described(one_line(text), outlet), outlet)


def _without_lead_in(text: str) -> str:
    if (whose := _WHOSE.match(text)) and known_organisation(fold(whose[1])) and is_given(whose[2].split()[0]):
        return f"{whose[2]}, {whose[1]}"
    if (lead := _LEAD_IN.match(text)) and is_given(lead[2]) and not _has_own_sense(lead[1]):
        return text[lead.end() :]
    if (agency := _AGENCY_FIRST.match(text)) and known_organisation(fold(agency[1])) and is_given(agency[2]):
        return f"{agency[1]}; {text[agency.end() :]}"
    genre = _GENRE.match(text)
    return text[genre.end() :] if genre and is_given(genre[1]) else text


def _undated(text: str) -> str:
    if not any(map(str.isdigit, text)):
        return text
    return _DOUBLED.sub(" | ", _DATE.sub("|", text)).strip(" ,|–—-")


def _has_own_sense(lead: str) -> bool:
    """Whether what stands before `by` names somebody or says what whoever follows did."""
    return is_given(lead.split()[0]) or _SAYS_WHAT.search(lead) is not None or known_organisation(fold(lead))


def _dispatched(text: str, outlet: str) -> str:
    """The agency alone, of a line in which nothing else stands but places and a day."""
    head = _DISPATCH.match(text)
    agency = head and (head[2] or head[3])
    if head is None or not agency or kind_of(agency, outlet) != "organisation":
        return text
    before = [one.strip() for one in head[1].split(",")]
    return agency if all(is_place(one.title()) or _DAY.fullmatch(one) for one in before) else text


def _is_source(text: str, outlet: str) -> bool:
    return known_organisation(fold(text)) or kind_of(text, outlet) == "desk" or _is_named(text, outlet)


def _is_named(text: str, outlet: str) -> bool:
    return is_given(text.split()[0]) and _is_full_name(text, outlet)


def _is_full_name(text: str, outlet: str) -> bool:
    return len(text.split()) > 1 and kind_of(text, outlet) == "person"


def _described(text: str, outlet: str) -> str:
    """`Ana Ruiz Enviada especial`, `Ana Ruiz. Abogada` → `Ana Ruiz, Enviada especial`."""
    name, stop, rest = text.partition(". ")
    if (
        stop
        and (ROLE.match(rest) or is_place(rest))
        and len(name.split()[-1]) > 2
        and "," not in name
        and _is_full_name(name, outlet)
    ):
        return f"{name}, {rest.rstrip(' .').replace('. ', ', ')}"
    role = _TRAILING_ROLE.search(text)
    name = text[: role.start()] if role else ""
    if role and not re.search(r"[,|/;]", name) and not _OURS.match(name) and _is_full_name(name, outlet):
        return f"{name}, {role[1]}"
    # "ANA RUIZ Associated Press": the name is in capitals, what it is of is not.
    words = text.split() if not re.search(r"[,|/;:]", text) else []
    for length in (3, 2, 1):
        named, of = words[:-length], " ".join(words[-length:])
        if len(named) < 2 or not known_organisation(fold(of)):
            continue
        shouted = all(word.isupper() for word in named[-2:])
        telling = is_given(named[0]) and named[-1][0].isupper() and (length > 1 or of.isupper())
        if (telling and not shouted) or (shouted and not of.isupper()):
            return f"{' '.join(named)}, {of}"
    return text


def _placed(text: str, outlet: str) -> str:
    """Places behind the persons that are there, without brackets and prepositions."""
    text = _SET_OFF.sub(lambda match: ", " if is_place(match[1]) or match[1] == "Rio" else match[0], text)
    text = _OF_OUTLET.sub(lambda match: ", " if known_organisation(fold(match[1])) else match[0], text)
    bracket = _PLACE_IN_BRACKETS.search(text)
    if bracket and is_place(bracket[1]):
        name = text[: bracket.start()]
        text = f"{name}, {bracket[1]}" if _is_full_name(name, outlet) else name
    first = _FIRST_PLACE.match(text)
    if first and is_place(first[1].title()) and is_given(first[2].split()[0]):
        return f"{first[2]}, {first[1].title() if first[1].isupper() else first[1]}"
    return text


def is_place(text: str) -> bool:
    """Whether the gazetteer knows it as nothing but a place."""
    words = words_of(text)
    found = list(mentions(words))
    return len(found) == 1 and found[0].kind in ("city", "name") and len(found[0].raw.split()) == len(words)
