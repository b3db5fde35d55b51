"""A query and an article → yes or no: the meaning of every term, as `store.selection` says it in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cached_property

from aggregator.model import Article
from aggregator.query.moments import TICK, Relative
from aggregator.query.parser import Query
from aggregator.query.tree import (
    About,
    And,
    By,
    Everything,
    Has,
    Having,
    In,
    InStory,
    Labelled,
    Language,
    Node,
    Not,
    Or,
    Outside,
    Set,
    When,
    Where,
    Words,
    terms,
)
from aggregator.query.words import IndexWords, index_words, name_key


class ArticleView:
    """An article with its words found once: to ask thousands of queries about it."""

    def __init__(self, article: Article) -> None:
        self.article = article

    @cached_property
    def words(self) -> IndexWords:
        return index_words(self.article.content, self.article.categories)

    @cached_property
    def whole(self) -> dict[Where, frozenset[str]]:
        """The words of each place, to find one of them without looking through a text."""
        words = self.words
        title, text, url = (frozenset(said.split(" ")) for said in (words.title, words.text, words.url))
        return {Where.ANYWHERE: title | text, Where.TITLE: title, Where.TEXT: text, Where.URL: url}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every folded name that means one of its authors."""
        credited = self.article.credits
        return frozenset(name for credit in credited for name in credit.names or (name_key(credit.name),))

    @cached_property
    def sets(self) -> dict[Set, frozenset[str]]:
        article = self.article
        return {
            Set.SECTION: frozenset(article.sections),
            Set.AUTHOR: frozenset(credit.slug for credit in article.credits if credit.slug),
            Set.OUTLET: frozenset({article.outlet.id}),
            Set.SOURCE: frozenset(article.sources),
        }


def matches(query: Query, article: Article | ArticleView, *, now: datetime) -> bool:
    """Whether `article` is what `query` asks for, at the time `now` (aware)."""
    view = article if isinstance(article, ArticleView) else ArticleView(article)
    return _holds(query.tree, view, now)


def first_failure(query: Query, article: Article | ArticleView, *, now: datetime) -> Node | None:
    """The first condition of `query` that keeps `article` out; None when it matches. Of alternatives that all fail, all."""
    view = article if isinstance(article, ArticleView) else ArticleView(article)
    node = query.tree
    if _holds(node, view, now):
        return None
    while isinstance(node, And):
        node = next(part for part in node.parts if not _holds(part, view, now))
    return node


def is_relative(query: Query) -> bool:
    """Whether the answer depends on the time at which it is given."""
    return any(True for _ in _moving(query))


def next_change(query: Query, article: Article, *, now: datetime) -> datetime | None:
    """The next instant after `now` at which a comparison of the query with this article turns, None when none will."""
    turns = []
    for term, point, beyond in _moving(query):
        value: datetime = getattr(article, term.field)
        turns.append(value - point.offset + (TICK if beyond else timedelta()))
    return min((turn for turn in turns if turn > now), default=None)


def has(article: Article) -> frozenset[Having]:
    """What an article has of what it can have or lack."""
    held = {
        Having.IMAGE: article.content.picture is not None,
        Having.AUTHOR: bool(article.credits),
        Having.ENCLOSURE: bool(article.content.enclosures),
        Having.FULL: bool(article.content.text),
    }
    return frozenset(what for what, there in held.items() if there)


def _moving(query: Query) -> Iterator[tuple[When, Relative, bool]]:
    """The bounds that move with time, and whether an article exactly on one is still on the side it was on before."""
    for term in terms(query.tree):
        if isinstance(term, When):
            for bound, stays in ((term.low, True), (term.high, False)):
                if bound and isinstance(bound.point, Relative):
                    yield term, bound.point, bound.inclusive is stays


def _holds(node: Node, view: ArticleView, now: datetime) -> bool:
    if (
        test := _TESTS.get(type(node))
    ) is not None:  # first: most nodes are terms, and there may be thousands of queries
        return bool(test(node, view))
    match node:
        case And():
            return all(_holds(part, view, now) for part in node.parts)
        case Or():
            return any(_holds(part, view, now) for part in node.parts)
        case Not():
            return not _holds(node.part, view, now)
        case When():
            value: datetime = getattr(view.article, node.field)
            return (node.low is None or value >= node.low.from_instant(now)) and (
                node.high is None or value < node.high.to_instant(now)
            )
    raise AssertionError(node)


def _words(term: Words, view: ArticleView) -> bool:
    if len(term.tokens) == 1 and not term.prefix:
        return term.tokens[0] in view.whole[term.where]
    sought = f" {' '.join(term.tokens)}{'' if term.prefix else ' '}"
    words = view.words
    match term.where:
        case Where.TITLE:
            return sought in words.title
        case Where.TEXT:
            return sought in words.text
        case Where.URL:
            return sought in words.url
    return sought in words.title or sought in words.text


def _labelled(term: Labelled, view: ArticleView) -> bool:
    return f"\n{term.key}{'' if term.prefix else chr(10)}" in view.words.categories


def _in(term: In, view: ArticleView) -> bool:
    return term.slug in view.sets[term.kind]


def _outside(term: Outside, view: ArticleView) -> bool:
    return not (view.article.sections if term.kind is Set.SECTION else view.article.credits)


def _by(term: By, view: ArticleView) -> bool:
    return term.name in view.names


def _language(term: Language, view: ArticleView) -> bool:
    return f"{(view.article.content.language or '').lower()}-".startswith(f"{term.tag}-")


def _about(term: About, view: ArticleView) -> bool:
    return term.country in view.article.countries


def _in_story(term: InStory, view: ArticleView) -> bool:
    return term.id == view.article.story


def _has(term: Has, view: ArticleView) -> bool:
    return term.what in has(view.article)


_TESTS: dict[type[Node], Callable[..., bool]] = {
    Everything: lambda _term, _view: True,
    Words: _words,
    Labelled: _labelled,
    In: _in,
    Outside: _outside,
    By: _by,
    Language: _language,
    About: _about,
    InStory: _in_story,
    Has: _has,
}
