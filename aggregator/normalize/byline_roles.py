"""What stands beside a name in a byline → the role of whoever is named, and where they write from."""

from __future__ import annotations

import re

CAMERA = re.compile(
    r"^(?:pool )?(?:photo|photograph|foto|fotografia|fotografía|photographie|imagen|image|picture|v[ií]deo)s?\s*"
    r"(?:(?:by|de|por|par)\s+|:\s*)",
    re.I,
)
ROLE = re.compile(
    r"^(?:(?:notre|our|nuestr[oa]|noss[oa])\s+)?(?:enviad[oa]s? especial(?:es)?|special envoy|envoyée? spéciale?|"
    r"corresponsal(?:es)?|correspondente|correspondante?|correspondent|foreign correspondent|redactora?|editora?|columnista|"
    r"colunista|rep[oó]rter|"
    r"periodista|jornalista|fot[oó]grafo|photographer|design|dise[nñ]o|illustrat(?:or|ion)|ilustra(?:dor|ci[oó]n)|video|analyst|"
    r"analista|senior \w+|chief \w+|staff writer|profes(?:or|ora|seur|seure)|professora?|abogad[oa]|economist|economista|"
    r"catedr[aá]tic[oa]|ph\.?d candidate)\b",
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
IN_PLACE = re.compile(r"^(.*?)(?:,?\s+(?:in|en|em|desde|from|à)\s+)(?=[A-ZÀ-Ý])(.+)$")


def described(piece: str, whose: str) -> tuple[str, str | None] | None:
    """`corresponsal en Lima` behind somebody's name → (role, place); None for what is no role."""
    named = whose[:1].isupper() and len(whose.split()) > 1
    if CAMERA.match(piece) or not (ROLE.match(piece) or _TRADE.search(piece) or (named and _LOWER_ROLE.match(piece))):
        return None
    found = IN_PLACE.match(piece)
    return (found[1].strip(), found[2].strip()) if found else (piece.strip(), None)
