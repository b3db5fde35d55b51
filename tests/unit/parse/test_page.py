"""What an article's own page states, by structured data, metas and markup."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.errors import ParseError
from aggregator.model import Byline, Page, Stated
from aggregator.parse.page import parse_page

URL = "https://andes.example/mundo/2026/litio.html"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def page(head: str = "", body: str = "<p>text</p>", **options: Any) -> Page:
    html = f"<!doctype html><html lang='es'><head>{head}</head><body>{body}</body></html>"
    options = {"content_type": "text/html; charset=utf-8", "url": URL, "now": NOW, **options}
    return parse_page(html.encode(), **options)


def ld(*documents: Any) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in documents)


def article(**stated: Any) -> str:
    return ld({"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Litio", **stated})


def names(found: Page) -> list[str]:
    return [byline.name for byline in found.bylines]


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"@type": "Person", "name": "Ana Ruiz"}, ["Ana Ruiz"]),
        ([{"@type": "Person", "name": "Ana Ruiz"}, {"@type": "Organization", "name": "AFP"}], ["Ana Ruiz", "AFP"]),
        ("Ana Ruiz", ["Ana Ruiz"]),
        (["Ana Ruiz", "Bob Smith"], ["Ana Ruiz", "Bob Smith"]),
        ({"@list": [{"name": "Ana Ruiz"}]}, ["Ana Ruiz"]),
        ({"@type": "Person", "name": ["Ana Ruiz", "Bob Smith"]}, ["Ana Ruiz", "Bob Smith"]),
        ("https://www.facebook.com/anaruiz", []),
        ({"@type": "Person", "name": None}, []),
        (7, []),
        (None, []),
    ],
)
def test_an_author_is_a_person_an_organisation_a_list_of_them_or_a_string(author: Any, expected: list[str]) -> None:
    found = page(article(author=author))
    assert names(found) == expected
    assert found.bylines_rule == ("json-ld:author" if expected else "")


def test_a_person_brings_their_page_and_may_be_named_by_reference() -> None:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "NewsArticle", "@id": f"{URL}#article", "author": {"@id": "#ana"}, "image": {"@id": "#pic"}},
            {"@type": "Person", "@id": "#ana", "name": "Ana Ruiz", "url": "/autores/ana"},
            {"@type": "ImageObject", "@id": "#pic", "url": "/p.jpg", "caption": "Salar", "creditText": "B. Smith"},
        ],
    }
    found = page(ld(graph))
    assert found.bylines == (Byline(name="Ana Ruiz", url="https://andes.example/autores/ana"),)
    assert found.picture is not None
    assert (found.picture.url, found.picture.caption, found.picture.credit) == (
        "https://andes.example/p.jpg", "Salar", "B. Smith",
    )  # fmt: skip


def test_of_several_articles_the_one_of_this_address_speaks_else_the_first() -> None:
    other = {"@type": "NewsArticle", "url": "https://andes.example/otra", "author": "Otra Persona"}
    own = {"@type": "NewsArticle", "mainEntityOfPage": {"@id": URL}, "author": "Ana Ruiz"}
    assert names(page(ld(other, own))) == ["Ana Ruiz"]
    assert names(page(ld(other))) == ["Otra Persona"]
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": other}]}
    assert names(page(ld(listed))) == []


def test_structured_data_that_is_wrapped_or_broken_does_no_harm() -> None:
    wrapped = '<script type="application/ld+json">\n//<![CDATA[\n{"@type": "Article", "author": "Ana Ruiz"};\n//]]>\n</script>'
    broken = '<script type="application/ld+json">{"@type": "NewsArticle", "author": </script>'
    deep = f'<script type="application/ld+json">{"[" * 100_000}</script>'
    said = f'{{"@type": "Article", "author": "Ana Ruiz", "image": {{"url": "/a.jpg", "width": {"9" * 10_000}}}}}'
    assert names(page(broken + deep + wrapped)) == ["Ana Ruiz"]
    assert names(page(f'{broken}<script type="application/ld+json">{said}</script>')) == ["Ana Ruiz"]


def test_without_structured_data_metas_speak_and_then_the_markup() -> None:
    metas = '<meta property="article:author" content="https://facebook.com/x"><meta name="author" content="Ana Ruiz">'
    assert (names(page(metas)), page(metas).bylines_rule) == (["Ana Ruiz"], "meta:author")
    linked = page(body='<p>Por <a rel="author" href="/ana">Ana Ruiz</a></p>')
    assert (names(linked), linked.bylines_rule) == (["Ana Ruiz"], "rel:author")
    micro = page(body='<div itemprop="author" itemscope><b itemprop="name">Ana Ruiz</b> <i>Editor</i></div>')
    assert (names(micro), micro.bylines_rule) == (["Ana Ruiz"], "itemprop:author")


def test_sections_come_from_the_article_its_place_its_metas_and_the_breadcrumb() -> None:
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 3, "name": "Litio"},
            {"@type": "ListItem", "position": 1, "name": "Portada"},
            {"@type": "ListItem", "position": 2, "item": {"@id": "/sudamerica", "name": "Sudamérica"}},
        ],
    }
    head = article(articleSection=["Mundo"], contentLocation={"@type": "Place", "name": "Bolivia"})
    found = page(head + ld(crumbs) + '<meta property="article:section" content="Economía">')
    assert found.sections == (
        Stated(value="Mundo", rule="json-ld:articleSection"),
        Stated(value="Bolivia", rule="json-ld:contentLocation"),
        Stated(value="Economía", rule="meta:article:section"),
        Stated(value="Sudamérica", rule="breadcrumb"),
    )
    assert page('<meta name="news_keywords" content="litio, Bolivia , litio">').tags == ("litio", "Bolivia")


def test_the_picture_is_that_of_the_data_with_what_its_figure_says() -> None:
    figure = (
        '<figure><img src="/img/salar-640x480.jpg"><figcaption>El salar de Uyuni. '
        '<span class="credit">Ana Ruiz / AFP</span></figcaption></figure>'
    )
    found = page(article(image="https://cdn.andes.example/img/salar-1200x800.jpg"), figure)
    assert found.picture is not None
    assert (found.picture.caption, found.picture.credit) == ("El salar de Uyuni.", "Ana Ruiz / AFP")
    assert found.picture.url == "https://cdn.andes.example/img/salar-1200x800.jpg"
    assert found.picture_rule == "json-ld:image+figure"
    other = page(article(image="https://cdn.andes.example/img/logo.jpg"), figure)
    assert other.picture is not None
    assert other.picture.caption is None


@pytest.mark.parametrize(
    ("printed", "caption", "credit"),
    [
        ("El salar (Foto: Ana Ruiz)", "El salar", "Ana Ruiz"),
        ("O salar. Foto de Ana Ruiz / AFP", "O salar", "Ana Ruiz / AFP"),
        ("The flats | Photo by Bob Smith", "The flats", "Bob Smith"),
        ("The flats", "The flats", None),
        ("(Reuters)", None, "Reuters"),
    ],
)
def test_a_credit_at_the_end_of_a_caption_is_told_from_it(
    printed: str, caption: str | None, credit: str | None
) -> None:
    body = f"<article><figure><img data-src='/a.jpg' src='data:x'><figcaption>{printed}</figcaption></figure></article>"
    found = page('<meta property="og:image" content="/a.jpg">', body).picture
    assert found is not None
    assert (found.caption, found.credit) == (caption, credit)


def test_a_time_is_preferred_to_a_day() -> None:
    head = (
        article(datePublished="2026-02-28")
        + '<meta property="article:published_time" content="2026-02-28T09:30:00-03:00">'
    )
    assert page(head).published == Stated(value="2026-02-28T09:30:00-03:00", rule="meta:article:published_time")
    assert page(article(datePublished="2026-02-28")).published == Stated(
        value="2026-02-28", rule="json-ld:datePublished"
    )


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("/mundo/litio", "https://andes.example/mundo/litio"),
        ("https://www.andes.example/mundo/litio", "https://www.andes.example/mundo/litio"),
        ("https://andes.example/", None),
        ("https://elsewhere.example/mundo/litio", None),
        ("javascript:alert(1)", None),
    ],
)
def test_the_canonical_address_is_on_the_same_site_and_not_its_front(stated: str, found: str | None) -> None:
    canonical = page(f'<link rel="canonical" href="{stated}">').canonical
    assert (canonical and canonical.value) == found


def test_what_a_publisher_says_about_reuse_is_heard_and_kept() -> None:
    head = article(author="Ana Ruiz", isAccessibleForFree="False", image="/a.jpg")
    signals = '<meta name="robots" content="index, noarchive, max-image-preview:none"><meta name="googlebot" content="noindex">'
    found = page(
        head + signals, robots=("googlebot: noindex", "aggregator: nosnippet", "noai, noimageai"), want_text=True
    )
    assert found.signals == ("noarchive", "max-image-preview:none", "nosnippet", "noai", "noimageai", "paywall")
    assert names(found) == ["Ana Ruiz"]
    assert (found.picture, found.text) == (None, "")


def test_a_header_keeps_the_picture_away_too() -> None:
    found = page(article(image="/a.jpg"), robots=("noimageindex",))
    assert (found.picture, found.signals) == (None, ("noimageindex",))


@pytest.mark.parametrize("where", ["head", "header"])
def test_of_a_page_that_shall_not_be_indexed_nothing_is_taken(where: str) -> None:
    head = article(author="Ana Ruiz") + ('<meta name="robots" content="noindex">' if where == "head" else "")
    found = page(head, robots=("noindex",) if where == "header" else ())
    assert (found.bylines, found.picture, found.signals) == ((), None, ("noindex",))


TEXT = "".join(
    f"<p>{'El litio del salar de Uyuni se vende a un precio que nadie esperaba. ' * 4}</p>" for _ in range(5)
)


def test_a_text_is_read_only_where_it_is_asked_for() -> None:
    body = f"<article><h1>Litio</h1>{TEXT}</article>"
    assert "Uyuni" in page(body=body, want_text=True).text
    assert page(body=body).text == ""
    assert page(article(isAccessibleForFree=False), body, want_text=True).text == ""


def test_without_the_extra_the_structured_data_still_speaks_and_what_is_missing_is_said() -> None:
    found = page(article(author="Ana Ruiz"), want_text=True, extra=False)
    assert (names(found), found.missing) == (["Ana Ruiz"], ("date", "text"))


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"\x00\x01", b"x" * (5 << 20)], ids=["empty", "blank", "binary", "large"]
)
def test_what_is_no_page_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_page(body, content_type="text/html", url=URL, now=NOW)


def test_a_tag_of_thousands_of_attributes_is_refused_and_long_text_is_not() -> None:
    with pytest.raises(ParseError, match="too many attributes"):
        page(body="<div " + " ".join(f"a{n}" for n in range(5_000)) + ">")
    assert page(body=f"<div data-props='{'word ' * 5_000}'><p>{'word ' * 5_000}</p>").signals == ()


def test_the_charset_of_a_page_may_stand_in_the_page() -> None:
    body = '<html><head><meta charset="iso-8859-1"><meta name="author" content="Begoña Núñez"></head></html>'
    found = parse_page(body.encode("latin-1"), content_type="text/html", url=URL, now=NOW)
    assert names(found) == ["Begoña Núñez"]
