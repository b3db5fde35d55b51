"""The newsroom's configuration → the rules that entries are read by: frozen, sent to workers with each document."""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from aggregator.model import Newsroom, Section
from aggregator.text import tokens
from aggregator.urls import canonical_key

# The version of everything here that decides what an entry means; stored with evidence, so that rules can be run again.
RULES_VERSION = 10


@dataclass(frozen=True, kw_only=True)
class Rules:
    """`sources` are keys of known sources' addresses with the ids of outlet and source; `authors` are configured names and
    aliases, folded, with their kind. Equal digests mean equal rules; `meaning` is a digest of those alone by which stored
    articles are to be read again where they change."""

    sections: tuple[Section, ...] = field(default=(), compare=False)
    sources: tuple[tuple[str, str, str], ...] = field(default=(), compare=False)
    authors: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    digest: str = ""
    meaning: str = field(default="", compare=False)

    @cached_property
    def origins(self) -> Mapping[str, tuple[str, str]]:
        """The key of a known source's address → the ids of outlet and source."""
        return {key: (outlet_id, source_id) for key, outlet_id, source_id in self.sources}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """A configured name or alias, folded → its kind."""
        return dict(self.authors)

    def __reduce__(self) -> tuple[Callable[[bytes], Rules], tuple[bytes]]:
        """Packed once, and unpacked once by each worker: with thousands of sources that costs more than to read a document."""
        return _unpacked, (self._packed,)

    @cached_property
    def _packed(self) -> bytes:
        return zlib.compress(pickle.dumps([getattr(self, name) for name in _FIELDS], pickle.HIGHEST_PROTOCOL), 1)

    @classmethod
    def of(cls, newsroom: Newsroom) -> Rules:
        """The part of a newsroom that normalizing needs."""
        sources = tuple(
            sorted(
                {
                    (canonical_key(source.public_url), source.outlet.id, source.id)
                    for source in newsroom.sources
                    if source.public_url
                }
            )
        )
        authors = tuple(
            sorted(
                {
                    (" ".join(tokens(name)), profile.kind)
                    for profile in newsroom.authors
                    for name in (profile.name, *profile.aliases)
                }
            )
        )
        meaning = _hash(repr((RULES_VERSION, newsroom.sections, authors)))
        digest = _hash(meaning + repr(sources))
        return cls(sections=newsroom.sections, sources=sources, authors=authors, digest=digest, meaning=meaning)


_FIELDS = ("sections", "sources", "authors", "digest", "meaning")


@lru_cache(maxsize=2)  # those in force, and those before while documents are under way
def _unpacked(packed: bytes) -> Rules:
    values = pickle.loads(zlib.decompress(packed))  # noqa: S301  from the process that made this one
    return Rules(**dict(zip(_FIELDS, values, strict=True)))


def _hash(stated: str) -> str:
    return hashlib.sha256(stated.encode("utf-8", "replace")).hexdigest()
