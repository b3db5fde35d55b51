"""Bylines as printed → whom they name."""

from __future__ import annotations

import pytest

from aggregator.model import Byline, Credit
from aggregator.normalize import split_byline
from aggregator.normalize.bylines import credits_of

PERSON, ORGANISATION, DESK = "person", "organisation", "desk"


def named(printed: str, outlet: str = "Example Times", language: str | None = None) -> list[tuple[str, str]]:
    return [(credit.name, credit.kind) for credit in split_byline(printed, outlet_title=outlet, language=language)]


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Ana Ruiz", ["Ana Ruiz"]),
        ("By Ana Ruiz and Bob Smith in Lima", ["Ana Ruiz", "Bob Smith"]),
        ("Ana Ruiz, Bob Smith and Carla Díaz", ["Ana Ruiz", "Bob Smith", "Carla Díaz"]),
        ("Ana Ruiz, Bob Smith, and Carla Díaz", ["Ana Ruiz", "Bob Smith", "Carla Díaz"]),
        ("Ana Ruiz,Bob Smith", ["Ana Ruiz", "Bob Smith"]),
        ("Ana Ruiz / Bob Smith", ["Ana Ruiz", "Bob Smith"]),
        ("Ana Ruiz & Bob Smith", ["Ana Ruiz", "Bob Smith"]),
        ("Ana Ruiz; Bob Smith | Carla Díaz", ["Ana Ruiz", "Bob Smith", "Carla Díaz"]),
        ("Por Ana Ruiz y Luis Gil", ["Ana Ruiz", "Luis Gil"]),
        ("Ana Souza e Pedro Lima", ["Ana Souza", "Pedro Lima"]),
        ("Aurélie Vidal et Mathis Morel", ["Aurélie Vidal", "Mathis Morel"]),
        ("Pedro e Ana Souza", ["Pedro Souza", "Ana Souza"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Gemma Solés i Coll", ["Gemma Solés i Coll"]),
        ("Luiz Inácio Lula da Silva", ["Luiz Inácio Lula da Silva"]),
        ("ANA MARÍA DE LA CRUZ", ["Ana María de la Cruz"]),
        ("ERIN McCANN", ["Erin McCann"]),
        ("Ruiz, Ana", ["Ana Ruiz"]),
        ("Hahn, F., Korolev, A.", ["F. Hahn", "A. Korolev"]),
        ("Donald McNeil, Jr.", ["Donald McNeil Jr."]),
        ("Dr. Ana Ruiz, PhD", ["Ana Ruiz"]),
        ("M. Á. M.", ["M. Á. M."]),
        ("ana@paper.example (Ana Ruiz)", ["Ana Ruiz"]),
        ("Ana Ruiz &lt;ana@paper.example&gt;", ["Ana Ruiz"]),
        ("<a href='x'>Ana Ruiz</a>", ["Ana Ruiz"]),
        ("/u/llogiq", ["llogiq"]),
        ("site.example by veqq", ["veqq"]),
        ("Александр Пономарев", ["Александр Пономарев"]),
        ("Ana  Ruiz\u00a0 ", ["Ana Ruiz"]),
    ],
)
def test_people_are_named(printed: str, names: list[str]) -> None:
    assert named(printed) == [(name, PERSON) for name in names]


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Reuters", [("Reuters", ORGANISATION)]),
        ("Ana Ruiz (EFE)", [("Ana Ruiz", PERSON), ("EFE", ORGANISATION)]),
        ("Ana Ruiz - Europa Press", [("Ana Ruiz", PERSON), ("Europa Press", ORGANISATION)]),
        ("Ana Ruiz/Agence France-Presse", [("Ana Ruiz", PERSON), ("Agence France-Presse", ORGANISATION)]),
        ("AP, via Getty Images", [("AP", ORGANISATION), ("Getty Images", ORGANISATION)]),
        ("Redacción", [("Redacción", DESK)]),
        ("AGENCIAS", [("Agencias", DESK)]),
        ("Ana Ruiz y agencias", [("Ana Ruiz", PERSON), ("Agencias", DESK)]),
        ("Staff and agencies", [("Staff and agencies", DESK)]),
        ("Example Times", [("Example Times", ORGANISATION)]),
        ("Ana Ruiz, Example Times", [("Ana Ruiz", PERSON)]),
        ("Ana Ruiz for Example Times", [("Ana Ruiz", PERSON)]),
        ("Ministerio de Salud del Perú", [("Ministerio de Salud del Perú", ORGANISATION)]),
    ],
)
def test_organisations_and_desks_are_told_from_people(printed: str, names: list[tuple[str, str]]) -> None:
    assert named(printed) == names


@pytest.mark.parametrize(
    "printed",
    [
        "",
        " , ",
        "ana@paper.example",
        "admin",
        "NA",
        "11",
        "n",
        "Captura de pantalla",
        "Special to Example Times",
        "()",
        "<>",
    ],
)
def test_what_names_nobody_gives_nothing(printed: str) -> None:
    assert named(printed) == []


def test_roles_and_places_stay_with_the_name() -> None:
    (ana, bob) = split_byline("Ana Ruiz, corresponsal en Lima; Bob Smith (Redactor)")
    assert (ana.role, ana.place) == ("corresponsal", "Lima")
    assert (bob.role, bob.place) == ("Redactor", None)
    (alice,) = split_byline("Alice Park / Milan")
    assert alice.place == "Milan"


def test_contributors_editors_and_photographers_are_marked() -> None:
    told = split_byline("Ana Ruiz; with additional reporting by Bob Smith; editing by Carla Díaz")
    assert [(credit.name, credit.role) for credit in told] == [
        ("Ana Ruiz", None),
        ("Bob Smith", "contributor"),
        ("Carla Díaz", "editor"),
    ]
    assert split_byline("Photograph: Luis Robayo/AFP/Getty Images")[0].role == "photographer"
    assert split_byline("Ana Ruiz, con información de AFP")[1] == Credit(
        name="AFP", kind=ORGANISATION, role="contributor"
    )


def test_a_name_printed_twice_is_one_credit() -> None:
    assert named("Ana Ruiz, Ana Ruíz") == [("Ana Ruiz", PERSON)]
    twice = (Byline(name="Ana Ruiz"), Byline(name="ANA RUIZ"))
    assert len(credits_of(twice, outlet_title="", language=None, known={})) == 1


def test_a_configured_name_is_kept_whole() -> None:
    stated = (Byline(name="Ortega and Gasset", url="https://paper.example/og"),)
    (credit,) = credits_of(stated, outlet_title="", language=None, known={"ortega and gasset": "person"})
    assert (credit.name, credit.url) == ("Ortega and Gasset", "https://paper.example/og")


def test_the_line_as_printed_is_kept_for_aliases() -> None:
    (credit,) = credits_of((Byline(name="Dr. Ana Ruiz"),), outlet_title="", language=None, known={})
    assert (credit.name, credit.names) == ("Ana Ruiz", ("dr. ana ruiz",))


@pytest.mark.parametrize("piece", ["a, ", "(", "a and ", "‹", " y ", "A.", "/", "@", "por ", "\n"])
def test_no_line_takes_long(piece: str) -> None:
    split_byline(piece * 20_000)
