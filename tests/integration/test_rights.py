"""What operators agreed with publishers and what publishers tell machines → what every output shows, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from aggregator.errors import FetchError
from aggregator.fetch.robots import Robots
from aggregator.fetch.visitor import Visit, Visitor
from aggregator.model import (
    EVERYTHING,
    Allowance,
    Article,
    Channel,
    ChannelKind,
    Health,
    Newsroom,
    Picture,
    Poll,
    PollOutcome,
    Republish,
    Schedule,
    Signal,
    Source,
    Span,
    Standard,
    Title,
    Visibility,
)
from aggregator.normalize import reuse
from aggregator.sites.reservations import Reservations
from aggregator.store import Store
from aggregator.syndicate.channels import Selector
from tests.making import NOW, batch, newsroom, outlet, poll, publish, sighting, source, unchanged
from tests.newsstand import browser, desk_of

FORMATS = ("rss", "atom", "json")
NOAI = Signal(Standard.ROBOTS, "noai", "X-Robots-Tag header of the feed's answer")
RSL = '<rsl:content url="/"><rsl:license><rsl:prohibits type="usage">all</rsl:prohibits></rsl:license></rsl:content>'
PROHIBITED = Signal(Standard.RSL, "prohibits all", "rsl:content of the article in its feed")
ALL = Channel(kind=ChannelKind.CHANNEL, slug="all", title=Title("All"), where="*")
PICTURE = Picture(url="https://herald.example/a.jpg", caption="A salt flat", copyright="© Ana")


def herald(**terms: Any) -> Source:
    return source("herald", **terms)


def wordy(title: str, of: Source, **changes: Any) -> Any:
    return sighting(title, of=of, summary="Secret words of the summary.", text="<p>Secret words of the text.</p>",
                    picture=PICTURE, **changes)  # fmt: skip


async def bring(store: Store, news: Newsroom, of: Source, *titles: str, **changes: Any) -> tuple[Article, ...]:
    signals = changes.pop("feed_signals", ())
    await store.apply(news, now=NOW)
    written = await publish(
        store,
        of,
        *(wordy(title, of, **changes) for title in titles),
        selects=Selector.of(news, lambda: NOW),
        signals=signals,
    )
    return written.new


async def bodies(store: Store, news: Newsroom, *paths: str, at: Any = NOW) -> dict[str, str]:
    async with browser(desk_of(store, news, now=lambda: at)) as client:
        return {path: (await client.get(path)).text for path in paths}


async def test_the_line_that_an_article_came_with_stands_with_it_until_the_operator_has_one(store: Store) -> None:
    of = source("wire", of=outlet("wire"))
    seen = wordy("Salt", of, credit_line="© The Andean Post")
    paths = ("/channels/all.atom", "/api/v1/articles", "/search.csv?q=salt")
    for own, said, unsaid in (("", "Andean Post", "By permission"), ("By permission", "By permission", "Andean Post")):
        news = newsroom(replace(of, attribution=own), channels=(ALL,))
        await store.apply(news, now=NOW)
        await poll(store, of, seen, selects=Selector.of(news, lambda: NOW))
        for path, body in (await bodies(store, news, *paths)).items():
            assert said in body, path
            assert unsaid not in body, path


async def test_a_signal_of_an_article_narrows_every_output_of_it(store: Store) -> None:
    of = herald(republish=Republish.FULL)
    news = newsroom(of, channels=(ALL,))
    (article,) = await bring(store, news, of, "Salt", rsl=RSL, signals=(PROHIBITED,))
    assert article.allowance == Allowance(republish=Republish.TITLE, summary_length=300, pictures=False, mining=False)
    paths = [f"/channels/all.{form}" for form in FORMATS]
    paths += ["/", "/channels/all", f"/articles/{article.id}", f"/api/v1/articles/{article.id}", "/search?q=salt"]
    paths += ["/search.csv?q=salt", "/search.ndjson?q=salt", "/channels/all/archive/2026-03.atom"]
    for path, body in (await bodies(store, news, *paths)).items():
        assert "Salt" in body, path
        assert "Secret words" not in body, path
        assert "a.jpg" not in body, path


async def test_a_licence_of_the_operator_stands_above_what_everybody_is_told(store: Store) -> None:
    of = herald(republish=Republish.FULL, licence="By agreement of 2026-02-01")
    news = newsroom(of)
    (article,) = await bring(store, news, of, "Salt", rsl=RSL, signals=(PROHIBITED,), feed_signals=(NOAI,))
    assert article.allowance == Allowance(republish=Republish.FULL, summary_length=300)


async def test_what_a_feed_tells_machines_binds_all_its_articles_until_it_says_otherwise(store: Store) -> None:
    of = herald(republish=Republish.FULL)
    news = newsroom(of, channels=(ALL,))
    (article,) = await bring(store, news, of, "Salt")
    tables = ("/search.csv?q=salt", "/search.ndjson?q=salt", "/search.csv?q=salt&fields=text")
    before = await bodies(store, news, *tables)
    assert all("Secret words" in body for body in before.values())
    state = await store.channel(ChannelKind.CHANNEL, "all")
    await store.write(batch(of, unchanged(wordy("Salt", of), article), signals=(NOAI,)), now=NOW)
    after = await store.channel(ChannelKind.CHANNEL, "all")
    assert state is not None
    assert after is not None
    assert after.version > state.version  # so that it is rendered anew
    for path, body in (await bodies(store, news, *tables)).items():
        assert "Secret words" not in body, path
    assert [status.signals for status in await store.source_statuses()] == [(NOAI,)]
    await store.write(batch(of, unchanged(wordy("Salt", of), article)), now=NOW)
    assert await bodies(store, news, *tables) == before


async def test_of_several_sources_the_widest_counts(store: Store) -> None:
    narrow, wide = herald(pictures=False, summary_length=20), source("wide", of=outlet("herald"), summary_length=500)
    news = newsroom(narrow, wide)
    (article,) = await bring(store, news, narrow, "Salt")
    assert article.allowance == Allowance(republish=Republish.SUMMARY, summary_length=20, pictures=False)
    await store.write(batch(wide, unchanged(wordy("Salt", wide), article)), now=NOW)
    held = await store.article(article.id)
    assert held is not None
    assert held.allowance == Allowance(republish=Republish.SUMMARY, summary_length=500)


async def test_a_channel_may_only_narrow(store: Store) -> None:
    of = herald(republish=Republish.SUMMARY)
    slim = replace(ALL, slug="slim", within=Allowance(summary_length=10, pictures=False))
    greedy = replace(ALL, slug="greedy", within=replace(EVERYTHING, summary_length=5000))
    news = newsroom(of, channels=(slim, greedy))
    await bring(store, news, of, "Salt")
    found = await bodies(store, news, *(f"/channels/{one}.{form}" for one in ("slim", "greedy") for form in FORMATS))
    for path, body in found.items():
        assert ("of the summary" in body) is ("greedy" in path), path
        assert ("a.jpg" in body) is ("greedy" in path), path
        assert "of the text" not in body, path


async def test_rights_pass_through_in_the_words_of_each_format(store: Store) -> None:
    of = herald(republish=Republish.FULL)
    news = newsroom(of)
    free = '<rsl:content url="/salt"><rsl:license><rsl:permits type="usage">search</rsl:permits></rsl:license></rsl:content>'
    cc = "https://creativecommons.org/licenses/by/4.0/"
    await bring(store, news, of, "Salt", rights="© Herald", licence=cc, rsl=free)
    found = await bodies(store, news, *(f"/sources/herald.{form}" for form in FORMATS))
    rss, atom, plain = (found[f"/sources/herald.{form}"] for form in FORMATS)
    assert "<dc:rights>© Herald</dc:rights>" in rss
    assert f">{cc}</creativeCommons:license>" in rss
    assert "<rights>© Herald</rights>" in atom
    assert f'<link rel="license" href="{cc}"/>' in atom
    for body in (rss, atom):
        assert '<rsl:permits type="usage">search</rsl:permits>' in body
        assert "<media:copyright>© Ana</media:copyright>" in body
    said = json.loads(plain)["items"][0]["_aggregator"]
    assert (said["rights"], said["license"], said["rsl"]) == ("© Herald", cc, free)
    assert said["image_copyright"] == "© Ana"


async def test_what_was_shown_is_narrowed_when_its_feed_says_so_though_no_word_changed(store: Store) -> None:
    of = herald(republish=Republish.FULL)
    news = newsroom(of)
    (article,) = await bring(store, news, of, "Salt")
    await poll(store, of, wordy("Salt", of, rsl=RSL, signals=(PROHIBITED,)))
    held = await store.article(article.id)
    assert held is not None
    assert (held.republish, held.updated) == (Republish.TITLE, article.updated)


# Delays


DELAYED = herald(delay=timedelta(minutes=30))


async def release(store: Store, news: Newsroom, at: Any) -> int:
    return await store.release_waiting(selects=Selector.of(news, lambda: at), now=at)


async def test_an_article_waits_for_its_delay_and_is_then_listed_as_if_it_came(store: Store) -> None:
    free = source("free")
    news = newsroom(DELAYED, free, channels=(ALL,))
    await store.apply(news, now=NOW)
    selects = Selector.of(news, lambda: NOW)
    soon = NOW - timedelta(minutes=10)
    (waits,) = (await publish(store, DELAYED, wordy("Salt", DELAYED, published=soon), selects=selects)).new
    later = NOW + timedelta(minutes=5)
    (other,) = (await publish(store, free, wordy("Sugar", free), now=later, selects=selects)).new
    assert waits.visibility is Visibility.WAITING
    paths = [f"/{kind}.{form}" for kind in ("channels/all", "sources/herald", "outlets/herald") for form in FORMATS]
    paths += [
        "/",
        "/channels/all",
        "/search?q=words",
        "/search.csv?q=words",
        "/api/v1/search?q=words",
        "/sources/herald",
    ]
    for path, body in (await bodies(store, news, *paths)).items():
        assert "Salt" not in body, path
    hidden = await bodies(store, news, f"/articles/{waits.id}", f"/api/v1/articles/{waits.id}")
    assert all("Salt" not in body for body in hidden.values())
    assert await release(store, news, soon + timedelta(minutes=29)) == 0
    due = soon + timedelta(minutes=31)
    assert await release(store, news, due) == 1
    assert await release(store, news, due) == 0
    held = await store.article(waits.id)
    assert held is not None
    assert (held.listed, held.published, held.visibility) == (due, soon, Visibility.PUBLIC)
    newest = await store.articles(ChannelKind.CHANNEL, "all", limit=5)
    assert [one.id for one in newest] == [waits.id, other.id]
    for path, body in (await bodies(store, news, *paths, at=due)).items():
        assert "Salt" in body, path
    assert [(one.id, one.sections) for one in newest] == [(waits.id, waits.sections), (other.id, other.sections)]
    assert await store.check() == ()


async def test_whoever_follows_the_archives_misses_no_delayed_article(store: Store) -> None:
    """A page that is finished stays as it is; what waited stands in a later one."""
    free = source("free")
    news = newsroom(DELAYED, free)
    await store.apply(news, now=NOW)
    last_minute = NOW.replace(month=3, day=31, hour=23, minute=50)
    await publish(store, DELAYED, wordy("Late", DELAYED, published=last_minute), now=last_minute)
    await publish(store, DELAYED, wordy("Old", DELAYED, published=NOW), now=last_minute)
    april = last_minute + timedelta(minutes=15)
    first = Span.named("2026-03")
    assert first is not None
    before = await store.archive(ChannelKind.OUTLET, "herald", first, most=50)
    await release(store, news, april + timedelta(minutes=20))
    after = await store.archive(ChannelKind.OUTLET, "herald", first, most=50)
    assert before is not None
    assert after is not None
    assert [one.content.title for one in before.articles] == [one.content.title for one in after.articles] == ["Old"]
    newest = await store.articles(ChannelKind.OUTLET, "herald", limit=5)
    assert [one.content.title for one in newest] == ["Late", "Old"]


async def test_of_several_sources_the_shortest_delay_counts(store: Store) -> None:
    free = source("herald-now", of=outlet("herald"))
    news = newsroom(DELAYED, free)
    await store.apply(news, now=NOW)
    (waits,) = (await publish(store, DELAYED, wordy("Salt", DELAYED, published=NOW))).new
    await store.write(batch(free, unchanged(wordy("Salt", free), waits)), now=NOW)
    assert await release(store, news, NOW) == 1


async def test_who_passes_an_article_on_is_no_quicker_than_its_own_source(store: Store) -> None:
    relay = source("relay")
    news = newsroom(DELAYED, relay)
    await store.apply(news, now=NOW)
    told = replace(wordy("Salt", DELAYED, published=NOW), origin="herald")
    (article,) = (await publish(store, relay, told)).new
    assert article.visibility is Visibility.WAITING
    assert await release(store, news, NOW + timedelta(minutes=29)) == 0
    assert await release(store, news, NOW + timedelta(minutes=30)) == 1


async def test_a_delay_that_is_lifted_lets_go_what_waits(store: Store) -> None:
    news = newsroom(DELAYED)
    await store.apply(news, now=NOW)
    await publish(store, DELAYED, wordy("Salt", DELAYED, published=NOW))
    assert await release(store, news, NOW) == 0
    await store.apply(newsroom(herald()), now=NOW)
    assert await release(store, news, NOW) == 1


async def test_a_date_in_the_future_keeps_nothing_back(store: Store) -> None:
    for of, shown in ((herald(), Visibility.PUBLIC), (DELAYED, Visibility.WAITING)):
        await store.apply(newsroom(of), now=NOW)
        far = NOW + timedelta(days=400)
        (article,) = (await publish(store, of, wordy(f"From {shown}", of, published=far))).new
        assert article.visibility is shown
    assert await release(store, newsroom(DELAYED), NOW + timedelta(minutes=31)) == 1


@pytest.mark.parametrize("private", [False, True])
async def test_a_revision_while_it_waits_is_shown_and_what_is_private_stays_so(store: Store, private: bool) -> None:
    of = replace(DELAYED, private=private)
    news = newsroom(of, channels=(replace(ALL, tokens=("t",)),))
    await store.apply(news, now=NOW)
    (waits,) = (await publish(store, of, wordy("Salt", of, published=NOW), selects=Selector.of(news, lambda: NOW))).new
    await poll(store, of, wordy("Salt and more", of, published=NOW, guid="salt"), now=NOW + timedelta(minutes=5))
    held = await store.article(waits.id)
    assert held is not None
    assert held.visibility is Visibility.WAITING
    await release(store, news, NOW + timedelta(hours=1))
    (shown,) = await store.articles(ChannelKind.CHANNEL, "all", limit=5)
    assert (shown.id, shown.content.title) == (waits.id, "Salt and more")
    assert shown.visibility is (Visibility.PRIVATE if private else Visibility.PUBLIC)


# What hosts reserve


TDM = "/.well-known/tdmrep.json"


class Host:
    """A web of these files (a number is a status), by address without its scheme; errors tell us to `wait` until then."""

    def __init__(self, files: dict[str, str | int], wait: datetime | None = None) -> None:
        self.files = {f"https://{address}": file for address, file in files.items()}
        self.wait = wait
        self.asked: list[str] = []

    async def visit(self, url: str, **_options: Any) -> Visit:
        self.asked.append(url)
        file = self.files.get(url, 404)
        if isinstance(file, int):
            raise FetchError(f"answered {file}", status=file, retry_after=self.wait)
        return Visit(url=url, lasting=url, content_type="application/json", body=file.encode())


def looking_at(host: Host, store: Store, news: Newsroom, times: list[datetime]) -> Reservations:
    def now() -> datetime:
        return times[-1]

    robots = Robots(cast(Visitor, host), now)
    return Reservations(visitor=host, robots=robots, store=store, sources=lambda: news.source_by_id, now=now)


async def answered(store: Store, of: Source, **so: Any) -> None:
    """A poll of `of`, after which its schedule is so."""
    schedule = replace(Schedule(source_id=of.id, next_poll=NOW, last_success=NOW), **so)
    await store.record(schedule, Poll(source_id=of.id, started=NOW, finished=NOW, outcome=PollOutcome.FRESH))


def rsl_file(pattern: str, terms: str) -> str:
    return (
        f'<rsl xmlns="https://rslstandard.org/rsl"><content url="https://herald.example/free"><license/></content>'
        f'<content url="{pattern}"><license>{terms}</license></content></rsl>'
    )


PAID = '<payment type="crawl"><amount currency="USD">1</amount></payment>'


async def test_a_licence_that_robots_txt_names_is_read_obeyed_and_shown(store: Store) -> None:
    of = herald()
    news = newsroom(of, channels=(ALL,))
    await bring(store, news, of, "Salt")
    assert "Secret words" in (await bodies(store, news, "/channels/all.atom"))["/channels/all.atom"]
    licence = "https://licences.example/herald.xml"
    host = Host(
        {
            "herald.example/robots.txt": f"User-agent: *\nAllow: /\nLicense: {licence}\n",
            "licences.example/herald.xml": rsl_file("https://herald.example/*", PAID),
        }
    )
    times = [NOW]
    looking = looking_at(host, store, news, times)
    assert await looking.round() == 1
    shown = (await bodies(store, news, "/channels/all.atom"))["/channels/all.atom"]
    assert "Salt" in shown
    assert "Secret words" not in shown
    (status,) = await store.source_statuses()
    assert [str(signal) for signal in status.signals] == [f"rsl: payment crawl (licence {licence})"]
    times.append(NOW + timedelta(days=7))
    host.files["https://licences.example/herald.xml"] = 503
    await looking.round()
    assert "Secret words" not in (await bodies(store, news, "/channels/all.atom"))["/channels/all.atom"]
    times.append(NOW + timedelta(days=8, minutes=1))
    host.files["https://licences.example/herald.xml"] = rsl_file("/", "<permits type='usage'>search</permits>")
    await looking.round()
    assert "Secret words" in (await bodies(store, news, "/channels/all.atom"))["/channels/all.atom"]


@pytest.mark.parametrize(("rule", "read"), [("Disallow", False), ("Allow", True)])
async def test_a_licence_at_a_third_party_is_read_where_the_robots_txt_there_lets_us(
    store: Store, rule: str, read: bool
) -> None:
    of = herald()
    news, licence = newsroom(of, channels=(ALL,)), "https://licences.example/herald.xml"
    await bring(store, news, of, "Salt")
    host = Host(
        {
            "herald.example/robots.txt": f"License: {licence}\n",
            "licences.example/robots.txt": f"User-agent: *\n{rule}: /\n",
            "licences.example/herald.xml": rsl_file("https://herald.example/*", PAID),
        }
    )
    assert await looking_at(host, store, news, [NOW]).round() == 1
    assert (licence in host.asked) is read
    shown = (await bodies(store, news, "/channels/all.atom"))["/channels/all.atom"]
    assert ("Secret words" in shown) is not read


async def test_a_licence_of_a_part_of_a_site_binds_the_articles_there(store: Store) -> None:
    of = herald()
    news = newsroom(of, channels=(ALL,))
    urls = {
        "Salt": "https://www.herald.example/opinion/salt",
        "Pepper": "https://www.herald.example/opinion/free/pepper",
        "Sugar": "https://www.herald.example/news/sugar",
    }
    for title, url in urls.items():
        await bring(store, news, of, title, url=url)
    parts = {"/opinion/*": PAID, "/opinion/free/": "", "https://elsewhere.example/": PAID}
    contents = "".join(f'<content url="{url}"><license>{terms}</license></content>' for url, terms in parts.items())
    host = Host({"herald.example/robots.txt": "License: https://herald.example/l.xml\n"})
    host.files["https://herald.example/l.xml"] = f'<rsl xmlns="https://rslstandard.org/rsl">{contents}</rsl>'
    assert await looking_at(host, store, news, [NOW]).round() == 1
    levels = {
        article.content.title: article.republish
        for article in await store.articles(ChannelKind.CHANNEL, "all", limit=9)
    }
    assert levels == {"Salt": Republish.TITLE, "Pepper": Republish.SUMMARY, "Sugar": Republish.SUMMARY}
    shown = (await bodies(store, news, "/channels/all.atom"))["/channels/all.atom"]
    assert shown.count("Secret words") == 2
    (status,) = await store.source_statuses()
    assert str(status.signals[0]) == "rsl: payment crawl of /opinion/* (licence https://herald.example/l.xml)"
    assert reuse.effect(status.signals).startswith("so we show headlines and links alone of /opinion/*;")


async def test_a_licence_that_a_feed_comes_to_name_is_read_at_once(store: Store) -> None:
    of = herald()
    news = newsroom(of, channels=(ALL,))
    await bring(store, news, of, "Salt")
    host = Host({"herald.example/l.xml": rsl_file("/", '<prohibits type="usage">search</prohibits>')})
    looking = looking_at(host, store, news, [NOW])
    assert await looking.round() == 1
    assert await looking.round() == 0
    named = reuse.of_headers(
        [("link", '<https://herald.example/l.xml>; rel="license"; type="application/rsl+xml"')], "x"
    )
    await bring(store, news, of, "Pepper", feed_signals=named)
    assert await looking.round() == 1
    assert "Secret words" not in (await bodies(store, news, "/channels/all.atom"))["/channels/all.atom"]


async def test_a_host_is_asked_once_a_week_what_it_reserves_and_obeyed(store: Store) -> None:
    full, bare = herald(republish=Republish.FULL), source("bare", republish=Republish.TITLE)
    pages, other = source("pages", pages=True), source("other")
    news = newsroom(full, pages, other, bare)
    await bring(store, news, full, "Salt")
    for of in (pages, other, bare):
        await answered(store, of)
    host = Host({f"herald.example{TDM}": '[{"location": "/", "tdm-reservation": 1}]', f"other.example{TDM}": 503})
    times = [NOW]
    looking = looking_at(host, store, news, times)
    assert await looking.round() == 3
    assert await looking.round() == 0
    assert sorted(host.asked) == [
        f"https://herald.example{TDM}",
        "https://herald.example/robots.txt",
        f"https://other.example{TDM}",
        "https://other.example/robots.txt",
        f"https://pages.example{TDM}",
        "https://pages.example/robots.txt",
    ]
    told = {status.id: [str(signal) for signal in status.signals] for status in await store.source_statuses()}
    assert told["herald"] == ["tdm: reserved (/.well-known/tdmrep.json of its host)"]
    assert told["pages"] == told["other"] == told["bare"] == []
    assert "Secret words" not in (await bodies(store, news, "/search.csv?q=salt"))["/search.csv?q=salt"]
    times.append(NOW + timedelta(days=1, minutes=1))
    assert await looking.round() == 1  # the one that could not be asked
    times.append(NOW + timedelta(days=7))
    host.files = dict.fromkeys(host.files, 429)
    assert await looking.round() == 3
    assert "Secret words" not in (await bodies(store, news, "/search.csv?q=salt"))["/search.csv?q=salt"], (
        "who has no time for us says nothing of what is reserved"
    )
    times.append(NOW + timedelta(days=14))
    host.files.clear()
    assert await looking.round() == 3
    assert "Secret words" in (await bodies(store, news, "/search.csv?q=salt"))["/search.csv?q=salt"]


@pytest.mark.parametrize(
    "so",
    [
        {"health": Health.GONE, "failures": 1},
        {"retry_after": NOW + timedelta(days=30)},
        {"failures": 3},
        {"last_success": None},
    ],
)
async def test_a_host_that_does_not_answer_a_feed_well_is_asked_for_nothing_more(
    store: Store, so: dict[str, Any]
) -> None:
    of, host = herald(), Host({})
    news = newsroom(of)
    await store.apply(news, now=NOW)
    looking = looking_at(host, store, news, [NOW])
    await answered(store, of, **so)
    assert await looking.round() == 0
    assert host.asked == []
    await answered(store, of)
    assert await looking.round() == 1


async def test_robots_txt_is_read_first_and_obeyed_and_takes_back_nothing(store: Store) -> None:
    of = herald(republish=Republish.FULL)
    news, licence = newsroom(of), "https://licences.example/herald.xml"
    await bring(store, news, of, "Salt")
    host, times = Host({f"herald.example{TDM}": '[{"location": "/", "tdm-reservation": 1}]'}), [NOW]
    looking = looking_at(host, store, news, times)
    await looking.round()
    assert [url.partition("example")[2] for url in host.asked] == ["/robots.txt", TDM]
    for day, more in ((7, ""), (14, f"License: {licence}\n")):
        host.files["https://herald.example/robots.txt"] = f"User-agent: aggregator\nDisallow: /\n{more}"
        host.files[licence] = rsl_file("https://herald.example/*", PAID)
        host.asked.clear()
        times.append(NOW + timedelta(days=day))
        await looking.round()
        assert f"https://herald.example{TDM}" not in host.asked
        (status,) = await store.source_statuses()
        assert [one.standard for one in status.signals] == [Standard.RSL if more else Standard.TDM]


async def test_a_host_that_asks_to_wait_is_not_asked_sooner_what_it_reserves(store: Store) -> None:
    of = herald()
    news, host = newsroom(of), Host({f"herald.example{TDM}": 503}, wait=NOW + timedelta(days=3))
    await bring(store, news, of, "Salt")
    times = [NOW]
    looking = looking_at(host, store, news, times)
    for day, asked in ((0, 1), (1, 0), (2, 0), (3, 1)):
        times.append(NOW + timedelta(days=day))
        assert await looking.round() == asked, day


async def test_where_robots_txt_cannot_be_read_nothing_is(store: Store) -> None:
    of = herald()
    news, host = newsroom(of), Host({"herald.example/robots.txt": 503})
    await bring(store, news, of, "Salt")
    await looking_at(host, store, news, [NOW]).round()
    assert host.asked == ["https://herald.example/robots.txt"]
