"""A sighting → clues: hashes that several articles may share, by which those that it could be are found (identity.md §2).

A clue decides nothing: what is found by it is compared (see `likeness`)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from aggregator.model import Content, Sighting
from aggregator.text import plain_text, tokens
from aggregator.urls import canonical_key

_FEWEST_WORDS = 8
_COMPARED_WORDS = 200
_COMPARED = 3_000  # characters of markup, which hold as many words of a summary
_SEGMENT = re.compile(r"\d{5,12}\Z")
_HEAD = re.compile(r"(\d{5,12})[-_]")
_TAIL = re.compile(r"[-_.,][a-z]{0,3}(\d{5,12})\Z", re.I)
# smh.com.au/…-20200507-p54ql9, bbc.com/news/articles/c036839e09d: letters and digits by turns, as in no word.
_CODE = re.compile(r"(?:^|[-_])((?=[a-z0-9]{6,14}\Z)[a-z]*\d+[a-z]+\d[a-z0-9]*)\Z")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?(?:\d{4,6})?\Z")


class ClueKind(StrEnum):
    """What sightings have in common."""

    GUID = "guid"
    NUMBER = "number"
    TITLE = "title"
    WORDS = "words"
    MOMENT = "moment"
    PAGE = "page"

    __hash__ = str.__hash__


class Clue(NamedTuple):
    """63 bits of a hash."""

    kind: ClueKind
    value: int


def clues_of(sighting: Sighting) -> tuple[Clue, ...]:
    """The guid that is no address, the article's number in its link, the title, the words of the summary, the moment of
    publication, and the page that a query follows."""
    content = sighting.content
    return _clues(
        sighting.guid, content.url, content.title, (content.summary or content.text)[:_COMPARED], sighting.published
    )


@lru_cache(maxsize=1024)  # of one document they are asked for up to four times
def _clues(guid: str | None, url: str | None, title: str, body: str, published: datetime | None) -> tuple[Clue, ...]:
    words = _words(body)
    found = {
        ClueKind.GUID: guid if guid and "://" not in guid else None,
        ClueKind.NUMBER: "=".join(number) if url and (number := article_number(url)) else None,
        ClueKind.TITLE: " ".join(tokens(title)),
        ClueKind.WORDS: " ".join(words) if len(words) >= _FEWEST_WORDS else None,
        ClueKind.MOMENT: published and published.astimezone(UTC).isoformat(),
        ClueKind.PAGE: _page(url),
    }
    return tuple([Clue(kind, _hash(kind, text)) for kind, text in found.items() if text])


@lru_cache(maxsize=1024)
def article_number(url: str) -> tuple[str, str] | None:
    """Where in an address a number stands that may be the article's own, and the number: ("tail", "842187").

    At least five digits and no date (`/2026/03/17/`, `20260317`), or a code of letters and digits.
    """
    page, _, query = canonical_key(url).partition("?")
    segments = page.partition("#")[0].split("/")[3:]
    last = segments[-1] if segments else ""
    for place, match in (("tail", _TAIL.search(last)), ("head", _HEAD.match(last)), ("code", _CODE.search(last))):
        if match and not _DATE.match(match[1]):
            return place, match[1]
    whole = [segment for segment in reversed(segments) if _SEGMENT.match(segment) and not _DATE.match(segment)]
    if whole:
        return "segment", whole[0]
    numeric = [
        (name, value)
        for name, value in (parse_qsl(query) if query else ())
        if _SEGMENT.match(value) and not _DATE.match(value)
    ]
    return (f"?{numeric[0][0]}", numeric[0][1]) if len(numeric) == 1 else None


def body_words(content: Content) -> tuple[str, ...]:
    """The first words that an article says below its title. Numbers count: two earthquakes may differ in nothing else."""
    return _words((content.summary or content.text)[:_COMPARED])


@lru_cache(maxsize=256)
def _words(markup: str) -> tuple[str, ...]:
    return tokens(plain_text(markup))[:_COMPARED_WORDS]


def _page(url: str | None) -> str | None:
    page, _, query = canonical_key(url).partition("?") if url else ("", "", "")
    return page if query else None


def _hash(kind: ClueKind, text: str) -> int:
    digest = hashlib.blake2b(f"{kind}\n{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
