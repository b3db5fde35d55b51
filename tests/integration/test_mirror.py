"""The static mirror: the same as the live service, in files."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import brotli
import httpx
import pytest
from lxml import etree

from aggregator.errors import AggregatorError
from aggregator.model import Action, Allowance, Channel, ChannelKind, Decision, Newsroom, Republish, Title
from aggregator.store import Store
from aggregator.syndicate.channels import Selector, Syndicate
from aggregator.web import Desk, mirror, mirroring, opml_document
from aggregator.web.files import File
from bench import nginx
from tests.making import NOW, batch, publish, revised, sighting
from tests.newsstand import CHANNELS, FEEDS, HEADLINE, browser, desk_of, fill, newsroom_at

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SMALL = Channel(kind=ChannelKind.CHANNEL, slug="small", title=Title("Small"), where="*", limit=2)
CODED = (".gz", ".br", ".zst")
HERE = "https://wire.example"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def news() -> Newsroom:
    made = newsroom_at(channels=(*CHANNELS, SMALL))
    return replace(made, site=replace(made.site, languages=("en", "es")))


@pytest.fixture
async def stand(bare: Store, news: Newsroom) -> Store:
    """A day's news, and some of months before."""
    await fill(bare, news)
    for month in (1, 2):
        at = datetime(2026, month, 10, 12, tzinfo=UTC)
        selects = Selector.of(news, lambda at=at: at)  # type: ignore[misc]
        seen = [
            sighting(f"Month {month}, {number}", of=FEEDS[0], by=("Ana Ruiz",), published=at) for number in range(3)
        ]
        await publish(bare, FEEDS[0], *seen, now=at, selects=selects)
    return bare


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def names(site: Path) -> set[str]:
    """The files of a mirror, without their compressed forms and the mark."""
    files = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return {name for name in files if not name.endswith(CODED) and not name.startswith(".")}


def times(site: Path) -> dict[str, tuple[int, int]]:
    paths = [path for path in site.rglob("*") if path.is_file()]
    return {path.relative_to(site).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}


async def test_it_has_every_public_feed_and_page_and_nothing_private(stand: Store, news: Newsroom, site: Path) -> None:
    desk = desk_of(stand, news)
    made = await mirror(desk, site).refresh()
    there = names(site)
    assert (made.files, made.written, made.removed) == (len(there), len(there), 0)
    wanted = {"index.html", "sections/peru/index.html", "sections/peru.rss", "channels/lithium.json", "opml"}
    wanted |= {
        "sitemap.xml",
        "robots.txt",
        "outlets/andes-post/archive/2026-01.atom",
        "channels.opml",
        "static/style.css",
        "es/index.html",
        "es/sections/index.html",
        "es/sections/peru/index.html",
    }
    assert "es/opml" not in there
    assert wanted <= there
    assert [name for name in there if "desk" in name or "sources/insider" in name] == []
    assert [name for name in there if "closed" in name] == ["channels/closed/410"]
    assert (site / "opml").read_bytes() == await opml_document(desk)
    for path in site.rglob("*"):
        if path.is_file() and path.suffix not in CODED and path.name != "style.css":
            text = path.read_text()
            assert "A letter for subscribers" not in text, path
            assert "open-sesame" not in text, path
            assert path.suffix != ".html" or "/search" not in text, path


async def test_beside_each_file_lie_its_compressed_forms(stand: Store, news: Newsroom, site: Path) -> None:
    await mirror(desk_of(stand, news), site).refresh()
    for name in names(site):
        plain = (site / name).read_bytes()
        assert gzip.decompress((site / f"{name}.gz").read_bytes()) == plain
        assert brotli.decompress((site / f"{name}.br").read_bytes()) == plain
        assert zstd.decompress((site / f"{name}.zst").read_bytes()) == plain


async def test_its_feeds_archives_and_lists_are_those_of_the_live_service_byte_for_byte(
    stand: Store, news: Newsroom, site: Path
) -> None:
    desk = desk_of(stand, news)
    await mirror(desk, site).refresh()
    compared = 0
    async with browser(desk) as client:
        for name in sorted(names(site)):
            if not name.endswith((".html", "405.json", "410.json", "/410")):
                live = await client.get(f"/{name}")
                status = 404 if name == "404.json" else 200
                assert (live.status_code, live.content) == (status, (site / name).read_bytes()), name
                compared += 1
    assert compared > 100


def addresses(path: Path) -> Iterator[str]:
    """Every address of ours that a file of the mirror names."""
    if path.suffix == ".html":
        yield from re.findall(r'(?:href|src)="(/[^"]*)"', path.read_text())
    elif path.suffix == ".json" and not path.stem.isdigit():
        feed = json.loads(path.read_bytes())
        yield from filter(None, (feed["feed_url"], feed["home_page_url"], feed.get("next_url")))
    elif path.suffix in (".xml", ".atom", ".rss", ".opml") or path.name == "opml":
        root = etree.fromstring(path.read_bytes())
        for node in root.iter("{*}loc"):
            yield str(node.text)
        for link in root.iter("{http://www.w3.org/2005/Atom}link"):
            if link.get("rel") != "hub":  # a program, not a file
                yield str(link.get("href"))
        for outline in root.iter("outline"):
            yield from filter(None, (outline.get("xmlUrl"), outline.get("htmlUrl")))


async def test_every_link_of_it_leads_to_a_file_of_it(stand: Store, news: Newsroom, site: Path) -> None:
    await mirror(desk_of(stand, news), site).refresh()
    followed = set[str]()
    for name in names(site):
        for address in addresses(site / name):
            if address.startswith((HERE, "/")):
                path = unquote(urlsplit(address).path).lstrip("/")
                followed.add(path)
                target = site / path
                assert target.is_file() or (target / "index.html").is_file(), (name, address)
    assert "channels/small/archive/2026-01.atom" in followed or any("small/archive" in path for path in followed)


async def test_what_did_not_change_is_not_touched(stand: Store, news: Newsroom, site: Path) -> None:
    await mirror(desk_of(stand, news), site).refresh()
    before = times(site)
    # Another process, an hour later: no file depends on when it was written.
    kept = mirror(desk_of(stand, news, now=lambda: LATER), site)
    assert (await kept.refresh()).written == 0
    assert times(site) == before
    await publish(stand, FEEDS[2], sighting("Uma notícia", of=FEEDS[2]), now=LATER)
    made = await kept.refresh()
    after = times(site)
    changed = {name for name in after if after[name] != before.get(name) and not name.endswith(CODED)}
    assert made.written == len(changed)
    assert {"outlets/folha-do-sul.atom", "sources/folha-do-sul/index.html", "index.html"} <= changed
    assert not [name for name in changed if "andes-post" in name or "archive/2026-01" in name]
    assert (await kept.refresh()).written == 0


def with_site(**changes: Any) -> Callable[[Newsroom], Newsroom]:
    return lambda news: replace(news, site=replace(news.site, **changes))


def with_channels(**changes: Any) -> Callable[[Newsroom], Newsroom]:
    return lambda news: replace(news, channels=tuple(replace(one, **changes) for one in news.channels))


def with_source(**changes: Any) -> Callable[[Newsroom], Newsroom]:
    return lambda news: replace(news, sources=(replace(news.sources[0], **changes), *news.sources[1:]))


def with_outlet(**changes: Any) -> Callable[[Newsroom], Newsroom]:
    def changed(news: Newsroom) -> Newsroom:
        outlet = replace(news.outlets[0], **changes)
        first = replace(news.sources[0], outlet=outlet)
        return replace(news, sources=(first, *news.sources[1:]), outlets=(outlet, *news.outlets[1:]))

    return changed


def with_section(news: Newsroom) -> Newsroom:
    return replace(news, sections=tuple(replace(one, title=Title(f"All of {one.slug}")) for one in news.sections))


def with_author(news: Newsroom) -> Newsroom:
    return replace(
        news, authors=(replace(news.authors[0], name="Dionys A. Duroc", aliases=("Dionys Duroc", "D. Duroc")),)
    )


SMALL_FEEDS, HERALD_FEEDS = "channels/small", "outlets/andes-post"


@pytest.mark.parametrize(
    ("change", "of"),
    [
        (with_site(title=Title("Another Wire")), SMALL_FEEDS),
        (with_site(contact="desk@elsewhere.example"), SMALL_FEEDS),
        (with_site(language="es", languages=("en",)), HERALD_FEEDS),
        (with_site(hub="none"), SMALL_FEEDS),
        (with_site(hub="https://hub.example/"), SMALL_FEEDS),
        (with_site(url="https://elsewhere.example/news"), SMALL_FEEDS),
        (with_site(id_domain="elsewhere.example"), SMALL_FEEDS),
        (with_channels(title=Title("Tiny")), SMALL_FEEDS),
        (with_channels(description=Title("All that there is")), SMALL_FEEDS),
        (with_channels(limit=3), SMALL_FEEDS),
        (with_channels(within=Allowance(republish=Republish.TITLE)), "channels/lithium"),
        (with_source(republish=Republish.TITLE), HERALD_FEEDS),
        (with_source(summary_length=10), HERALD_FEEDS),
        (with_source(pictures=False), HERALD_FEEDS),
        (with_source(attribution="By permission"), HERALD_FEEDS),
        (with_source(title="All of Andes Post"), HERALD_FEEDS),
        (with_source(public_url="https://andes-post.example/all"), HERALD_FEEDS),
        (with_outlet(title="The Andes Post"), HERALD_FEEDS),
        (with_outlet(url="https://www.andes-post.example"), HERALD_FEEDS),
        (with_section, "sections/peru"),
        (with_author, "authors/dionys-duroc"),
    ],
)
async def test_what_the_configuration_says_stands_in_every_output_after_a_reload(
    stand: Store, news: Newsroom, site: Path, tmp_path: Path, change: Callable[[Newsroom], Newsroom], of: str
) -> None:
    current, clock = [news], [LATER]
    desk = desk_of(stand, lambda: current[-1], now=lambda: clock[-1])
    kept = mirror(desk, site)
    await kept.refresh()
    feeds = [name for name in names(site) if name.endswith((".atom", ".rss", ".json"))]
    before = {name: (site / name).read_bytes() for name in feeds}
    dated = {name: (site / name).stat().st_mtime for name in feeds}
    clock.append(LATER + timedelta(hours=1))
    current.append(replace(change(news), digest="changed"))
    applied = await stand.apply(current[-1], now=clock[-1])
    await Syndicate(stand, lambda: current[-1], lambda: clock[-1]).refill(applied.changed_channels)
    await kept.refresh()
    after = {name: (site / name).read_bytes() for name in names(site)}
    changed = {name for name in feeds if name in after and after[name] != before[name]}
    assert f"{of}.atom" in changed
    assert {name for name in changed if (site / name).stat().st_mtime <= dated[name]} == set(), "told by their dates"
    # A process that never rendered anything says the same.
    with sqlite3.connect(tmp_path / "bare.db") as database:
        database.execute("DELETE FROM rendered_body")
        database.execute("DELETE FROM rendered")
    fresh = tmp_path / "fresh"
    await mirror(desk_of(stand, current[-1], now=lambda: clock[-1]), fresh).refresh()
    assert {name: (fresh / name).read_bytes() for name in names(fresh)} == after
    async with browser(desk) as client:
        for name in changed:
            assert (await client.get(f"/{name}")).content == after[name], name


async def test_who_reads_a_file_while_it_is_replaced_has_the_old_one_whole(
    stand: Store, news: Newsroom, site: Path
) -> None:
    kept = mirror(desk_of(stand, news, now=lambda: LATER), site)
    await kept.refresh()
    before = (site / "outlets/folha-do-sul.atom").read_bytes()
    with (site / "outlets/folha-do-sul.atom").open("rb") as reader:
        half = reader.read(100)
        await publish(stand, FEEDS[2], sighting("Uma notícia", of=FEEDS[2]), now=LATER)
        await kept.refresh()
        assert half + reader.read() == before
    assert b"Uma not" in (site / "outlets/folha-do-sul.atom").read_bytes()
    assert [path for path in site.rglob(".*") if path.name != ".aggregator-export"] == []


async def test_a_channel_that_is_gone_goes_with_all_its_files(stand: Store, news: Newsroom, site: Path) -> None:
    await mirror(desk_of(stand, news), site).refresh()
    fewer = replace(news, channels=(replace(SMALL, removed=True),), digest="fewer")
    await stand.apply(fewer, now=LATER)
    made = await mirror(desk_of(stand, fewer), site).refresh()
    assert made.removed > 0
    assert {name for name in names(site) if "small" in name} == {"channels/small/410"}
    left = replace(news, channels=(), digest="left")
    await stand.apply(left, now=LATER)
    await mirror(desk_of(stand, left), site).refresh()
    assert {name for name in names(site) if "small" in name} == {"channels/small/410"}


async def test_a_withdrawn_article_is_in_no_file_after_one_refresh(stand: Store, news: Newsroom, site: Path) -> None:
    kept = mirror(desk_of(stand, news, now=lambda: LATER), site)
    await kept.refresh()
    gone = [
        a.id
        for a in await stand.articles(ChannelKind.OUTLET, "andes-post", limit=50)
        if "Month 1, 1" in a.content.title
    ]
    assert sum("Month 1, 1" in (site / name).read_text() for name in names(site)) > 9
    await stand.decide(Decision(action=Action.WITHDRAW, articles=tuple(gone), at=LATER, reason="asked"), now=LATER)
    await kept.refresh()
    assert [name for name in names(site) if "Month 1, 1" in (site / name).read_text()] == []


async def test_a_correction_deep_in_the_archives_is_in_the_files_within_an_hour(
    stand: Store, news: Newsroom, site: Path
) -> None:
    now = LATER
    kept = mirror(desk_of(stand, news, now=lambda: now), site)
    await kept.refresh()
    wrong = next(
        a for a in await stand.articles(ChannelKind.OUTLET, "andes-post", limit=50) if "Month 1, 1" in a.content.title
    )
    right = sighting("Month 1, one", of=FEEDS[0], guid="month-1,-1")
    await stand.write(batch(FEEDS[0], revised(right, wrong), now=now), now=now)
    now += timedelta(minutes=61)
    await publish(stand, FEEDS[0], sighting("And on it goes", of=FEEDS[0]), now=now)
    await kept.refresh()
    page = site / "outlets/andes-post/archive/2026-01.atom"
    assert "Month 1, one" in page.read_text()
    assert "Month 1, 1" not in page.read_text()


async def test_new_articles_leave_old_archive_pages_untouched_and_in_their_place(
    stand: Store, news: Newsroom, site: Path
) -> None:
    now = LATER
    desk = desk_of(stand, news, now=lambda: now)
    kept = mirror(desk, site)
    await kept.refresh()
    for number in range(8):
        now += timedelta(minutes=1)
        selects = Selector.of(news, lambda at=now: at)  # type: ignore[misc]
        await publish(stand, FEEDS[0], sighting(f"More {number}", of=FEEDS[0]), now=now, selects=selects)
        await kept.refresh()
    async with browser(desk) as client:
        for name in sorted(names(site)):
            if "/archive/" in name and name.endswith(".atom"):
                assert (await client.get(f"/{name}")).content == (site / name).read_bytes(), name
    fresh = site.with_name("fresh")
    await mirror(desk, fresh).refresh()
    assert names(fresh) <= names(site)


async def test_somebody_elses_folder_is_left_alone(stand: Store, news: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(AggregatorError, match="not empty"):
        await mirror(desk_of(stand, news), tmp_path).refresh()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".txt"] == ["thesis.txt"]


THEIRS = (".well-known/security.txt", ".git/objects/x.zst", "favicon.ico", "about.html", "channels/small/notes.txt")


async def test_what_people_put_beside_it_stays(stand: Store, news: Newsroom, site: Path) -> None:
    await mirror(desk_of(stand, news), site).refresh()
    for name in THEIRS:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("mine")
    (site / "uploads").mkdir()
    fewer = replace(news, channels=(replace(SMALL, removed=True),), digest="fewer")
    await stand.apply(fewer, now=LATER)
    made = await mirror(desk_of(stand, fewer), site).refresh()
    assert made.removed > 0
    assert {name: (site / name).read_text() for name in THEIRS} == dict.fromkeys(THEIRS, "mine")
    assert (site / "uploads").is_dir()
    assert not (site / "channels/small/archive").exists()


async def test_what_an_interrupted_export_left_behind_goes(
    stand: Store, news: Newsroom, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was killed among the files of a channel that the next export has no more, with one half written and its name, too."""
    put = mirroring._put

    def dies(folder: Path, file: File, ours: set[str]) -> bool:
        if file.path == "channels/small.json":
            (site / ".aggregator-export.aside").write_bytes(b"half")
            with (site / ".aggregator-export").open("a") as mark:
                mark.write("channels/sma")
            raise RuntimeError("killed")
        return put(folder, file, ours)

    with monkeypatch.context() as patch:
        patch.setattr(mirroring, "_put", dies)
        with pytest.raises(RuntimeError, match="killed"):
            await mirror(desk_of(stand, news), site).refresh()
    assert (site / "channels/small.atom").is_file()
    fewer = replace(news, channels=(replace(SMALL, removed=True),), digest="fewer")
    await stand.apply(fewer, now=LATER)
    await mirror(desk_of(stand, fewer), site).refresh()
    assert not [path for path in site.rglob("*") if path.name.startswith("small.") or path.name.endswith("aside")]


async def test_a_mirror_of_a_version_that_kept_no_list_is_brought_up_to_date_too(
    stand: Store, news: Newsroom, site: Path
) -> None:
    await mirror(desk_of(stand, news), site).refresh()
    (site / ".aggregator-export").write_bytes(b"")
    for name in THEIRS:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("mine")
    fewer = replace(news, channels=(replace(SMALL, removed=True),), digest="fewer")
    await stand.apply(fewer, now=LATER)
    await mirror(desk_of(stand, fewer), site).refresh()
    assert not (site / "channels/small.atom").exists()
    assert not (site / "channels/small/archive").exists()
    assert {name: (site / name).read_text() for name in THEIRS} == dict.fromkeys(THEIRS, "mine")


async def test_two_do_not_write_one_mirror(stand: Store, news: Newsroom, site: Path) -> None:
    await mirror(desk_of(stand, news), site).refresh()
    with mirroring._alone(site), pytest.raises(AggregatorError, match="another process"):
        await mirror(desk_of(stand, news), site).refresh()


async def test_a_feed_is_dated_by_its_last_change(stand: Store, news: Newsroom, site: Path) -> None:
    desk = desk_of(stand, news)
    await mirror(desk, site).refresh()
    rendered = await desk.editions.feed(ChannelKind.SECTION, "peru", "rss")
    assert rendered is not None
    assert (site / "sections/peru.rss").stat().st_mtime == int(rendered.last_modified.timestamp())


CONFIGURATION = Path(__file__).parents[2] / "docs/mirror/nginx.conf"


needs_nginx = pytest.mark.skipif(nginx.program() is None and "CI" not in os.environ, reason="needs nginx")


@needs_nginx
async def test_nginx_serves_it_by_the_sample_configuration(stand: Store, news: Newsroom) -> None:
    desk = desk_of(stand, news)
    async with served_by_nginx(desk) as (client, site):
        await answers_like_the_service(client, site)
        await refuses_like_the_service(client, desk)


@needs_nginx
async def test_nginx_serves_a_site_below_a_path(stand: Store, news: Newsroom) -> None:
    desk = desk_of(stand, below_a_path(news))
    async with served_by_nginx(desk, ("# rewrite", "rewrite")) as (client, _):
        await refuses_like_the_service(client, desk)


def below_a_path(news: Newsroom) -> Newsroom:
    return replace(news, site=replace(news.site, url=f"{HERE}/news"))


@asynccontextmanager
async def served_by_nginx(desk: Desk, *edits: tuple[str, str]) -> AsyncIterator[tuple[httpx.AsyncClient, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # nginx's workers are another user where tests run as root
        site = Path(folder) / "www"
        await mirror(desk, site).refresh()
        sample = edited(CONFIGURATION, ("/srv/aggregator/site", str(site)), *edits)
        _check(Path(folder), sample)
        with nginx.serving(Path(folder), sample) as port:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                yield client, site


def edited(sample: Path, *edits: tuple[str, str]) -> str:
    """A sample configuration as an operator changes it."""
    text = sample.read_text()
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return text


def _check(tmp_path: Path, sample: str) -> None:
    checked = tmp_path / "checked.conf"
    checked.write_text(f"pid {tmp_path}/checked.pid; events {{}} http {{ access_log off; {sample} }}")
    check = [str(nginx.program()), "-t", "-q", "-c", str(checked), "-e", str(tmp_path / "check.log")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


TYPES = {
    "sections/peru.atom": "application/atom+xml; charset=utf-8",
    "outlets/andes-post/archive/2026-01.rss": "application/rss+xml; charset=utf-8",
    "channels/lithium.json": "application/feed+json",
    "opml": "text/x-opml; charset=utf-8",
    "sources.opml": "text/x-opml; charset=utf-8",
    "sitemap.xml": "application/xml",
    "static/style.css": "text/css; charset=utf-8",
    "static/favicon.svg": "image/svg+xml",
    "robots.txt": "text/plain; charset=utf-8",
}


async def answers_like_the_service(client: httpx.AsyncClient, site: Path) -> None:
    for name, type in TYPES.items():
        for coding, suffix in (("identity", ""), ("gzip", ".gz"), ("br", ".br"), ("gzip, deflate, br, zstd", ".zst")):
            request = client.build_request("GET", f"/{name}", headers={"accept-encoding": coding})
            answer = await client.send(request, stream=True)
            raw = b"".join([part async for part in answer.aiter_raw()])
            assert answer.status_code == 200, name
            assert raw == (site / f"{name}{suffix}").read_bytes(), (name, coding)
            assert answer.headers["content-type"] == type
            said = {".gz": "gzip", ".br": "br", ".zst": "zstd"}.get(suffix)
            assert answer.headers.get("content-encoding") == said
            assert answer.headers["vary"] == "Accept-Encoding"
            held = {"if-none-match": answer.headers["etag"], "accept-encoding": coding}
            assert (await client.get(f"/{name}", headers=held)).status_code == 304
    for address in ("/sections/peru", "/sections/peru/", "/es/sections/peru"):
        page = await client.get(address)
        assert (page.status_code, HEADLINE in page.text) == (200, True)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
    for address in ("/.aggregator-export", "/404.html", "/410.json", "/es/404.html"):
        assert (await client.get(address)).status_code == 404
    (site / ".well-known").mkdir()
    (site / ".well-known/security.txt").write_text("Contact: mailto:ops@wire.example")
    assert (await client.get("/.well-known/security.txt")).text == "Contact: mailto:ops@wire.example"


# One that likes feeds better, one that likes nothing better, those of a browser and of a script.
ACCEPTS = (
    "application/atom+xml, application/rss+xml;q=0.9, */*;q=0.1",
    "*/*",
    "",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/json, text/plain, */*",
    "application/feed+json",
)
ABSENT = (
    "/sections/atlantis.atom",
    "/sections/atlantis.json",
    "/sections/atlantis",
    "/es/sections/atlantis",
    "/sections/peru/archive/1999-01.rss",
    "/pt/sections/peru",
    "/atlantis.opml",
    "/api/v1/atlantis",
    "/atlantis/",
)
REMOVED = (
    "/channels/closed.rss",
    "/channels/closed.atom",
    "/channels/closed.json",
    "/channels/closed/archive/2026-01.atom",
    "/channels/closed",
    "/es/channels/closed",
)


async def refuses_like_the_service(client: httpx.AsyncClient, desk: Desk) -> None:
    """What the service says of addresses where there is nothing, and that all that the sitemap names are there."""
    root = urlsplit(desk.newsroom().site.url).path
    listed = etree.fromstring((await client.get(f"{root}/sitemap.xml")).content).iter("{*}loc")
    for path in [urlsplit(str(loc.text)).path for loc in listed]:
        assert (await client.get(path)).status_code == 200, path
    # What a reader has of a feed that was there yesterday is not compared with the answer.
    held = {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT", "if-none-match": "*", "range": "bytes=0-3"}
    async with browser(desk, client="127.0.0.1") as live:
        for path in (*ABSENT, *REMOVED):
            for accept in ACCEPTS:
                asked = {"accept": accept, **held}
                ours, theirs = await client.get(root + path, headers=asked), await live.get(root + path, headers=asked)
                if theirs.status_code == 301:  # the service's way to the address without a slash
                    theirs = await live.get(theirs.headers["location"], headers=asked)
                assert said(ours) == said(theirs), (path, accept)
                assert ours.status_code == (410 if path in REMOVED else 404)
                assert ours.headers["vary"] == "Accept"
        for path in ("/sections/peru.atom", "/sections/peru", "/es/sections/peru"):
            ours, theirs = await client.post(root + path), await live.post(root + path)
            assert (ours.status_code, said(ours)) == (405, said(theirs)), path


def said(answer: httpx.Response) -> tuple[object, ...]:
    """What an answer tells a reader; of a page its language and its words, but for those that lead to what a mirror lacks."""
    names = ("content-type", "cache-control", "allow", "x-content-type-options", "access-control-allow-origin")
    body = answer.text
    if answer.headers["content-type"].startswith("text/html"):
        body = " ".join(re.findall(r'<html lang="\w+">|<h1>.*?</h1>|<p>[^<]*</p>', body))
    return answer.status_code, *map(answer.headers.get, names), body
