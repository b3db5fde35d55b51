"""Two contents of one article → what a reader would notice between them."""

from __future__ import annotations

import re

from aggregator.model import Content
from aggregator.text import fold, plain_text, tokens

_BLOCK = re.compile(r"<(?:br|hr|/?(?:p|div|li|ul|ol|h[1-6]|tr|td|table|blockquote|aside|figure|section))\b[^>]*>", re.I)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|[\n|•·()\[\]]+")
_NUMBER = r"\d[\d.,]*\s?(?:k|m|mil|thousand)?"
_UNIT = (
    r"(?:s|secs?|seconds?|segundos?|secondes?|m|mins?|minutes?|minutos?|h|hs|hrs?|hours?|horas?|heures?|"
    r"d|days?|dias?|jours?|weeks?|semanas?|semaines?|mes(?:es)?|months?|mois)"
)
_COUNTED = (
    r"(?:comments?|comentarios?|commentaires?|shares?|partages?|views?|vistas?|vues?|visitas?|visualiza\w+|lecturas?|"
    r"leituras?|lectures?|likes?|me gusta|curtidas?|j'aime|veces|vez|vezes|fois|times|reads?|readers?|lectores|leitores|"
    r"retweets?|reactions?|reacciones|reacoes|votes?|votos?|compartid[oa]s?|compartilhamentos?|respuestas?|replies|answers?)"
)
_MONTH = (
    r"(?:jan|ene|feb|fev|mar|abr|apr|avr|may|mai|jun|jul|juil|ago|aug|aou|sep|set|oct|out|nov|dec|dic|dez)[a-z]*\.?|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|lun|mie|jue|vie|sab|dom|seg|ter|qua|qui|sex|jeu|ven|sam|dim)[a-z]*\.?"
)
_UPDATED = r"(?:updated|actualiza\w+|atualiza\w+|mis a jour|modifie|modified|publicado|posted|published|publie)"
_WHEN = rf"(?:[\s,:;/\-]|{_MONTH}|del|de|am|as|at|a|the|on|el|le|em|las|los|of|horas|hrs|hs|h|pm|utc|gmt|[a-z]{{2,4}}t|\d{{1,4}})"
# Folded text: counters, ages, clocks and dates of an update. They move by themselves.
_MOVING = re.compile(
    "|".join(
        (
            rf"\b(?:last |ultima )?{_UPDATED}:?\s+(?:hace\s+|ha\s+|il y a\s+)?{_NUMBER}\s*{_UNIT}\b(?:\s+(?:ago|atras))?",
            rf"\b(?:hace|ha|il y a)\s+{_NUMBER}\s*{_UNIT}\b",
            rf"\b{_NUMBER}\s*{_UNIT}\s+(?:ago|atras)\b",
            rf"\b(?:shared|viewed|read|liked|compartid[oa]|leid[oa]|vist[oa]|lid[oa]|partage|lu)\s+{_NUMBER}\s*{_COUNTED}\b",
            rf"\b{_COUNTED}\s*:?\s*{_NUMBER}(?!\w)",
            rf"\b{_NUMBER}\s*{_COUNTED}\b",
            rf"\b(?:last |ultima )?{_UPDATED}\s?(?:{_WHEN}){{0,24}}+(?=\W|$)",
            r"\b\d{1,2}[:h]\d{2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.|hs|hrs|h|gmt|utc)?\b",
        )
    )
)
_DIGIT, _TOKEN = re.compile(r"\d"), re.compile(r"[^\W_]+")  # of folded text
# What an outlet adds to what it reports: advertisements, invitations, links to more of it.
_ADDED = re.compile(
    r"\W*(?:advertisement|advertorial|publicidad\b|publicidade\b|publicite|anuncio|sponsored|patrocinad|promo|ad:|"
    r"suscrib|subscri|sign up|assine|abonnez|newsletter|download our app|descarga|baixe|siguenos|follow us|siga|suivez|"
    r"read more|read also|also read|continue reading|click here|lea tambien|leia tambien|leia mais|leer mas|seguir leyendo|"
    r"te puede interesar|veja tambem|mira tambien|lire aussi|the post .* appeared first)"
)


def changes(old: Content | None, new: Content) -> tuple[str, ...]:
    """Names of the fields of Content that changed for a reader: words, not markup; a picture that came, not its size.

    Counters, ages, clocks, advertisements, white space and where a text was cut are no news; nor are an address, a date or
    an enclosure.
    """
    if old is None:
        return ()
    noticed = []
    if old.title != new.title and _headline(old.title) != _headline(new.title):
        noticed.append("title")
    if new.summary and _differ(old.summary, new.summary):
        noticed.append("summary")
    if new.text and _differ(old.text, new.text):
        noticed.append("text")
    if old.picture is None and new.picture is not None:
        noticed.append("picture")
    return tuple(noticed)


def _headline(title: str) -> tuple[str, ...]:
    """The words of a title but for the age or the clock that some outlets print there; its numbers are news."""
    return tokens(_MOVING.sub(" ", fold(title)))


def _differ(old: str, new: str) -> bool:
    if old == new:
        return False
    before, after = _said(old), _said(new)
    return before != after and not _cut(old, before, after) and not _cut(new, after, before)


def _said(markup: str) -> tuple[str, ...]:
    """The words that are the article's own; without numbers where none are."""
    lines = [fold(plain_text(block)) for block in _BLOCK.split(markup)] if "<" in markup else [fold(plain_text(markup))]
    words: list[str] = []
    for line in lines:
        for sentence in _SENTENCE.split(line):
            if _ADDED.match(sentence):
                continue
            kept = _TOKEN.findall(_MOVING.sub(" ", sentence) if _DIGIT.search(sentence) else sentence)
            # A number that stands alone is a counter whose name is a picture.
            words += kept if not all(word.isdigit() for word in kept) else ()
    return tuple(words) or tuple(word for word in tokens(plain_text(markup)) if not word.isdigit())


def _cut(markup: str, short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether `short` is `long`, cut off: a feed that shortens its summaries now here, now there."""
    ends = plain_text(markup).rstrip(" ])").endswith(("…", "..."))
    return ends and len(short) < len(long) and short[:-1] == long[: len(short) - 1]
