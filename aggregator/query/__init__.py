"""The query language: text → syntax tree → yes or no for an article."""

from aggregator.query.checking import Vocabulary, check, findings
from aggregator.query.evaluation import ArticleView, first_failure, is_relative, matches, next_change
from aggregator.query.fields import FIELDS
from aggregator.query.index import QueryIndex
from aggregator.query.parser import Query, parse
from aggregator.query.words import IndexWords, category_key, index_words, name_key

__all__ = [
    "FIELDS",
    "ArticleView",
    "IndexWords",
    "Query",
    "QueryIndex",
    "Vocabulary",
    "category_key",
    "check",
    "findings",
    "first_failure",
    "index_words",
    "is_relative",
    "matches",
    "name_key",
    "next_change",
    "parse",
]
