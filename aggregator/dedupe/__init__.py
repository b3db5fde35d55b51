"""What is one: articles, people, stories."""

from aggregator.dedupe.articles import decide, wanted_clues
from aggregator.dedupe.changes import changes
from aggregator.dedupe.clues import Clue, clues_of
from aggregator.dedupe.habits import Habit, Habits, Lesson, habits_of
from aggregator.dedupe.keys import identity_keys
from aggregator.dedupe.likeness import WEAK_RULES, Known
from aggregator.dedupe.people import fold_name
from aggregator.dedupe.suspicion import History, Suspect, Suspicion, may_be_suspect, news_beside, overlap, suspect
from aggregator.dedupe.unreliable import lessons

__all__ = [
    "WEAK_RULES",
    "Clue",
    "Habit",
    "Habits",
    "History",
    "Known",
    "Lesson",
    "Suspect",
    "Suspicion",
    "changes",
    "clues_of",
    "decide",
    "fold_name",
    "habits_of",
    "identity_keys",
    "lessons",
    "may_be_suspect",
    "news_beside",
    "overlap",
    "suspect",
    "wanted_clues",
]
