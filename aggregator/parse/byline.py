"""One printed author → Byline: the name, and the address that stood beside it, which is never published."""

from __future__ import annotations

import re

from aggregator.model import Byline
from aggregator.text import one_line

LONGEST = 512
# Bounded repeats on bounded text: feedparser's pattern took 9 s for 32 kB (feedparser#562).
_EMAIL = re.compile(r"[\w.+%\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}[A-Za-z]{2,24}", re.ASCII)
_LEFT_OVER = re.compile(r"\(\s*\)|<\s*>|&lt;\s*&gt;|\[\s*\]|\bmailto:")
_WRAPPED = re.compile(r"^[(\[<]\s*([^()\[\]<>]*?)\s*[)\]>]$")


def byline_of(
    printed: str, *, url: str | None = None, email: str | None = None, image: str | None = None
) -> Byline | None:
    """`jo@x.org (Jo Doe)`, `Jo Doe <jo@x.org>`, `Jo Doe`; None where nothing is left. RSS 2.0 `author`; RFC 4287 §3.2."""
    name = one_line(
        printed[:LONGEST].replace("\n", " | ").strip(" |") if "\n" in printed.strip() else printed[:LONGEST]
    )
    found = _EMAIL.search(name) if "@" in name else None
    if found:
        email = email or found[0]
        name = one_line(_LEFT_OVER.sub(" ", _EMAIL.sub(" ", name)))
        wrapped = _WRAPPED.match(name)
        name = (wrapped[1] if wrapped else name).strip(" ,;:-–|")
    if not name and not email:
        return None
    return Byline(name=name, url=url, email=email, image=image)
