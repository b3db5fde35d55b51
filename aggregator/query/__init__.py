"""The query language: text → syntax tree → yes or no for an article."""

from aggregator.query.words import IndexWords, index_words

__all__ = ["IndexWords", "index_words"]
