"""What stands beside a name in a byline → the role of whoever is named, and where they write from."""

from __future__ import annotations

import re

from aggregator.normalize.names import is_given, kind_of

CAMERA = re.compile(
    r"^(?:pool )?(?:(?P<video>v[ií]deo)|(?P<drawn>ilustraci[oó]n|ilustraç[aã]o|illustration)|"
    r"photo|photograph|photography|foto|fotografia|fotografía|photographie|imagen|image|picture|ilustraciones)s?\s*"
    r"(?:(?:by|de|por|par|di|von)\s+|:\s*)",
    re.I,
)
KINDS = (
    r"(?:(?:staff|senior|chief|political|politics|health|business|sports?|science|foreign|education|environment|economics?|city|"
    r"crime|guest|contributing|deputy|managing|special|national|diplomatic|technology|culture|arts|legal|security|royal|features|"
    r"data|video|investigative)\s+)"
)
# What those who write and take pictures are called, for one or several; no name is spelled like one of these.
TRADES = (
    r"(?:enviad[oa]s? especial(?:es)?|special envoy|envoyée?s? spéciale?s?|inviat[oa]|corresponsal(?:es)?|correspondentes?|"
    r"correspondante?s?|correspondents?|korrespondent(?:in|en)?|redactora?|redatora?|redakteur(?:in)?|columnista|colunista|columnist|"
    r"rep[oó]rter[oa]?s?|periodista|jornalista|journaliste?|giornalista|cronista|fot[oó]graf[oa]|fotoperiodista|photographer|"
    r"analista|analyst|colaborador[a]?)"
)
ROLE = re.compile(
    r"^(?:(?:notre|our|nuestr[oa]|noss[oa])\s+)?(?:" + TRADES + r"|editora?|"
    r"design|dise[nñ]o|illustrat(?:or|ion)|ilustra(?:dor|ci[oó]n)|video|"
    r"senior \w+|chief \w+|staff writer|(?:sub)?jef[ea] de \w+|profes(?:or|ora|seur|seure)|professora?|abogad[oa]|"
    r"economist|economista|"
    r"catedr[aá]tic[oa]|estagi[aá]ri[oa]|practicante|pasante|becari[oa]|stagiaire|trainee|intern|ph\.?d candidate)\b",
    re.I,
)
# A role of several: it is that of all who stand before it.
PLURAL = re.compile(
    r"^(?:corresponsales|correspondentes|correspondant(?:e?s)|enviad[oa]s|envoyé(?:e?s)|redactor[ae]s|redatores|editor[ae]s|"
    r"reporter[oa]s|periodistas|jornalistas|fotógraf[oa]s|columnistas|colunistas|analistas|abogad[oa]s|economistas)\b|"
    r"\b(?:reporters|correspondents|writers|editors|columnists|journalists|photographers)$",
    re.I,
)
_TRADE = re.compile(
    r"\b(?:writer|reporter|correspondent|correspondante?|columnist|contributor|editor[ae]?|journalist[ae]?)s?$", re.I
)
# "economista", "inviato a Roma": a name begins with a capital letter, and a username seldom ends like a trade.
_LOWER_ROLE = re.compile(
    r"^(?=[^A-ZÀ-Ý])[^\W\d_]{2,}(?:ista|iste|[tds]or|[tds]ora|eur|euse|[oó]log[oa]|logue|[oó]graf[oa]|[ai]d[oa]|at[oa]|ante|"
    r"ente|ien|ienne|tiv[oa]|ric[oa]|tic[oa])s?(?:[\s\-][^\W\d_]+){0,5}$"
)
_SENT_TO = re.compile(r"^((?:enviad|envoyé|inviat)\w*(?:\s+\w+)?)\s+(?:a|al|à|au)\s+(?=[A-ZÀ-Ý])(.+)$", re.I)
IN_PLACE = re.compile(r"^(.*?)(?:,?\s+(?:in|en|em|desde|from|à)\s+)(?=[A-ZÀ-Ý])(.+)$")


def pictured(piece: str) -> tuple[str, str | None]:
    """`Foto: Ana Ruiz` → (the name, what she did); the piece as it is where it says nothing of pictures."""
    found = CAMERA.match(piece)
    if not found:
        return piece, None
    return piece[found.end() :], "video" if found["video"] else "illustrator" if found["drawn"] else "photographer"


def described(piece: str, whose: str) -> tuple[str, str | None] | None:
    """`corresponsal en Lima` behind somebody's name → (role, place); None for what is no role."""
    named = whose[:1].isupper() and len(whose.split()) > 1
    lower = named and (_LOWER_ROLE.match(piece) or _is_small_talk(piece))
    if CAMERA.match(piece) or not (ROLE.match(piece) or _TRADE.search(piece) or lower):
        return None
    found = _SENT_TO.match(piece) or IN_PLACE.match(piece)
    return (found[1].strip(), found[2].strip()) if found else (piece.strip(), None)


def _is_small_talk(piece: str) -> bool:
    """Small letters and nothing else are no name behind one, unless they begin like one: "bell hooks, danah boyd"."""
    return (
        piece.islower()
        and piece.replace(" ", "").isalpha()
        and kind_of(piece, "") == "person"
        and not is_given(piece.split()[0])
    )
