"""A feed's entries → sightings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.model import Byline, Category, Enclosure, Media, Picture, Tag
from aggregator.normalize.again import reread
from tests.unit.normalize.made_up import MAIN, NOW, RULES, THEIRS, URL, entry, sighting, sightings


def test_an_entry_is_said_in_our_terms() -> None:
    said = sighting(
        entry(
            "Caf&eacute; &amp; t&amp;eacute;",
            by="Por Ana Ruiz",
            link="https://paper.example/n/1?utm_source=rss",
            summary="<p>Corto</p><script>x</script>",
            content="<p>Largo</p>",
            published="Mon, 09 Mar 2026 10:00:00 -0500",
            updated="2026-03-09T16:00:00Z",
            categories=(Tag(term="Perú"), Tag(term="Sin categoría"), Tag(term="peru"), Tag(term="Food &amp; Drink")),
            rights="© Paper",
            raw_hash="abc",
        )
    )
    assert (said.source_id, said.outlet_id, said.position, said.guid, said.raw_hash) == (
        "paper",
        "paper",
        0,
        "1",
        "abc",
    )
    assert said.content.title == "Café & té"
    assert (said.content.summary, said.content.text) == ("<p>Corto</p>", "<p>Largo</p>")
    assert (said.content.url, said.content.language, said.content.rights) == (
        "https://paper.example/n/1",
        "es",
        "© Paper",
    )
    assert said.published == datetime(2026, 3, 9, 15, tzinfo=UTC)
    assert said.updated == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert [credit.name for credit in said.credits] == ["Ana Ruiz"]
    assert said.bylines == ("Por Ana Ruiz",)
    assert said.categories == (Category(term="Perú"), Category(term="Food & Drink"))
    assert "peru" in said.sections
    assert said.countries == ("PE",)
    assert said.raw_published == "Mon, 09 Mar 2026 10:00:00 -0500"


def test_positions_count_from_the_top() -> None:
    assert [said.position for said in sightings(entry("a"), entry("b"))] == [0, 1]


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"summary": "<p>Las primeras palabras</p>"}, "Las primeras palabras"),
        ({"summary": "palabra " * 40}, "palabra palabra palabra palabra palabra palabra palabra palabra palabra…"),
        ({"link": "https://paper.example/2026/lluvias-en-lima.html"}, "Lluvias en lima"),
        ({"link": None}, "El Diario"),
    ],
)
def test_an_article_without_a_title_gets_one(fields: dict[str, str], title: str) -> None:
    assert sighting(entry("", **fields)).content.title == title


def test_a_date_in_dc_date_alone_is_the_publication() -> None:
    assert sighting(entry(updated="2026-03-09T16:00:00Z")).published == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert sighting(entry()).published is None


def test_entries_without_a_byline_get_the_operator_s() -> None:
    source = replace(MAIN, authors=("Ana Ruiz",))
    assert [credit.name for credit in sighting(entry(), source=source).credits] == ["Ana Ruiz"]
    assert [credit.name for credit in sighting(entry(by="Luis Gil"), source=source).credits] == ["Luis Gil"]


def test_an_e_mail_is_never_published() -> None:
    said = sighting(entry(bylines=(Byline(name="", email="a@b.example"), Byline(name="x@y.example"))))
    assert said.credits == ()
    assert "b.example" not in repr(said)


def test_an_entry_of_another_source_that_we_know_belongs_to_its_outlet() -> None:
    said = sighting(entry(source_url="http://www.other.example/rss/", source_title="Other"))
    assert (said.source_id, said.outlet_id) == ("paper", "other")
    assert sighting(entry(source_url="https://stranger.example/rss")).outlet_id == "paper"


def test_the_largest_picture_is_taken_with_its_caption_and_credit() -> None:
    media = (
        Media(url="https://paper.example/t.jpg", kind="image", width=90, height=60),
        Media(
            url="https://paper.example/b.jpg",
            kind="image",
            width=900,
            height=600,
            caption="Una calle",
            credit="Foto: Jo",
        ),
        Media(url="https://paper.example/p.gif", kind="image", width=1, height=1),
    )
    assert sighting(entry(media=media)).content.picture == Picture(
        url="https://paper.example/b.jpg", width=900, height=600, caption="Una calle", credit="Jo"
    )


def test_a_picture_in_the_text_is_the_last_resort() -> None:
    html = '<p><img src="https://x.example/1.gif" width="1"><img src="/a.jpg" alt="Una calle" width="640"></p>'
    picture = sighting(entry(summary=html)).content.picture
    assert picture == Picture(url="https://paper.example/a.jpg", width=640, caption="Una calle")


def test_a_caption_that_repeats_the_title_and_a_credit_of_nobody_say_nothing() -> None:
    media = (Media(url="https://paper.example/b.jpg", kind="image", caption="UNA noticia", credit="NA"),)
    picture = sighting(entry(media=media)).content.picture
    assert picture is not None
    assert (picture.caption, picture.credit) == (None, None)


def test_files_are_enclosures_and_the_picture_is_not_repeated() -> None:
    media = (
        Media(url="https://paper.example/a.mp3", kind="audio", type="audio/mpeg", length=7, enclosure=True),
        Media(url="https://paper.example/b.jpg", kind="image", type="image/jpeg", enclosure=True),
    )
    content = sighting(entry(media=media)).content
    assert content.enclosures == (Enclosure(url="https://paper.example/a.mp3", type="audio/mpeg", length=7),)
    assert content.picture is not None


def test_a_picture_that_is_stated_twice_has_the_size_of_the_one_and_the_length_of_the_other() -> None:
    media = (
        Media(url="https://paper.example/b.jpg", kind="image", width=900, height=600),
        Media(url="https://paper.example/b.jpg", kind="image", type="image/jpeg", length=7, enclosure=True),
        Media(url="https://paper.example/c.jpg", kind="image", type="image/png", length=9, enclosure=True),
    )
    picture = sighting(entry(media=media)).content.picture
    assert picture == Picture(url="https://paper.example/b.jpg", type="image/jpeg", length=7, width=900, height=600)


@pytest.mark.parametrize(
    ("source", "rights", "licence"),
    [
        ({}, "Ours", "https://paper.example/licence"),
        ({"source_url": URL}, "Ours", "https://paper.example/licence"),
        ({"source_url": "http://paper.example"}, "Ours", "https://paper.example/licence"),
        ({"source_id": "urn:paper"}, "Ours", "https://paper.example/licence"),
        ({"source_url": "https://stranger.example/rss"}, None, None),
        ({"source_id": "urn:stranger"}, None, None),
        ({"source_id": "urn:stranger", "rights": "Theirs"}, "Theirs", None),
    ],
)
def test_the_rights_of_a_feed_are_those_of_its_own_entries(
    source: dict[str, str], rights: str | None, licence: str | None
) -> None:
    feed: dict[str, Any] = {"id": "urn:paper", "link": "https://paper.example/", "rights": "Ours"}
    content = sighting(entry(**source), licence="https://paper.example/licence", **feed).content
    assert (content.rights, content.licence) == (rights, licence)


@pytest.mark.parametrize(
    ("author", "title", "credited"),
    [
        ("Jane Doe", "Notes from Lima", ["Jane Doe"]),
        ("Hard & Fast", "Hard &amp; Fast", []),
        ("The Andean Post", "Andean Post", []),
        ("Jane Doe", "", ["Jane Doe"]),
    ],
)
def test_the_author_of_the_source_is_the_entry_s_unless_it_is_the_source_itself(
    author: str, title: str, credited: list[str]
) -> None:
    said = sighting(entry(source_bylines=(Byline(name=author),), source_title=title, source_url="https://x.example/f"))
    assert [credit.name for credit in said.credits] == list(said.bylines) == credited


def test_the_authors_of_an_instance_s_entry_are_people_each_and_that_of_its_source_is_the_outlet() -> None:
    id = "tag:wire.example,2026-01-01:article/efsxkdpgm3nu2els"
    outlet = (Byline(name="Hard & Fast"),)
    assert sighting(entry(id=id, source_bylines=outlet, source_title="World")).credits == ()
    said = sighting(entry(id=id, by="Smith, Jones and Co", source_bylines=outlet))
    again = reread(said, source=MAIN, rules=RULES)
    assert [credit.name for credit in said.credits] == ["Smith, Jones and Co"]
    assert [credit.name for credit in again.credits] == ["Smith, Jones and Co"]
    assert len(sighting(entry(by="Smith, Jones and Co")).credits) > 1


@pytest.mark.parametrize(
    ("own", "feed", "title", "language"),
    [
        ("pt-br", "es", "O governo diz que não", "pt-BR"),
        ("en-GB", "en", "The government says that it will", "en-GB"),
        ("en", "en-GB", "The government says that it will", "en"),
        (None, "es_419", "El gobierno", "es-419"),
        (None, "english", "The house of the people", "en"),
        (None, "en-US", "El gobierno de los ministros en las calles", "es"),
        (None, "en-US", "The government says that it will", "en-US"),
        (None, "xx!", "El gobierno", "es"),
        (None, None, "El gobierno", "es"),
    ],
)
def test_the_language_is_the_entry_s_the_feed_s_or_the_outlet_s(
    own: str | None, feed: str | None, title: str, language: str
) -> None:
    assert sighting(entry(title, language=own), language=feed).content.language == language


def test_a_rss_feed_quoting_itself_keeps_its_outlet() -> None:
    assert sighting(entry(source_url=THEIRS.url), source=THEIRS).outlet_id == "other"


def test_a_future_date_is_now_and_a_wild_one_nothing() -> None:
    assert sighting(entry(published="2026-03-11T00:00:00Z")).published == NOW
    assert sighting(entry(published="2035-03-11T00:00:00Z")).published is None


def test_text_that_repeats_the_summary_is_kept_once() -> None:
    said = sighting(entry(summary="<p>x</p>", content="<p>x</p>"))
    assert (said.content.summary, said.content.text) == ("<p>x</p>", "")


def test_an_entry_of_few_words_is_in_the_language_of_its_neighbours() -> None:
    around = [entry(f"O governo anunciou que as obras começarão em maio, parte {n}") for n in range(3)]
    silent = replace(MAIN, outlet=replace(MAIN.outlet, language=None))
    found = sightings(entry("Clima hoy"), *around, source=silent)
    assert found[0].content.language == "pt"
    assert {(one.rule, one.value) for one in found[0].evidence if one.kind == "language"} == {("others", "pt")}
