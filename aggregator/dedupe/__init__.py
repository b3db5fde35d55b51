"""What is one: articles, people, stories."""

from aggregator.dedupe.stories import headline_key

__all__ = ["headline_key"]
