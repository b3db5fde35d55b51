"""A source's turn: its document is read by a worker, its entries are recognised, what they are is stored or held back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator import cadence
from aggregator.dedupe import Suspect, news_beside, overlap
from aggregator.health.judging import judge
from aggregator.ingest.pipeline import Pipeline
from aggregator.ingest.recognition import Decided, recognise, suspicion
from aggregator.model import Document, New, Poll, Revised, Schedule, Source, Verdict
from aggregator.push.subscriber import discovered
from aggregator.sandbox.reading import Reading, read
from aggregator.store import Batch, FeedFacts, Hold, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A document that was read, what each of its entries is, and why it may not be published unseen, if so."""

    reading: Reading
    decided: Decided
    suspect: Suspect | None = None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return self.decided.verdicts

    @property
    def overlaps(self) -> bool:
        """Whether it shows an article that we hold."""
        return overlap(self.verdicts, self.decided.known)

    @property
    def forgotten(self) -> bool:
        """Whether all that it shows was dropped, withdrawn or pruned here."""
        new = any(isinstance(verdict, New) for verdict in self.verdicts)
        return bool(self.verdicts) and not new and not self.overlaps

    def only(self, verdicts: Sequence[Verdict]) -> News:
        """The same document with some of its entries."""
        return replace(self, decided=replace(self.decided, verdicts=tuple(verdicts)))

    def counted(self, poll: Poll) -> Poll:
        """The log of a poll with how many entries it brought, how many of them new or revised, and its warning."""
        return replace(
            poll,
            entries=len(self.reading.sightings),
            new=sum(isinstance(verdict, New) for verdict in self.verdicts),
            revised=sum(isinstance(verdict, Revised) for verdict in self.verdicts),
            error=self.reading.warning,
        )

    def new_dates(self) -> tuple[datetime | None, ...]:
        """When each new entry was published, as stated."""
        return tuple(verdict.sighting.published for verdict in self.verdicts if isinstance(verdict, New))

    def stated_dates(self) -> tuple[datetime, ...]:
        """When all that the document shows was published, where that is stated."""
        return tuple(sighting.published for sighting in self.reading.sightings if sighting.published)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A source that is taken in: `schedule` is how it stood before, `started` when its turn began."""

    source: Source
    schedule: Schedule
    pipeline: Pipeline
    started: datetime

    async def read(
        self, body: bytes, *, content_type: str, url: str, headers: tuple[tuple[str, str], ...] = ()
    ) -> Reading:
        """A document in our terms, by a worker. Raises ParseError."""
        return await self.pipeline.workers.run(
            read,
            body,
            content_type=content_type,
            url=url,
            source=self.source,
            rules=self.pipeline.rules,
            now=self.started,
            headers=headers,
        )

    async def recognise(self, reading: Reading, *, moved_to: str | None = None) -> News:
        """What each entry is, by what the store holds; and whether the document looks like an archive or a takeover.
        `moved_to` is another host that the source redirects to for good."""
        store = self.pipeline.store
        decided = await recognise(reading.sightings, store)
        suspect = await suspicion(self.source, self.schedule, decided, reading.title, store, moved_to=moved_to)
        return News(reading=reading, decided=decided, suspect=suspect)

    def batch(
        self,
        news: News,
        schedule: Schedule,
        poll: Poll,
        *,
        first: bool = False,
        whole: bool = False,
        push: int | None = None,
    ) -> Batch:
        """What was decided on a document, as it is stored, with the `schedule` and the `poll` that follow from it."""
        reading, decided = news.reading, news.decided
        return Batch(
            source=self.source,
            verdicts=decided.verdicts,
            schedule=schedule,
            poll=poll,
            first_document=first,
            whole=whole,
            # What was dropped has no say in what its source is.
            feed=None if news.forgotten else self._facts(reading),
            selects=self.pipeline.selects,
            lessons=decided.lessons,
            rules=self.pipeline.rules.meaning,
            push=push,
        )

    def _facts(self, reading: Reading) -> FeedFacts:
        return FeedFacts(
            title=reading.title,
            # Where the address holds a secret, the id may be that address.
            id=reading.id if self.source.url == self.source.public_url else None,
            site_url=reading.site_url,
            hubs=reading.hubs,
            topic=reading.self_url,
            signals=reading.signals,
        )

    async def store(self, batch: Batch) -> Written:
        """Articles, schedule, poll and validators, in one transaction; whoever publishes is told of it."""
        written = await self.pipeline.store.write(batch, now=self.started)
        await self.pipeline.wrote(self.source, written)
        return written

    async def hold(
        self,
        document: Document,
        news: News,
        suspect: Suspect,
        *,
        schedule: Schedule,
        poll: Poll,
        push: int | None = None,
    ) -> Poll:
        """Keep a document in place of publishing it, but for the news beside what makes it suspect; the poll as it is logged."""
        beside = self.beside(news, suspect)
        dates = [published for published in beside.new_dates() if published]
        poll = replace(poll, entries=len(news.verdicts), new=len(dates), error=suspect.reason)
        schedule = replace(judge(self.schedule, schedule, poll, published=dates), error=suspect.reason)
        hold = Hold(
            document=document,
            suspect=suspect,
            schedule=schedule,
            poll=poll,
            lessons=news.decided.lessons,
            news=self.batch(beside, schedule, poll, push=push) if beside.verdicts else None,
            push=push,
        )
        await self.pipeline.wrote(self.source, await self.pipeline.store.hold(hold, now=self.started))
        return poll

    def beside(self, news: News, suspect: Suspect) -> News:
        """What of a suspect document is news all the same: no more than the rhythm of its source explains."""
        most = cadence.most_news(self.schedule, self.started)
        return news.only(news_beside(news.verdicts, suspect, most=most))


def located(reading: Reading, url: str, links: Collection[str] = ()) -> Reading:
    """A reading with the hubs and the topic of its document, which stand in its `Link` headers or in itself."""
    hubs, topic = discovered(links, url=url, hubs=reading.hubs, topic=reading.self_url)
    return replace(reading, hubs=hubs, self_url=topic)
