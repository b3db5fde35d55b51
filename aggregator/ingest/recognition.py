"""Sightings and what the store holds → verdicts, what they teach, and whether their document may be published unseen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import groupby

from aggregator.dedupe import Known, Lesson, Suspect, decide, lessons, may_be_suspect, suspect
from aggregator.model import Health, Schedule, Sighting, Source, Verdict
from aggregator.store import Store
from aggregator.store.memory import Memory

_MANY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The verdicts on a document in its order, what they teach of the outlets, and what they were decided by."""

    verdicts: tuple[Verdict, ...]
    lessons: tuple[tuple[str, Lesson], ...]
    known: tuple[Known, ...]


async def recognise(sightings: tuple[Sighting, ...], store: Store) -> Decided:
    """Identity is decided within an outlet; a document may carry entries of several (`atom:source`)."""
    verdicts: list[Verdict] = []
    taught: list[tuple[str, Lesson]] = []
    known: list[Known] = []
    by_outlet = sorted(sightings, key=lambda sighting: sighting.outlet_id)
    for outlet_id, group in groupby(by_outlet, key=lambda sighting: sighting.outlet_id):
        members = tuple(group)
        memory = await store.recall(outlet_id, members)
        decided = await _decided(members, memory)
        taught += ((outlet_id, lesson) for lesson in lessons(members, decided, memory.near, memory.habits))
        verdicts += decided
        known += (*memory.known.values(), *(one for near in memory.near.values() for one in near))
    in_order = sorted(verdicts, key=lambda verdict: verdict.sighting.position)
    return Decided(verdicts=tuple(in_order), lessons=tuple(taught), known=tuple(known))


async def _decided(members: tuple[Sighting, ...], memory: Memory) -> tuple[Verdict, ...]:
    """A document of thousands takes its time beside the loop that asks all others."""
    arguments = (members, memory.known, memory.near, memory.habits)
    return decide(*arguments) if len(members) <= _MANY else await asyncio.to_thread(decide, *arguments)


async def suspicion(
    source: Source, schedule: Schedule, decided: Decided, title: str, store: Store, *, moved_to: str | None = None
) -> Suspect | None:
    """Why the document must not be published unseen; a source's first one is never suspicious. See `dedupe.suspect`."""
    latest, held = schedule.vitals.last_news, schedule.health is Health.HELD
    if schedule.first_document or not (
        held or may_be_suspect(decided.verdicts, decided.known, latest, source=source.id)
    ):
        return None
    past = await store.past(source.id)
    return suspect(
        decided.verdicts,
        decided.known,
        past.history,
        source=source.id,
        title=title,
        moved_to=moved_to,
        held=past.held,
        trusted=past.trusted,
    )
