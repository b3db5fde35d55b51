"""Whatever a document brings: the order of its entries accuses nobody, fresh news is no flood, and what is well known is well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.dedupe import History, Known, Suspicion, decide, identity_keys, may_be_suspect, suspect
from aggregator.model import Key, Sighting
from tests.making import NOW, sighting

DAY = timedelta(days=1)


@st.composite
def entry(draw: st.DrawFn) -> Sighting:
    """One of a few articles, under one of a few guids, of any age."""
    number = draw(st.integers(0, 60))
    age = draw(st.one_of(st.none(), st.integers(-10, 400)))
    made = sighting(f"{draw(st.sampled_from(['news', 'casino']))} number {number}")
    guid = draw(st.sampled_from([made.guid, f"other-{number}", None]))
    language = draw(st.sampled_from(["en", "es", None]))
    content = replace(made.content, language=language)
    return replace(made, guid=guid, content=content, published=None if age is None else NOW - age * DAY)


documents = st.lists(entry(), max_size=40)
histories = st.builds(
    History,
    articles=st.integers(0, 50),
    title=st.sampled_from(["", "The Herald", "Casino"]),
    languages=st.dictionaries(st.sampled_from(["en", "es"]), st.integers(1, 50)),
    usually_late=st.floats(0, 1),
    latest=st.one_of(st.none(), st.just(NOW)),
)
titles = st.sampled_from(["", "The Herald", "Casino Bonus"])
thorough = settings(deadline=None, max_examples=100)


def holding(sightings: Sequence[Sighting]) -> dict[Key, Known]:
    return {
        key: Known(
            article_id=verdict.id,
            content=verdict.sighting.content,
            published=verdict.sighting.published,
            updated=NOW,
            source_id="herald",
        )
        for verdict in decide(sightings, {})
        for key in verdict.keys
    }


@thorough
@given(documents, documents, histories, titles, st.randoms())
def test_the_order_of_entries_accuses_nobody(
    held: list[Sighting], document: list[Sighting], history: History, title: str, chance: Random
) -> None:
    known, shuffled = holding(held), list(document)
    chance.shuffle(shuffled)
    one, other = (
        suspect(decide(order, known), known.values(), history, source="herald", title=title)
        for order in (document, shuffled)
    )
    assert (one and (one.suspicion, one.reason)) == (other and (other.suspicion, other.reason))


@thorough
@given(documents, documents, histories, titles)
def test_the_history_is_asked_for_whenever_it_matters(
    held: list[Sighting], document: list[Sighting], history: History, title: str
) -> None:
    known = holding(held)
    verdicts = decide(document, known)
    if suspect(verdicts, known.values(), history, source="herald", title=title):
        assert may_be_suspect(verdicts, known.values(), history.latest, source="herald")


@thorough
@given(documents, st.lists(entry(), min_size=1, max_size=40), histories)
def test_news_after_the_latest_is_never_a_flood(
    held: list[Sighting], document: list[Sighting], history: History
) -> None:
    known = holding(held)
    fresh = [replace(one, published=NOW + timedelta(minutes=n)) for n, one in enumerate(document)]
    found = suspect(decide(fresh, known), known.values(), history, source="herald", title=history.title)
    assert found is None or found.suspicion is not Suspicion.FLOOD


@thorough
@given(documents, histories, titles)
def test_what_is_held_already_is_never_suspicious(document: list[Sighting], history: History, title: str) -> None:
    known = holding(document)
    assert all(any(key in known for key in identity_keys(one)) for one in document)
    assert suspect(decide(document, known), known.values(), history, source="herald", title=title) is None
