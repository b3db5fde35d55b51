"""What feeds say → what we mean."""

from aggregator.normalize.bylines import split_byline
from aggregator.normalize.entries import normalize
from aggregator.normalize.language import Language, language_of
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.normalize.sections import classify
from aggregator.normalize.titles import plain

__all__ = ["RULES_VERSION", "Language", "Rules", "classify", "language_of", "normalize", "plain", "split_byline"]
