"""JSON-LD of a page → the article that it describes, as schema.org states it (https://schema.org/NewsArticle)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aggregator.model import Byline, Media
from aggregator.parse.byline import byline_of
from aggregator.text import one_line, read_json
from aggregator.urls import absolute, canonical_key

Node = Mapping[str, Any]

_LONGEST, _MOST_BLOCKS, _MOST_NODES, _DEEPEST, _MOST = 512 * 1024, 20, 2_000, 12, 50
_SHORT, _TITLE = 256, 1_024
# Templates wrap it for XHTML, in which a script is text.
_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Posting)\Z")
_PAGE = ("WebPage", "ItemPage", "VideoObject", "PodcastEpisode")
# What these hold are other articles than the page's own.
_ELSEWHERE = frozenset(
    "mentions citation isPartOf isBasedOn itemListElement relatedLink significantLink hasPart comment review".split()
)


@dataclass(frozen=True, slots=True)
class Graph:
    """Every node of a page's JSON-LD, those of the outermost level first; `{"@id": …}` stands for the node of that id."""

    nodes: tuple[Node, ...]
    by_id: Mapping[str, Node]

    def resolved(self, value: Any) -> Any:
        """`value`, or the node that it refers to."""
        if (
            isinstance(value, Mapping)
            and isinstance(value.get("@id"), str)
            and "name" not in value
            and "url" not in value
        ):
            return self.by_id.get(value["@id"], value)
        return value

    def listed(self, value: Any) -> list[Any]:
        """One or many, as many; references resolved."""
        values = value if isinstance(value, list) else [] if value is None else [value]
        if len(values) == 1 and isinstance(values[0], Mapping) and isinstance(values[0].get("@list"), list):
            values = values[0]["@list"]
        return [self.resolved(one) for one in values[:_MOST]]


def read_graph(blocks: Iterable[str]) -> Graph:
    """All blocks of a page; one that is no JSON says nothing."""
    nodes: list[Node] = []
    for count, block in enumerate(blocks):
        if count >= _MOST_BLOCKS:
            break
        nodes += _nodes(_loaded(block), 0)
        if len(nodes) >= _MOST_NODES:
            break
    by_id: dict[str, Node] = {}
    for node in nodes:
        if isinstance(node.get("@id"), str) and len(node) > 1:
            by_id.setdefault(node["@id"], node)
    return Graph(tuple(nodes[:_MOST_NODES]), by_id)


def _loaded(block: str) -> Any:
    if len(block) > _LONGEST:
        return None
    text = _WRAPPER.sub("", _WRAPPER.sub("", block)).strip().rstrip(";")
    try:
        return read_json(text, strict=False)
    except ValueError:
        return None


def _nodes(value: Any, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value[:_MOST_NODES]:
            yield from _nodes(one, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key, one in value.items():
            if key not in _ELSEWHERE and isinstance(one, (list, Mapping)):
                yield from _nodes(one, depth + 1)


def article_of(graph: Graph, url: str) -> Node | None:
    """The article that the page is: the one of its address, else the first; a page's own node where there is none."""
    articles = [node for node in graph.nodes if any(_ARTICLE.search(type) for type in types(node))]
    own = canonical_key(url)
    for article in articles:
        if any(canonical_key(address) == own for address in _addresses(article, url)):
            return article
    if articles:
        return articles[0]
    return next((node for node in graph.nodes if any(type in _PAGE for type in types(node))), None)


def types(node: Node) -> list[str]:
    """`NewsArticle`, without the vocabulary before it."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return [re.split(r"[/:#]", name)[-1] for name in names[:8] if isinstance(name, str)]


def _addresses(node: Node, base: str) -> Iterator[str]:
    main = node.get("mainEntityOfPage")
    stated = (
        node.get("url"),
        main,
        *((main.get("@id"), main.get("url")) if isinstance(main, Mapping) else ()),
        node.get("@id"),
    )
    for value in stated:
        if isinstance(value, str) and (found := absolute(value, base)):
            yield found


def canonical(node: Node, base: str) -> str | None:
    """Where the article is at home, by its own word."""
    return next(_addresses(node, base), None)


def bylines(graph: Graph, node: Node, base: str) -> tuple[Byline, ...]:
    """`author`, else `creator`: a Person, an Organization, a list of them, a name."""
    for key in ("author", "creator"):
        found = [byline for one in graph.listed(node.get(key)) for byline in _bylines(graph, one, base)]
        if found:
            return tuple(dict.fromkeys(found))[:_MOST]
    return ()


def _bylines(graph: Graph, value: Any, base: str) -> Iterator[Byline]:
    if isinstance(value, str):
        if not re.match(r"(?:https?:)?//", value.strip()) and (byline := byline_of(value)):
            yield byline
    elif isinstance(value, Mapping):
        names = value.get("name")
        for name in names[:_MOST] if isinstance(names, list) else [names]:
            if isinstance(name, str) and (byline := byline_of(name, url=_url(graph, value, base))) and byline.name:
                yield byline


def _url(graph: Graph, value: Node, base: str) -> str | None:
    for key in ("url", "sameAs"):
        for one in graph.listed(value.get(key)):
            if isinstance(one, str) and one.strip() and (found := absolute(one, base)):
                return found
    return None


def texts(graph: Graph, value: Any) -> list[str]:
    """Plain words of a value: strings, or the names of nodes."""
    found = []
    for one in graph.listed(value):
        said = one.get("name") if isinstance(one, Mapping) else one
        if isinstance(said, str) and (text := one_line(said)[:_SHORT]):
            found.append(text)
    return found


def breadcrumbs(graph: Graph) -> list[str]:
    """The path to the page as it shows it, without home and the page itself."""
    for node in graph.nodes:
        if "BreadcrumbList" in types(node):
            steps = [one for one in graph.listed(node.get("itemListElement")) if isinstance(one, Mapping)]
            steps.sort(key=lambda step: _number(step.get("position")) or 0)
            names = []
            for step in steps:
                item = graph.resolved(step.get("item"))
                name = step.get("name") or (item.get("name") if isinstance(item, Mapping) else None)
                names.append(one_line(name)[:_SHORT] if isinstance(name, str) else "")
            return [name for name in names[1:-1] if name] if len(names) > 2 else []
    return []


def picture(graph: Graph, node: Node, base: str) -> Media | None:
    """The largest of `image`, with its caption and credit."""
    found = [media for one in graph.listed(node.get("image")) if (media := _media(graph, one, base))]
    if not found:
        found = [media for one in graph.listed(node.get("thumbnailUrl")) if (media := _media(graph, one, base))]
    return max(found, key=lambda media: (bool(media.caption), (media.width or 0) * (media.height or 0)), default=None)


def _media(graph: Graph, value: Any, base: str) -> Media | None:
    if isinstance(value, str):
        url = absolute(value, base)
        return Media(url=url, kind="image") if url else None
    if not isinstance(value, Mapping):
        return None
    stated = (
        one for key in ("url", "contentUrl", "@id") for one in graph.listed(value.get(key)) if isinstance(one, str)
    )
    url = next((found for one in stated if (found := absolute(one, base))), None)
    if url is None:
        return None
    return Media(
        url=url,
        kind="image",
        width=_number(value.get("width")),
        height=_number(value.get("height")),
        caption=_first(graph, value, "caption", "description"),
        credit=_first(graph, value, "creditText", "creator", "author", "copyrightHolder", "copyrightNotice"),
    )


def _first(graph: Graph, node: Node, *keys: str) -> str | None:
    for key in keys:
        found = [text[:_TITLE] for text in texts(graph, node.get(key))]
        if found:
            return ", ".join(found[:5])[:_TITLE]
    return None


def _number(value: Any) -> int | None:
    """`1200`, `"1200px"`, a QuantitativeValue."""
    if isinstance(value, Mapping):
        value = value.get("value")
    digits = re.match(r"\s*([0-9]{1,6})(?![0-9])", str(value)[:20]) if isinstance(value, (str, int, float)) else None
    return int(digits[1]) if digits else None


def is_closed(node: Node) -> bool:
    """Whether the article is behind a wall: `isAccessibleForFree`, as a word or a truth value."""
    return str(node.get("isAccessibleForFree", "")).strip().rpartition("/")[2].lower() == "false"
