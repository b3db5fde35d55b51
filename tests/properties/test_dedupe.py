"""What holds of verdicts for whatever stands in a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.dedupe import Known, decide, identity_keys
from aggregator.model import Key, New, Sighting, Unchanged
from tests.unit.dedupe.test_articles import THEN, seen

SIGHTINGS = st.lists(
    st.builds(
        lambda title, guid, url, days, summary: replace(
            seen(title, guid=guid, url=url, summary=summary), published=THEN - timedelta(days=days)
        ),
        st.sampled_from(["Lluvias en Arequipa", "Lluvias en Arequipa y Puno", "Sismo sacude Tacna", "Hoy"]),
        st.sampled_from([None, "1", "2", "3"]),
        st.sampled_from([None, "https://p.example/1", "https://p.example/2", "https://p.example/"]),
        st.integers(0, 12),
        st.sampled_from(["", "Uno.", "Dos."]),
    ),
    max_size=8,
)


TOLD_TWICE = [seen("Lluvias en Arequipa", guid=None, summary=summary) for summary in ("", "Uno.")]


@given(SIGHTINGS, st.randoms(use_true_random=False))
@example([*[seen("Lluvias en Arequipa", guid=None, url=None, summary="")] * 4, *TOLD_TWICE], Random(3))
def test_identities_do_not_depend_on_the_order_of_entries(sightings: list[Sighting], random: object) -> None:
    shuffled = list(sightings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {verdict.id for verdict in decide(sightings, {})} == {verdict.id for verdict in decide(shuffled, {})}


@given(SIGHTINGS)
def test_each_sighting_has_one_verdict_and_each_article_one_beginning(sightings: list[Sighting]) -> None:
    verdicts = decide(sightings, {})
    assert [verdict.sighting for verdict in verdicts] == sightings
    begun = [verdict.id for verdict in verdicts if isinstance(verdict, New)]
    assert len(begun) == len(set(begun))
    assert {verdict.id for verdict in verdicts} == set(begun)
    assert all(verdict.keys or isinstance(verdict, Unchanged) for verdict in verdicts)


@given(SIGHTINGS)
def test_the_same_document_again_brings_nothing_new(sightings: list[Sighting]) -> None:
    known = _held(sightings)
    again = decide(
        sightings, {key: known[key] for one in sightings for key in identity_keys(one) if key in known} | known
    )
    assert not [verdict for verdict in again if isinstance(verdict, New)]


def _held(sightings: Sequence[Sighting]) -> dict[Key, Known]:
    held: dict[str, Known] = {}
    aliases: dict[Key, str] = {}
    for verdict in decide(sightings, {}):
        for key in verdict.keys:
            aliases.setdefault(key, verdict.id)
        if isinstance(verdict, New):
            content, published = verdict.sighting.content, verdict.sighting.published
            held[verdict.id] = Known(article_id=verdict.id, content=content, published=published, updated=THEN)
    return {key: held[id] for key, id in aliases.items()}
