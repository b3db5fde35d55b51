"""A content → whether its source says that it takes the article back."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from aggregator.model import Content
from aggregator.text import fold

# A correction is none: the article stands, corrected. Nor is news about a retraction, which does not begin with the word.
_TITLE = re.compile(
    r"\W*(?:retracted|retraction|withdrawn|article (?:removed|withdrawn|retracted)|story (?:removed|withdrawn|retracted)|"
    r"retractacion|retractado|retirado|articulo (?:retirado|eliminado)|nota (?:retirada|eliminada|removida)|retratacao|"
    r"materia (?:retirada|removida)|artigo (?:retirado|removido)|retire|article (?:retire|supprime))\s*(?:[:.|\]–—-]|$)"
)
_PATH = re.compile(
    r"/(?:retractions?|retracted|withdrawn|removed-articles?|retractacion(?:es)?|retratac(?:ao|oes))(?:/|$)", re.I
)


def is_retraction(content: Content) -> bool:
    """By the beginning of its title ("Retracted: …") or a folder of its address (`/retractions/`)."""
    if _TITLE.match(fold(content.title[:200])):
        return True
    return bool(content.url and _PATH.search(urlsplit(content.url).path))
