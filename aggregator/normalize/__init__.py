"""What feeds say → what we mean."""

from aggregator.normalize.advice import section_for, speaks
from aggregator.normalize.again import reread
from aggregator.normalize.bylines import split_byline
from aggregator.normalize.entries import normalize
from aggregator.normalize.language import Language, language_of
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.normalize.sections import classify
from aggregator.normalize.titles import plain

__all__ = [
    "RULES_VERSION",
    "Language",
    "Rules",
    "classify",
    "language_of",
    "normalize",
    "plain",
    "reread",
    "section_for",
    "speaks",
    "split_byline",
]
