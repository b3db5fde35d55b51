"""Verdicts on a document and what its source showed before → why it must not be published unseen, or None.

Three things look like news and are none: a domain that somebody else took over, an archive poured into a feed, and entries
that were given new identities (identity.md §2).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.dedupe.keys import guid_address
from aggregator.dedupe.likeness import Known
from aggregator.model import Content, New, Sighting, Verdict
from aggregator.text import tokens
from aggregator.urls import canonical_key

# Fewer late articles than a dozen are a publisher's backdating; where most that is new is late, it is an archive.
FLOOD = 12
_MOSTLY = 0.5
# How much older than the latest news a new entry must be: clocks, zones and articles written the day before.
_LATE = timedelta(days=1)
# A source of which so many articles came late before ("most read", "from our archive") is used to it.
_USUALLY = 0.25
RENUMBERED = 5
# So little history says nothing of what is usual.
_HISTORY = 5
_SAME_TITLE, _SAME_STORY = 0.5, 0.25
# What titles of feeds gain and lose from one day to another, in tokens.
_DECORATION = frozenset(
    "a as el feed feeds home inicio l la las latest le les los news noticias o os portada rss the ultimas".split()
)
_DATE = re.compile(r"\d++\W++(?:de\W++)?\w++\W++(?:de\W++)?\d++")  # 3 June 2026, 3 de junio de 2026
_DOMINANT, _FEWEST_TOLD = 0.8, 5


class Suspicion(StrEnum):
    """What a document may be in place of news."""

    TAKEOVER = "takeover"
    FLOOD = "flood"
    RENUMBERING = "renumbering"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a source showed before: how many articles we hold of it, the title of its feed, its latest languages, the share
    of its latest articles that were old when they came, and its latest publication (aware UTC)."""

    articles: int = 0
    title: str = ""
    languages: Mapping[str, int] | None = None
    usually_late: float = 0.0
    latest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A document to hold back: `reason` says why in a clause, `verdicts` are those that made it suspicious."""

    suspicion: Suspicion
    reason: str
    verdicts: tuple[Verdict, ...]


def may_be_suspect(
    verdicts: Sequence[Verdict], known: Iterable[Known], latest: datetime | None, *, source: str
) -> bool:
    """Whether it is worth asking for the history: cheap, and never false for what `suspect` finds in a source not held."""
    if verdicts and not overlap(verdicts, known):
        return True
    return len(_late(verdicts, latest)) >= FLOOD or len(_renumbered(verdicts, known, source)) > RENUMBERED


def suspect(
    verdicts: Sequence[Verdict],
    known: Collection[Known],
    history: History,
    *,
    source: str,
    title: str,
    moved_to: str | None = None,
    held: Suspicion | None = None,
    trusted: Collection[Suspicion] = (),
) -> Suspect | None:
    """Why the document of `source` is to be held back, None when it may be stored.

    `known` is what the verdicts were decided by; `moved_to` another host that the source redirects to for good; `held` why it
    is held now: it is so until nothing of that is left.
    """
    if not history.articles or not verdicts:
        return None
    if found := _takeover(verdicts, known, history, title, moved_to):
        return found
    if history.articles < _HISTORY:
        return None
    renumbered = () if Suspicion.RENUMBERING in trusted else _renumbered(verdicts, known, source)
    if len(renumbered) > (0 if held is Suspicion.RENUMBERING else RENUMBERED):
        reason = f"{len(renumbered)} articles that we hold came under other ids"
        return Suspect(suspicion=Suspicion.RENUMBERING, reason=reason, verdicts=renumbered)
    return _flood(verdicts, history, held=held is Suspicion.FLOOD)


def news_beside(verdicts: Iterable[Verdict], found: Suspect, *, most: int) -> tuple[Verdict, ...]:
    """What may be published while an archive that came with it is held back: articles that we hold, and dated news, unless
    that is more than the `most` that the source's rhythm explains."""
    if found.suspicion is not Suspicion.FLOOD:
        return ()
    late = {id(verdict) for verdict in found.verdicts}
    rest = [verdict for verdict in verdicts if id(verdict) not in late]
    news = [verdict for verdict in rest if isinstance(verdict, New)]
    if len(news) > most:
        return ()
    return tuple(verdict for verdict in rest if not isinstance(verdict, New) or verdict.sighting.published)


def _takeover(
    verdicts: Sequence[Verdict], known: Iterable[Known], history: History, title: str, moved_to: str | None
) -> Suspect | None:
    """Another feed in place of the old one: nothing in common with what we hold, and another title, language or host.

    What was dropped is not suspected again: it stays away by itself.
    """
    new = tuple(verdict for verdict in verdicts if isinstance(verdict, New))
    if not new or overlap(verdicts, known):
        return None
    changed = []
    if history.title and not _same_title(history.title, title):
        changed.append(f"the title changed from “{history.title}” to {f'“{title}”' if title else 'none'}")
    before, after = _dominant(history.languages or {}), _dominant(_languages(verdicts))
    if before and after and before != after:
        changed.append(f"the language changed from {before} to {after}")
    if moved_to:
        changed.append(f"it redirects to {moved_to} for good")
    if not changed:
        return None
    reason = f"{' and '.join(changed)}, and none of its {len(verdicts)} entries is one that we hold"
    return Suspect(suspicion=Suspicion.TAKEOVER, reason=reason, verdicts=new)


def _flood(verdicts: Sequence[Verdict], history: History, *, held: bool) -> Suspect | None:
    late = _late(verdicts, history.latest)
    new = sum(isinstance(verdict, New) for verdict in verdicts)
    many = len(late) >= FLOOD and len(late) >= new * _MOSTLY and history.usually_late < _USUALLY
    if not (many or (held and late)):
        return None
    assert history.latest is not None
    oldest = min(date for verdict in late if (date := verdict.sighting.published))
    noun = "“new” article" if len(late) == 1 else "“new” articles"
    reason = (
        f"{len(late)} {noun} older than its latest of {history.latest:%Y-%m-%d}, back to {oldest:%Y-%m-%d}: "
        "an archive, or entries under new ids"
    )
    return Suspect(suspicion=Suspicion.FLOOD, reason=reason, verdicts=late)


def _late(verdicts: Iterable[Verdict], latest: datetime | None) -> tuple[Verdict, ...]:
    """What is new to us and yet was published before the source's latest news: it should have been seen then."""
    if latest is None:
        return ()
    return tuple(
        verdict
        for verdict in verdicts
        if isinstance(verdict, New) and verdict.sighting.published and verdict.sighting.published < latest - _LATE
    )


def _renumbered(verdicts: Iterable[Verdict], known: Iterable[Known], source: str) -> tuple[Verdict, ...]:
    """Articles of this source that joined what we hold by link, number or words, under a guid that it never gave before.

    What another source of the outlet showed first is known by that one's guids: to meet it here is no change. Nor is a
    guid that changed its scheme or host alone (rule 3).
    """
    own = {held.article_id for held in known if held.source_id == source and held.content is not None}
    return tuple(
        verdict
        for verdict in verdicts
        if not isinstance(verdict, New) and verdict.merge and verdict.id in own and not _is_address(verdict.sighting)
    )


def _is_address(sighting: Sighting) -> bool:
    """Whether the guid is the link but for scheme and host alias: what changed is no more than those."""
    if not sighting.guid or not sighting.content.url:
        return not sighting.guid
    return guid_address(sighting.guid, sighting.content.url) == canonical_key(sighting.content.url)


def overlap(verdicts: Iterable[Verdict], known: Iterable[Known]) -> bool:
    """Whether it shows anything that we still hold. What was dropped or purged proves nothing, nor does a guid alone: "1" is
    given to something everywhere."""
    there = {held.article_id: held.content for held in known if held.content is not None}
    return any(
        not isinstance(verdict, New) and verdict.id in there and _is_told(verdict.sighting.content, there[verdict.id])
        for verdict in verdicts
    )


def _is_told(now: Content, held: Content) -> bool:
    """Whether what we hold is still to be seen in what has its guid now: its link, or some of the words of its title."""
    if now.url and held.url and canonical_key(now.url) == canonical_key(held.url):
        return True
    said, before = set(tokens(now.title)), set(tokens(held.title))
    return said == before or len(said & before) >= _SAME_STORY * len(said | before)


def _same_title(one: str, other: str) -> bool:
    """Whether most of the words are common, or several that are all of one; numbers and dates change from day to day."""
    left, right = _telling(one), _telling(other)
    both = left & right
    return len(both) > _SAME_TITLE * len(left | right) or (len(both) > 1 and both in (left, right)) or left == right


def _telling(title: str) -> set[str]:
    """The words of a feed's title that set it apart, all where none does."""
    words = {token for token in tokens(_DATE.sub(" ", title)) if not token.isdigit()}
    return words - _DECORATION or words


def _languages(verdicts: Iterable[Verdict]) -> Counter[str]:
    return Counter(
        language.partition("-")[0] for verdict in verdicts if (language := verdict.sighting.content.language)
    )


def _dominant(languages: Mapping[str, int]) -> str | None:
    """The language that nearly all is in; None where it is mixed or too little to tell."""
    total = sum(languages.values())
    if total < _FEWEST_TOLD:
        return None
    language, count = max(languages.items(), key=lambda item: (item[1], item[0]))
    return language if count >= _DOMINANT * total else None
