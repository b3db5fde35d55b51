"""What an outlet's documents taught us → which of its identities can be relied on (identity.md §2 and §3).

A lesson is one observation for or against a habit; the store adds them up, and `habits_of` reads the sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Habit(StrEnum):
    """What can be learned of an outlet (scope empty) or of one of its sources (scope: its id)."""

    GUID_UNRELIABLE = "guid unreliable"
    GUID_CHANGES = "guid changes"
    LINK_UNRELIABLE = "link unreliable"
    SHARED_GUIDS = "shared guids"
    NUMBER = "article number"
    PARAMETER = "droppable parameter"


@dataclass(frozen=True, slots=True)
class Lesson:
    """So many observations for and against `habit`; `value` is the number's place in an address, or the parameter's name."""

    habit: Habit
    scope: str = ""
    value: str = ""
    agree: int = 0
    disagree: int = 0


@dataclass(frozen=True, slots=True)
class Habits:
    """What is certain enough to decide by. `guid_unreliable` and `link_unreliable` are source ids, `numbers` places in an
    address where a number has proved to name one article, `droppable` parameters that have proved to name none."""

    guid_unreliable: frozenset[str] = frozenset()
    link_unreliable: frozenset[str] = frozenset()
    shared_guids: bool = False
    numbers: frozenset[str] = frozenset()
    droppable: frozenset[str] = frozenset()


NONE = Habits()
# How many observations make a habit, without any against it (the first three: of documents that show it).
_ENOUGH = {
    Habit.GUID_UNRELIABLE: 2,
    Habit.LINK_UNRELIABLE: 2,
    Habit.GUID_CHANGES: 3,
    Habit.SHARED_GUIDS: 20,
    Habit.NUMBER: 50,
    Habit.PARAMETER: 30,
}


def habits_of(lessons: Iterable[Lesson]) -> Habits:
    """What the sums of all lessons of an outlet make certain."""
    sure = [lesson for lesson in lessons if lesson.agree >= _ENOUGH[lesson.habit] and not lesson.disagree]

    def scopes(*wanted: Habit) -> frozenset[str]:
        return frozenset(lesson.scope for lesson in sure if lesson.habit in wanted)

    def values(wanted: Habit) -> frozenset[str]:
        return frozenset(lesson.value for lesson in sure if lesson.habit is wanted)

    return Habits(
        guid_unreliable=scopes(Habit.GUID_UNRELIABLE, Habit.GUID_CHANGES),
        link_unreliable=scopes(Habit.LINK_UNRELIABLE),
        shared_guids=any(lesson.habit is Habit.SHARED_GUIDS for lesson in sure),
        numbers=values(Habit.NUMBER),
        droppable=values(Habit.PARAMETER),
    )
