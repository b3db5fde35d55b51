"""Strategies: random syntax trees over few words."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from aggregator.query.moments import Bound, Relative, Span, read_point
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
    Term,
    When,
    Where,
    Words,
)
from aggregator.query.words import category_key, name_key, words

WORDS = [
    "lítio",
    "litio",
    "Lithium",
    "gas",
    "gasoducto",
    "Straße",
    "COVID-19",
    "São",
    "Paulo",
    "año",
    "el",
    "2026",
    "李",
    "ñandú",
]
NAMES = ["Dionys Duroc", "D. Duroc", "Ana Núñez", "ANA NUÑEZ", "Redacción"]
SECTIONS = ["south-america", "sport", "politics"]
LANGUAGES = ["en", "es", "pt"]
COUNTRIES = ["CO", "UY", "BR"]
CATEGORIES = ["Política", "politica", "Sport", "Sports & Games", "covid-19"]
_SLUGS = {
    Set.SECTION: [*SECTIONS, "empty"],
    Set.OUTLET: ["herald", "diario", "rt", "nobody"],
    Set.SOURCE: ["herald", "herald-world", "diario-privado", "gone", "nothing"],
    Set.AUTHOR: ["dionys-duroc", "ana-nunez", "ana-nunez-diario", "redaccion", "nobody"],
}
_POINTS = [
    "2026",
    "2026-02",
    "2026-02-20",
    "2026-02-20T10:00Z",
    "2026-03-01T12:00:00Z",
    "now",
    "now-7d",
    "now-36h",
    "now+1w",
]


def _point(text: str) -> Span | Relative:
    point = read_point(text)
    assert point is not None
    return point


_tokens = st.sampled_from(sorted({token for word in WORDS for token in words(word)}))
_bounds = st.builds(Bound, st.sampled_from(_POINTS).map(_point), st.booleans())


@st.composite
def _words(draw: st.DrawFn) -> Words:
    """One token or a few; with a prefix the last one may be shortened."""
    tokens = draw(st.lists(_tokens, min_size=1, max_size=3))
    prefix = draw(st.booleans())
    if prefix:
        tokens[-1] = tokens[-1][: draw(st.integers(1, len(tokens[-1])))]
        prefix = len(tokens) > 1 or len(tokens[-1]) > 1
    return Words(where=draw(st.sampled_from(Where)), tokens=tuple(tokens), prefix=prefix)


@st.composite
def _whens(draw: st.DrawFn) -> When:
    low, high = draw(st.tuples(st.none() | _bounds, st.none() | _bounds).filter(_sensible))
    return When(field=draw(st.sampled_from(["published", "updated"])), low=low, high=high)


def _sensible(ends: tuple[Bound | None, Bound | None]) -> bool:
    """As the parser would have it: never open on both sides, never empty whatever the time."""
    low, high = ends
    if low is None or high is None:
        return low is not high
    if isinstance(low.point, Relative) and isinstance(high.point, Relative):
        return high.point.offset - low.point.offset > timedelta(0)
    if isinstance(low.point, Span) and isinstance(high.point, Span):
        return (low.point.start if low.inclusive else low.point.end) < (
            high.point.end if high.inclusive else high.point.start
        )
    return True


_members = st.sampled_from(Set).flatmap(
    lambda kind: st.builds(In, kind=st.just(kind), slug=st.sampled_from(_SLUGS[kind]))
)
_labels = st.sampled_from(CATEGORIES).map(category_key)
terms: st.SearchStrategy[Term] = st.one_of(
    _words(),
    _words(),
    _members,
    _members,
    _whens(),
    st.just(Everything()),
    st.builds(Labelled, key=_labels, prefix=st.booleans()),
    st.builds(Labelled, key=_labels.map(lambda key: key[:4]), prefix=st.just(True)),
    st.builds(Outside, kind=st.sampled_from([Set.AUTHOR, Set.SECTION])),
    st.builds(By, name=st.sampled_from([*NAMES, "nobody"]).map(name_key)),
    st.builds(Language, tag=st.sampled_from([*LANGUAGES, "es-ar", "pt-br", "esp"])),
    st.builds(About, country=st.sampled_from([*COUNTRIES, "AR"])),
    st.builds(InStory, id=st.just("a" * 16)),
    st.builds(Has, what=st.sampled_from(Having)),
)


def trees() -> st.SearchStrategy[Node]:
    """Trees as the parser builds them: And and Or flat, Not never twice."""
    return st.recursive(terms, _grown, max_leaves=8)


def _grown(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda nodes: _flat(And, nodes)),
        several.map(lambda nodes: _flat(Or, nodes)),
        parts.map(lambda node: node.part if isinstance(node, Not) else Not(part=node)),
    )


def _flat(kind: type[And] | type[Or], nodes: list[Node]) -> Node:
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.parts if isinstance(node, kind) else [node])
    return kind(parts=tuple(flat))
