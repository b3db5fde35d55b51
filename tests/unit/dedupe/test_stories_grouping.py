"""Tellings judged again together: which groups they fall into, and what that changes."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.dedupe.stories_grouping import Regrouping, groups, linked, regroupings

IDS = tuple("abcdefg")
LIKENESSES = st.dictionaries(st.sampled_from(list(combinations(IDS, 2))), st.integers(-3, 6).map(float))


def test_groups_grow_from_the_likest_pair_so_that_order_of_arrival_decides_nothing() -> None:
    alike = {("a", "b"): 0.5, ("b", "c"): 4.0}
    found = groups("abc", lambda one, other: alike.get((one, other), -3.0), two=0.0, more=0.0)
    assert found == [["a"], ["b", "c"]]


def test_two_alone_must_be_liker_than_one_must_be_to_a_group() -> None:
    alike = {("a", "b"): 2.0, ("a", "c"): 0.0, ("b", "c"): -1.5, ("d", "e"): 0.0}
    found = groups("abcde", lambda one, other: alike.get((one, other), -3.0), two=0.3, more=-1.0)
    assert found == [["a", "b", "c"], ["d"], ["e"]]


@given(LIKENESSES)
def test_groups_part_everything_once_and_no_two_are_alike(alike: dict[tuple[str, str], float]) -> None:
    def likeness(one: str, other: str) -> float:
        return alike.get((one, other), -3.0)

    found = groups(IDS, likeness, two=0.0, more=0.0)
    assert sorted(id for group in found for id in group) == list(IDS)
    for one, other in combinations(found, 2):
        pairs = [likeness(*sorted((a, b))) for a in one for b in other]
        assert linked(pairs) < 1e-9


def test_a_story_goes_on_where_most_of_its_tellings_are() -> None:
    stories = {"a": "A", "b": "A", "c": "A", "d": "D"}
    found = [["a", "d"], ["b", "c", "new"]]
    assert regroupings(found, stories) == [Regrouping(stories=("D",), moved=("a",))]
    assert regroupings([["a"], ["b", "c", "d"]], stories) == [
        Regrouping(stories=(), moved=("a",)),
        Regrouping(stories=("A", "D"), moved=()),
    ]
    assert regroupings([["a", "b", "c"], ["d", "new"]], stories) == []


@given(st.lists(st.integers(0, 3), min_size=7, max_size=7), st.lists(st.sampled_from("ABC"), min_size=7, max_size=7))
def test_every_story_goes_on_once_and_everybody_ends_where_its_group_is(places: list[int], told: list[str]) -> None:
    stories = dict(zip(IDS, told, strict=True))
    found = [group for at in range(4) if (group := [id for id, place in zip(IDS, places, strict=True) if place == at])]
    changes = regroupings(found, stories)
    assert all(change.stories or change.moved for change in changes)
    into = {story: change.stories[0] for change in changes for story in change.stories}
    ends = {id: into.get(story, story) for id, story in stories.items()}
    for change in changes:
        ends |= dict.fromkeys(change.moved, change.stories[0] if change.stories else f"new {change.moved[0]}")
    assert len({ends[group[0]] for group in found}) == len(found)
    assert all(len({ends[id] for id in group}) == 1 for group in found)
