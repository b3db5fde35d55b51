"""What could be read of the files → the ids that may be used, with room for those that may stand in what could not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aggregator.config.identifiers import unnamed, wanted_ids
from aggregator.config.tree import Tree
from aggregator.text import tokens


class Unread:
    """Text that was not taken up: it can define a name only if the words of that stand in it. Of what is `unseen`, who knows."""

    def __init__(self, texts: Iterable[str], *, unseen: bool = False) -> None:
        self._texts, self._unseen = tuple(texts), unseen

    @cached_property
    def _words(self) -> str:
        return f"-{'-'.join(tokens(' '.join(self._texts)))}-"

    def may_define(self, name: str) -> bool:
        return self._unseen or (bool(self._texts) and f"-{_slug(name)}-" in self._words)


class Names(AbstractSet[str]):
    """Ids of one kind. A name is `in` it unless it is certain that nothing bears it."""

    def __init__(self, known: Iterable[str], unread: Unread, *, compound: bool = False) -> None:
        """`compound`: an id may be a name of which only the beginning stands in the files, as the default id of a source."""
        self._known, self._unread, self._compound = frozenset(known), unread, compound

    def with_more(self, known: Iterable[str]) -> Names:
        return Names(self._known.union(known), self._unread, compound=self._compound)

    def __contains__(self, name: object) -> bool:
        return name in self._known or any(map(self._unread.may_define, self._forms(str(name))))

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _forms(self, name: str) -> Iterator[str]:
        yield name
        while self._compound and "-" in name:
            name = name.rpartition("-")[0]
            yield name


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Every kind's names."""

    sections: Names
    outlets: Names
    authors: Names
    sources: Names
    unread: Unread


def known_names(tree: Tree) -> Known:
    """The names of `tree` and its twins."""
    trees = (tree, *tree.twins)
    unread = Unread(tree.unread, unseen=tree.unseen)
    nameless = Unread((*tree.unread, *(id for one in trees for id in unnamed(one))), unseen=tree.unseen)

    def ids(kind: str) -> Names:
        return Names((id for one in trees for id in _keys(one.data.get(kind))), unread)

    return Known(
        sections=ids("sections"),
        outlets=ids("outlets"),
        authors=ids("authors"),
        sources=Names((id for one in trees for _, id in wanted_ids(one)), nameless, compound=True),
        unread=unread,
    )


def _keys(block: Any) -> Iterable[str]:
    return block if isinstance(block, dict) else ()


def _slug(name: str) -> str:
    return "-".join(tokens(name))
