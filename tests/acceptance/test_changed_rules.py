"""An operator changes rules: stored articles follow, by a pass of cron, in the running service, and on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.acceptance.service import Installation, free_port, origin_thread, wait_for
from tests.origin import Origin, Reply

TODAY = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  the command's own clock cannot be set to a date
NEWS = (
    ("Litio: reunión en Lima", "Ana Roble", "Minería"),
    ("Litio: huelga en Antofagasta", "Ana Roble Tejo", "Minería"),
    ("Receta de pan", "A. Roble", "Cocina"),
)
METALS = "sections:\n  metals:\n    title: Metals\n    categories: [Minería]\n"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread(["127.0.0.1"]) as running:
        yield running


@pytest.fixture
def herald(tmp_path: Path, origin: Origin) -> Installation:
    """A source that was polled once, with nothing said of sections and authors."""
    body = "".join(
        f"<item><title>{title}</title><link>https://herald.example/{n}</link><dc:creator>{author}</dc:creator>"
        f"<category>{category}</category><pubDate>{format_datetime(TODAY - timedelta(hours=n + 1))}</pubDate></item>"
        for n, (title, author, category) in enumerate(NEWS)
    )
    document = (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Herald</title>"
        f"<link>https://herald.example/</link>{body}</channel></rss>"
    )
    origin.serve("/herald", Reply(body=document.encode(), headers=(("Content-Type", "application/rss+xml"),)))
    made = Installation(folder=tmp_path, port=free_port())
    made.write(
        "all.yaml",
        "site: {title: T, url: 'http://localhost', contact: ops@example.org}\n"
        "outlets:\n  herald: {title: Herald, url: 'https://herald.example/', language: es, "
        f"sources: [{{url: '{origin.url('/herald')}'}}]}}\n",
    )
    assert made.run("poll").returncode == 0
    return made


def metals(herald: Installation) -> set[str]:
    answer = herald.get("/sections/metals.json")
    return {item["title"] for item in json.loads(answer.body)["items"]} if answer.status == 200 else set()


def test_a_pass_of_cron_applies_what_changed(herald: Installation) -> None:
    herald.write("sections.yaml", METALS)
    assert herald.run("poll", days=0.1).returncode == 0
    with herald.serving():
        assert metals(herald) == {"Litio: reunión en Lima", "Litio: huelga en Antofagasta"}


def test_the_running_service_applies_what_changed_by_itself(herald: Installation) -> None:
    with herald.serving("run"):
        herald.write("sections.yaml", METALS)
        wait_for(lambda: metals(herald) == {"Litio: reunión en Lima", "Litio: huelga en Antofagasta"}, herald.log)
        herald.write(
            "sections.yaml", f"{METALS}    pin: ['https://herald.example/2']\n    bar: ['https://herald.example/0']\n"
        )
        wait_for(lambda: metals(herald) == {"Litio: huelga en Antofagasta", "Receta de pan"}, herald.log)


def test_everything_can_be_read_again_on_demand(herald: Installation) -> None:
    herald.write("sections.yaml", METALS)
    done = herald.run("sections", "--reapply")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "3 articles read again")
    rows = json.loads(herald.run("sections", "--json").stdout)
    assert {row["slug"]: row["articles"] for row in rows} == {"metals": 2}


def test_what_no_rule_knows_is_listed_with_yaml_that_solves_it(herald: Installation) -> None:
    unmapped = json.loads(herald.run("sections", "--unmapped", "--json").stdout)
    assert [(row["category"], row["count"], row["where"]) for row in unmapped] == [
        ("Minería", 2, ["herald"]),
        ("Cocina", 1, ["herald"]),
    ]
    unknown = json.loads(herald.run("authors", "--unknown", "--json").stdout)
    named = {row["name"]: row for row in unknown}
    assert named["Ana Roble"]["target"] == "ana-roble-tejo"
    herald.write("sections.yaml", unmapped[0]["yaml"] + "\n")
    herald.write("authors.yaml", named["Ana Roble"]["yaml"] + "\n")
    assert herald.run("check").returncode == 0
    assert herald.run("poll", days=0.1).returncode == 0
    assert [row["category"] for row in json.loads(herald.run("sections", "--unmapped", "--json").stdout)] == ["Cocina"]
    assert "Ana Roble" not in {row["name"] for row in json.loads(herald.run("authors", "--unknown", "--json").stdout)}
    with herald.serving():
        assert herald.get("/authors/ana-roble-tejo.json").status == 200
        moved = herald.get("/authors/ana-roble.json")
        assert json.loads(moved.body)["items"]


def test_a_query_goes_on_to_mean_an_author_whose_slug_changed(herald: Installation) -> None:
    herald.write("channels.yaml", "channels: {roble: {title: R, where: 'author:ana-roble'}}\n")
    herald.write("authors.yaml", "authors: {roble: {name: Ana Roble, aliases: [A. Roble, Ana Roble Tejo]}}\n")
    checked = herald.run("check")
    assert (checked.returncode, checked.stderr) == (0, "")
    for _ in range(2):
        polled = herald.run("poll")
        assert polled.returncode == 0, polled.stderr
        assert "ana-roble" not in polled.stderr, "nothing to warn of: the database knows her"
    assert len(json.loads(herald.run("search", "author:ana-roble", "--json").stdout)) == len(NEWS)
    with herald.serving():
        assert len(json.loads(herald.get("/channels/roble.json").body)["items"]) == len(NEWS)
    herald.write("channels.yaml", "channels: {roble: {title: R, where: 'author:ana-robel'}}\n")
    checked, polled = herald.run("check"), herald.run("poll")
    assert (checked.returncode, polled.returncode) == (2, 2)
    assert "there is no author ana-robel" in checked.stderr
    assert polled.stderr.endswith(checked.stderr)
