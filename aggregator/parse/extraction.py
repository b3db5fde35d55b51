"""What only reading a page's text can tell: the byline, the day, the article itself. The only importer of trafilatura
(the extra `pages`), which brings htmldate; without it this says what could not be read."""

from __future__ import annotations

import copy
import importlib.util
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.parse.html import Html

_LONGEST_TEXT = 262_144
# Larger trees are not worth what it costs to weigh every element of them.
_MOST_ELEMENTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """`authors` are as printed, `date` is a day, `text` raw HTML."""

    authors: tuple[str, ...] = ()
    date: str | None = None
    text: str = ""
    missing: tuple[str, ...] = ()


def more(html: Html, *, url: str, now: datetime, author: bool, date: bool, text: bool, installed: bool) -> More:
    """Only what is wanted is looked for."""
    wanted = tuple(name for name, asked in (("author", author), ("date", date), ("text", text)) if asked)
    if not wanted or html.elements > _MOST_ELEMENTS:
        return More()
    if not installed:
        return More(missing=wanted)
    # Its import takes a fifth of a second: only workers that read pages pay for it.
    import trafilatura

    dates = {
        "original_date": True,
        "extensive_search": False,
        "max_date": (now + timedelta(days=1)).strftime("%Y-%m-%d"),  # htmldate would ask the clock
    }
    authors: tuple[str, ...] = ()
    day: str | None = None
    if author or date:
        found = trafilatura.extract_metadata(html.root, default_url=url, date_config=dates, extensive=False)
        authors = tuple(name for name in (found.author or "").split("; ") if name) if author else ()
        day = found.date if date else None
    words = _text(html, url, dates) if text else ""
    return More(authors=authors, date=day, text=words)


def _text(html: Html, url: str, dates: dict[str, object]) -> str:
    import trafilatura

    found = trafilatura.extract(
        copy.deepcopy(html.root),  # it works by taking away
        url=url,
        output_format="html",
        fast=True,
        include_comments=False,
        include_formatting=True,
        include_links=True,
        date_extraction_params=dates,
    )
    return found[:_LONGEST_TEXT] if found else ""


def available() -> bool:
    """Whether the extra `pages` is installed."""
    return importlib.util.find_spec("trafilatura") is not None
