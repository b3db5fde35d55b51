"""Subscribing to what we publish: to our own feeds, to an instance that subscribes to us, to an aggregator that writes new ids.

Hard cases are written and read back in one process. Then two real services, each of which polls the other, on addresses of
loopback; clocks go on by a quarter of an hour a round."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from aggregator.model import Article, Credit, Newsroom, Outlet, Republish, Source
from aggregator.normalize import Rules
from aggregator.publish import render
from aggregator.publish.item import item_of
from aggregator.sandbox.reading import read
from aggregator.text import plain_text
from tests.acceptance.service import Installation, free_port, origin_thread
from tests.origin import Origin, Reply
from tests.unit.publish.made_up import NOON, OUTLET, SITE, publication, rich_article

ROUND = 1 / 96  # of a day
ROUNDS = 3
FORMATS = ("atom", "rss", "json")
OUTLETS = """
  andes-post: {title: Hard & Fast, url: 'https://andes.example/', country: PE, language: es,
    sources: [{url: 'ORIGIN', id: andes-post, republish: summary, enabled: ENABLED}]}
"""
TITLES = ("The Andean Post", "Hard & Fast", "Smith, Jones and Co", "Ana Ruiz")
WORDS = {
    "en-GB": ("The government says that it will not", "The minister said that the house would vote on it."),
    "pt-BR": ("O governo diz que não", "O ministro disse que a câmara não votou ainda."),
    "zh-Hant": ("政府表示不會", "部長說議會將投票。"),
}
AUTHORS = ((), ("Dionys Duroc", "Rosa Quispe"), ("Ortega and Gasset",))
RIGHTS = (None, "© The Andean Post 2026")
SECTIONS = "sections: {peru: {title: Peru, countries: [PE]}, mining: {title: Mining, categories: [Minería]}}\n"


def feed(*numbers: int) -> bytes:
    by = "<dc:creator>Ana Ruiz</dc:creator><dc:creator>Dionys Duroc</dc:creator>"
    items = "".join(
        f"""<item><guid isPermaLink="false">andes-{n}</guid><title>Perú: la mina número {n} de Arequipa cierra</title>
<link>https://andes.example/peru/mina-{n}</link>{by if n != 2 else ""}
<category>Minería</category><pubDate>Mon, 05 Jan 2026 1{n}:00:00 GMT</pubDate>
<description>Los mineros de la mina número {n} protestan ante el ministerio en Lima desde hace {n} días.</description></item>"""
        for n in numbers
    )
    return f"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Hard &amp; Fast</title><link>https://andes.example/</link><description>x</description>{items}</channel></rss>""".encode()


def read_back(article: Article, format: str, body: bytes = b"") -> Article:
    """What another instance, which knows the source, makes of our feed with `article` in it, or of `body`."""
    theirs = Source(id="andean", outlet=article.outlet, url=article.source_url, public_url=article.source_url)
    wire = Outlet(id="wire", title="The other wire", url=SITE.url)
    address = f"{SITE.url}/sections/south-america.{format}"
    polled = Source(id="wire", outlet=wire, url=address, public_url=address)
    output = render(publication(article), format, site=SITE)
    (seen,) = read(
        body or output.body,
        content_type=output.media_type,
        url=address,
        source=polled,
        rules=Rules.of(Newsroom(outlets=(article.outlet, wire), sources=(theirs, polled))),
        now=NOON + timedelta(days=1),
    ).sightings
    assert (seen.outlet_id, seen.origin) == (article.outlet.id, theirs.id)
    assert seen.published is not None
    assert seen.updated is not None
    return replace(
        article,
        id=seen.stated_id or "",
        content=seen.content,
        credits=seen.credits,
        categories=seen.categories,
        countries=seen.countries,
        published=seen.published,
        updated=seen.updated,
    )


def said(article: Article) -> dict[str, Any]:
    """What a reader is told of an article. RSS has no pages of authors, and one word for a tag."""
    item = item_of(article, publication(), site=SITE)
    names = (
        "id",
        "title",
        "url",
        "language",
        "summary",
        "picture",
        "rights",
        "licence",
        "source",
        "published",
        "updated",
    )
    return {name: getattr(item, name) for name in names} | {
        "authors": [person.name for person in item.authors],
        "categories": [(tag.label or tag.term, tag.scheme) for tag in item.categories],
    }


@pytest.mark.parametrize(("format", "title", "language"), list(product(FORMATS, TITLES, WORDS)))
def test_an_article_comes_back_from_each_format_as_it_was(format: str, title: str, language: str) -> None:
    headline, summary = WORDS[language]
    rich = rich_article()
    for names, rights, files in product(AUTHORS, RIGHTS, (rich.content.enclosures[:1], ())):
        words = replace(rich.content, title=headline, summary=summary, text="", language=language)
        article = replace(
            rich,
            outlet=replace(OUTLET, title=title),
            content=replace(words, rights=rights, enclosures=files),
            credits=tuple(Credit(name=name) for name in names),
            republish=Republish.SUMMARY,
        )
        back = read_back(article, format)
        assert said(back) == said(article)
        assert back.content.enclosures == files


LINE = "© The Andean Post & Sons, by permission"


@pytest.mark.parametrize("level", Republish)
@pytest.mark.parametrize("format", FORMATS)
def test_an_attribution_comes_back_once_from_each_format_whatever_is_shortened_on_the_way(
    format: str, level: Republish
) -> None:
    plain = replace(rich_article(), republish=level)
    body = render(publication(replace(plain, attribution=LINE)), format, site=SITE).body.decode()
    shortened = body.replace(html.escape(f" — {LINE}", quote=False), "…")
    for written, cut in ((body, False), (shortened, True)):
        back = read_back(plain, format, written.encode())
        assert back.content.credit_line == LINE
        assert LINE not in plain_text(back.content.summary + back.content.text) or cut
        said = item_of(replace(back, attribution=back.content.credit_line), publication(), site=SITE)
        assert said.description.count(LINE) == 1


@dataclass(frozen=True, slots=True)
class Pair:
    """Two instances and an origin with the feed that both know, and with a place for what a third makes of ours."""

    a: Installation
    b: Installation
    origin: Origin

    def articles(self, of: Installation) -> dict[str, dict[str, Any]]:
        found = json.loads(of.run("search", "*", "--json", "--limit", "100").stdout)
        return {article["id"]: article for article in found}

    def rewritten(self) -> None:
        """What another aggregator makes of our feed: its own ids; links and `atom:source` stay."""
        body = self.a.get("/outlets/andes-post.atom").body.decode()
        body = re.sub(r"<id>tag:[^<]*:article/([a-z2-7]+)</id>", r"<id>https://third.example/item/\1</id>", body)
        assert "third.example/item/" in body
        self.origin.serve("/third", Reply(body=body.encode(), headers=(("Content-Type", "application/atom+xml"),)))

    def round(self, days: float) -> None:
        for one in (self.a, self.b):
            done = one.run("poll", "--all", days=days)
            assert done.returncode == 0, done.stderr


def configuration(own: Installation, other: Installation, origin: str, third: str, *, polls_origin: bool) -> str:
    site = f"site: {{title: Wire {own.port}, url: 'http://127.0.0.1:{own.port}', contact: ops@example.org}}\n"
    ours = "".join(
        f"      - {{url: 'http://127.0.0.1:{own.port}/outlets/andes-post.{form}', id: own-{form}}}\n"
        for form in FORMATS
    )
    theirs = "".join(
        f"      - {{url: 'http://127.0.0.1:{other.port}/{path}.{form}', id: other-{path.partition('/')[0]}-{form}}}\n"
        for path, form in (*(("outlets/andes-post", form) for form in FORMATS), ("sections/peru", "atom"))
    )
    outlets = OUTLETS.replace("ORIGIN", origin).replace("ENABLED", str(polls_origin).lower())
    return (
        f"{site}{SECTIONS}outlets:{outlets}"
        f"  ourselves:\n    title: Ourselves\n    url: http://127.0.0.1:{own.port}/\n    sources:\n{ours}"
        f"  wire:\n    title: The other wire\n    url: http://127.0.0.1:{other.port}/\n    sources:\n{theirs}"
        f"  third: {{title: Third, url: 'https://third.example/', sources: [{{url: '{third}', republish: full}}]}}\n"
    )


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    a = Installation(folder=tmp_path_factory.mktemp("a"), port=free_port())
    b = Installation(folder=tmp_path_factory.mktemp("b"), port=free_port())
    with origin_thread(["127.0.0.1"]) as origin:
        url = origin.serve("/feed", Reply(body=feed(1, 2, 3), headers=(("Content-Type", "application/rss+xml"),)))
        third = f"{url.removesuffix('/feed')}/third"
        empty = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Third</title><id>x:3</id></feed>'
        origin.serve("/third", Reply(body=empty, headers=(("Content-Type", "application/atom+xml"),)))
        a.write("all.yaml", configuration(a, b, url, third, polls_origin=True))
        b.write("all.yaml", configuration(b, a, url, third, polls_origin=False))
        made = Pair(a, b, origin)
        with a.serving(), b.serving():
            assert a.run("poll", "andes-post").returncode == b.run("poll", "third").returncode == 0
            yield made


def test_whatever_subscribes_to_whatever_there_are_the_original_articles_and_no_others(pair: Pair) -> None:
    first = pair.articles(pair.a)
    assert len(first) == 3
    said = {form: pair.a.get(f"/outlets/andes-post.{form}").body for form in FORMATS}
    for number in range(1, ROUNDS + 1):
        pair.rewritten()
        pair.round(number * ROUND)
        a, b = pair.articles(pair.a), pair.articles(pair.b)
        assert a == first, f"round {number}"
        assert b.keys() == first.keys(), f"round {number}"
    for id, article in first.items():
        for name in ("title", "url", "authors", "sections", "countries", "outlet", "lang", "published"):
            assert b[id][name] == article[name], name
    assert {form: pair.a.get(f"/outlets/andes-post.{form}").body for form in FORMATS} == said


def test_an_article_is_attributed_to_its_own_source_wherever_it_came_through(pair: Pair) -> None:
    for one in (pair.a, pair.b):
        for item in json.loads(one.get("/outlets/andes-post.json").body)["items"]:
            assert item["_aggregator"]["outlet"]["title"] == "Hard & Fast"
            assert "rights" not in item["_aggregator"]
            assert item["_aggregator"]["source"]["url"].endswith("/feed")
            authors = [] if item["url"].endswith("-2") else ["Ana Ruiz", "Dionys Duroc"]
            assert [author["name"] for author in item.get("authors", ())] == authors
            assert "Minería" in item["tags"]
            assert [tag for tag in item["tags"] if tag == "Peru"] == ["Peru"]


def test_what_comes_later_goes_round_too_and_stays_one(pair: Pair) -> None:
    pair.origin.serve("/feed", Reply(body=feed(1, 2, 3, 4), headers=(("Content-Type", "application/rss+xml"),)))
    for number in range(ROUNDS + 1, 2 * ROUNDS + 1):
        pair.rewritten()
        pair.round(number * ROUND)
    a, b = pair.articles(pair.a), pair.articles(pair.b)
    assert len(a) == 4
    assert a.keys() == b.keys()


def test_no_relay_keeps_an_article_from_leaving(pair: Pair) -> None:
    """What its outlet has us withdraw is gone from both, whoever still shows it."""
    id = next(iter(pair.articles(pair.a)))
    for one in (pair.a, pair.b):
        assert one.run("articles", "withdraw", id, "--reason", "asked to").returncode == 0
    for number in range(2 * ROUNDS + 1, 2 * ROUNDS + 3):
        pair.round(number * ROUND)
        assert id not in pair.articles(pair.a)
        assert id not in pair.articles(pair.b)


@pytest.mark.parametrize("name", ["a", "b"])
def test_the_database_is_whole_after_all_that(pair: Pair, name: str) -> None:
    installation: Installation = getattr(pair, name)
    assert installation.run("db", "check").returncode == 0
