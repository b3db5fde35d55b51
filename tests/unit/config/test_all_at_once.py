"""All that can be said of the files is said at once, and nothing that may only follow from something else wrong."""

from __future__ import annotations

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError
from tests.unit.config.conftest import Refused, Write

POLITICS = "sections: {politics: {title: Politics}}\n"
PAPER = (
    "outlets: {paper: {title: Paper, url: 'https://paper.example', sources: [{url: 'https://paper.example/rss'}]}}\n"
)
QUERY = "channels: {{c: {{title: C, where: '{where}'}}}}\n"
BROKEN = "outlets:\n  gazette: {title: Gazette\n  other: [\n"


def keys(said: list[str]) -> list[str]:
    """The keys that the lines are about."""
    return [line.split(": ")[1] for line in said]


@pytest.mark.parametrize(
    "fault",
    ["titel: X", "url: rss", "every: often", "republish: ful", "id: El País", "headers: [a]", "enabled: maybe"],
)
def test_a_source_with_a_fault_still_has_its_section_looked_up(refused: Refused, fault: str) -> None:
    url = "" if fault.startswith("url") else "url: 'https://x.example/rss', "
    said = refused(
        a=POLITICS,
        b=f"outlets: {{x: {{title: X, url: 'https://x.example', sources: [{{{url}{fault}, sections: [politcs]}}]}}}}\n",
    )
    assert keys(said) == [
        f"outlets.x.sources[0].{fault.partition(':')[0]}",
        "outlets.x.sources[0].sections[0]",
    ]
    assert said[1].endswith("no section has the id politcs (did you mean politics?)")


def test_a_source_without_an_address_still_has_its_section_and_secrets_looked_up(refused: Refused) -> None:
    source = "{headers: {A: '${NO_TOKEN}'}, sections: [politcs]}"
    said = refused(a=POLITICS, b=f"outlets: {{x: {{title: X, url: 'https://x.example', sources: [{source}]}}}}\n")
    assert keys(said) == [
        "outlets.x.sources[0].url",
        "outlets.x.sources[0].headers.A",
        "outlets.x.sources[0].sections[0]",
    ]


def test_of_a_list_with_one_wrong_value_the_others_are_looked_up(refused: Refused) -> None:
    said = refused(a=POLITICS + "defaults: {sections: [[a], politics, politcs]}\n")
    assert keys(said) == ["defaults.sections[0]", "defaults.sections[2]"]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("sections: {a: {titel: A, parent: nobody}}\n", ["sections.a.title", "sections.a.titel", "sections.a.parent"]),
        ("sections: {a: {title: A, paths: x, pin: [nobody]}}\n", ["sections.a.paths", "sections.a.pin[0]"]),
        (
            "authors: {a: {kind: persona, outlets: [nobody]}}\n",
            ["authors.a.name", "authors.a.kind", "authors.a.outlets[0]"],
        ),
        (
            "channels: {c: {where: 'section:nobody', stories: {prefer: [nobody]}}}\n",
            ["channels.c", "channels.c.where", "channels.c.stories.prefer[0]"],
        ),
        ("channels: {c: {title: C, where: 'outlet:nobody', order: new}}\n", ["channels.c.where", "channels.c.order"]),
        (
            "channels: {c: {title: C, where: a, limit: many, token: '${UNSET}'}}\n",
            ["channels.c.limit", "channels.c.token"],
        ),
    ],
)
def test_every_kind_of_block_with_a_fault_is_looked_into(refused: Refused, block: str, expected: list[str]) -> None:
    assert keys(refused(a=block)) == expected


def test_a_name_that_means_two_is_said_beside_faults_of_both(refused: Refused) -> None:
    said = refused(a="authors: {a: {name: Ana, kind: x}, b: {name: B, aliases: [ANA], url: x}}\n")
    assert keys(said) == ["authors.a.kind", "authors.b.aliases[0]", "authors.b.url"]


def test_whose_outlets_cannot_be_read_may_mean_somebody_elsewhere(refused: Refused) -> None:
    said = refused(a=PAPER, b="authors: {a: {name: Ana, outlets: paper}, b: {name: Ana}}\n")
    assert keys(said) == ["authors.a.outlets"]


def test_a_circle_is_said_beside_faults_in_it(refused: Refused) -> None:
    said = refused(a="sections: {a: {parent: b}, b: {title: B, parent: a}}\n")
    assert keys(said) == ["sections.a.title", "sections.a.parent", "sections.b.parent"]


def test_every_unknown_word_of_a_query_is_said(refused: Refused) -> None:
    said = refused(a=POLITICS, b=QUERY.format(where="section:politcs OR outlet:nobody OR lang:xx OR country:XX"))
    assert keys(said) == ["channels.c.where"] * 4
    assert [int(line.rpartition("(column ")[2].partition(" ")[0]) for line in said] == [9, 27, 42, 56]


# What could not be read may define a name, if the name stands in it.


def test_one_broken_file_hides_nothing_that_is_wrong_in_the_others(refused: Refused) -> None:
    said = refused(
        a=BROKEN,
        b=POLITICS + "authors: {a: {name: Ana}, b: {name: Ana}}\n",
        c="""\
            channels:
              c: {title: C, where: 'section:politcs'}
              d: {title: D, where: 'a AND ('}
              e: {title: E, where: 'colour:red'}
            """,
        d="defaults: {sections: [sport]}\n",
    )
    assert keys(said) == [
        "YAML",
        "authors.b.name",
        "channels.c.where",
        "channels.d.where",
        "channels.e.where",
        "defaults.sections[0]",
    ]


@pytest.mark.parametrize(
    ("name", "unknown"), [("outlet:gazette", 0), ("outlet:gazete", 1), ("outlet:other", 0), ("section:politics", 0)]
)
def test_a_name_that_stands_in_a_broken_file_may_be_defined_there(refused: Refused, name: str, unknown: int) -> None:
    said = refused(a=BROKEN, b=POLITICS, c=QUERY.format(where=name))
    assert keys(said) == ["YAML", *["channels.c.where"] * unknown]


@pytest.mark.parametrize(
    ("source", "unknown"), [("gazette", 0), ("gazette-sport", 0), ("paper", 0), ("paper-sport", 1), ("sport", 1)]
)
def test_a_source_may_be_named_after_an_outlet_of_a_broken_file(refused: Refused, source: str, unknown: int) -> None:
    said = refused(a=BROKEN, b=PAPER, c=QUERY.format(where=f"source:{source}"))
    assert keys(said) == ["YAML", *["channels.c.where"] * unknown]


def test_a_contact_may_stand_in_a_broken_file(write: Write) -> None:
    folder = write(**{"zz-site": "site: {contact: ops@example.org, title: [}\n"}, a=POLITICS)
    with pytest.raises(ConfigError) as caught:
        load(folder, environment={}, strict_secrets=True)
    assert [one.key for one in caught.value.problems] == ["YAML"]


def test_a_file_that_is_not_utf_8_may_define_what_stands_in_it(write: Write) -> None:
    folder = write(a=QUERY.format(where="section:norte OR section:sur"))
    (folder / "b.yaml").write_bytes("sections: {norte: {title: Región}}\n".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        load(folder, environment={}, strict_secrets=True)
    assert ["there is no section sur" in str(one) for one in caught.value.problems] == [True, False]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("sektions: {norte: {title: N}}\n", "section:norte"),
        ("sections: [norte]\n", "section:norte"),
        ("sections: {North America: {title: N}}\n", "section:north-america"),
        ("outlets: {x: {title: X, url: 'https://x.example', feeds: [{url: 'https://x.example/a'}]}}\n", "source:x-a"),
        ("outlets: {x: {title: X, url: 'https://x.example', sources: 'https://x.example/a'}}\n", "source:x"),
        ("outlets: {x: 'https://x.example'}\n", "outlet:x source:x-a"),
        (
            "outlets: {x: {title: X, url: 'https://x.example', sources: [{url: 'https://x.example/a'}, {url: b}]}}\n",
            "source:x-b",
        ),
        (
            "outlets: {x: {title: X, url: 'https://x.example', sources: [{url: 'https://x.example/a', id: El País}]}}\n",
            "source:el-pais",
        ),
        (
            "outlets: {x: {title: X, url: 'https://x.example', sources: [], sources: [{url: 'https://x.example/a'}]}}\n",
            "source:x-a",
        ),
    ],
)
def test_one_mistake_is_one_line_where_the_rest_would_only_follow_from_it(
    refused: Refused, text: str, known: str
) -> None:
    assert len(refused(a=text, b=QUERY.format(where=known))) == 1


def test_what_is_defined_twice_is_looked_into_twice(refused: Refused) -> None:
    again = "outlets: {paper: {title: P, url: x, sources: [{url: 'https://paper.example/b', id: late, sections: [politcs]}]}}\n"
    said = refused(a=PAPER + POLITICS, b=again, c=QUERY.format(where="source:late OR source:paper"))
    assert keys(said) == ["outlets.paper", "outlets.paper.url", "outlets.paper.sources[0].sections[0]"]
    assert all(line.startswith("b.yaml") for line in said)


def test_a_third_definition_names_the_first(refused: Refused) -> None:
    said = refused(a=POLITICS, b=POLITICS, c=POLITICS)
    assert said == [f"{name}.yaml:1:12: sections.politics: is defined twice, first at a.yaml:1:12" for name in "bc"]


def test_a_key_of_the_whole_that_stands_twice_in_a_file_is_refused(refused: Refused) -> None:
    said = refused(a=POLITICS + "sections: {sport: {titel: Sport}}\n", b=QUERY.format(where="section:sport"))
    assert said[0] == "a.yaml:2:1: sections: is defined twice, first at a.yaml:1:1"
    assert keys(said) == ["sections", "sections.sport.title", "sections.sport.titel"]


def test_of_a_channel_that_is_removed_nothing_is_looked_up(refused: Refused) -> None:
    said = refused(
        a="channels: {c: {removed: true, where: 'a AND (', stories: {prefer: [x]}, token: '${T}', order: new}}\n"
    )
    assert keys(said) == ["channels.c.order"]
