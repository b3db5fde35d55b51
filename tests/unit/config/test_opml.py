"""Another reader's outlines become a file that loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aggregator.config import load
from aggregator.config.opml import sources_yaml
from aggregator.model import Newsroom, Outlet
from aggregator.publish import Outline

OUTLINES = (
    Outline(
        text="News",
        children=(
            Outline(text="One", xml_url="https://one.example/rss", html_url="https://one.example/", language="es"),
            Outline(text="One, a", xml_url="https://one.example/a/notas"),
            Outline(text="One, b", xml_url="https://one.example/b/notas"),
        ),
    ),
    Outline(text="None", xml_url="https://none.example/rss"),
)


def test_what_is_imported_loads_with_an_id_for_each_source(tmp_path: Path) -> None:
    text, count = sources_yaml(OUTLINES, Newsroom())
    (tmp_path / "imported.yaml").write_text(text, encoding="utf-8")
    newsroom = load(tmp_path, environment={}, strict_secrets=True).newsroom
    assert count == len(newsroom.sources) == 4
    assert [source.id for source in newsroom.sources] == ["one", "one-notas", "one-notas-2", "none-2"]
    assert newsroom.outlets[0].language == "es"


def imported(tmp_path: Path, *outlines: Outline, into: Newsroom | None = None) -> Newsroom:
    text, _ = sources_yaml(outlines, into or Newsroom())
    (tmp_path / "imported.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path, environment={}, strict_secrets=True).newsroom


def feed(text: str, url: str, home: str | None = None, **more: Any) -> Outline:
    return Outline(text=text, xml_url=url, html_url=home, **more)


@pytest.mark.parametrize(
    ("titles", "outlet"),
    [
        (("América | El País", "Internacional | EL PAÍS"), "El País"),
        (("MercoPress - Politics", "MercoPress - Energy"), "MercoPress"),
        (("BBC News Mundo", "BBC News Brasil"), "BBC News"),
        (("El País", "El País"), "El País"),
        (("Folha: Mundo", "Folha: Poder", "Folha"), "Folha"),
        (("The World", "The Economy"), "paper.example"),
        (("Brasil", "Mundo"), "paper.example"),
    ],
)
def test_an_outlet_has_the_name_that_its_feeds_share_and_each_feed_keeps_its_own(
    tmp_path: Path, titles: tuple[str, ...], outlet: str
) -> None:
    feeds = [feed(title, f"https://paper.example/{number}/rss") for number, title in enumerate(titles)]
    newsroom = imported(tmp_path, *feeds)
    assert [one.title for one in newsroom.outlets] == [outlet]
    assert [source.title or outlet for source in newsroom.sources] == list(titles)


def test_the_feed_of_the_home_page_names_the_outlet_where_titles_share_nothing(tmp_path: Path) -> None:
    newsroom = imported(
        tmp_path,
        feed("Mundo", "https://g1.example/mundo/rss", "https://g1.example/mundo"),
        feed("G1", "https://g1.example/rss", "https://g1.example/"),
    )
    assert [outlet.title for outlet in newsroom.outlets] == ["G1"]


@pytest.mark.parametrize(
    ("one", "other", "outlets"),
    [
        ("https://medium.com/@ana", "https://medium.com/@bob", 2),
        ("https://www.youtube.com/channel/a", "https://www.youtube.com/channel/b", 2),
        ("https://uni.example/~ana", "https://uni.example/~bob", 2),
        ("https://ana.substack.com/", "https://bob.substack.com/", 2),
        ("https://paper.example/mundo", "https://www.paper.example/", 1),
    ],
)
def test_a_site_of_many_publishers_is_no_outlet(tmp_path: Path, one: str, other: str, outlets: int) -> None:
    newsroom = imported(tmp_path, feed("Ana", f"{one}/rss", one), feed("Bob", f"{other}/rss", other))
    assert len(newsroom.outlets) == outlets


def test_a_host_of_feeds_is_the_outlet_without_it(tmp_path: Path) -> None:
    newsroom = imported(
        tmp_path,
        feed("A", "https://feeds.paper.example/a"),
        feed("B", "https://rss.x.example/b", "https://paper.example"),
    )
    assert len(newsroom.outlets) == 1


def test_our_own_list_of_sources_comes_back_with_countries_and_languages(tmp_path: Path) -> None:
    uruguay = feed(
        "MercoPress", "https://en.m.example/rss", "https://en.m.example/", categories=("/UY",), language="en"
    )
    newsroom = imported(tmp_path, uruguay)
    assert [(outlet.country, outlet.language) for outlet in newsroom.outlets] == [("UY", "en")]


@pytest.mark.parametrize(
    ("pages", "home"),
    [
        (
            ("https://wire.example/news/sections/peru", "https://wire.example/news/authors/ana"),
            "https://wire.example/news/",
        ),
        (("https://bbc.example/mundo", "https://www.bbc.example/portuguese?a=b"), "https://bbc.example/"),
        (("https://bbc.example/mundo", "https://bbc.example/mundo-hoy"), "https://bbc.example/"),
        (("https://g1.example/?edition=1", None, "http://g1.example/?edition=1"), "https://g1.example/?edition=1"),
        (("https://paper.example/mundo",), "https://paper.example/mundo"),
        ((None,), "https://paper.example/"),
    ],
)
def test_the_home_of_an_outlet_is_what_the_pages_of_its_feeds_share(
    tmp_path: Path, pages: tuple[str | None, ...], home: str
) -> None:
    host = (pages[0] or "https://paper.example/").split("/")[2]
    feeds = [feed(f"Part {number}", f"https://{host}/{number}/rss", page) for number, page in enumerate(pages)]
    assert [outlet.url for outlet in imported(tmp_path, *feeds).outlets] == [home]


def test_an_outlet_that_is_there_already_is_pointed_out(tmp_path: Path) -> None:
    known = Newsroom(outlets=(Outlet(id="paper", title="Paper", url="https://www.paper.example/"),))
    text, count = sources_yaml((feed("Paper", "https://paper.example/new"),), known)
    assert count == 1
    assert "# paper is at this address: are these sources of it?\n  paper-2:" in text


def test_what_is_polled_already_is_left_out(tmp_path: Path) -> None:
    text, _ = sources_yaml(OUTLINES, Newsroom())
    (tmp_path / "imported.yaml").write_text(text, encoding="utf-8")
    newsroom = load(tmp_path, environment={}, strict_secrets=True).newsroom
    assert sources_yaml(OUTLINES, newsroom)[1] == 0
