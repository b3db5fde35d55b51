"""A sighting and an article that it could be → whether it is, by which rule, with the scores that decided (identity.md §2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Set
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from aggregator.dedupe.clues import ClueKind, article_number, body_words
from aggregator.dedupe.habits import Habits
from aggregator.model import Content, Sighting
from aggregator.text import fold, tokens

_SAME_TEXT, _ALIKE, _UNLIKE = 0.8, 0.4, 0.3
_AT_ONCE, _NEAR, _HALF_DAY, _SAME_DAY, _FAR = (
    timedelta(seconds=1),
    timedelta(minutes=10),
    timedelta(hours=12),
    timedelta(hours=36),
    timedelta(hours=48),
)
_FEW_WORDS, _TELLING, _MANY_WORDS = 8, 4, 6
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?=[/\-_])")
# Titles that come again every day are not one article told twice.
_CALENDAR = frozenset(
    "today tonight daily weekly monday tuesday wednesday thursday friday saturday sunday morning evening briefing "
    "hoy diario lunes martes miercoles jueves viernes sabado domingo manana resumen horoscopo clima pronostico "
    "hoje segunda terca quarta quinta sexta domingo manha resumo previsao aujourd lundi mardi mercredi jeudi vendredi "
    "samedi dimanche matin meteo horoscope weather forecast live updates vivo directo direct minuto".split()
)

SAME_NUMBER = "same article number in the link"
SAME_TITLE = "same title and day"
SAME_WORDS = "same words and day"
SAME_MOMENT = "same moment of publication, told alike"
SAME_GUID_ELSEWHERE = "same guid in another source of the outlet"
WEAK_RULES = (SAME_NUMBER, SAME_TITLE, SAME_WORDS, SAME_MOMENT, SAME_GUID_ELSEWHERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article that we hold. `content` is None for one that was purged: it keeps its identity and never comes back;
    `source_id` is the source it is attributed to (empty: not said); `authors` are folded names of persons. One that is
    `reserved` is not there yet: an operator decided that what has its key is it; one that is `merged` has the key because an
    operator decided so, and others of its own."""

    article_id: str
    content: Content | None
    published: datetime | None
    updated: datetime
    source_id: str = ""
    authors: frozenset[str] = frozenset()
    reserved: bool = False
    merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What two tellings have in common. `title` and `text` are 0…1 (words; word triples), None where one has none."""

    same_title: bool
    title: float
    title_words: int
    calendar: bool
    text: float | None
    text_words: int
    apart: timedelta | None
    midnight: bool
    picture: bool
    author: bool
    other_number: bool
    other_day: bool

    @property
    def at_once(self) -> bool:
        return self.apart is not None and self.apart <= _AT_ONCE

    @property
    def same_text(self) -> bool:
        return self.text is not None and self.text >= _SAME_TEXT and self.text_words >= _FEW_WORDS

    def within(self, limit: timedelta) -> bool:
        """Whether they were published so near each other, or one does not say when."""
        return self.apart is None or self.apart <= limit

    def scores(self) -> tuple[tuple[str, float], ...]:
        """The numbers behind a verdict, for people."""
        scores = [("title", round(self.title, 2))]
        if self.text is not None:
            scores.append(("text", round(self.text, 2)))
        if self.apart is not None:
            scores.append(("hours apart", round(self.apart.total_seconds() / 3600, 2)))
        flags = (("picture", self.picture), ("author", self.author))
        return (*scores, *((name, 1.0) for name, holds in flags if holds))


def compare(sighting: Sighting, held: Known, *, common: Collection[str] = ()) -> Likeness:
    """`common` are texts and pictures that several entries of the document share: they say nothing. `held.content` is there."""
    one, other = sighting.content, held.content
    assert other is not None
    title, other_title = tokens(one.title), tokens(other.title)
    body, other_body = (body_words(one) if one.summary not in common else ()), body_words(other)
    picture = one.picture is not None and one.picture.url not in common
    numbers = [article_number(content.url) if content.url else None for content in (one, other)]
    days = [_URL_DATE.search(content.url) if content.url else None for content in (one, other)]
    authors = {fold(credit.name) for credit in sighting.credits if credit.kind == "person"}
    published = sighting.published
    return Likeness(
        same_title=bool(title) and title == other_title,
        title=_jaccard(set(title), set(other_title)),
        title_words=len({word for word in title if not word.isdigit()}),
        calendar=not _CALENDAR.isdisjoint(title),
        text=_jaccard(_triples(body), _triples(other_body)) if body and other_body else None,
        text_words=min(len(body), len(other_body)),
        apart=abs(published - held.published) if published and held.published else None,
        midnight=published is not None and published.time() == time.min,
        picture=picture and other.picture is not None and one.picture.url == other.picture.url,  # type: ignore[union-attr]
        author=bool(authors & held.authors),
        other_number=_differ(numbers) and _host(one.url) == _host(other.url),
        other_day=bool(days[0] and days[1]) and days[0].groups() != days[1].groups(),  # type: ignore[union-attr]
    )


def judge(like: Likeness, shared: Collection[ClueKind], *, place: str, habits: Habits, recurring: bool) -> str | None:
    """The rule by which they are one article, else None. `shared` are the clues that led here, `place` where the number is."""
    if ClueKind.GUID in shared and _by_guid(like, habits):
        return SAME_GUID_ELSEWHERE
    if ClueKind.NUMBER in shared and _by_number(like, proved=place in habits.numbers):
        return SAME_NUMBER
    if like.same_title and not (recurring and not like.at_once) and _by_title(like):
        return SAME_TITLE
    if ClueKind.WORDS in shared and _by_words(like):
        return SAME_WORDS
    return SAME_MOMENT if like.at_once and _by_moment(like) else None


def told_twice(like: Likeness) -> bool:
    """Whether two entries of one document are one article: all that a reader sees is the same."""
    return (
        like.same_title and like.at_once and like.text == 1.0 and like.text_words >= _FEW_WORDS and like.title_words > 2
    )


def _by_guid(like: Likeness, habits: Habits) -> bool:
    return habits.shared_guids or (like.title >= _ALIKE and like.within(_FAR))


def _by_number(like: Likeness, *, proved: bool) -> bool:
    if proved:
        return not (like.title < 0.1 and (like.text or 0.0) < 0.1 and not like.within(_FAR))
    return like.at_once or like.title >= _ALIKE or (like.text or 0.0) >= _ALIKE


def _by_title(like: Likeness) -> bool:
    alike = like.same_text or like.picture
    if like.text is not None and like.text < _UNLIKE and like.text_words >= _FEW_WORDS:
        return False
    if like.at_once:
        named = like.title_words >= (_MANY_WORDS if like.midnight else _TELLING)
        return alike or (not like.other_number and (like.author or named or like.text == 1.0))
    if like.other_number or like.other_day:
        return False
    if like.apart is None:
        return like.title_words >= _TELLING and (alike or (like.text is None and like.title_words >= _MANY_WORDS))
    if like.within(_NEAR):
        return alike or like.author or like.title_words >= _MANY_WORDS
    if like.title_words < _TELLING or not alike:
        return False
    return like.within(_HALF_DAY) or (like.within(_SAME_DAY) and like.title_words >= _MANY_WORDS and not like.calendar)


def _by_words(like: Likeness) -> bool:
    """Slug, title and guid follow an edited headline; the words below it stay."""
    if like.at_once and not like.midnight:
        return True
    if like.other_number or like.other_day or like.calendar or not like.within(_HALF_DAY):
        return False
    return like.title >= _UNLIKE or like.author or like.picture


def _by_moment(like: Likeness) -> bool:
    if like.midnight:
        return like.same_text and like.title >= _UNLIKE
    if like.other_number:
        return False
    told = like.same_text or (like.picture and like.title >= _UNLIKE)
    return told or (like.title >= 0.6 and (like.text is None or like.text >= _ALIKE))


def similar_titles(one: str, other: str) -> bool:
    """Whether one may be the other, edited: words in common, of the shorter."""
    left, right = set(tokens(one)), set(tokens(other))
    if not left or not right:
        return True
    return len(left & right) / min(len(left), len(right)) >= _UNLIKE


def unlike(one: Content, other: Content) -> bool:
    """Whether neither title nor text of one may be the other's, edited."""
    if similar_titles(one.title, other.title):
        return False
    left, right = body_words(one), body_words(other)
    return not left or not right or _jaccard(_triples(left), _triples(right)) < _UNLIKE


@lru_cache(maxsize=64)  # what is new is compared with several
def _triples(words: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(words, words[1:], words[2:], strict=False) if len(words) > 2 else zip(words, strict=True))


def _jaccard(one: Set[Hashable], other: Set[Hashable]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _differ(numbers: list[tuple[str, str] | None]) -> bool:
    one, other = numbers
    return one is not None and other is not None and one[0] == other[0] and one[1] != other[1]


def _host(url: str | None) -> str | None:
    return urlsplit(url).hostname if url else None
