"""A wrong `where:` is said at its own place in the file, however YAML wrote it."""

from __future__ import annotations

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError
from tests.unit.config.conftest import Load, Refused, Write

SECTIONS = "sections: {politics: {title: Politics}}\n"


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("where: gold AND section:politcs", "a.yaml:4:29"),
        ("where: 'gold AND section:politcs'", "a.yaml:4:30"),
        ("where: '''gold'' AND section:politcs'", "a.yaml:4:34"),
        ('where: "gold AND section:politcs"', "a.yaml:4:30"),
        ('where: "\\"gold\\" AND section:politcs"', "a.yaml:4:12"),
        ("where: >-\n      gold\n      AND section:politcs", "a.yaml:6:19"),
        ("where: |\n\n      gold AND\n        section:politcs", "a.yaml:7:17"),
        ("where: gold AND\n      section:politcs", "a.yaml:5:15"),
    ],
)
def test_the_column_of_a_query_is_a_place_in_the_file(refused: Refused, where: str, place: str) -> None:
    (said,) = refused(a=f"channels:\n  c:\n    title: C\n    {where}\n", b=SECTIONS)
    assert said.split(": ")[1] == "channels.c.where"
    assert "politcs" in said
    assert "did you mean politics?" in said
    assert said.startswith(f"{place}: ")


def test_the_place_is_exact_to_the_column(refused: Refused) -> None:
    (said,) = refused(a="channels:\n  c:\n    title: C\n    where: gold AND (silver\n", b=SECTIONS)
    line, column = said.split(":")[1:3]
    assert (line, int(column) >= 21) == ("4", True)


def test_authors_that_the_database_may_know_are_a_warning(write: Write) -> None:
    folder = write(a="channels: {c: {title: C, where: 'author:ana-perez'}}\n")
    (warning,) = load(folder, environment={}, strict_secrets=True).warnings
    assert "author:ana-perez is not in this configuration" in warning.expected


def test_authors_are_looked_up_once_the_database_is_asked(write: Write) -> None:
    folder = write(a="channels: {c: {title: C, where: 'author:ana-perez'}}\n")
    known = load(folder, environment={}, strict_secrets=True, known_authors=frozenset({"ana-perez"}))
    assert not known.warnings
    with pytest.raises(ConfigError, match="ana-perez"):
        load(folder, environment={}, strict_secrets=True, known_authors=frozenset({"ana-peres"}))


def test_every_closed_field_knows_the_configuration(loaded: Load) -> None:
    text = """\
        outlets: {x: {title: X, url: https://x.example, sources: [{url: https://x.example/rss, id: x-all}]}}
        sections: {politics: {title: Politics}}
        authors: {ana: {name: Ana}}
        channels:
          c:
            title: C
            where: section:politics outlet:x source:x-all lang:pt-BR country:BR author:ana section:none author:none
    """
    assert not loaded(a=text).warnings
