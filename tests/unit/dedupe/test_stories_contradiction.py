"""What two tellings name that cannot be of one event."""

from __future__ import annotations

import pytest

from aggregator.dedupe.stories_contradiction import contradict
from aggregator.dedupe.stories_telling import Telling
from aggregator.dedupe.stories_window import Window
from aggregator.normalize.whereabouts import whereabouts
from aggregator.store.tellings import said_of


def telling(title: str, summary: str = "") -> Telling:
    return Window().weigh(said_of(title, summary), id=title, outlet=title, language="", at=0.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bus cae a un barranco en Bolivia: 16 muertos", "Bus cae a un barranco en Perú: 13 muertos"),
        ("Fuerte sismo sacude Arequipa", "Fuerte sismo sacude Antofagasta"),
        ("Desborde de río deja 300 evacuados en Molinos", "Desborde de río deja 400 evacuados en Cachi"),
        ("Murió Hilario Mamani, maestro del telar", "Murió Fortunato Ramos, maestro del erke"),
        ("Alcarez vence a Runar y es semifinalista en Miami", "Sinnar vence a Fritsch y es semifinalista en Miami"),
        ("Copom mantém taxa de juros no Brasil", "Banco central mantém taxa de juros no Chile"),
        ("Inondations dans le Lot : deux morts", "Inondations dans le Var : deux morts"),
    ],
)
def test_other_countries_and_other_names_are_other_events(one: str, other: str) -> None:
    assert contradict(telling(one), telling(other))
    assert contradict(telling(other), telling(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fuerte sismo sacude Arequipa", "Fuerte sismo sacude el sur de Perú"),
        ("Sube a 34 el número de muertos por el ciclón Ezana", "El ciclón Ezana deja 21 muertos en Madagascar"),
        ("Carlos Quimbo fled Japan in a box", "How Carlos Quimbo came home to Lebanon"),
        ("Paro de transporte: qué líneas no funcionan", "Paro de transporte en Rosario"),
        ("Dos muertos en un choque", "Tres muertos en un choque"),
        ("Crecida en Córdoba: tres evacuados", "Crecida en el norte de España: cuatro evacuados"),
    ],
)
def test_a_city_and_its_country_rising_tolls_and_titles_without_names_are_no_contradiction(
    one: str, other: str
) -> None:
    assert not contradict(telling(one), telling(other))


def test_whereabouts_are_all_countries_that_may_be_meant_and_none_where_a_word_may_be_no_place() -> None:
    assert whereabouts("Sismo en Arequipa", "Se sintió en Bolivia").countries == {"PE", "BO"}
    assert whereabouts("Crecida en Córdoba", "").countries >= {"AR", "ES"}
    assert whereabouts("Banco Central baja la tasa", "").countries == frozenset()
    assert whereabouts("Muere un cantante peruano", "").countries == frozenset()
    found = whereabouts("Peru: tremor em Buenos Aires", "")
    assert found.nations == {"Peru"}
    assert found.cities == {"Buenos", "Aires"}
