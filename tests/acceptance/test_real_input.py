"""Every real feed of the test data, served as if it were live, through the real command and out again.

The data is optional (AGGREGATOR_TEST_DATA, default ../shared): without it these tests say that it is absent.
"""

from __future__ import annotations

import html
import io
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import jsonschema
import pytest
from lxml import etree

from aggregator.model import order_key
from aggregator.publish.ids import stated_uri
from tests.acceptance import w3c
from tests.acceptance.comparing import EXPLAINED, Had, differences
from tests.acceptance.processes import ROOT
from tests.acceptance.readers import COMMANDS, READERS
from tests.acceptance.service import Installation, free_port, origin_thread
from tests.checklist import LINES, Fed, ids
from tests.origin import Origin, conditional
from tests.outputs import further_back

DATA = Path(os.environ.get("AGGREGATOR_TEST_DATA", ROOT.parent / "shared")) / "corpus"
pytestmark = pytest.mark.skipif(not (DATA / "feeds").is_dir(), reason=f"the test data is absent: no {DATA / 'feeds'}")
FORMATS = ("rss", "atom", "json")
KINDS = ("sections", "authors", "outlets", "sources", "channels")
_MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


@dataclass(frozen=True, slots=True)
class Live:
    """A feed of the test data at its address."""

    id: str
    host: str
    path: Path

    @property
    def media_type(self) -> str:
        return "application/feed+json" if self.path.suffix == ".json" else "application/xml"


@dataclass(frozen=True, slots=True)
class Run:
    """What two polls a day apart left behind."""

    feeds: tuple[Live, ...]
    installation: Installation
    origin: Origin
    asked_first: int
    articles_first: list[dict[str, Any]]
    articles_second: list[dict[str, Any]]
    sources: dict[str, dict[str, Any]]


def live_feeds() -> tuple[Live, ...]:
    paths = sorted((DATA / "feeds").iterdir())
    return tuple(
        Live(f"f{number}", f"127.{10 + number // 200}.{number % 200}.1", path) for number, path in enumerate(paths)
    )


# What a source is called whose document could not be read.
UNREADABLE = ("failing", "html", "blocked", "empty")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    feeds = live_feeds()
    installation = Installation(folder=tmp_path_factory.mktemp("real"), port=free_port())
    with origin_thread([feed.host for feed in feeds]) as origin:
        for feed in feeds:
            script = conditional(feed.path.read_bytes(), etag=f'"{feed.id}"', media_type=feed.media_type)
            origin.serve("/feed", script, host=feed.host)
        installation.write("all.yaml", configuration(feeds, origin, installation.port))
        for name in ("sections-places.yaml", "sections-topics.yaml"):
            installation.write(name, (ROOT / "config" / name).read_text())
        assert installation.run("poll").returncode in (0, 1)
        asked, first = len(origin.requests), stored(installation)
        assert installation.run("poll", days=1).returncode in (0, 1)
        statuses = json.loads(installation.run("sources", "--json", "--limit", "1000", days=1).stdout)
        with installation.serving(days=1):
            yield Run(
                feeds,
                installation,
                origin,
                asked,
                first,
                stored(installation),
                {status["id"]: status for status in statuses},
            )


def configuration(feeds: tuple[Live, ...], origin: Origin, port: int) -> str:
    lines = ["site:", "  title: Real input", f"  url: http://localhost:{port}", "  contact: ops@example.org"]
    lines += ["defaults: {republish: full}", "channels: {all: {title: All, where: '*', limit: 200}}", "outlets:"]
    for feed in feeds:
        url = origin.url("/feed", host=feed.host)
        lines.append(
            f"  {feed.id}: {{title: Outlet {feed.id}, url: 'http://{feed.host}/', sources: [{{url: '{url}'}}]}}"
        )
    return "\n".join(lines) + "\n"


def stored(installation: Installation) -> list[dict[str, Any]]:
    done = installation.run("search", "--json", "--limit", "100000", "published:[1900-01-01 TO *]")
    assert done.returncode == 0, done.stderr
    articles: list[dict[str, Any]] = json.loads(done.stdout)
    return articles


def entries_of(feed: Live) -> list[Any] | None:
    """The entries that another reader finds; None when it can read nothing."""
    body = feed.path.read_bytes()
    if feed.path.suffix == ".json":
        try:
            return list(json.loads(body)["items"])
        except (ValueError, KeyError):
            return None
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-type": feed.media_type})
    return list(parsed.entries) if parsed.get("version") else None


def test_no_source_fails_that_another_reader_can_read(run: Run) -> None:
    failed = {
        feed.path.name: run.sources[feed.id]["error"]
        for feed in run.feeds
        if run.sources[feed.id]["health"] in UNREADABLE and entries_of(feed)
    }
    assert failed == {}


def test_each_entry_is_stored_once(run: Run) -> None:
    wrong = {}
    for feed in run.feeds:
        entries = entries_of(feed)
        if not entries or run.sources[feed.id]["health"] in UNREADABLE:
            continue
        distinct = {_identity(entry) for entry in entries if _says_something(entry)}
        got = sum(article["source"] == feed.id for article in run.articles_first)
        if got != len(distinct):
            wrong[feed.path.name] = (got, len(distinct))
    assert wrong == {}


def _says_something(entry: Any) -> bool:
    """Two of the real feeds hold items that are empty: they are no news."""
    words = (entry.get(key) for key in ("id", "link", "url", "title", "summary"))
    return any(str(word).strip() for word in words if word)


def _identity(entry: Any) -> str:
    return str(entry.get("id") or entry.get("link") or entry.get("url") or (entry.get("title"), entry.get("summary")))


def test_a_day_later_every_source_is_asked_again_and_nothing_is_new(run: Run) -> None:
    again = {request.host for request in run.origin.requests[run.asked_first :] if request.path == "/feed"}
    waiting = {feed.host for feed in run.feeds if run.sources[feed.id]["health"] == "gone"}
    assert {feed.host for feed in run.feeds} - waiting <= again
    assert {article["id"] for article in run.articles_second} == {article["id"] for article in run.articles_first}


def test_the_second_time_every_readable_source_is_asked_with_its_validators(run: Run) -> None:
    again = {request.host: request for request in run.origin.requests[run.asked_first :] if request.path == "/feed"}
    readable = [feed for feed in run.feeds if run.sources[feed.id]["health"] == "well"]
    assert len(readable) > 150
    assert [feed.id for feed in readable if again[feed.host].header("If-None-Match") != f'"{feed.id}"'] == []


def test_every_output_is_well_formed_and_the_three_formats_say_the_same(run: Run) -> None:
    relaxng = etree.RelaxNG(etree.parse(DATA / "schemas" / "atom-rfc4287.rng"))
    schema = json.loads((DATA / "schemas" / "jsonfeed-v1.1.schema.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    by_id = {article["id"]: article for article in run.articles_second}
    for feed in run.feeds:
        bodies = {form: run.installation.get(f"/sources/{feed.id}.{form}").body for form in FORMATS}
        assert relaxng.validate(etree.fromstring(bodies["atom"])), (feed.path.name, relaxng.error_log.last_error)
        assert not [error.message for error in validator.iter_errors(json.loads(bodies["json"]))], feed.path.name
        rss, atom, plain = _said(bodies["rss"]), _said(bodies["atom"]), _json_said(bodies["json"])
        assert rss == atom == plain, feed.path.name
        for id, (title, link, authors, date) in plain.items():
            article = by_id[id.rpartition("/")[2]]
            assert title == article["title"] or not article["title"], feed.path.name
            assert link == (article["url"] or link), feed.path.name
            assert set(article["authors"]) <= set(authors), feed.path.name
            assert date == article["published"][:19], feed.path.name


@pytest.mark.skipif(not w3c.installed(), reason=w3c.ABSENT)
def test_the_w3c_validator_finds_no_error_and_two_warnings_that_we_argue(run: Run) -> None:
    feeds = []
    for path in (f"/sources/{feed.id}.{form}" for feed in run.feeds for form in _MEDIA_TYPES):
        address = f"http://localhost:{run.installation.port}{path}"
        feeds.append((address, _MEDIA_TYPES[path.rpartition(".")[2]], run.installation.get(path).body))
    found = w3c.complaints(feeds)
    assert [one for one in found if one.error] == []
    assert [one for one in found if one.name not in w3c.ACCEPTED] == []


@pytest.fixture(scope="module")
def outputs(run: Run) -> list[Fed]:
    """Feeds of every kind in every format; of some what lies further back and what left; pages of a search, lists, problems."""
    site = f"http://localhost:{run.installation.port}"
    feed_ids = {run.origin.url("/feed", host=feed.host): id for feed in run.feeds if (id := _atom_id(feed))}
    keys = {one["uri"]: order_key(datetime.fromisoformat(one["listed"]), one["id"]) for one in listed(run)}

    def fed(path: str, *, hub: str = "") -> Fed:
        body, format = run.installation.get(path).body, path.partition("?")[0].replace("/", ".").rpartition(".")[2]
        return Fed(format, body, "ops@example.org", feed_ids, hub, keys)

    def pages(path: str) -> Iterator[Fed]:
        while path:
            yield (page := fed(path))
            path = further_back(page.body).removeprefix(site)

    paths = [f"/{kind}/{slug}" for kind in KINDS for slug in slugs(run, kind)]
    found = [fed(f"{path}.{form}", hub=f"{site}/websub/hub") for path in paths for form in FORMATS]
    assert sum(len(ids(one)) for one in found) > 10_000
    found += [fed(f"{path}.atom?deleted=1") for path in paths[::20]]
    found += [
        page for one in found[: 3 * len(paths) : 100] for page in pages(further_back(one.body).removeprefix(site))
    ]
    found += [page for form in FORMATS for page in pages(f"/search.{form}?q=lang%3Aes&limit=200")]
    return found + [fed(f"/{name}") for name in ("status.atom", "opml", *(f"{kind}.opml" for kind in KINDS))]


def slugs(run: Run, kind: str) -> list[str]:
    """What there is of a kind, at most 200."""
    answer = json.loads(run.installation.get(f"/api/v1/{kind}?limit=200").body)
    return [quote(one["slug"]) for one in answer["channels"]]


def listed(run: Run) -> Iterator[dict[str, Any]]:
    """Every article as the API tells it."""
    path = "/api/v1/articles?limit=200"
    while path:
        answer = json.loads(run.installation.get(path).body)
        yield from answer["articles"]
        path = f"/api/v1/articles?limit=200&before={answer['next']}" if answer["next"] else ""


def _atom_id(feed: Live) -> str | None:
    """The id that another reader finds of an Atom feed, where it is in normal form."""
    parsed = feedparser.parse(io.BytesIO(feed.path.read_bytes()), response_headers={"content-type": feed.media_type})
    return stated_uri(html.unescape(parsed.feed.get("id", ""))) if parsed.version.startswith("atom") else None


@pytest.mark.parametrize("name", LINES)
def test_the_checklist_holds_of_every_real_feed(outputs: list[Fed], name: str) -> None:
    formats, check = LINES[name]
    for fed in outputs:
        if fed.format in formats:
            check(fed)


Said = dict[str, tuple[str, str | None, tuple[str, ...], str]]


def _said(body: bytes) -> Said:
    parsed = feedparser.parse(io.BytesIO(body))
    assert not parsed.bozo, parsed.bozo_exception
    said: Said = {}
    for entry in parsed.entries:
        date = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*entry.published_parsed[:6])
        names = tuple(author["name"] for author in entry.get("authors", ()) if author.get("name"))
        said[entry.id] = (entry.get("title", ""), entry.get("link"), names, date)
    return said


def _json_said(body: bytes) -> Said:
    return {
        item["id"]: (
            item.get("title", ""),
            item.get("url"),
            tuple(author["name"] for author in item.get("authors", ())),
            item["date_published"][:19],
        )
        for item in json.loads(body)["items"]
    }


ENOUGH = 500


def had_of(body: bytes) -> dict[str, Had]:
    """The articles of a source as another test holds them to what the source had (above)."""
    return {
        item["id"]: Had(
            id=item["id"],
            title=item["title"],
            link=item["url"],
            published=int(datetime.fromisoformat(item["date_published"]).timestamp()),
            updated=int(datetime.fromisoformat(item["date_modified"]).timestamp()),
            authors=tuple(author["name"] for author in item.get("authors", ())),
            picture=item.get("image"),
            outlet=item["_aggregator"]["outlet"]["title"],
        )
        for item in json.loads(body)["items"]
    }


@pytest.fixture(scope="module")
def wanted(run: Run) -> dict[str, dict[str, Had]]:
    """Sources with real articles, 500 of them: regional outlets' before others."""
    found: dict[str, dict[str, Had]] = {}
    for feed in run.feeds:
        had = had_of(run.installation.get(f"/sources/{feed.id}.json").body)
        if len(had) >= 10 and any(one.authors for one in had.values()) and any(one.picture for one in had.values()):
            found[feed.id] = had
        if sum(map(len, found.values())) >= ENOUGH:
            return found
    raise AssertionError("the test data have too few articles with author and picture")


@pytest.mark.parametrize("format", ["rss", "atom"])
@pytest.mark.parametrize("reader", READERS)
def test_readers_show_what_the_source_had(
    run: Run,
    wanted: dict[str, dict[str, Had]],
    reader: str,
    format: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    if reader in COMMANDS and shutil.which(COMMANDS[reader]) is None and "CI" not in os.environ:
        pytest.skip(f"{reader} is not installed here (`.ci/run` installs it)")
    found: Counter[str] = Counter()
    addresses = {id: f"http://127.0.0.1:{run.installation.port}/sources/{id}.{format}" for id in wanted}
    shelf = READERS[reader]([*addresses.values()], tmp_path)
    for id, had in wanted.items():
        found += differences(had, shelf[addresses[id]])
    shown = f"{reader} {format}: {sum(map(len, wanted.values()))} articles, {dict(found) or 'no difference'}"
    record_property("readers", shown)  # `pytest -o junit_family=xunit1 --junit-xml=FILE` has the figures
    assert set(found) <= EXPLAINED[reader], shown
    # Newsboat takes sound and film alone for files; of some pictures nobody says of what type they are.
    most = 1.0 if reader == "newsboat" else 0.1
    assert found["picture: it is not shown"] <= most * sum(map(len, wanted.values())), shown
