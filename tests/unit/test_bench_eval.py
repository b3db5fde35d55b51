"""`python -m bench eval`: any file of labelled lines, whoever made it, gives the figures under the same names."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bench import eval as evaluations

SHARES = {"precision", "recall", "f1"}
ENTRY = {"guid": "1", "link": "https://p.example/1", "title": "Lluvias en Puno"}
POLLS = {
    "case": "same",
    "outlet": "p.example",
    "feeds": ["main", "main"],
    "poll_times": ["2026-03-10T06:00:00Z", "2026-03-10T07:00:00Z"],
    "polls": [[ENTRY], [ENTRY | {"title": "Lluvias y granizo en Puno"}]],
    "expect": {"articles": 1, "revisions": 1, "pairs_same": [[0, 0, 1, 0]]},
}
ARTICLE = {"title": "Rain in Peru", "summary": "The president of Peru spoke of it in Lima on Friday.", "lang": "en"}
TOLD: dict[str, Any] = {
    "window": "a",
    "outlet": "north",
    "published": "2026-03-10T06:00:00Z",
    "lang": "en",
    "story": "s",
}
# The least that a line of each kind may say.
LEAST: dict[str, dict[str, Any]] = {
    "bylines": {"byline": "By Ana Souza", "authors": [{"name": "Ana Souza", "kind": "person"}]},
    "people": {"a": {"name": "Ana Souza"}, "b": {"name": "Ana Souza"}, "same": True},
    "identity": {key: POLLS[key] for key in ("feeds", "poll_times", "polls", "expect")},
    "sections": {"title": "Rain in Peru", "countries": ["PE"], "regions": ["005", "419"]},
    "stories": {"title": "Ferry sinks", "published": "2026-03-10T06:00:00Z", "story": "s"},
    "languages": {"title": "Rain in Peru", "lang": "en"},
}
Eval = Callable[..., dict[str, Any]]


@pytest.fixture
def evaluate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Eval:
    """The figures of lines that are given in a file each."""

    def run(name: str, *files: str) -> dict[str, Any]:
        paths = [tmp_path / f"{number} of another maker.txt" for number, _ in enumerate(files)]
        for path, text in zip(paths, files, strict=True):
            path.write_text(text, encoding="utf-8")
        assert evaluations.main([name, *map(str, paths), "--json", "--show-errors"]) == 0
        figures: dict[str, Any] = json.loads(capsys.readouterr().out)
        return figures

    return run


def lines(*objects: dict[str, Any]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def test_bylines_say_how_many_are_exact_by_stratum(evaluate: Eval) -> None:
    figures = evaluate("bylines", lines(LEAST["bylines"] | {"stratum": "single", "outlet": "p.example", "lang": "en"}))
    assert figures.items() >= {"exact": 1.0, "by": {"single": 1.0}}.items()


def test_people_say_their_accuracy(evaluate: Eval) -> None:
    assert evaluate("people", lines(LEAST["people"]))["accuracy"] == 1.0


def test_identity_says_how_many_sequences_are_exact_by_case(evaluate: Eval) -> None:
    wrong = POLLS | {"case": "wrong", "expect": {"articles": 2, "revisions": 0, "pairs_same": []}}
    figures = evaluate("identity", lines(POLLS, wrong))
    assert figures.items() >= {"exact": 0.5, "by": {"same": 1.0, "wrong": 0.0}}.items()


def test_identity_tells_what_is_held_back_from_what_an_operator_lets_in(evaluate: Eval) -> None:
    hours = [f"2026-03-10T{hour:02}:00:00Z" for hour in range(3)]
    places = ("Arequipa", "Cusco", "Puno", "Tacna", "Piura", "Iquitos", "Ica", "Huaraz")
    old, new = (
        [
            {"guid": f"{prefix}{n}", "link": f"https://p.example/nota/{place}", "title": f"Lluvias en {place}",
             "published": f"2026-03-09T{n:02}:00:00Z"}
            for n, place in enumerate(places)
        ]
        for prefix in ("old-", "new-")
    )  # fmt: skip
    same = [[0, n, poll, n] for n, _ in enumerate(places) for poll in (1, 2)]
    expect = {"articles": len(places), "revisions": 0, "pairs_same": same}
    figures = evaluate(
        "identity",
        lines(POLLS | {"feeds": ["main"] * 3, "poll_times": hours, "polls": [old, new, new], "expect": expect}),
    )
    assert (figures["exact"], figures["exact_released"], figures["held"]) == (1.0, 1.0, 1)


def test_sections_say_regions_countries_topics_and_languages(evaluate: Eval) -> None:
    line = ARTICLE | {"url": "https://p.example/1", "categories": [], "outlet": "p.example", "outlet_country": "PE"}
    figures = evaluate(
        "sections", lines(line | {"countries": ["PE"], "regions": ["005", "419"], "topics": ["politics"]})
    )
    assert {code: figures["regions"][code].keys() for code in ("005", "013", "029", "419")} == dict.fromkeys(
        ("005", "013", "029", "419"), SHARES
    )
    assert figures["countries"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert figures["topics"].keys() > SHARES
    assert set(figures["by_language"]) == {"en"}


def test_stories_and_copies_are_told_within_their_windows(evaluate: Eval) -> None:
    told = [
        TOLD | {"id": "1", "title": "Ferry sinks near Isla Margarita, 30 missing"},
        TOLD | {"id": "2", "title": "Ferry sinks off Isla Margarita: 30 missing", "outlet": "south"},
        TOLD | {"id": "3", "title": "Senate of Chile votes on lithium royalties", "story": "t", "doubt": True},
    ]
    figures = evaluate("stories", lines(*told), lines(*(one | {"window": "b"} for one in told)))
    assert figures["b3"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert (figures["false_joins"], figures["copies"]) == (0.0, {"precision": 1.0, "recall": 1.0})
    assert figures["without_doubt"]["b3"] == figures["b3"]
    assert set(figures["by"]) == {"a", "b"}


def test_languages_say_their_accuracy_and_how_sure_each_is(evaluate: Eval) -> None:
    figures = evaluate(
        "languages", lines(ARTICLE, {"title": "La casa está cerrada y los vecinos lo dicen", "lang": "es"})
    )
    assert figures["accuracy"] == 1.0
    assert figures["by"] == {language: {"precision": 1.0, "recall": 1.0} for language in ("en", "es")}


@pytest.mark.parametrize("name", sorted(evaluations.EVALUATIONS))
def test_a_line_may_lack_what_no_label_needs_and_have_what_nobody_knows(evaluate: Eval, name: str) -> None:
    line = LEAST[name]
    known = import_module(evaluations.EVALUATIONS[name]).KEYS
    absent: dict[str, Any] = dict.fromkeys(known.keys() - line.keys())
    one = evaluate(name, lines(line))
    text = lines(line | {"note": "\u2028\x85 of a maker", "confidence": [1]}).replace("\n", "\r\n")
    assert evaluate(name, "\ufeff\n" + text + "\n  \n") == one
    assert evaluate(name, lines(line | absent)) == one
    assert evaluate(name, "").keys() <= one.keys()
    twice = evaluate(name, lines(line), lines(line))
    assert twice.keys() == one.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n{bad", ":2: Expecting property name"),
        ("[]", ":1: expected a JSON object"),
        ('{"lang": null}', ":1: has no 'lang'"),
    ],
)
def test_what_cannot_be_measured_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        evaluations.main(["languages", str(path)])
    assert f"{path}{said}" in capsys.readouterr().err
