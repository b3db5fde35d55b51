"""Which countries words name, and which only look like it."""

from __future__ import annotations

import pytest

from aggregator.normalize.gazetteer import gazetteer, rows
from aggregator.normalize.places import Mention, mentions, named, words_of
from aggregator.text import tokens


def sure(text: str) -> list[str]:
    return [one.code for one in mentions(words_of(text)) if not one.ambiguous and one.kind != "origin"]


def of(text: str) -> Mention:
    (found,) = mentions(words_of(text))
    return found


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Planalto recebe governadores", ["BR"]),
        ("Acto en la Casa Rosada", ["AR"]),
        ("Consejo en el Palacio de Nariño", ["CO"]),
        ("Obras en el Maule y en Alto Hospicio", ["CL"]),
        ("Chuvas em Minas Gerais e no Paraná", ["BR", "BR"]),
        ("Ein Treffen in Köln", ["DE"]),
        ("Bukele viaja a Managua", ["SV", "NI"]),
        ("YPF sube el precio", ["AR"]),
        ("Gol de Peñarol", ["UY"]),
        ("La protesta de los limeños", ["PE"]),
    ],
)
def test_institutions_parts_of_a_country_and_who_acts_for_it_name_it(text: str, codes: list[str]) -> None:
    assert sure(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Un crucero de Royal Caribbean",
        "The Gulf of Mexico dead zone",
        "Hay cada vez menos jordan en el mercado",
        "La paz y el rosario de la aurora",
        "Kylie Chile con carne".replace("Chile", "chili"),
        "Red Hot Chili Peppers in concert",
        "The Cuba Gooding trial",
        "Las montañas rusas del parque",
    ],
)
def test_what_only_sounds_like_a_place_names_none(text: str) -> None:
    assert sure(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [("Storm hits Lima, Ohio", ["US"]), ("A fire in Paris, Texas", ["US"]), ("San José, California", ["US"])],
)
def test_a_place_behind_a_comma_says_where_the_city_is(text: str, codes: list[str]) -> None:
    assert sure(text) == codes


def test_the_stadium_of_madrid_is_in_spain() -> None:
    assert sure("El Santiago Bernabéu se llena") == ["ES"]


def test_a_city_behind_a_given_name_is_a_surname_until_something_else_names_its_country() -> None:
    assert of("Habla Adriana Lima").ambiguous
    assert not of("Habla el alcalde de Lima").ambiguous
    assert of("Senator De Lima speaks").ambiguous


def test_a_nationality_beside_a_trade_says_where_somebody_comes_from() -> None:
    assert of("el delantero brasileño").kind == "origin"
    assert of("the Brazilian striker").kind == "origin"
    assert of("el gobierno brasileño").kind == "demonym"


def test_a_name_that_several_countries_have_says_which() -> None:
    found = of("Inundaciones en Trujillo")
    assert found.code == "PE"
    assert found.ambiguous
    assert {"VE", "HN"} <= set(found.others)


def test_acronyms_are_printed_as_such() -> None:
    assert sure("El PAN y el pan") == []
    assert sure("ELN libera a un rehén") == ["CO"]
    assert sure("eln") == []


@pytest.mark.parametrize(
    ("label", "code"),
    [("brasil", "BR"), ("america latina", "419"), ("granada", None), ("noticias de peru", None), ("deportes", None)],
)
def test_a_label_names_a_place_if_it_says_nothing_else(label: str, code: str | None) -> None:
    assert named(label) == code


@pytest.mark.parametrize(
    "text",
    [
        "Choque en la avenida Colombia",
        "Un robo en la calle República de Perú",
        "Marcha frente al Hospital Italiano",
        "Residents of Peru Street complain",
        "Former senator Leila de Lima returns",
        "Georgia in autumn",
    ],
)
def test_streets_schools_and_surnames_are_no_places(text: str) -> None:
    assert sure(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Peru, Indiana, votes on a levy", ["US"]),
        ("Marchas en calles de Bogotá", ["CO"]),
        ("Georgia's parliament votes", ["GE"]),
        ("La République dominicaine ferme sa frontière", ["DO"]),
        ("Las Islas Vírgenes británicas", ["VG"]),
        ("Un pueblo de la Guyana francesa", ["GF"]),
        ("Paraguaios e uruguaios em Montevidéu", ["PY", "UY", "UY"]),
        ("Les Nicaraguayens et les Costariciens", ["NI", "CR"]),
        ("Trinitenses, arubeños y curazoleños", ["TT", "AW", "CW"]),
        ("Paso Canoas amanece cerrado", ["PA"]),
    ],
)
def test_names_are_told_by_what_stands_around_them(text: str, codes: list[str]) -> None:
    assert sure(text) == codes


@pytest.mark.parametrize("text", ["A Guyana-born councillor", "Un actor peruano", "An Argentine midfielder"])
def test_where_somebody_comes_from_is_not_where_it_happened(text: str) -> None:
    assert of(text).kind == "origin"


def test_nobody_who_acts_for_a_country_is_said_to_name_no_place() -> None:
    known = gazetteer().phrases
    acting = [term.rstrip("?") for _code, terms in rows("actors.tsv") for term in terms.split("|")]
    assert [term for term in acting if not known[tokens(term)].code] == []
