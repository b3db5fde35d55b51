"""SQL and Python answer every query alike, on both databases."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, create_engine, select

from aggregator.model import (
    Article,
    AuthorProfile,
    Category,
    Enclosure,
    Picture,
    Section,
    Sighting,
    Source,
    Title,
    Visibility,
)
from aggregator.query import ArticleView, Query, matches, parse
from aggregator.query.tree import Node
from aggregator.store import Store
from aggregator.store import tables as t
from aggregator.store.loading import load_articles
from aggregator.store.search import every, find, matching
from tests.making import NOW, newsroom, outlet, publish, sighting, source
from tests.properties.queries import CATEGORIES, COUNTRIES, LANGUAGES, NAMES, SECTIONS, WORDS, trees

SOURCES = (
    source("herald"),
    source("herald-world", of=outlet("herald")),
    source("diario", of=outlet("diario", language="es")),
    source("diario-privado", of=outlet("diario", language="es"), private=True),
    source("gone", of=outlet("rt"), withdrawn=True),
    source("later", of=outlet("later"), delay=timedelta(days=6)),
)
NEWSROOM = newsroom(
    *SOURCES,
    sections=tuple(Section(slug=slug, title=Title(slug)) for slug in SECTIONS),
    authors=(AuthorProfile(slug="dionys-duroc", name="Dionys Duroc", aliases=("D. Duroc",)),),
)


@dataclass(frozen=True)
class Archive:
    connection: Connection = field(repr=False)
    views: tuple[ArticleView, ...] = field(repr=False)

    def expected(self, query: Query, *, private: bool) -> list[int]:
        """What evaluation in Python finds, newest first."""
        return [
            view.article.key
            for view in self.views
            if _may_see(view.article, private=private) and matches(query, view, now=NOW)
        ]


def _may_see(article: Article, *, private: bool) -> bool:
    return article.visibility in ({Visibility.PUBLIC, Visibility.PRIVATE} if private else {Visibility.PUBLIC})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A few hundred articles of few words, so that queries find some of them."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("archive") / "aggregator.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield from _filled(f"sqlite:///{path}", f"sqlite:///{path}")
        return
    server = request.getfixturevalue("postgresql")
    name = server.create(template=request.getfixturevalue("postgresql_template"))
    yield from _filled(server.url(name), server.url(name).replace("postgresql:", "postgresql+psycopg:"))
    server.drop(name)


def _filled(url: str, engine_url: str) -> Iterator[Archive]:
    asyncio.run(_fill(url))
    engine = create_engine(engine_url)
    with engine.connect() as connection:
        keys = list(connection.execute(select(t.article.c.key).order_by(t.article.c.key.desc())).scalars())
        yield Archive(connection, tuple(map(ArticleView, load_articles(connection, keys))))
    engine.dispose()


async def _fill(url: str) -> None:
    store = Store.open(url)
    await store.apply(NEWSROOM, now=NOW)
    dice = random.Random(5)
    for day in range(12):
        for one in SOURCES:
            seen = [_sighting(dice, one, f"{one.id}-{day}-{n}") for n in range(4)]
            await publish(store, one, *seen, now=NOW - timedelta(days=12 - day))
    await store.close()


def _sighting(dice: random.Random, of: Source, guid: str) -> Sighting:
    def words(most: int) -> str:
        return " ".join(dice.choices(WORDS, k=dice.randint(1, most)))

    return sighting(
        words(4),
        by=dice.sample(NAMES, dice.choice([0, 0, 1, 1, 2])),
        of=of,
        guid=guid,
        url=f"https://{of.outlet.id}.example/{'/'.join(dice.choices(WORDS, k=2))}/{guid}",
        summary=dice.choice(["", f"<p>{words(6)}</p><p>{words(2)}</p>", words(5)]),
        text=dice.choice(["", "", f"<p>{words(9)} &amp; <b>{words(2)}</b></p>"]),
        language=dice.choice([*LANGUAGES, "es-AR", "pt-BR", None]),
        picture=dice.choice([None, Picture(url="https://herald.example/a.jpg")]),
        enclosures=dice.choice([(), (Enclosure(url="https://herald.example/a.mp3"),)]),
        categories=tuple(Category(term=term) for term in dice.sample(CATEGORIES, dice.choice([0, 1, 2]))),
        sections=tuple(dice.sample(SECTIONS, dice.choice([0, 1, 2]))),
        countries=tuple(dice.sample(COUNTRIES, dice.choice([0, 1, 2]))),
        published=NOW - timedelta(hours=dice.randint(0, 24 * 40)),
    )


_MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(tree=trees())
@_MANY
def test_sql_and_python_give_the_same_answer(archive: Archive, tree: Node) -> None:
    query = Query(tree)
    for private in (False, True):
        expected = archive.expected(query, private=private)
        keys = [view.article.key for view in archive.views]
        assert matching(archive.connection, query, keys, now=NOW, private=private) == expected


@given(tree=trees())
@_MANY
def test_a_search_finds_what_python_finds_page_by_page(archive: Archive, tree: Node) -> None:
    query = Query(tree)
    expected = archive.expected(query, private=False)
    assert list(every(archive.connection, query, now=NOW)) == expected
    assert _by_pages(archive, query, limit=20, budget=20_000) == expected


@given(tree=trees())
@_MANY
def test_a_search_that_is_cut_loses_nothing_when_it_goes_on(archive: Archive, tree: Node) -> None:
    query = Query(tree)
    assert _by_pages(archive, query, limit=10, budget=50) == archive.expected(query, private=False)


def _by_pages(archive: Archive, query: Query, *, limit: int, budget: int) -> list[int]:
    found: list[int] = []
    before: int | None = None
    for _ in range(400):
        page = find(archive.connection, query, now=NOW, limit=limit, before=before, budget=budget)
        assert len(page.keys) <= limit
        assert not page.cut or page.next is not None
        found += page.keys
        if page.next is None:
            return found
        assert before is None or page.next < before
        before = page.next
    raise AssertionError("a search never ends")


def test_the_archive_has_articles_of_every_kind(archive: Archive) -> None:
    found = {view.article.visibility for view in archive.views}
    assert found == set(Visibility)
    for text in (
        'author:"D. Duroc"',
        "author:none",
        "section:none",
        "source:herald-world",
        "has:full -has:image",
        "lang:es-ar",
    ):
        assert archive.expected(parse(text), private=False), text
