"""A number → a synthetic document or article, the same on every machine: words by Zipf's law, in four languages' letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from itertools import accumulate
from random import Random

ENTRIES = 40
SECTIONS = ("south-america", "central-america", "caribbean", "politics", "economy", "environment", "culture", "sport")
START = datetime(2026, 1, 1, tzinfo=UTC)

_SYLLABLES = (
    "ba",
    "cé",
    "di",
    "fo",
    "gu",
    "lã",
    "me",
    "ni",
    "ño",
    "pe",
    "qui",
    "ra",
    "sé",
    "to",
    "tú",
    "va",
    "xi",
    "zo",
)
_FIRST = ("Ana", "Bruno", "Carla", "Diego", "Elena", "Fabio", "Inés", "João", "Lucía", "Mateo", "Nadia", "Óscar")
_LAST = ("Aguirre", "Bastos", "Cárdenas", "Duarte", "Espinoza", "Ferreira", "Gómez", "Huamán", "Ibarra", "Lima")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """What one entry says; `text` is HTML of about 1.5 kB."""

    number: int
    title: str
    summary: str
    text: str
    author: str
    category: str
    published: datetime


@cache
def _words() -> tuple[tuple[str, ...], tuple[float, ...]]:
    dice = Random(7)
    words = sorted({"".join(dice.choices(_SYLLABLES, k=dice.randrange(2, 5))) for _ in range(20_000)})
    dice.shuffle(words)
    return tuple(words), tuple(accumulate(1 / (rank + 2) for rank in range(len(words))))


def word(rank: int) -> str:
    """The word that comes `rank`th when all are ordered by how often they are used."""
    return _words()[0][rank]


def author(number: int) -> str:
    """One of 120 bylines."""
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"


def made_up(source: int, entry: int) -> MadeUp:
    """Entry `entry` of source `source`, the oldest being 0; entries of a source lie three hours apart."""
    number = source * 1_000_003 + entry
    dice = Random(number)
    words, weights = _words()
    said = dice.choices(words, cum_weights=weights, k=230)
    paragraphs = [" ".join(said[at : at + 60]) for at in range(50, 230, 60)]
    return MadeUp(
        number=number,
        title=" ".join(said[:9]).capitalize(),
        summary=" ".join(said[9:50]),
        text="".join(f'<p>{one} <a href="/more/{number}">{said[0]}</a>.</p>' for one in paragraphs),
        author=author(dice.randrange(120)),
        category=dice.choice(SECTIONS),
        published=START + timedelta(hours=3 * entry, seconds=source % 10_000),
    )


def document(source: int, *, base: str, entries: int = ENTRIES) -> bytes:
    """An RSS 2.0 document of about 100 kB with the newest entry first."""
    items = []
    for one in (made_up(source, entry) for entry in reversed(range(entries))):
        link = f"{base}/{source}/{one.number}"
        items.append(
            f"<item><title>{one.title}</title><link>{link}</link><guid>{link}</guid>"
            f"<dc:creator>{one.author}</dc:creator><category>{one.category}</category>"
            f"<pubDate>{format_datetime(one.published)}</pubDate><description>{one.summary}</description>"
            f"<content:encoded><![CDATA[{one.text}]]></content:encoded>"
            f'<media:content url="{link}.jpg" type="image/jpeg" width="1200" height="800"/></item>'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>Source {source}</title><link>{base}/{source}</link><description>Synthetic</description>"
        f"<language>es</language>{''.join(items)}</channel></rss>"
    ).encode()
