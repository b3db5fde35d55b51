"""What no rule knows, with YAML to paste: the operator's list of things to decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from aggregator.config import load
from aggregator.model import AuthorProfile, Newsroom, Section, Title
from aggregator.normalize import Rules
from aggregator.reconfigure import suggestions
from aggregator.reconfigure.suggestions import as_yaml
from aggregator.store import Store
from tests.making import NOW, category, newsroom, publish, sighting, source

HERALD, TIMES = source("herald"), source("times")
SECTIONS = (
    Section(slug="economy", title=Title("Economy"), categories=("Economía",)),
    Section(slug="south", title=Title("South"), countries=("005",)),
    Section(slug="peru", title=Title("Peru"), countries=("PE",)),
)


def parsed(text: str) -> Any:
    return YAML(typ="safe").load(text)


async def signed(store: Store, of: str, *names: str) -> None:
    where = {"herald": HERALD, "times": TIMES}[of]
    seen = [sighting(f"{name} {of}", of=where, by=[name]) for name in names]
    await publish(store, where, *seen)


async def names(store: Store, news: Newsroom) -> dict[str, suggestions.Suggestion]:
    return {one.value: one for one in (await suggestions.authors(store, news, limit=99))[0]}


async def test_categories_come_with_the_section_that_they_most_likely_are(store: Store) -> None:
    news = newsroom(HERALD, sections=SECTIONS)
    await store.apply(news, now=NOW)
    tags = ("Economía", "Economía y negocios", "Economias", "Sierra peruana", "Horóscopo", "Chile")
    await publish(store, HERALD, sighting("One", categories=tuple(map(category, tags))))
    found = {one.value: one for one in (await suggestions.categories(store, Rules.of(news), limit=99))[0]}
    assert {name: one.target for name, one in found.items()} == {
        "Economía y negocios": "economy",
        "Economias": "economy",
        "Sierra peruana": "peru",
        "Horóscopo": None,
    }
    assert parsed(found["Economía y negocios"].yaml) == {
        "sections": {"economy": {"categories": ["Economía y negocios"]}}
    }
    assert parsed(found["Horóscopo"].yaml) == {
        "sections": {"horoscopo": {"title": "Horóscopo", "categories": ["Horóscopo"]}}
    }


async def test_a_shorter_form_of_the_same_outlet_and_an_equal_name_of_another_are_suggested(store: Store) -> None:
    news = newsroom(HERALD, TIMES)
    await store.apply(news, now=NOW)
    await signed(store, "herald", "Ana Roble Tejo", "Ana Roble", "Bo Diaz")
    await signed(store, "times", "Bo Diaz", "Cy Paz")
    found = await names(store, news)
    assert (found["Ana Roble"].target, found["Ana Roble"].why) == ("ana-roble-tejo", "short-form")
    assert parsed(found["Ana Roble"].yaml) == {
        "authors": {
            "ana-roble-tejo": {
                "name": "Ana Roble Tejo",
                "kind": "person",
                "aliases": ["Ana Roble"],
                "outlets": ["herald"],
            }
        }
    }
    assert found["Bo Diaz"].why == "equal-elsewhere"
    assert parsed(found["Bo Diaz"].yaml)["authors"]["bo-diaz"]["outlets"] == ["herald", "times"]
    assert found["Cy Paz"].target is None


async def test_a_form_of_a_configured_name_goes_to_its_aliases(store: Store) -> None:
    profile = AuthorProfile(slug="ana", name="Ana Roble Tejo", aliases=("A. R. T.",), outlets=("herald",))
    news = newsroom(HERALD, authors=(profile,))
    await store.apply(news, now=NOW)
    await signed(store, "herald", "Ana Roble Tejo", "Ana Roble")
    found = await names(store, news)
    assert list(found) == ["Ana Roble"]
    assert parsed(found["Ana Roble"].yaml) == {"authors": {"ana": {"aliases": ["A. R. T.", "Ana Roble"]}}}


async def test_what_several_names_and_categories_say_of_one_is_said_once(store: Store) -> None:
    news = newsroom(HERALD, sections=SECTIONS)
    await store.apply(news, now=NOW)
    await signed(store, "herald", "Ana Roble Tejo", "Ana Roble")
    tags = ("Economía y negocios", "Economias")
    await publish(store, HERALD, sighting("One", categories=tuple(map(category, tags))))
    authors, _ = await suggestions.authors(store, news, limit=9)
    categories, _ = await suggestions.categories(store, Rules.of(news), limit=9)
    profile = {"name": "Ana Roble Tejo", "kind": "person", "aliases": ["Ana Roble"], "outlets": ["herald"]}
    assert parsed(as_yaml(authors)) == {"authors": {"ana-roble-tejo": profile}}
    assert parsed(as_yaml(categories)) == {"sections": {"economy": {"categories": [*tags]}}}


async def test_what_is_suggested_can_be_pasted(store: Store, tmp_path: Path) -> None:
    news = newsroom(HERALD)
    await store.apply(news, now=NOW)
    await signed(store, "herald", 'Ana "Nana" Roble: [x]', "Ñandú #1")
    await publish(store, HERALD, sighting("Two", categories=(category("a: b # c"),)))
    (tmp_path / "outlets.yaml").write_text("outlets:\n  herald:\n    title: Herald\n    url: https://herald.example\n")
    authors, _ = await suggestions.authors(store, news, limit=9)
    sections, _ = await suggestions.categories(store, Rules.of(news), limit=9)
    (tmp_path / "all.yaml").write_text(f"{as_yaml(authors)}\n{as_yaml(sections)}\n", "utf-8")
    pasted = load(tmp_path, environment={}, strict_secrets=False).newsroom
    assert {author.name for author in pasted.authors} == {'Ana "Nana" Roble: [x]', "Ñandú #1"}
    assert pasted.sections[0].categories == ("a: b # c",)
