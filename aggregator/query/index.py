"""Queries → an index that names the few of them which an article can match, so that thousands need not be evaluated.

Each query is covered by keys of which every matching article has at least one: a word of a conjunction, a word of each
alternative. What has no cover (`*`, `-word`, dates alone) is always a candidate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from aggregator.query.evaluation import ArticleView, has
from aggregator.query.parser import Query
from aggregator.query.tree import (
    About,
    And,
    By,
    Has,
    In,
    InStory,
    Labelled,
    Language,
    Node,
    Or,
    Outside,
    Set,
    Where,
    Words,
)

Key = tuple[str, str]
Cover = frozenset[Key]
# The fewer articles have a key, the better it covers: these are weights of kinds of keys against each other, not counts.
_WEIGHTS = {"word": 1, "story": 1, "name": 1, "author": 1, "label": 2, "prefix": 4, "source": 4, "outlet": 4}
_WEIGHTS |= {"section": 8, "country": 8, "none": 16, "language": 32, "has": 64}
_LONGEST_PREFIX = 6


class QueryIndex:
    """Queries by what an article must have for them."""

    def __init__(self, queries: Iterable[Query]) -> None:
        self._by_key: dict[Key, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._further: list[list[Cover]] = []
        for number, query in enumerate(queries):
            covers = sorted(_covers(query.tree), key=_weight)
            for key in covers[0] if covers else ():
                self._by_key[key].append(number)
            if not covers:
                self._always.append(number)
            self._further.append(covers[1:])
        self._prefixes = frozenset(len(value) for kind, value in self._by_key if kind == "prefix")
        self._prefixes |= {
            len(key[1]) for covers in self._further for one in covers for key in one if key[0] == "prefix"
        }

    def candidates(self, view: ArticleView) -> list[int]:
        """The numbers of the queries that `view` may match, in order: all that it does match are among them."""
        keys = set(_keys(view, self._prefixes))
        found = set(self._always)
        for key in keys:
            if numbers := self._by_key.get(key):
                found.update(numbers)
        return [number for number in sorted(found) if not any(map(keys.isdisjoint, self._further[number]))]


def _covers(node: Node) -> list[Cover]:
    """Covers that a matching article meets, all of them: one is for the index, the others are a cheap second look."""
    match node:
        case And():
            return [cover for part in node.parts for cover in _covers(part)]
        case Or():
            alternatives = [_covers(part) for part in node.parts]
            if not all(alternatives):
                return []
            return [frozenset().union(*(min(covers, key=_weight) for covers in alternatives))]
    key = _key(node)
    return [] if key is None else [frozenset({key})]


def _weight(cover: Cover) -> float:
    """Long words are rare ones."""
    return sum(_WEIGHTS[kind] * (1 + 8 / len(value) if kind in {"word", "prefix"} else 1) for kind, value in cover)


def _key(node: Node) -> Key | None:
    """What every article has that `node`, a term or a Not, holds for."""
    match node:
        case Words():
            return _word(node)
        case Labelled(prefix=False):
            return "label", node.key
        case In():
            return node.kind.value, node.slug
        case Outside():
            return "none", node.kind.value
        case By():
            return "name", node.name
        case Language():
            return "language", node.tag
        case About():
            return "country", node.country
        case InStory():
            return "story", node.id
        case Has():
            return "has", node.what.value
    return None


def _word(node: Words) -> Key | None:
    """Its longest whole word; the beginning of the last one where that is all there is."""
    whole = node.tokens[:-1] if node.prefix else node.tokens
    if whole:
        return "word", max(whole, key=len)
    return "prefix", node.tokens[-1][:_LONGEST_PREFIX]


def _keys(view: ArticleView, prefixes: Iterable[int]) -> Iterator[Key]:
    """Everything that an article has which can stand in a cover."""
    for token in view.whole[Where.ANYWHERE] | view.whole[Where.URL]:
        yield "word", token
        for length in prefixes:
            yield "prefix", token[:length]
    for label in view.words.categories.split("\n"):
        yield "label", label
    yield from _facts(view)


def _facts(view: ArticleView) -> Iterator[Key]:
    article = view.article
    for kind, slugs in view.sets.items():
        yield from ((kind.value, slug) for slug in slugs)
    if not article.sections:
        yield "none", Set.SECTION.value
    if not article.credits:
        yield "none", Set.AUTHOR.value
    yield from (("name", name) for name in view.names)
    subtags = (article.content.language or "").lower().split("-")
    yield from (("language", "-".join(subtags[:count])) for count in range(1, len(subtags) + 1))
    yield from (("country", country) for country in article.countries)
    yield "story", article.story
    yield from (("has", what.value) for what in has(article))
