"""Stories merge and split as they like: no channel loses an article, and none tells a story twice that it told once."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from aggregator.model import Article, Channel, ChannelKind, Stories, Title
from aggregator.query import parse
from aggregator.store import Store
from tests.making import NOW, newsroom, publish, sighting, source

OUTLETS = tuple(source(id) for id in ("herald", "times", "post"))
EVENTS = (
    ("Ferry sinks near Isla Margarita", "A ferry with 30 passengers sank off Isla Margarita"),
    ("Senate of Chile votes on lithium royalties", "Senators in Valparaíso vote on royalties for lithium"),
    ("Magnitude 6.9 quake shakes Arequipa", "A strong earthquake shook Arequipa and Moquegua"),
)
# Any four of these make a headline that is a little like others: what comes later joins and parts such.
WORDS = ("ferry", "sinks", "margarita", "divers", "search", "senate", "lithium", "royalties", "vote", "miners")
TURNS = ("", "again", "what we know")
FIRST = Channel(kind=ChannelKind.CHANNEL, slug="first", title=Title("F"), where="*", stories=Stories(mode="first"))
ALL = Channel(kind=ChannelKind.CHANNEL, slug="all", title=Title("A"), where="*")
LIMIT = 10_000


class Newsroom(RuleBasedStateMachine):
    """What operators and outlets do, in any order."""

    def __init__(self, database: Path) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.database = database
        self.now = NOW
        self.count = 0
        self.told: set[str] = set()
        self.before: dict[str, str] = {}
        self.ids: set[str] = set()
        self.open()
        self.loop.run(self.store.apply(newsroom(*OUTLETS, channels=(FIRST, ALL)), now=NOW))

    def open(self) -> None:
        self.store = Store.open(f"sqlite:///{self.database}")

    def later(self) -> datetime:
        self.now += timedelta(minutes=7)
        return self.now

    @rule(event=st.sampled_from(EVENTS), of=st.sampled_from(OUTLETS), turn=st.sampled_from(TURNS))
    def an_outlet_reports(self, event: tuple[str, str], of: object, turn: str) -> None:
        self.report(of, f"{event[0]} {turn}".strip(), event[1])

    @rule(words=st.permutations(WORDS), of=st.sampled_from(OUTLETS))
    def an_outlet_reports_of_many_things(self, words: list[str], of: object) -> None:
        self.report(of, " ".join(words[:4]), "")

    def report(self, of: object, title: str, summary: str) -> None:
        now = self.later()
        self.count += 1
        url = f"https://{of.id}.example/{self.count}"  # type: ignore[attr-defined]
        seen = sighting(title, summary=summary, guid=url, url=url, published=now, of=of)  # type: ignore[arg-type]
        self.loop.run(publish(self.store, of, seen, now=now, selects=lambda _: ["first", "all"]))  # type: ignore[arg-type]

    @rule(data=st.data())
    def an_operator_joins(self, data: st.DataObject) -> None:
        if ids := sorted(self.before):
            chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3))
            self.loop.run(self.store.join_stories(chosen, selects=lambda _: ["first", "all"], now=self.later()))

    @rule(data=st.data())
    def an_operator_parts(self, data: st.DataObject) -> None:
        if ids := sorted(self.before):
            chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3))
            self.loop.run(self.store.part_story(chosen, selects=lambda _: ["first", "all"], now=self.later()))

    @rule()
    def the_service_restarts(self) -> None:
        self.loop.run(self.store.close())
        self.open()

    @rule()
    def a_channel_is_filled_anew(self) -> None:
        self.loop.run(self.store.refill(FIRST, parse("*"), now=self.later()))

    def carried(self, channel: Channel) -> list[Article]:
        return list(self.loop.run(self.store.articles(ChannelKind.CHANNEL, channel.slug, limit=LIMIT)))

    @invariant()
    def nothing_is_lost_and_nothing_told_twice(self) -> None:
        everything = self.carried(ALL)
        story = {article.id: article.story for article in everything}
        assert len(story) == len(everything) == self.count
        first = [article.id for article in self.carried(FIRST)]
        assert len(set(first)) == len(first)
        assert self.told <= set(first)
        assert {story[id] for id in first} == set(story.values())
        # What is carried since the last step was the only one of its story: nobody told it before.
        fresh = set(first) - self.told
        assert len({story[id] for id in fresh}) == len(fresh)
        assert not {story[id] for id in fresh} & {story[id] for id in self.told}
        state = self.loop.run(self.store.channel(ChannelKind.CHANNEL, "first"))
        assert state is not None
        assert state.size == len(first)
        self.told, self.before = set(first), story

    @invariant()
    def every_address_of_a_story_leads_to_one(self) -> None:
        self.ids |= set(self.before.values())
        for id in self.ids:
            new = self.loop.run(self.store.redirect("story", id)) or id
            assert self.loop.run(self.store.story(new)), id

    def teardown(self) -> None:
        self.loop.run(self.store.close())
        self.loop.close()


def test_channels_of_stories_stay_whole_whatever_becomes_of_the_stories(sqlite_template: Path, tmp_path: Path) -> None:
    made = iter(range(1_000_000))

    def machine() -> Newsroom:
        path = tmp_path / f"{next(made)}.db"
        shutil.copyfile(sqlite_template, path)
        return Newsroom(path)

    quick = settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=quick)  # type: ignore[arg-type]
