"""What looks like news and is none is held back and shown; readers see nothing of it until an operator decides."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.acceptance.service import Installation, free_port, origin_thread
from tests.origin import Origin, Reply

TODAY = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  the command's own clock cannot be set to a date
Item = tuple[str, str, datetime]


def feed(items: Sequence[Item], *, title: str = "The Herald") -> Reply:
    """Items are (guid, title, published)."""
    body = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{headline}</title>"
        f"<link>https://herald.example/{quote(headline)}</link>"
        f"<pubDate>{format_datetime(published)}</pubDate></item>"
        for guid, headline, published in items
    )
    head = f"<title>{title}</title><link>https://herald.example/</link>"
    return Reply(
        body=f"<rss version='2.0'><channel>{head}{body}</channel></rss>".encode(),
        headers=(("Content-Type", "application/rss+xml"),),
    )


def items(word: str, count: int, *, days_ago: float = 0.0) -> list[Item]:
    start = TODAY - timedelta(days=days_ago, hours=1, minutes=7 * len(word))
    return [(f"{word}-{n}", f"{word} {n}: {word} of the {word}s", start - n * timedelta(hours=2)) for n in range(count)]


NEWS = items("daily", 20)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread(["127.0.0.1"]) as running:
        yield running


@pytest.fixture
def herald(tmp_path: Path, origin: Origin) -> Installation:
    """A source that was polled once, and its 20 articles."""
    origin.serve("/herald", feed(NEWS))
    made = Installation(folder=tmp_path, port=free_port())
    made.write(
        "all.yaml",
        "site: {title: T, url: 'http://localhost', contact: ops@example.org}\n"
        "outlets:\n  herald: {title: Herald, url: 'https://herald.example/', "
        f"sources: [{{url: '{origin.url('/herald')}', every: 1m}}]}}\n",
    )
    assert made.run("poll").returncode == 0
    return made


def poll(herald: Installation, origin: Origin, reply: Reply, *, days: float) -> str:
    origin.serve("/herald", reply)
    done = herald.run("poll", days=days)
    assert done.returncode == 0, done.stderr
    return done.stderr


def shown(herald: Installation) -> list[str]:
    found = json.loads(herald.run("search", "--json", "--limit", "1000", "*").stdout)
    return [article["title"] for article in found]


def source(herald: Installation) -> dict[str, Any]:
    (row,) = json.loads(herald.run("sources", "--json").stdout)
    return dict(row)


def test_an_archive_is_held_and_shown_and_released_into_its_place(herald: Installation, origin: Origin) -> None:
    archive = items("archive", 40, days_ago=400)
    fresh = items("fresh", 1)
    said = poll(herald, origin, feed([*fresh, *NEWS, *archive]), days=0.1)
    assert "herald: held back: 40 “new” articles older than its latest" in said
    assert len(shown(herald)) == 21
    assert shown(herald)[0] == "fresh 0: fresh of the freshs", "what is news is not held back with it"
    row = source(herald)
    assert (row["health"], row["evidence"]) == ("held", row["error"])
    assert "sources release" in row["advice"]
    sentences = herald.run("sources", "herald").stdout
    assert "is held back" in sentences
    assert "“archive 39: archive of the archives”" in sentences
    released = herald.run("sources", "release", "herald")
    assert released.stdout.strip() == "herald: 40 articles published, each in its place by its time"
    assert set(shown(herald)[:2]) == {"daily 0: daily of the dailys", "fresh 0: fresh of the freshs"}
    assert len(shown(herald)) == 61
    assert source(herald)["health"] == "well"
    again = herald.run("sources", "release", "herald")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("nothing of herald is held back")


def test_a_dropped_archive_never_comes_back_and_news_beside_it_does(herald: Installation, origin: Origin) -> None:
    flood = feed([*items("fresh", 1), *NEWS, *items("archive", 40, days_ago=400)])
    poll(herald, origin, flood, days=0.1)
    assert herald.run("sources", "drop", "herald").stdout.strip() == (
        "herald: 40 entries forgotten; they do not come back"
    )
    assert source(herald)["health"] == "well"
    poll(herald, origin, flood, days=0.2)
    assert (source(herald)["health"], len(shown(herald))) == ("well", 21)
    assert shown(herald)[0] == "fresh 0: fresh of the freshs"


def test_news_goes_on_while_an_archive_is_held_and_no_more_of_it_than_the_source_ever_has(
    herald: Installation, origin: Origin
) -> None:
    archive = items("archive", 40, days_ago=400)
    poll(herald, origin, feed([*items("one", 2), *NEWS, *archive]), days=0.1)
    poll(herald, origin, feed([*items("two", 2), *items("one", 2), *NEWS, *archive]), days=0.2)
    assert (source(herald)["health"], len(shown(herald))) == ("held", 24)
    many = items("many", 60)
    said = poll(herald, origin, feed([*many, *items("two", 2), *NEWS, *archive]), days=0.3)
    assert "held back" in said
    assert len(shown(herald)) == 24, "sixty at once are no news of a source of twelve a day"
    poll(herald, origin, feed([*items("later", 1), *items("two", 2), *NEWS]), days=0.4)
    assert (source(herald)["health"], len(shown(herald))) == ("well", 25), "the archive is gone again"


def test_a_domain_that_was_taken_over_is_never_published_and_its_return_lifts_the_hold(
    herald: Installation, origin: Origin
) -> None:
    said = poll(herald, origin, feed(items("casino", 8), title="Casino Bonus Online"), days=0.1)
    assert "the title changed from “The Herald” to “Casino Bonus Online”" in said
    poll(herald, origin, feed(items("poker", 8), title="Casino Bonus Online"), days=0.2)
    assert source(herald)["health"] == "held"
    assert not any("casino" in title or "poker" in title for title in shown(herald))
    poll(herald, origin, feed([*items("late", 2), *NEWS]), days=0.3)
    assert source(herald)["health"] == "well"
    assert len(shown(herald)) == 22


def test_a_dropped_takeover_is_not_held_again_until_it_shows_something_new(
    herald: Installation, origin: Origin
) -> None:
    casino = items("casino", 6)
    poll(herald, origin, feed(casino, title=""), days=0.1)
    assert herald.run("sources", "drop", "herald").stdout.strip() == (
        "herald: 6 entries forgotten; they do not come back"
    )
    said = poll(herald, origin, feed(casino, title=""), days=0.2)
    assert "held back" not in said
    row = source(herald)
    assert (row["health"], row["title"]) == ("empty", "The Herald")
    assert row["evidence"] == "every entry in it (6) was dropped, withdrawn or pruned here"
    assert "held back" in poll(herald, origin, feed([*items("poker", 1), *casino], title=""), days=0.3)
    assert herald.run("sources", "drop", "herald").stdout.startswith("herald: 1 entry forgotten")
    poll(herald, origin, feed([*items("late", 1), *NEWS]), days=0.4)
    assert (source(herald)["health"], len(shown(herald))) == ("well", 21)


def test_a_feed_that_turned_into_a_page_is_an_error(herald: Installation, origin: Origin) -> None:
    origin.serve("/herald", Reply(body=b"<!doctype html><title>Buy this domain</title>"))
    assert herald.run("poll", days=0.1).returncode == 1
    assert source(herald)["health"] == "html"
    assert len(shown(herald)) == 20


def test_renumbered_entries_are_held_until_the_ids_return_or_are_released(herald: Installation, origin: Origin) -> None:
    renumbered = [(f"v2-{guid}", title, at) for guid, title, at in NEWS]
    said = poll(herald, origin, feed(renumbered), days=0.1)
    assert "20 articles that we hold came under other ids" in said
    poll(herald, origin, feed(NEWS), days=0.2)
    assert source(herald)["health"] == "well"
    poll(herald, origin, feed(renumbered), days=0.3)
    assert herald.run("sources", "release", "herald").returncode == 0
    poll(herald, origin, feed([*items("later", 1), *renumbered]), days=0.4)
    assert (source(herald)["health"], len(shown(herald))) == ("well", 21)


def test_nothing_of_a_hold_appears_in_a_readers_feed(herald: Installation, origin: Origin) -> None:
    before = herald.run("export", "--static", "before")
    assert before.returncode == 0, before.stderr
    poll(herald, origin, feed([*NEWS, *items("archive", 40, days_ago=400)]), days=0.1)
    assert herald.run("export", "--static", "after").returncode == 0
    for name in ("outlets/herald.atom", "sources/herald.rss", "sources/herald.json"):
        assert (herald.folder / "before" / name).read_bytes() == (herald.folder / "after" / name).read_bytes()
