"""What an entry is about, and why we say so."""

from __future__ import annotations

import pickle

import pytest

from aggregator.model import Category, Content, Newsroom, Outlet
from aggregator.normalize import RULES_VERSION, Rules, classify
from tests.unit.normalize.made_up import MAIN, NEWSROOM, OTHER, PAPER, RULES, SECTIONS

NOWHERE = Outlet(id="x", title="X", url="https://x.example")


def told(
    title: str,
    *categories: str,
    summary: str = "",
    url: str | None = None,
    language: str = "es",
    outlet: Outlet = NOWHERE,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    content = Content(title=title, summary=summary, url=url, language=language)
    found = classify(
        content, tuple(Category(term=term) for term in categories), source=None, outlet=outlet, rules=RULES
    )
    return found[0], found[1]


@pytest.mark.parametrize(
    ("title", "language", "countries"),
    [
        ("Lluvias en el Perú dejan daños", "es", ("PE",)),
        ("Peru's congress votes", "en", ("PE",)),
        ("O presidente do Brasil viaja", "pt", ("BR",)),
        ("Le Pérou ferme sa frontière avec la Bolivie", "fr", ("BO", "PE")),
        ("Peruanos votan el domingo", "es", ("PE",)),
        ("Bogotá amanece sin agua", "es", ("CO",)),
        ("Estados Unidos y China firman", "es", ("CN", "US")),
        ("EE.UU. anuncia aranceles", "es", ("US",)),
        ("Storm hits New Mexico", "en", ("US",)),
        ("República Dominicana cierra la frontera con Haití", "es", ("DO", "HT")),
        ("Give us the money", "en", ()),
        ("El salvador de la tarde fue el arquero", "es", ()),
        ("Inversión de US$ 300 millones en la planta", "es", ()),
        ("Paris Hilton abre un hotel", "es", ()),
    ],
)
def test_countries_are_named_by_name_city_and_demonym(title: str, language: str, countries: tuple[str, ...]) -> None:
    assert told(title, language=language)[1] == countries


def test_a_country_puts_an_article_in_every_section_that_holds_it_and_in_their_parents() -> None:
    assert told("Lluvias en el Perú")[0] == ("latin-america", "peru", "south-america")
    assert told("Lluvias en Chile")[0] == ("latin-america", "south-america")
    assert told("Lluvias en México")[0] == ("latin-america",)
    assert told("Lluvias en España")[0] == ()


def test_a_region_s_own_name_is_about_the_region() -> None:
    assert told("Elecciones en América Latina") == (("latin-america",), ())
    assert told("South America's lithium", language="en") == (("latin-america", "south-america"), ())


def test_a_source_s_tag_is_folded_and_matched() -> None:
    assert told("Hoy", "SUDAMERICA")[0] == ("latin-america", "south-america")
    assert told("Hoy", "Mundo > Negocios")[0] == ("economy",)
    assert told("Hoy", "economia")[0] == ("economy",)
    assert told("Hoy", "Perú") == (("latin-america", "peru", "south-america"), ("PE",))


def test_the_path_of_the_address_speaks_but_not_its_headline_alone_for_a_topic() -> None:
    assert told("Hoy", url="https://x.example/sudamerica/hoy-1.html")[0] == ("latin-america", "south-america")
    assert told("Hoy", url="https://x.example/news/world-latin-america-52470940")[0] == ("latin-america",)
    assert told("Hoy", url="https://x.example/economia/hoy.html")[0] == ("economy",)
    assert told("Hoy", url="https://x.example/n/economia")[0] == ()


def test_a_keyword_counts_in_its_own_language() -> None:
    assert told("El Banco Central sube la tasa")[0] == ("economy",)
    assert told("Banco Central raises rates", language="en")[0] == ()
    assert told("Mercosur talks", language="en")[0][0] == "economy"
    assert told("Sube", summary="La inflación es alta")[0] == ()


def test_an_excluding_keyword_wins_but_for_the_operator() -> None:
    assert told("Horóscopo: la inflación y tu signo")[0] == ()
    content = Content(title="Horóscopo de hoy", language="es")
    stated = Rules.of(NEWSROOM)
    source = MAIN.__class__(id="s", outlet=NOWHERE, url="u", public_url="u", sections=("economy",))
    assert classify(content, (), source=source, outlet=NOWHERE, rules=stated)[0] == ("economy",)


def test_a_summary_alone_is_not_enough_for_a_country_elsewhere() -> None:
    assert told("Hoy", summary="Un vuelo desde Chile llegó tarde", outlet=OTHER)[1] == ()
    assert told("Lluvias", summary="Cayeron en Arequipa y en Puno", outlet=PAPER)[1] == ("PE",)


def test_a_homonym_needs_company() -> None:
    assert told("Cartagena amanece inundada")[1] == ()
    assert told("Cartagena amanece inundada, dice Colombia")[1] == ("CO",)


def test_a_local_item_without_a_place_is_about_the_outlet_s_country() -> None:
    assert told("Suben los precios", outlet=PAPER)[1] == ("PE",)
    assert told("Suben los precios", "Internacional", outlet=PAPER)[1] == ()
    assert told("Suben los precios en Chile", outlet=PAPER)[1] == ("CL",)


def test_a_country_before_a_colon_outranks_the_outlet_s_under_a_domestic_heading() -> None:
    assert told("Confirman el resultado", "Política", outlet=PAPER)[1] == ("PE",)
    assert told("Chile: confirman el resultado", "Política", outlet=PAPER)[1] == ("CL",)
    assert told("Bogotá: confirman el resultado", "Política", outlet=PAPER)[1] == ("CO",)
    assert told("Boluarte viaja a Chile", "Política", outlet=PAPER)[1] == ("CL", "PE"), "home affairs lead abroad"
    assert told("Chile: hablan los peruanos", "Política", outlet=PAPER)[1] == ("CL", "PE")


def test_the_outlet_s_own_name_names_no_country() -> None:
    costa_rica = Outlet(id="n", title="La Nación Costa Rica", url="https://n.example", language="es")
    assert told("La Nación Costa Rica: cómo suscribirse", outlet=costa_rica)[1] == ()


def test_a_dateline_speaks() -> None:
    assert told("Hoy", summary="BOGOTÁ, 3 nov (Reuters) – El gobierno anunció algo")[1] == ("CO",)
    assert told("Hoy", summary="BUENOS AIRES.– El gobierno anunció algo")[1] == ("AR",)


def test_evidence_says_what_spoke_for_each_section_and_country() -> None:
    content = Content(title="Lluvias en el Perú", language="es")
    _, _, evidence = classify(content, (Category(term="Perú"),), source=None, outlet=NOWHERE, rules=RULES)
    assert {(one.kind, one.value, one.rule, one.raw) for one in evidence} >= {
        ("country", "PE", "S2:category", "Perú"),
        ("country", "PE", "S6:title", "Perú"),
        ("section", "south-america", "S6:title:PE", "Perú"),
    }
    assert {one.version for one in evidence} == {RULES_VERSION}
    assert all(0 < one.weight <= 1 for one in evidence)


def test_rules_travel_to_workers_and_are_equal_there() -> None:
    copy = pickle.loads(pickle.dumps(RULES))
    assert copy == RULES
    assert hash(copy) == hash(RULES)
    assert Rules.of(Newsroom(sections=SECTIONS[:1])) != RULES


def test_sections_that_are_each_other_s_parents_end() -> None:
    looped = (
        SECTIONS[0].__class__(slug="a", title=SECTIONS[0].title, countries=("PE",), parent="b"),
        SECTIONS[0].__class__(slug="b", title=SECTIONS[1].title, parent="a"),
    )
    rules = Rules.of(Newsroom(sections=looped))
    found = classify(Content(title="Perú", language="es"), (), source=None, outlet=NOWHERE, rules=rules)
    assert found[0] == ("a", "b")
