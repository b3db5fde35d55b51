"""Articles that lack something are completed by their pages: the real visitor against a scripted origin, a real database."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest

from aggregator.fetch import Robots, Visitor
from aggregator.fetch.politeness import Politeness
from aggregator.ingest.completion import MOST_A_DAY, MOST_A_ROUND, MOST_TRIES, Completer
from aggregator.ingest.terms import Terms
from aggregator.model import Article, Category, ChannelKind, Picture, Republish, Section, Sighting, Source, Title
from aggregator.net.guard import Guard
from aggregator.net.session import open_session
from aggregator.normalize import Rules
from aggregator.sandbox.pool import Inline
from aggregator.store import Store
from tests import making
from tests.fakes import Dns
from tests.making import NOW
from tests.origin import HOST, Origin, Reply, Request, running_origin

SECTIONS = (
    Section(slug="bolivia", title=Title("Bolivia"), countries=("BO",)),
    Section(slug="world", title=Title("World")),
)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def markup(head: str = "", body: str = "<p>…</p>", **stated: Any) -> bytes:
    article = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Litio", **stated}
    script = f'<script type="application/ld+json">{json.dumps(article)}</script>' if stated else ""
    return f"<!doctype html><html lang='en'><head>{script}{head}</head><body>{body}</body></html>".encode()


WHOLE = markup(
    author={"@type": "Person", "name": "Ana Ruiz"},
    articleSection="Bolivia",
    image={"@type": "ImageObject", "url": "/salar.jpg", "caption": "The salt flats", "creditText": "B. Smith / AFP"},
    datePublished="2026-03-01T06:30:00-04:00",
)


@dataclass(kw_only=True)
class Time:
    """A clock that sleepers move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class Desk:
    """What a test works with. `restart` has another process go on with the same database."""

    origin: Origin
    store: Store
    source: Source
    time: Time
    completer: Completer
    restart: Callable[[], Completer]

    async def publish(self, *seen: Sighting) -> tuple[Article, ...]:
        return (await making.publish(self.store, self.source, *seen, now=self.time())).new

    def serve(self, path: str, *replies: Reply | Callable[[Request], Reply]) -> str:
        return self.origin.serve(path, *replies)

    async def article(self, id: str) -> Article:
        found = await self.store.article(id)
        assert found is not None
        return found

    def asked(self, path: str) -> int:
        return len(self.origin.asked(path))

    async def state(self) -> dict[str, int]:
        statuses = await self.store.page_statuses(since=self.time() - timedelta(days=1))
        return statuses[0].states if statuses else {}

    async def error(self) -> str | None:
        return (await self.store.page_statuses(since=self.time()))[0].error


@asynccontextmanager
async def desk_of(store: Store, **changes: Any) -> AsyncIterator[Desk]:
    time, guard = Time(), Guard(["127.0.0.0/8"])
    async with running_origin([HOST, "127.0.0.2"]) as origin, open_session(guard, resolver=Dns({})) as session:
        origin.serve("/robots.txt", Reply(status=404))
        outlet = making.outlet(url=f"http://{HOST}:{origin.port}")
        source = making.source(of=outlet, pages=True, **changes)
        newsroom = making.newsroom(source, sections=SECTIONS)
        await store.apply(newsroom, now=NOW)
        owners = count()

        def start() -> Completer:
            book = store.host_book(f"process {next(owners)}", time)
            politeness = Politeness(guard, concurrency=8, book=book)
            visitor = Visitor(session, guard, politeness, user_agent=lambda: "aggregator/test (+x)", now=time, log=book)
            robots = Robots(visitor, time, book)
            return Completer(
                visitor=visitor,
                robots=robots,
                terms=Terms(visitor, robots.check, time),
                workers=Inline(),
                store=store,
                rules=lambda: Rules.of(newsroom),
                selects=lambda _: (),
                sources=lambda: {source.id: source},
                now=time,
                sleep=time.sleep,
            )

        yield Desk(origin=origin, store=store, source=source, time=time, completer=start(), restart=start)


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    async with desk_of(store) as made:
        yield made


def bare(desk: Desk, title: str = "Lithium", **changes: Any) -> Sighting:
    """An entry that has a headline and a link, and no more."""
    slug = title.lower().replace(" ", "-")
    made = making.sighting(title, of=desk.source, url=desk.origin.url(f"/{slug}"), **changes)
    return replace(made, raw_published="2026-03-01", published=NOW.replace(hour=0))


async def test_an_article_is_stored_from_its_feed_and_then_completed_by_its_page(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    (stored,) = await desk.publish(bare(desk))
    assert (stored.credits, stored.sections, stored.content.picture) == ((), (), None)
    assert await desk.completer.round() == 1
    article = await desk.article(stored.id)
    assert [credit.name for credit in article.credits] == ["Ana Ruiz"]
    assert article.sections == ("bolivia",)
    assert article.countries == ("BO",)
    assert article.content.picture == Picture(
        url=desk.origin.url("/salar.jpg"), caption="The salt flats", credit="B. Smith / AFP"
    )
    assert article.published.isoformat() == "2026-03-01T10:30:00+00:00"
    section = await desk.store.articles(ChannelKind.SECTION, "bolivia", limit=5)
    author = await desk.store.articles(ChannelKind.AUTHOR, "ana-ruiz", limit=5)
    assert [one.id for one in section] == [one.id for one in author] == [article.id]


async def test_what_a_page_gives_carries_evidence_with_the_name_of_its_rule(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    (stored,) = await desk.publish(bare(desk))
    await desk.completer.round()
    told = {(e.kind, e.value, e.rule, e.raw) for _, e in await desk.store.evidence(stored.id)}
    assert ("author", "Ana Ruiz", "S4:json-ld:author", "Ana Ruiz") in told
    assert ("section", "bolivia", "S4:json-ld:articleSection", "Bolivia") in told
    assert ("country", "BO", "S4:json-ld:articleSection", "Bolivia") in told


async def test_to_be_completed_is_no_revision(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    (stored,) = await desk.publish(bare(desk))
    await desk.completer.round()
    article = await desk.article(stored.id)
    assert article.updated == article.published
    assert await desk.store.revisions(stored.id) == ()
    before = await desk.store.channel(ChannelKind.OUTLET, "herald")
    assert before is not None
    assert before.version > 1, "and yet its feeds are written anew"


async def test_what_a_feed_said_stays(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    seen = replace(
        bare(desk, by=["Bob Smith"], picture=Picture(url="https://x.example/other.jpg")), sections=("world",)
    )
    (stored,) = await desk.publish(seen)
    await desk.completer.round()
    article = await desk.article(stored.id)
    assert [credit.name for credit in article.credits] == ["Bob Smith"]
    assert article.sections == ("world",)
    assert article.content.picture == Picture(url="https://x.example/other.jpg")


async def test_of_the_same_picture_the_page_brings_caption_and_credit(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    (stored,) = await desk.publish(bare(desk, picture=Picture(url="https://cdn.example/salar-300x200.jpg")))
    await desk.completer.round()
    assert (await desk.article(stored.id)).content.picture == Picture(
        url="https://cdn.example/salar-300x200.jpg", caption="The salt flats", credit="B. Smith / AFP"
    )


async def test_an_article_that_lacks_nothing_is_never_asked_for(desk: Desk) -> None:
    picture = Picture(url="https://x.example/a.jpg", caption="c", credit="d")
    whole = replace(
        bare(desk, by=["Ana Ruiz"], picture=picture), sections=("world",), raw_published="10:30 1 March 2026"
    )
    await desk.publish(whole)
    assert await desk.completer.round() == 0
    assert desk.origin.requests == []
    assert await desk.state() == {"whole": 1}


async def test_a_page_is_asked_for_once(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=markup()))
    await desk.publish(bare(desk))
    for _ in range(3):
        await desk.completer.round()
        desk.time.now += timedelta(hours=6)
    assert desk.asked("/lithium") == 1


async def test_a_revision_by_the_feed_keeps_what_the_page_gave(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    (stored,) = await desk.publish(bare(desk))
    await desk.completer.round()
    article = await desk.article(stored.id)
    again = replace(bare(desk, "Lithium rises"), guid="lithium", raw_hash="other")
    await desk.store.write(making.batch(desk.source, making.revised(again, article)), now=NOW + timedelta(hours=1))
    revised = await desk.article(stored.id)
    assert revised.content.title == "Lithium rises"
    assert revised.content.picture == article.content.picture
    assert [credit.name for credit in revised.credits] == ["Ana Ruiz"]
    assert {e.rule for _, e in await desk.store.evidence(stored.id)} >= {"S4:json-ld:author"}


@pytest.mark.parametrize(
    ("robots", "asked"),
    [
        ("User-agent: *\nDisallow: /", 0),
        ("User-agent: aggregator\nDisallow: /lith", 0),
        ("User-agent: other\nDisallow: /", 1),
        ("User-agent: *\nDisallow: /\nAllow: /lithium$", 1),
    ],
)
async def test_robots_txt_is_obeyed(desk: Desk, robots: str, asked: int) -> None:
    desk.serve("/robots.txt", Reply(body=robots.encode()))
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk))
    await desk.completer.round()
    assert desk.asked("/lithium") == asked
    assert await desk.state() == ({"done": 1} if asked else {"refused": 1})


async def test_robots_txt_is_asked_for_once_a_day(desk: Desk) -> None:
    for number in range(3):
        desk.serve(f"/lithium-{number}", Reply(headers=HTML, body=markup()))
    await desk.publish(*(bare(desk, f"Lithium {number}") for number in range(3)))
    await desk.completer.round()
    assert desk.asked("/robots.txt") == 1
    desk.time.now += timedelta(hours=25)
    desk.serve("/later", Reply(headers=HTML, body=markup()))
    await desk.publish(bare(desk, "Later"))
    await desk.completer.round()
    assert desk.asked("/robots.txt") == 2


@pytest.mark.parametrize("robots", [Reply(body=b"User-agent: *\nCrawl-delay: 1"), Reply(status=404), Reply(status=500)])
async def test_a_restart_neither_forgets_robots_txt_nor_asks_for_it_again(desk: Desk, robots: Reply) -> None:
    desk.serve("/robots.txt", robots, Reply(body=b"User-agent: *\nDisallow: /"))
    for number in range(2):
        desk.serve(f"/lithium-{number}", Reply(headers=HTML, body=markup()))
        await desk.publish(bare(desk, f"Lithium {number}"))
        await desk.restart().round()
        assert desk.asked("/robots.txt") == 1
        assert desk.asked(f"/lithium-{number}") == (robots.status != 500)
    desk.time.now += timedelta(hours=25)
    await desk.publish(bare(desk, "Later"))
    await desk.restart().round()
    assert (desk.asked("/robots.txt"), desk.asked("/later")) == (2, 0)


async def test_what_publishers_see_of_us_has_pages_and_robots_txt_in_it(desk: Desk) -> None:
    desk.serve("/lithium", Reply(status=302, headers=(("Location", "/final"),)))
    desk.serve("/final", Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk))
    await desk.completer.round()
    (seen,) = await desk.store.seen_of_us(NOW)
    assert (seen.host, seen.requests, seen.pages, seen.robots) == (HOST, len(desk.origin.requests), 2, 1)
    assert (seen.unconditional, seen.share_304) == (0, 0.0), "of feeds"
    assert seen.bytes == len(WHOLE)


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (403, 1), (401, 1), (410, 1), (500, 0), (503, 0), (429, 0)])
async def test_without_a_robots_txt_all_is_allowed_and_while_it_fails_nothing_is(
    desk: Desk, status: int, asked: int
) -> None:
    desk.serve("/robots.txt", Reply(status=status))
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk))
    await desk.completer.round()
    assert desk.asked("/lithium") == asked
    if not asked:
        assert await desk.state() == {"waiting": 1}
        desk.serve("/robots.txt", Reply(status=404))
        desk.time.now += timedelta(hours=25)
        await desk.completer.round()
        assert desk.asked("/lithium") == 1


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("failing", "pause"),
    [
        (Reply(status=500), DAY),
        (Reply(status=429), DAY),
        (Reply(status=503, headers=(("Retry-After", "60"),)), DAY),
        (Reply(status=503, headers=(("Retry-After", "259200"),)), 3 * DAY),
        (Reply(raw=b""), timedelta(hours=1)),
    ],
    ids=["5xx", "429", "retry-after-a-minute", "retry-after-three-days", "no-answer"],
)
async def test_a_robots_txt_that_fails_is_asked_for_again_after_a_day_or_an_hour_where_nobody_answered(
    desk: Desk, failing: Reply, pause: timedelta
) -> None:
    desk.serve("/robots.txt", failing)
    for title in ("First", "Second", "Third"):
        await desk.publish(bare(desk, title))
        await desk.restart().round()
        assert desk.asked("/robots.txt") == (2 if title == "Third" else 1)
        desk.time.now += pause - timedelta(minutes=1) if title == "First" else timedelta(minutes=2)
    assert {request.path for request in desk.origin.requests} == {"/robots.txt"}


async def test_of_robots_txt_the_first_500_kib_count(desk: Desk) -> None:
    desk.serve("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /lithium\n" + b"# x\n" * 1_000_000))
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk))
    await desk.completer.round()
    assert desk.asked("/lithium") == 0


async def test_a_redirect_to_where_robots_may_not_go_is_not_followed(desk: Desk) -> None:
    desk.origin.serve("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /"), host="127.0.0.2")
    elsewhere = desk.origin.serve("/lithium", Reply(headers=HTML, body=WHOLE), host="127.0.0.2")
    desk.serve("/lithium", Reply(status=302, headers=(("Location", elsewhere),)))
    await desk.publish(bare(desk))
    await desk.completer.round()
    assert desk.origin.asked("/lithium", host="127.0.0.2") == []
    assert await desk.error() == "robots.txt does not let us"


async def test_an_address_that_leads_to_a_retraction_makes_the_article_suspected(desk: Desk) -> None:
    desk.serve("/retractions/7", Reply(headers=HTML, body=markup("<title>A note to readers</title>")))
    desk.serve("/lithium", Reply(status=301, headers=(("Location", "/retractions/7"),)))
    await desk.publish(bare(desk))
    await desk.completer.round()
    (one,) = await desk.store.suspected(5)
    assert one.why == "its source calls it a retraction"


async def test_a_crawl_delay_is_kept_from_page_to_page_and_round_to_round(desk: Desk) -> None:
    desk.serve("/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 8"))
    starts: list[datetime] = []

    def answer(_: Request) -> Reply:
        starts.append(desk.time())
        return Reply(headers=HTML, body=markup())

    for number in range(3):
        desk.serve(f"/lithium-{number}", answer)
    await desk.publish(*(bare(desk, f"Lithium {number}") for number in range(3)))
    await desk.completer.round()
    assert [later - earlier for earlier, later in pairwise(starts)] == [timedelta(seconds=8)] * 2


async def test_a_long_crawl_delay_leaves_pages_to_later_rounds(desk: Desk) -> None:
    desk.serve("/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 600"))
    for number in range(3):
        desk.serve(f"/lithium-{number}", Reply(headers=HTML, body=markup()))
    await desk.publish(*(bare(desk, f"Lithium {number}") for number in range(3)))
    for expected in (1, 1, 2, 3):
        await desk.completer.round()
        assert sum(request.path != "/robots.txt" for request in desk.origin.requests) == expected
        desk.time.now += timedelta(seconds=301 if expected == 1 else 601)


async def test_a_host_has_a_budget_for_a_round_and_for_a_day(desk: Desk) -> None:
    count = MOST_A_DAY + 2 * MOST_A_ROUND
    seen = [bare(desk, f"Lithium {number}") for number in range(count)]
    for number in range(count):
        desk.serve(f"/lithium-{number}", Reply(headers=HTML, body=markup()))
    await desk.publish(*seen)
    await desk.completer.round()
    assert len(desk.origin.requests) == 1 + MOST_A_ROUND
    for _ in range(count // MOST_A_ROUND):
        await desk.completer.round()
    assert len(desk.origin.requests) == 1 + MOST_A_DAY


async def test_what_fails_is_tried_again_later_and_not_for_ever(desk: Desk) -> None:
    desk.serve("/lithium", Reply(status=500))
    await desk.publish(bare(desk))
    tries = []
    for _ in range(45):
        await desk.completer.round()
        tries.append(desk.asked("/lithium"))
        desk.time.now += timedelta(hours=1)
    assert tries[0] == 1
    assert tries[-1] == MOST_TRIES
    assert tries[1:6] == [2, 2, 2, 2, 3], "after one hour, then four, then sixteen"
    assert await desk.state() == {"failed": 1}
    assert await desk.error() == "HTTP 500 Internal Server Error"


@pytest.mark.parametrize(
    ("reply", "asked"),
    [(Reply(status=404), 2), (Reply(status=410), 1), (Reply(body=b""), 2)],
    ids=["404", "410", "empty"],
)
async def test_a_page_that_is_not_there_is_not_asked_for_four_times(desk: Desk, reply: Reply, asked: int) -> None:
    desk.serve("/lithium", reply)
    await desk.publish(bare(desk))
    for _ in range(30):
        await desk.completer.round()
        desk.time.now += timedelta(hours=1)
    assert desk.asked("/lithium") == asked
    assert await desk.state() == {"failed": 1}


@pytest.mark.parametrize("said", ["Retry-After", "X-RateLimit-Reset"])
async def test_the_time_that_a_page_is_told_to_wait_is_kept(desk: Desk, said: str) -> None:
    desk.serve("/lithium", Reply(status=503, headers=((said, "18000"),)), Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk))
    await desk.completer.round()
    desk.time.now += timedelta(hours=4)
    await desk.completer.round()
    assert desk.asked("/lithium") == 1
    desk.time.now += timedelta(hours=2)
    assert await desk.completer.round() == 1


class _KilledError(Exception):
    """As if the process ended here."""


async def test_that_a_page_is_asked_for_is_written_down_before_the_request(desk: Desk) -> None:
    counts: list[int] = []

    async def die(function: Any, /, *args: Any, **kwargs: Any) -> Any:
        counts.append(len(await desk.store.pages_used(since=NOW - timedelta(days=1))))
        raise _KilledError

    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk))

    class Dying:
        run = staticmethod(die)

    with pytest.raises(_KilledError):
        await replace(desk.completer, workers=Dying()).round()
    assert counts == [1]
    await desk.completer.round()
    assert desk.asked("/lithium") == 1, "a crash does not ask again at once"


async def test_what_a_page_says_about_reuse_is_heard_and_shown(desk: Desk) -> None:
    headers = (*HTML, ("X-Robots-Tag", "noarchive"), ("X-Robots-Tag", "otherbot: noindex"))
    desk.serve("/lithium", Reply(headers=headers, body=WHOLE))
    (stored,) = await desk.publish(bare(desk))
    await desk.completer.round()
    told = {(e.kind, e.value, e.rule) for _, e in await desk.store.evidence(stored.id)}
    assert ("page", "noarchive", "S4:robots") in told
    assert (await desk.store.page_statuses(since=NOW))[0].signals == {"noarchive": 1}


def terms(url: str = "") -> str:
    return (
        f'<rsl xmlns="https://rslstandard.org/rsl"><content url="{url}">'
        '<license><prohibits type="usage">all</prohibits></license></content></rsl>'
    )


@pytest.mark.parametrize("how", ["within", "a link of the page", "a Link header", "another page's", "nothing there"])
async def test_a_licence_of_an_article_s_page_is_obeyed(desk: Desk, how: str) -> None:
    head = {
        "within": f'<script type="application/rsl+xml">{terms()}</script>',
        "another page's": f'<script type="application/rsl+xml">{terms("/elsewhere")}</script>',
    }.get(how, '<link rel="license" type="application/rsl+xml" href="/rsl.xml">')
    link = ("Link", '</rsl.xml>; rel="license"; type="application/rsl+xml"')
    desk.serve("/rsl.xml", Reply(status=404) if how == "nothing there" else Reply(body=terms("/lith*").encode()))
    headers, head = ((*HTML, link), "") if how == "a Link header" else (HTML, head)
    desk.serve("/lithium", Reply(headers=headers, body=markup(head)))
    (stored,) = await desk.publish(bare(desk))
    await desk.completer.round()
    obeyed = how not in ("another page's", "nothing there")
    article = await desk.article(stored.id)
    assert (article.republish is Republish.TITLE) is obeyed
    told = {(e.kind, e.value, e.rule) for _, e in await desk.store.evidence(stored.id)}
    assert (("page", "prohibits all", "S4:rsl") in told) is obeyed


async def test_pages_that_name_one_licence_have_it_asked_for_once_a_day(desk: Desk) -> None:
    head = '<link rel="license" type="application/rsl+xml" href="/rsl.xml">'
    desk.serve("/rsl.xml", Reply(body=terms("/").encode()))
    for title in ("Lithium", "Copper"):
        desk.serve(f"/{title.lower()}", Reply(headers=HTML, body=markup(head)))
        await desk.publish(bare(desk, title))
    await desk.completer.round()
    assert desk.asked("/rsl.xml") == 1


async def test_a_page_whose_licence_cannot_be_read_now_is_asked_for_again(desk: Desk) -> None:
    desk.serve("/rsl.xml", Reply(status=503))
    desk.serve(
        "/lithium", Reply(headers=HTML, body=markup('<link rel="license" type="application/rsl+xml" href="/rsl.xml">'))
    )
    await desk.publish(bare(desk))
    await desk.completer.round()
    assert [status.states for status in await desk.store.page_statuses(since=NOW)] == [{"waiting": 1}]


TEXT = (
    f"<article>{'<p>' + 'The lithium of the salt flats is sold at a price that nobody foresaw. ' * 5 + '</p>'}</article>"
    * 3
)


@pytest.mark.parametrize(("republish", "kept"), [(Republish.SUMMARY, False), (Republish.FULL, True)])
async def test_the_text_of_a_page_is_kept_only_where_the_source_allows_it(
    store: Store, republish: Republish, kept: bool
) -> None:
    async with desk_of(store, republish=republish) as desk:
        desk.serve("/lithium", Reply(headers=HTML, body=markup(body=TEXT)))
        (stored,) = await desk.publish(bare(desk))
        await desk.completer.round()
        article = await desk.article(stored.id)
        assert ("salt flats" in article.content.text) == kept
        assert [revision.changes for revision in await store.revisions(stored.id)] == ([("text",)] if kept else [])


async def test_a_link_through_a_forwarder_becomes_the_pages_own(desk: Desk) -> None:
    own = desk.serve("/2026/lithium", Reply(headers=HTML, body=markup('<link rel="canonical" href="/2026/lithium">')))
    forwarder = desk.origin.serve("/f/1", Reply(status=302, headers=(("Location", own),)), host="127.0.0.2")
    seen = bare(desk)
    (stored,) = await desk.publish(replace(seen, content=replace(seen.content, url=forwarder)))
    await desk.completer.round()
    assert (await desk.article(stored.id)).content.url == own
    again = replace(bare(desk), guid="another-guid", content=replace(seen.content, url=own))
    keys = making.keys(again)
    known = await desk.store.known("herald", keys)
    assert {one.article_id for one in known.values()} <= {stored.id}


async def test_a_source_without_pages_is_never_crawled(store: Store) -> None:
    async with desk_of(store) as desk:
        quiet = replace(desk.source, pages=False)
        await desk.publish(bare(desk))
        assert await replace(desk.completer, sources=lambda: {quiet.id: quiet}).round() == 0
        assert desk.origin.requests == []


async def test_articles_that_their_source_no_longer_shows_are_left_alone(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk))
    desk.time.now += timedelta(days=3)
    assert await desk.completer.round() == 0
    assert desk.origin.requests == []


async def test_an_article_that_was_pruned_takes_its_page_along(desk: Desk) -> None:
    desk.serve("/lithium", Reply(headers=HTML, body=WHOLE))
    await desk.publish(bare(desk, categories=(Category(term="x"),)))
    await desk.completer.round()
    await desk.store.prune(now=NOW + timedelta(days=200))
    assert await desk.state() == {}
