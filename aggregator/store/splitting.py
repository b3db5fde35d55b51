"""A split → two articles at once, where what joined them was kept; else when their source shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from aggregator.dedupe import changes
from aggregator.model import Action, Decision, New, Poll, PollOutcome, Revised, Schedule, Sighting, Source, Verdict
from aggregator.store import decisions
from aggregator.store.articles import article, take_up
from aggregator.store.identities import DECIDED
from aggregator.store.joined import Joined, joined_by
from aggregator.store.records.sources import Batch
from aggregator.store.stories import Selects
from aggregator.store.tellings import Recent


@dataclass(frozen=True, slots=True, kw_only=True)
class Retelling:
    """How to tell again what was kept: the sources by id, and what a sighting means by the rules in force."""

    sources: Mapping[str, Source]
    reread: Callable[[Sighting, Source], Sighting]


def decide(
    connection: Connection,
    decision: Decision,
    selects: Selects | None,
    retelling: Retelling | None,
    now: datetime,
    recent: Recent,
) -> Decision:
    """Carry out and keep a decision; what it splits off is told at once."""
    kept = decisions.decide(connection, decision, selects, now)
    _tell(connection, kept, selects, retelling, now, recent)
    return kept


def apply_decisions(
    connection: Connection,
    taken: Sequence[Decision],
    selects: Selects | None,
    retelling: Retelling | None,
    now: datetime,
    recent: Recent,
) -> int:
    """Decide here what was decided in another database; how many were not known."""
    count = decisions.apply_decisions(connection, taken, selects, now)
    for decision in reversed(taken):
        _tell(connection, decision, selects, retelling, now, recent)
    return count


def _tell(
    connection: Connection,
    decision: Decision,
    selects: Selects | None,
    retelling: Retelling | None,
    now: datetime,
    recent: Recent,
) -> None:
    if decision.action is not Action.SPLIT or retelling is None:
        return
    old, new = decision.articles
    keys = tuple(owned.key for owned in decision.keys)
    joined = joined_by(connection, old, keys)
    source = retelling.sources.get(joined.said.source_id) if joined else None
    if joined is None or source is None or article(connection, new) is not None:
        return
    verdicts: list[Verdict] = [
        New(sighting=retelling.reread(joined.said, source), keys=keys, id=new, rule=DECIDED),
        *_as_before(connection, old, joined, source, retelling),
    ]
    # Nobody was asked: no poll is recorded.
    batch = Batch(
        source=source,
        verdicts=tuple(verdicts),
        schedule=Schedule(source_id=source.id, next_poll=now),
        poll=Poll(source_id=source.id, started=now, finished=now, outcome=PollOutcome.SAME_BODY),
        first_document=False,
        selects=selects or (lambda _article: ()),
    )
    take_up(connection, batch, now, recent)


def _as_before(
    connection: Connection, id: str, joined: Joined, source: Source, retelling: Retelling
) -> tuple[Verdict, ...]:
    """The article as it was, where it still says what the entry made of it."""
    held, before = article(connection, id), joined.before
    if held is None or before is None or changes(joined.said.content, held.content):
        return ()
    noticed = changes(held.content, before.content)
    return (Revised(sighting=retelling.reread(before, source), keys=(), id=id, rule=DECIDED, changes=noticed),)
