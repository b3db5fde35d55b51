"""A headline and its summary → the places that they name: what tells one bus crash from another."""

from __future__ import annotations

from typing import NamedTuple

from aggregator.normalize.places import is_country, mentions, words_of

_WORDS, _CHARACTERS = 50, 500


class Whereabouts(NamedTuple):
    """`countries`: the codes of those that may be meant, of all that have a city of that name; none where no name is sure to
    be a place. `nations` are the words that name countries and peoples, `cities` those of all other places, as printed."""

    countries: frozenset[str]
    nations: frozenset[str]
    cities: frozenset[str]


def whereabouts(title: str, summary: str) -> Whereabouts:
    """The places of plain `title` and of the beginning of `summary`."""
    sure, countries, nations, cities = False, set[str](), set[str](), set[str]()
    for mention in mentions(words_of(f"{title}. {summary[:_CHARACTERS]}", _WORDS)):
        if mention.kind != "actor":
            (cities if mention.kind == "city" else nations).update(mention.raw.split())
        if is_country(mention.code):
            countries.update((mention.code, *mention.others))
            # Where somebody comes from is not where it happened.
            sure = sure or (mention.kind != "origin" and (not mention.ambiguous or bool(mention.others)))
    return Whereabouts(frozenset(countries) if sure else frozenset(), frozenset(nations), frozenset(cities))
