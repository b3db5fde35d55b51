"""What a reader shows of our feeds, against what the source had: the same articles, by id, and each difference with its reason.

The reasons are the readers' own habits, one function each; what has none is a fault of ours."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.acceptance.readers import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """An article as its source had it; `published` in seconds since 1970."""

    id: str
    title: str
    link: str
    published: int
    updated: int
    authors: tuple[str, ...]
    picture: str | None
    outlet: str


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _same_title(had: Had, shown: Shown) -> str:
    title = _words(shown.title)
    if title == _words(had.title):
        return ""
    if html.unescape(title) == html.unescape(_words(had.title)) or _words(html.unescape(title)) == _words(had.title):
        return "title: entities are shown or resolved once more"
    return "title"


def _same_link(had: Had, shown: Shown) -> str:
    link = re.sub(r"\s+", "", shown.link)  # headers of a mail are folded
    return "" if link == had.link else "link"


def _same_date(had: Had, shown: Shown) -> str:
    if shown.published == had.published:
        return ""
    return "date: that of the last change is shown" if shown.published == had.updated else "date"


def _same_authors(had: Had, shown: Shown) -> str:
    wanted = [_words(name) for name in had.authors]
    author = _words(shown.author)
    if all(name in author for name in wanted):
        return ""
    if any(name in author for name in wanted):
        return "authors: one of several is shown"
    return "authors"


def _same_picture(had: Had, shown: Shown) -> str:
    if had.picture is None or had.picture in re.sub(r"\s+", "", html.unescape(shown.files)):
        return ""
    return "picture: it is not shown"


CHECKS: tuple[Callable[[Had, Shown], str], ...] = (_same_title, _same_link, _same_date, _same_authors, _same_picture)
# What readers do, by their own documentation and code; docs/readers.md has it in words.
EXPLAINED = {
    "newsboat": {"authors: one of several is shown", "picture: it is not shown"},
    "sfeed": {"authors: one of several is shown", "picture: it is not shown"},
    "rss2email": {
        "authors: one of several is shown",
        "date: that of the last change is shown",
        "picture: it is not shown",
    },
    "reader": {"authors: one of several is shown", "picture: it is not shown"},
}


def differences(had: Mapping[str, Had], shown: Iterable[Shown]) -> Counter[str]:
    """How often each difference is met; "missing" and "twice" of articles that are not shown once."""
    found: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for one in shown:
        seen[one.id] += 1
        if one.id in had:
            found.update(filter(None, (check(had[one.id], one) for check in CHECKS)))
        else:
            found["unknown"] += 1
    found["missing"] = len(had.keys() - seen.keys())
    found["twice"] = sum(times > 1 for times in seen.values())
    return +found
