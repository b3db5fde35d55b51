"""What a store would hold of one outlet, poll by poll: aliases, articles, clues and habits, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.dedupe import Clue, Habit, Habits, Known, Lesson, clues_of, decide, habits_of, identity_keys, lessons
from aggregator.dedupe.articles import wanted_clues
from aggregator.model import Entry, Feed, Key, New, Outlet, Revised, Sighting, Source, Unchanged, Verdict
from aggregator.normalize import Rules, normalize
from aggregator.text import fold


class Archive:
    """Remembers what verdicts say, as the store does."""

    def __init__(self) -> None:
        self.aliases: dict[Key, str] = {}
        self.articles: dict[str, Known] = {}
        self.clues: defaultdict[Clue, dict[str, None]] = defaultdict(dict)
        self.learned: dict[tuple[Habit, str, str], Lesson] = {}

    @property
    def habits(self) -> Habits:
        return habits_of(self.learned.values())

    def poll(self, *sightings: Sighting) -> tuple[Verdict, ...]:
        habits = self.habits
        keys = {key for sighting in sightings for key in identity_keys(sighting, habits)}
        known = {key: self.articles[self.aliases[key]] for key in keys if key in self.aliases}
        near = {
            clue: tuple(self.articles[id] for id in self.clues[clue])
            for clue in wanted_clues(sightings, known, habits)
            if clue in self.clues
        }
        verdicts = decide(sightings, known, near, habits)
        for lesson in lessons(sightings, verdicts, near, habits):
            self._learn(lesson)
        for verdict in verdicts:
            self._keep(verdict)
        return verdicts

    def _learn(self, lesson: Lesson) -> None:
        name = (lesson.habit, lesson.scope, lesson.value)
        before = self.learned.get(name, Lesson(*name))
        self.learned[name] = replace(
            before, agree=before.agree + lesson.agree, disagree=before.disagree + lesson.disagree
        )

    def _keep(self, verdict: Verdict) -> None:
        sighting = verdict.sighting
        for key in verdict.keys:
            self.aliases.setdefault(key, verdict.id)
        if isinstance(verdict, Unchanged) and not verdict.merge:
            return
        for clue in clues_of(sighting):
            self.clues[clue][verdict.id] = None
        first = self.articles.get(verdict.id)
        if not isinstance(verdict, Unchanged):
            people = frozenset(fold(credit.name) for credit in sighting.credits if credit.kind == "person")
            self.articles[verdict.id] = Known(
                article_id=verdict.id,
                content=sighting.content,
                published=first.published if first else sighting.published,
                updated=first.updated if first else sighting.published or datetime.min,
                source_id=first.source_id if first else sighting.source_id,
                authors=people,
            )


class Newspaper:
    """An outlet whose feeds are polled: raw entries in, the number of each one's article out (0, 1, … by first sight)."""

    def __init__(self, start: datetime) -> None:
        self.archive = Archive()
        self.now = start
        self.outlet = Outlet(id="p", title="P", url="https://p.example", language="es")
        self.numbers: dict[str, int] = {}
        self.revisions = 0

    def poll(self, *entries: Entry, feed: str = "main", after: timedelta = timedelta(hours=1)) -> list[int]:
        """Poll `feed` an hour later."""
        self.now += after
        return self._numbers(self.archive.poll(*self.read(entries, feed)))

    def read(self, entries: Sequence[Entry], feed: str = "main") -> tuple[Sighting, ...]:
        source = Source(
            id=feed, outlet=self.outlet, url=f"https://p.example/{feed}", public_url=f"https://p.example/{feed}"
        )
        document = Feed(format="rss", title="P", entries=tuple(entries))
        return normalize(document, source=source, url=source.url, rules=Rules(), now=self.now)

    def _numbers(self, verdicts: Sequence[Verdict]) -> list[int]:
        self.revisions += sum(isinstance(verdict, Revised) for verdict in verdicts)
        assert not {verdict.id for verdict in verdicts if isinstance(verdict, New)} & set(self.numbers)
        for verdict in verdicts:
            self.numbers.setdefault(verdict.id, len(self.numbers))
        return [self.numbers[verdict.id] for verdict in verdicts]
