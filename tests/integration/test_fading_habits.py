"""What was learned of an outlet fades where nothing confirms it."""

from __future__ import annotations

from datetime import timedelta

from aggregator.dedupe import Habit, Habits, Lesson
from aggregator.model import Source
from aggregator.store import Store
from aggregator.store.memory import learn
from tests.making import NOW, newsroom, sighting, source

HERALD = source()


async def habits(store: Store, of: Source = HERALD) -> Habits:
    return (await store.recall(of.outlet.id, [sighting("Rain closes the coastal road", of=of)])).habits


async def test_a_habit_that_nothing_confirms_is_forgotten_and_an_old_contradiction_is_forgiven(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    mended = Lesson(Habit.GUID_UNRELIABLE, HERALD.id, agree=3)
    doubted = Lesson(Habit.NUMBER, value="tail", agree=120, disagree=1)
    await store._database.write(learn, "herald", [mended, doubted])
    assert (await habits(store)).guid_unreliable == {HERALD.id}
    assert (await habits(store)).numbers == frozenset()
    await store.prune(now=NOW)
    await store.prune(now=NOW + timedelta(days=100))
    assert (await habits(store)).guid_unreliable == {HERALD.id}
    await store.prune(now=NOW + timedelta(days=200))
    assert (await habits(store)).guid_unreliable == frozenset()
    assert (await habits(store)).numbers == {"tail"}
