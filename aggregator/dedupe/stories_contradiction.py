"""Two tellings → whether they name different things, so that what they share is the template of such news and no event.

"Bus falls into a ravine in Bolivia, 16 dead" and "Bus falls off a cliff in Peru, 13 dead" have most of their words in common.
"""

from __future__ import annotations

from aggregator.dedupe.stories_telling import IN_TITLE, NAMED, PLACED, Telling
from aggregator.dedupe.stories_words import RARE, usual

_EITHER = NAMED | PLACED
# (mask, what a mark is under it): any name, and a name that is of no place. Two matches of one tournament share the place.
_KINDS = ((NAMED, NAMED), (_EITHER, NAMED))


def contradict(one: Telling, other: Telling) -> bool:
    """Whether they are set in different countries, or both have names in their titles and none in common."""
    shared = [(term, here, there) for term, here in one.terms.items() if (there := other.terms.get(term))]
    if one.countries and other.countries and one.countries.isdisjoint(other.countries):
        # Who fled from one country arrives in another: a rare name in both titles speaks louder.
        return not any(
            here & there & IN_TITLE and (here | there) & _EITHER == NAMED and usual().get(term, 0) <= RARE
            for term, here, there in shared
        )
    for mask, kind in _KINDS:
        common = any(here & mask == kind or there & mask == kind for _term, here, there in shared)
        if not common and _titled(one, mask, kind) and _titled(other, mask, kind):
            return True
    return False


def _titled(telling: Telling, mask: int, kind: int) -> bool:
    """Whether the title has a name of a kind."""
    return any(mark & IN_TITLE and mark & mask == kind for mark in telling.terms.values())
