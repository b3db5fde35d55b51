"""What is wrong in the files is said at its place, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError
from tests.unit.config.conftest import Load, Refused, Write

OUTLET = "outlets:\n  x:\n    title: X\n    url: https://x.example\n    sources:\n      - url: https://x.example/rss\n"


def source(key: str) -> str:
    """An outlet whose source has one more line, the seventh of the file."""
    return f"{OUTLET}        {key}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site: {titel: X}\n", "a.yaml:1:8: site.titel: unknown key (did you mean title?)"),
        (
            "outlet: {}\n",
            (
                "a.yaml:1:1: outlet: unknown key (did you mean outlets?); known are site, defaults, outlets, "
                "sections, authors, channels"
            ),
        ),
        (source("sektions: [a]"), "a.yaml:7:9: outlets.x.sources[0].sektions: unknown key (did you mean sections?)"),
        (source("sections: [a]"), "a.yaml:7:20: outlets.x.sources[0].sections[0]: no section has the id a"),
        (
            source("every: often"),
            ("a.yaml:7:16: outlets.x.sources[0].every: expected a duration such as 15m, 24h, 90d or 1w, not 'often'"),
        ),
        (
            source("every: {min: 2h, max: 1h}"),
            "a.yaml:7:16: outlets.x.sources[0].every: expected min to be no longer than max",
        ),
        (
            source("every: {min: 2x}"),
            ("a.yaml:7:22: outlets.x.sources[0].every.min: expected a duration such as 15m, 24h, 90d or 1w, not '2x'"),
        ),
        (
            source("keep: 90"),
            "a.yaml:7:15: outlets.x.sources[0].keep: expected a duration such as 15m, 24h, 90d or 1w, not 90",
        ),
        (
            source("keep: 0d"),
            "a.yaml:7:15: outlets.x.sources[0].keep: expected a duration between 1m and 3660d, not 0d",
        ),
        (
            source("republish: ful"),
            ("a.yaml:7:20: outlets.x.sources[0].republish: expected one of title, summary, full (did you mean full?)"),
        ),
        (source("enabled: maybe"), "a.yaml:7:18: outlets.x.sources[0].enabled: expected true or false, not 'maybe'"),
        (
            source("id: El País"),
            (
                "a.yaml:7:13: outlets.x.sources[0].id: expected lower-case letters a–z, digits and single "
                "hyphens, such as el-pais-2, not 'El País'"
            ),
        ),
        (
            source("headers: {'a b': c}"),
            ("a.yaml:7:18: outlets.x.sources[0].headers: expected a header name such as Authorization, not 'a b'"),
        ),
        (source("authors: Redacción"), "a.yaml:7:18: outlets.x.sources[0].authors: expected a list, such as [a, b]"),
        (
            "outlets: {x: {title: X, url: 'ftp://x.example'}}\n",
            ("a.yaml:1:30: outlets.x.url: expected an absolute http:// or https:// URL"),
        ),
        (
            "outlets: {x: {title: X, url: 'https://u:p@x.example'}}\n",
            (
                "a.yaml:1:30: outlets.x.url: expected a URL without user "
                "and password; a credential belongs in headers, as ${NAME}"
            ),
        ),
        (
            "outlets: {x: {title: X, url: 'https://x.example', country: Brasil}}\n",
            (
                "a.yaml:1:60: outlets.x.country: expected an "
                "ISO 3166 code such as BR or a UN M49 region such as 005, not 'Brasil' (did you mean BR?)"
            ),
        ),
        (
            "outlets: {x: {title: X, url: 'https://x.example', language: spanish}}\n",
            (
                "a.yaml:1:61: outlets.x.language: expected "
                "a language tag such as es or pt-BR, not 'spanish' (did you mean es?)"
            ),
        ),
        ("outlets: {x: {url: 'https://x.example'}}\n", "a.yaml:1:11: outlets.x.title: is required"),
        ("outlets: [x]\n", "a.yaml:1:10: outlets: expected a map of keys"),
        (
            "- x\n",
            "a.yaml:1:1: configuration: expected keys such as site, defaults, outlets, sections, authors, channels",
        ),
        (
            "site: {timezone: America/Bogotá}\n",
            (
                "a.yaml:1:18: site.timezone: expected a time zone such as America/Bogota, not "
                "'America/Bogotá' (did you mean America/Bogota?)"
            ),
        ),
        (
            "site: {timezone: Montevideo}\n",
            (
                "a.yaml:1:18: site.timezone: expected a time zone such as America/Bogota, not "
                "'Montevideo' (did you mean America/Montevideo?)"
            ),
        ),
        (
            "site: {id_since: yesterday}\n",
            "a.yaml:1:18: site.id_since: expected a date such as 2026-01-01, not 'yesterday'",
        ),
        (
            "site: {url: 'https://x.example/?a=b'}\n",
            ("a.yaml:1:13: site.url: expected a URL without ? and #, such as https://news.example.org/wire"),
        ),
        (
            "site: {title: '${SECRET}'}\n",
            ("a.yaml:1:15: site.title: expected text; ${…} is filled in in url, headers and token alone"),
        ),
        ("sections: {a: {title: A, parent: b}}\n", "a.yaml:1:34: sections.a.parent: no section has the id b"),
        (
            "sections: {none: {title: None}}\n",
            ("a.yaml:1:12: sections.none: expected another id: none is reserved (section:none, author:none)"),
        ),
        (
            "sections: {a: {title: A, paths: [sport]}}\n",
            (
                "a.yaml:1:34: sections.a.paths[0]: expected a part of a URL's path "
                "that begins with a slash, such as /sport/"
            ),
        ),
        (
            "sections: {a: {title: {xx1: A}}}\n",
            ("a.yaml:1:23: sections.a.title: expected a language tag such as es or pt-BR, not 'xx1'"),
        ),
        (
            "authors: {a: {name: A, kind: persona}}\n",
            ("a.yaml:1:30: authors.a.kind: expected one of person, organisation, desk (did you mean person?)"),
        ),
        ("authors: {a: {name: A, outlets: [x]}}\n", "a.yaml:1:34: authors.a.outlets[0]: no outlet has the id x"),
        ("channels: {c: {title: C}}\n", "a.yaml:1:12: channels.c: expected where (or removed: true)"),
        (
            "channels: {c: {title: C, where: a, limit: many}}\n",
            "a.yaml:1:43: channels.c.limit: expected a whole number",
        ),
        (
            "channels: {c: {title: C, where: a, limit: 0}}\n",
            "a.yaml:1:43: channels.c.limit: expected a number of at least 1",
        ),
        (
            "channels: {c: {title: C, where: a, limit: 201}}\n",
            "a.yaml:1:43: channels.c.limit: expected a number of at most 200",
        ),
        (
            "channels: {c: {title: C, where: a, stories: last}}\n",
            ("a.yaml:1:45: channels.c.stories: expected all, first or {prefer: [outlet, …]}"),
        ),
        (
            "channels: {c: {title: C, where: a, stories: {prefer: [x]}}}\n",
            ("a.yaml:1:55: channels.c.stories.prefer[0]: no outlet has the id x"),
        ),
    ],
)
def test_each_fault_is_one_line_with_its_place(refused: Refused, text: str, said: str) -> None:
    assert refused(a=text) == [said]


def test_an_id_with_nothing_behind_it_lacks_its_keys(refused: Refused) -> None:
    assert refused(a="outlets: {x: }\n") == [
        "a.yaml:1:11: outlets.x.title: is required",
        "a.yaml:1:11: outlets.x.url: is required",
    ]


def test_every_fault_is_said_at_once(refused: Refused) -> None:
    first = "site: {timezone: Nowhere/At_All_Here}\nsections: {a: {title: A, parent: politcs}, politics: {title: }}\n"
    second = (
        OUTLET.replace("https://x.example/rss", "rss") + "channels: {c: {title: C, where: 'sektion:a', order: new}}\n"
    )
    said = refused(a=first, b=second)
    keys = [line.split(": ")[1] for line in said]
    assert keys == [
        "site.timezone",
        "sections.a.parent",
        "sections.politics.title",
        "outlets.x.sources[0].url",
        "channels.c.where",
        "channels.c.order",
    ]
    assert "did you mean politics?" in said[1]


def test_what_has_faults_of_its_own_is_no_unknown_name_to_others(refused: Refused) -> None:
    sections = "sections: {a: {titel: A}}\n"
    assert {line.split(": ")[1] for line in refused(a=sections, b=source("sections: [a]"))} == {
        "sections.a.titel",
        "sections.a.title",
    }


def test_a_duplicate_key_names_both_places(refused: Refused) -> None:
    assert refused(a="site:\n  title: A\n  title: B\n") == [
        "a.yaml:3:3: site.title: is defined twice, first at a.yaml:2:3"
    ]
    assert refused(a=source("id: y\n        id: z")) == [
        "a.yaml:8:9: outlets.x.sources[0].id: is defined twice, first at a.yaml:7:9"
    ]


def test_an_id_in_two_files_names_both_places(refused: Refused) -> None:
    assert refused(a=OUTLET, b=OUTLET.replace("/rss", "/atom")) == [
        "b.yaml:2:3: outlets.x: is defined twice, first at a.yaml:2:3"
    ]


def test_two_sources_of_one_id_name_both_places(refused: Refused) -> None:
    text = source("id: one") + "      - url: https://x.example/b\n        id: one\n"
    assert refused(a=text) == [
        "a.yaml:9:13: outlets.x.sources[1].id: one is outlets.x.sources[0] at a.yaml:6:9 already"
    ]


def test_two_sources_of_one_default_id_are_told_to_name_one(refused: Refused) -> None:
    text = OUTLET + "".join(f"      - url: https://x.example/{part}/notas\n" for part in "ab")
    assert refused(a=text) == [
        (
            "a.yaml:8:14: outlets.x.sources[2].id: x-notas is outlets.x.sources[1] at a.yaml:7:9 already; "
            "give this one an id of its own"
        )
    ]


def test_one_address_is_polled_once(refused: Refused) -> None:
    said = refused(a=OUTLET + "      - url: https://x.example/rss\n        id: again\n")
    assert said == ["a.yaml:7:14: outlets.x.sources[1].url: this address is outlets.x.sources[0] at a.yaml:6:9 already"]


def test_parents_in_a_circle_are_refused(refused: Refused) -> None:
    said = refused(a="sections: {a: {title: A, parent: b}, b: {title: B, parent: a}, c: {title: C, parent: a}}\n")
    assert said == [
        "a.yaml:1:34: sections.a.parent: a → b → a is a circle",
        "a.yaml:1:60: sections.b.parent: b → a → b is a circle",
    ]


@pytest.mark.parametrize("kind", ["sections", "channels"])
def test_a_former_slug_that_is_in_use_or_two_had_is_refused(refused: Refused, kind: str) -> None:
    lines = ("a: {%s, formerly: [b, c]}", "b: {%s}", "d: {%s, formerly: [c]}", "e: {%s, formerly: [e]}")
    of = "title: T" if kind == "sections" else "title: T, where: x"
    assert refused(a="\n".join([f"{kind}:", *(f"  {line % of}" for line in lines), ""])) == [
        f"a.yaml:2:{20 + len(of)}: {kind}.a.formerly[0]: b is {kind}.b already, at a.yaml:3:6",
        f"a.yaml:4:{20 + len(of)}: {kind}.d.formerly[0]: c is {kind}.a.formerly[1] already, at a.yaml:2:{23 + len(of)}",
        f"a.yaml:5:{20 + len(of)}: {kind}.e.formerly[0]: e is {kind}.e already, at a.yaml:5:6",
    ]


def test_a_name_that_means_two_authors_in_one_outlet_is_refused(refused: Refused) -> None:
    text = "authors: {a: {name: Ana Pérez}, b: {name: B, aliases: [ANA PEREZ]}}\n"
    assert refused(a=text) == ["a.yaml:1:56: authors.b.aliases[0]: ANA PEREZ means a already, at a.yaml:1:21"]


def test_one_name_may_mean_two_people_in_two_outlets(loaded: Load) -> None:
    outlets = "outlets: {x: {title: X, url: https://x.example}, y: {title: Y, url: https://y.example}}\n"
    authors = "authors: {a: {name: Ana, outlets: [x]}, a-y: {name: Ana, outlets: [y]}}\n"
    assert len(loaded(a=outlets, b=authors).newsroom.authors) == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("site: {title: [}\n", "a.yaml:1:16"),
        ("site:\n  title: a: b\n", "a.yaml:2:11"),
        ("a: *unknown\n", "a.yaml:1:4"),
        ("site:\n\ttitle: a\n", "a.yaml:2:1"),
        ("site: {title: a\x00b}\n", "a.yaml:1:16"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1"),
        ("[" * 1000, "a.yaml:1:1"),
        ("site: &a {title: *a}\n", "a.yaml:1:1"),
    ],
)
def test_broken_yaml_is_said_at_its_place(refused: Refused, text: str, place: str) -> None:
    (said,) = refused(a=text)
    assert said.startswith(f"{place}: YAML: expected well-formed YAML (")
    assert "\n" not in said


def test_a_broken_file_does_not_make_names_of_it_unknown(refused: Refused) -> None:
    (said,) = refused(a="sections: {a: [}\n", b=source("sections: [a]"))
    assert said.startswith("a.yaml:1:16: YAML")


def test_a_file_that_is_not_utf_8_says_where(write: Write) -> None:
    folder = write(a="")
    (folder / "a.yaml").write_bytes(b"site:\n  title: Espa" + b"\xf1a\n")
    with pytest.raises(ConfigError, match=r"a\.yaml:2:14: file: expected text in UTF-8"):
        load(folder, environment={}, strict_secrets=True)


def test_an_empty_folder_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no \*\.yaml file in this folder; `aggregator init"):
        load(tmp_path, environment={}, strict_secrets=True)


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder") as refused:
        load(tmp_path / "nowhere", environment={}, strict_secrets=True)
    assert len(refused.value.problems) == 1, "nothing is said of what a folder that is not there lacks"


def test_a_yml_file_is_a_warning_because_it_is_not_read(write: Write) -> None:
    folder = write(a=OUTLET)
    (folder / "b.yml").write_text("site: {}\n", encoding="utf-8")
    (warning,) = load(folder, environment={}, strict_secrets=True).warnings
    assert str(warning).endswith("b.yml:1:1: b.yml: is not read; name it *.yaml")


def test_a_site_without_contact_is_a_warning(write: Write) -> None:
    folder = write(**{"zz-site": "\nsite: {title: A}\n"})
    (warning,) = load(folder, environment={}, strict_secrets=True).warnings
    assert (warning.key, warning.line, warning.warning) == ("site.contact", 2, True)


def test_warnings_stand_among_the_errors_and_say_what_they_are(write: Write) -> None:
    folder = write(a=source("headers: {A: '${UNSET}'}") + "site: {titel: X}\n")
    with pytest.raises(ConfigError) as caught:
        load(folder, environment={}, strict_secrets=False)
    assert [line.startswith("warning: ") for line in str(caught.value).splitlines()] == [True, False]


def test_text_that_no_feed_can_carry_is_refused(refused: Refused) -> None:
    assert refused(a='site: {title: "a\\ud800b"}\n') == [
        "a.yaml:1:15: site.title: expected text without control characters"
    ]


def test_an_anchor_may_be_used_again(loaded: Load) -> None:
    assert loaded(a="site: {title: &a A, description: &a B}\n").newsroom.site.description.text() == "B"


@pytest.mark.parametrize(
    "again",
    [
        "https://x.example/rss",
        "https://x.example/rss#top",
        "HTTPS://X.Example/rss",
        "https://x.example:443/rss",
        "https://x.example/r%73s",
    ],
)
def test_one_address_in_several_spellings_stands_twice(refused: Refused, again: str) -> None:
    said = "outlets.x.sources[1].url: this address is outlets.x.sources[0] at a.yaml:6:9 already"
    assert f"a.yaml:7:14: {said}" in refused(a=f"{OUTLET}      - url: {again}\n        id: again\n")


@pytest.mark.parametrize(
    "other", ["http://x.example/rss", "https://x.example/RSS", "https://x.example:8443/rss", "https://x.example/rss?a"]
)
def test_what_is_another_request_is_another_address(loaded: Load, other: str) -> None:
    assert len(loaded(a=f"{OUTLET}      - url: {other}\n        id: other\n").newsroom.sources) == 2


@pytest.mark.parametrize("host", ["a..b", "ex-.example", "a" * 64 + ".example"])
def test_what_cannot_be_the_name_of_a_host_is_refused(refused: Refused, host: str) -> None:
    said = f"expected a URL with the name of a host in it, and {host} is none"
    assert refused(a=OUTLET.replace("//x.example/rss", f"//{host}/rss")) == [
        f"a.yaml:6:14: outlets.x.sources[0].url: {said}"
    ]
