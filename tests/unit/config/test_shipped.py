"""The configuration that the project ships is what it promises to be."""

from __future__ import annotations

import json
from collections import Counter
from urllib.parse import urlsplit

import pytest

from aggregator.config import load, schema_text, shipped
from aggregator.model import Newsroom, Republish

COUNTRIES = [
    "AG",
    "AR",
    "BS",
    "BB",
    "BZ",
    "BO",
    "BR",
    "CL",
    "CO",
    "CR",
    "CU",
    "DM",
    "DO",
    "EC",
    "SV",
    "GD",
    "GT",
    "GY",
    "HT",
    "HN",
    "JM",
    "MX",
    "NI",
    "PA",
    "PY",
    "PE",
    "KN",
    "LC",
    "VC",
    "SR",
    "TT",
    "UY",
    "VE",
]


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return load(shipped(), environment={}, strict_secrets=True).newsroom


def test_nothing_in_it_is_doubtful_but_the_contact_that_the_operator_fills_in() -> None:
    found = load(shipped(), environment={}, strict_secrets=True)
    assert [warning.key for warning in found.warnings] == ["site.contact"]


def test_the_schema_is_that_of_the_models() -> None:
    written = (shipped() / "schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == json.loads(schema_text()), "write config.schema_text() to config/schema.json"
    assert written == schema_text()


def test_every_file_names_the_schema_in_its_first_line() -> None:
    for path in shipped().glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n"), path


def test_it_polls_at_least_120_sources_in_four_languages(newsroom: Newsroom) -> None:
    polled = [source for source in newsroom.sources if source.enabled]
    languages = Counter(source.outlet.language for source in polled)
    assert len(polled) >= 120
    assert all(languages[language] >= 5 for language in ("es", "pt", "en", "fr"))
    assert not any(source.private for source in newsroom.sources)


def test_every_country_has_a_section_and_a_source(newsroom: Newsroom) -> None:
    polled = {source.outlet.country for source in newsroom.sources if source.enabled}
    sections = {section.countries: section for section in newsroom.sections}
    assert [country for country in COUNTRIES if country not in polled] == []
    assert [country for country in COUNTRIES if (country,) not in sections] == []


def test_countries_lie_in_their_subregion_and_it_in_latin_america(newsroom: Newsroom) -> None:
    sections = newsroom.section_by_slug
    parents = {sections[slug].parent for slug in ("south-america", "central-america", "caribbean", "mexico")}
    assert parents == {"latin-america"}
    assert [sections[slug].parent for slug in ("brazil", "honduras", "haiti")] == [
        "south-america",
        "central-america",
        "caribbean",
    ]


def test_sections_speak_four_languages(newsroom: Newsroom) -> None:
    assert {"politics", "economy", "environment", "sport", "culture"} <= set(newsroom.section_by_slug)
    for section in newsroom.sections:
        assert {"en", "es", "pt", "fr"} <= dict(section.title.by_language).keys(), section.slug
        assert section.categories, section.slug


def test_fifteen_correspondents_and_dionys_duroc_among_them(newsroom: Newsroom) -> None:
    authors = {author.slug: author for author in newsroom.authors}
    assert len(authors) >= 15
    duroc = authors["dionys-duroc"]
    assert (duroc.name, duroc.outlets, duroc.aliases) == (
        "Dionys Duroc",
        ("sociedad-media",),
        ("D. Duroc", "Dionys DUROC"),
    )


def test_outlets_that_object_are_not_polled(newsroom: Newsroom) -> None:
    objecting = {
        "eltiempo",
        "nyt",
        "guardian",
        "le-monde",
        "al-jazeera",
        "folha",
        "oglobo",
        "el-universal-mx",
        "eluniverso",
        "criterio-hn",
    }
    theirs = [source for source in newsroom.sources if source.outlet.id in objecting]
    assert theirs
    assert all(not source.enabled and source.republish is Republish.TITLE for source in theirs)
    hosts = {urlsplit(source.url).hostname for source in theirs}
    assert not hosts & {urlsplit(source.url).hostname for source in newsroom.sources if source.enabled}


def test_channels_show_what_a_query_can_do(newsroom: Newsroom) -> None:
    assert {channel.slug for channel in newsroom.channels} >= {"lithium", "amazon", "elections"}
    assert {channel.stories.mode for channel in newsroom.channels} == {"all", "first", "prefer"}
