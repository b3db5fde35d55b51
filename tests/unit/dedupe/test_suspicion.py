"""What looks like news and is none: takeovers, archives poured into a feed, entries under new ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aggregator.dedupe import (
    History,
    Known,
    Suspect,
    Suspicion,
    decide,
    identity_keys,
    may_be_suspect,
    news_beside,
    suspect,
)
from aggregator.model import Key, New, Sighting
from tests.making import NOW, sighting

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HISTORY = History(articles=50, title="The Herald", languages={"en": 50}, latest=NOW)


def entries(
    count: int, *, at: datetime = NOW, step: timedelta = HOUR, word: str = "news", **changes: Any
) -> list[Sighting]:
    return [sighting(f"{word} number {n}", published=at - n * step, **changes) for n in range(count)]


def holding(sightings: Sequence[Sighting]) -> dict[Key, Known]:
    """What is held once these were stored."""
    verdicts = decide(sightings, {})
    return {
        key: Known(
            article_id=verdict.id,
            content=verdict.sighting.content,
            published=verdict.sighting.published,
            updated=NOW,
            source_id=verdict.sighting.source_id,
        )
        for verdict in verdicts
        for key in identity_keys(verdict.sighting)
    }


def judged(
    sightings: Sequence[Sighting],
    known: dict[Key, Known],
    history: History = HISTORY,
    *,
    title: str = "The Herald",
    **options: Any,
) -> Suspect | None:
    verdicts = decide(sightings, known)
    found = suspect(verdicts, known.values(), history, source="herald", title=title, **options)
    if found and not options:
        assert may_be_suspect(verdicts, known.values(), history.latest, source="herald"), "asked for what it finds"
    return found


OLD = entries(30, at=NOW - 400 * DAY, word="archive")
HELD = holding(entries(20))


def test_an_archive_poured_into_a_feed_is_a_flood() -> None:
    found = judged([*entries(20), *OLD], HELD)
    assert found is not None
    assert (found.suspicion, len(found.verdicts)) == (Suspicion.FLOOD, 30)
    assert found.reason.startswith("30 “new” articles older than its latest of 2026-03-01, back to 2025-01-2")


def test_old_news_under_new_ids_and_addresses_is_a_flood() -> None:
    again = [
        replace(one, guid=f"x{n}", content=replace(one.content, title=f"Other {n}", url=f"https://herald.example/{n}"))
        for n, one in enumerate(entries(20, at=NOW - 3 * DAY))
    ]
    found = judged(again, HELD, replace(HISTORY, latest=NOW))
    assert found is not None
    assert found.suspicion is Suspicion.FLOOD


def test_a_wire_that_was_silent_over_a_weekend_is_none() -> None:
    since_then = entries(200, at=NOW + 3 * DAY, step=HOUR / 4, word="monday")
    assert judged(since_then, HELD) is None


def test_a_source_that_is_back_after_weeks_is_none() -> None:
    since_then = entries(60, at=NOW + 30 * DAY, step=12 * HOUR, word="back")
    assert judged(since_then, HELD) is None


def test_a_few_that_come_late_are_a_publishers_habit() -> None:
    assert judged([*entries(20), *OLD[:11]], HELD) is None
    assert judged([*entries(40, at=NOW + DAY, word="fresh"), *OLD[:12]], HELD) is None


def test_a_source_of_which_much_always_came_late_is_used_to_it() -> None:
    assert judged([*entries(20), *OLD], HELD, replace(HISTORY, usually_late=0.3)) is None


def test_entries_without_a_date_tell_nothing_of_their_age() -> None:
    undated = [replace(one, published=None) for one in OLD]
    assert judged([*entries(20), *undated], HELD) is None


def test_so_little_history_says_nothing_of_what_is_late() -> None:
    assert judged(OLD, {}, replace(HISTORY, articles=4)) is None
    assert judged(OLD, {}, replace(HISTORY, articles=5)) is not None


def test_a_flood_is_held_until_nothing_of_it_is_left() -> None:
    few = [*entries(20), *OLD[:2]]
    assert judged(few, HELD) is None
    found = judged(few, HELD, held=Suspicion.FLOOD)
    assert found is not None
    assert found.suspicion is Suspicion.FLOOD
    assert judged(entries(20), HELD, held=Suspicion.FLOOD) is None


PARKED = entries(8, at=NOW + DAY, word="casino")


def test_another_title_and_nothing_in_common_is_a_takeover() -> None:
    found = judged(PARKED, HELD, title="Casino Bonus Online")
    assert found is not None
    assert (found.suspicion, len(found.verdicts)) == (Suspicion.TAKEOVER, 8)
    assert found.reason == (
        "the title changed from “The Herald” to “Casino Bonus Online”, and none of its 8 entries is one that we hold"
    )


@pytest.mark.parametrize("held", [1, 4, 50])
def test_a_takeover_needs_no_long_history(held: int) -> None:
    assert judged(PARKED, HELD, replace(HISTORY, articles=held), title="Casino Bonus Online") is not None
    assert judged(PARKED, {}, replace(HISTORY, articles=0), title="Casino Bonus Online") is None, "nothing was taken"


@pytest.mark.parametrize(
    ("before", "title"), [("News", "Casino News"), ("Norte", "Casino Norte Bonus"), ("The Herald", "The Casino")]
)
def test_one_common_word_does_not_make_a_title_the_same(before: str, title: str) -> None:
    assert judged(PARKED, HELD, replace(HISTORY, title=before), title=title) is not None


def test_a_guid_that_everybody_gives_is_nothing_in_common() -> None:
    numbered = [replace(one, guid=str(n)) for n, one in enumerate(entries(7))]
    known = holding(numbered)
    casino = [replace(one, guid=str(n)) for n, one in enumerate(PARKED)]
    elsewhere = [
        replace(one, content=replace(one.content, url=f"https://casino.example/{n}")) for n, one in enumerate(casino)
    ]
    unlike = [replace(one, content=replace(one.content, title=f"Bonus {one.guid}00")) for one in elsewhere]
    assert judged(unlike, known, title="Casino Bonus Online") is not None
    corrected = [replace(unlike[0], content=replace(unlike[0].content, title="News number 0 of today")), *unlike[1:]]
    assert judged(corrected, known, title="Casino Bonus Online") is None, "it tells what we hold"


def test_another_language_and_nothing_in_common_is_a_takeover() -> None:
    found = judged([replace(one, content=replace(one.content, language="id-ID")) for one in PARKED], HELD)
    assert found is not None
    assert found.reason.startswith("the language changed from en to id")


def test_a_rebranding_that_still_shows_what_we_hold_is_none() -> None:
    assert judged([*PARKED, *entries(1)], HELD, title="The New Courier") is None


def test_a_busy_feed_after_a_long_break_is_none() -> None:
    assert judged(PARKED, HELD) is None


@pytest.mark.parametrize("title", ["The Herald | Home", "the herald", "The Herald, 3 June 2026", "Herald"])
def test_a_title_that_is_decorated_is_the_same(title: str) -> None:
    assert judged(PARKED, HELD, title=title) is None


@pytest.mark.parametrize(("title", "said"), [("", "none"), ("777", "“777”")])
def test_a_title_that_vanished_has_changed(title: str, said: str) -> None:
    found = judged(PARKED, HELD, title=title)
    assert found is not None
    assert found.reason.startswith(f"the title changed from “The Herald” to {said}, and none of its 8 entries")
    assert judged([*PARKED, *entries(1)], HELD, title=title) is None, "it shows what we hold"
    for unnamed in ("", "2026"):
        assert judged(PARKED, HELD, replace(HISTORY, title=unnamed), title=title) is None, "it never had one"


def test_another_host_and_nothing_in_common_is_a_takeover() -> None:
    found = judged(PARKED, HELD, moved_to="casino.example")
    assert found is not None
    assert found.reason == ("it redirects to casino.example for good, and none of its 8 entries is one that we hold")
    assert judged([*PARKED, *entries(1)], HELD, moved_to="herald.example.net") is None


def test_a_feed_of_two_languages_has_none_that_could_change() -> None:
    mixed = replace(HISTORY, languages={"es": 30, "en": 20})
    assert judged([replace(one, content=replace(one.content, language="pt")) for one in PARKED], HELD, mixed) is None


def test_what_was_dropped_is_nothing_in_common_and_not_suspected_again() -> None:
    buried = {key: replace(held, content=None) for key, held in holding(PARKED).items()}
    assert judged(PARKED, buried, title="Casino Bonus Online") is None
    found = judged([*PARKED, *entries(1, word="poker")], buried, title="Casino Bonus Online")
    assert found is not None
    assert found.suspicion is Suspicion.TAKEOVER
    assert [verdict.sighting.content.title for verdict in found.verdicts] == ["poker number 0"]


def renumbered(count: int) -> list[Sighting]:
    return [replace(one, guid=f"new-{n}") for n, one in enumerate(entries(count))]


def test_more_than_five_articles_under_other_ids_are_a_renumbering() -> None:
    assert judged(renumbered(5), HELD) is None
    found = judged(renumbered(6), HELD)
    assert found is not None
    assert (found.suspicion, found.reason) == (
        Suspicion.RENUMBERING,
        "6 articles that we hold came under other ids",
    )


def test_a_source_whose_new_ids_were_once_released_is_trusted() -> None:
    assert judged(renumbered(20), HELD, trusted=(Suspicion.RENUMBERING,)) is None


def test_what_another_source_of_the_outlet_showed_first_is_no_renumbering() -> None:
    elsewhere = {key: replace(held, source_id="herald-front") for key, held in HELD.items()}
    assert judged(renumbered(20), elsewhere) is None


def test_ids_that_are_addresses_may_change_their_scheme() -> None:
    plain = [replace(one, guid=(one.content.url or "").replace("https:", "http:")) for one in entries(20)]
    secure = [replace(one, guid=one.content.url) for one in plain]
    assert judged(secure, holding(plain)) is None


def beside(sightings: Sequence[Sighting], found: Suspicion, *, most: int) -> list[str]:
    """The titles that are published while the rest is held."""
    verdicts = decide(sightings, HELD)
    suspected = suspect(verdicts, HELD.values(), HISTORY, source="herald", title="The Herald")
    assert suspected is not None
    assert suspected.suspicion is found
    passing = news_beside(verdicts, suspected, most=most)
    return [one.sighting.content.title for one in passing if isinstance(one, New)]


def test_news_beside_an_archive_is_published_and_the_archive_is_not() -> None:
    fresh = entries(3, at=NOW + HOUR, word="fresh")
    assert beside([*fresh, *entries(20), *OLD], Suspicion.FLOOD, most=3) == [one.content.title for one in fresh]


def test_more_news_than_its_rhythm_explains_is_held_with_the_archive() -> None:
    assert beside([*entries(4, at=NOW + HOUR, word="fresh"), *entries(20), *OLD], Suspicion.FLOOD, most=3) == []


def test_what_has_no_date_is_held_with_the_archive() -> None:
    (undated,) = [replace(one, published=None) for one in entries(1, word="undated")]
    assert beside([undated, *entries(20), *OLD], Suspicion.FLOOD, most=3) == []


def test_of_a_feed_that_was_taken_over_nothing_is_published() -> None:
    other = entries(8, at=NOW + HOUR, word="casino")
    verdicts = decide(other, HELD)
    found = suspect(verdicts, HELD.values(), HISTORY, source="herald", title="Casino")
    assert found is not None
    assert found.suspicion is Suspicion.TAKEOVER
    assert news_beside(verdicts, found, most=100) == ()
