"""The newsroom's configuration → the rules that entries are read by: small, frozen, sent to workers with each document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from aggregator.model import Newsroom, Section
from aggregator.text import tokens
from aggregator.urls import canonical_key

# The version of everything here that decides what an entry means; stored with evidence, so that rules can be run again.
RULES_VERSION = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`sources` are keys of known sources' addresses with the ids of outlet and source; `authors` are configured names and
    aliases, folded, with their kind. Equal digests mean equal rules; `meaning` is a digest of those alone by which stored
    articles are to be read again where they change."""

    sections: tuple[Section, ...] = field(default=(), compare=False)
    sources: tuple[tuple[str, str, str], ...] = field(default=(), compare=False)
    authors: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    digest: str = ""
    meaning: str = field(default="", compare=False)

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


def _hash(stated: str) -> str:
    return hashlib.sha256(stated.encode("utf-8", "replace")).hexdigest()
