"""Sources that misbehave, configurations that cannot be used, processes that die: each costs itself alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.service import Answer, Installation, free_port, origin_thread, wait_for
from tests.origin import Origin, Reply


def rss(*titles: str) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{title}</guid><title>{title}</title><link>https://andes.example/{number}</link>"
        f"<pubDate>Mon, 05 Jan 2026 10:0{number}:00 GMT</pubDate><description>x</description></item>"
        for number, title in enumerate(titles)
    )
    return (
        f"<rss version='2.0'><channel><title>A</title><link>https://a.example/</link>{items}</channel></rss>".encode()
    )


GOOD = Reply(body=rss("one", "two"), headers=(("Content-Type", "application/rss+xml"),))
BAD = {
    "html": Reply(body=b"<!doctype html><html><body>Sorry</body></html>", headers=(("Content-Type", "text/html"),)),
    "empty": Reply(body=b""),
    "missing": Reply(status=404),
    "broken": Reply(status=500),
    "garbage": Reply(body=os.urandom(5000)),
    "lies": Reply(body=rss("x"), headers=(("Content-Length", "999999"),)),
    "huge": Reply(body=b"<rss>" + b" " * 11_000_000),
    "entities": Reply(body=b'<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss version="2.0"><channel>&a;</channel></rss>'),
    "gone": Reply(status=410),
}
REPAIRED = {
    "truncated": Reply(body=rss("kept", "lost")[:-200]),
    "latin": Reply(body=rss("Asunción").decode().encode("latin-1")),
    "controls": Reply(body=rss("bell\x08 and \x0b tab")),
}


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(folder=tmp_path, port=free_port())


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread(["127.0.0.1"]) as running:
        yield running


def configure(installation: Installation, origin: Origin, *names: str, more: str = "") -> None:
    lines = ["site: {title: T, url: 'http://localhost', contact: ops@example.org}", "outlets:"]
    for name in names:
        lines.append(f"  {name}: {{title: {name.title()}, url: 'https://{name}.example/', ")
        lines.append(f"    sources: [{{url: '{origin.url('/' + name)}', every: 1m}}]}}")
    installation.write("all.yaml", "\n".join(lines) + "\n" + more)


def titles(answer: Answer) -> list[str]:
    return [item["title"] for item in json.loads(answer.body)["items"]]


def sources(installation: Installation) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in json.loads(installation.run("sources", "--json").stdout)}


def test_a_bad_source_costs_itself_alone_and_shows_why(installation: Installation, origin: Origin) -> None:
    for name, reply in {"good": GOOD, **BAD, **REPAIRED}.items():
        origin.serve(f"/{name}", reply)
    configure(installation, origin, "good", *BAD, *REPAIRED)
    done = installation.run("poll")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert '"poll.failed"' in done.stderr
    assert "null" not in done.stderr, "a field of the log that says nothing is left out"
    held = sources(installation)
    assert {name for name, row in held.items() if row["health"] not in ("well", "partial")} == set(BAD)
    assert all(held[name]["error"] for name in BAD)
    assert {name: held[name]["health"] for name in ("good", "truncated")} == {"good": "well", "truncated": "partial"}
    with installation.serving():
        assert titles(installation.get("/outlets/good.json")) == ["two", "one"]
        assert titles(installation.get("/outlets/latin.json")) == ["Asunción"]
        assert titles(installation.get("/outlets/controls.json")) == ["bell and tab"]
        assert installation.get("/outlets/html.atom").status == 200


def test_what_is_stored_outlives_a_source_that_goes_bad(installation: Installation, origin: Origin) -> None:
    origin.serve("/good", GOOD, BAD["html"])
    configure(installation, origin, "good")
    assert installation.run("poll").returncode == 0
    assert installation.run("poll", "--all", days=1).returncode == 1
    with installation.serving():
        assert titles(installation.get("/outlets/good.json")) == ["two", "one"]


def test_an_unusable_configuration_ends_with_2_and_every_error(installation: Installation) -> None:
    installation.write("a.yaml", "site: {titel: T}\noutlets:\n  x: {title: X, url: 'nonsense', countri: PE}\n")
    for command in ("check", "poll", "run", "serve"):
        done = installation.run(command)
        assert done.returncode == 2, (command, done.stderr)
        assert "did you mean title" in done.stderr
        assert "did you mean country" in done.stderr
        assert "a.yaml:3:" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["sourcesx"],
            "aggregator: no such command 'sourcesx'. Did you mean 'sources', 'stories'? See `aggregator --help`",
        ),
        (["sources", "--foo"], "aggregator sources: no such option: --foo. See `aggregator sources --help`"),
        (
            ["export"],
            "aggregator export: say what to export: --opml, --decisions FILE or --static DIR. See `aggregator export --help`",
        ),
        (["search"], "aggregator search: missing argument 'QUERY'. See `aggregator search --help`"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_line_that_says_where_what_and_what_to_do(
    installation: Installation, words: list[str], line: str
) -> None:
    done = installation.run(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{line}\n")


def test_a_database_out_of_reach_ends_with_3(installation: Installation, origin: Origin) -> None:
    configure(installation, origin, "good")
    done = installation.run("--database-url", "postgresql://nobody@127.0.0.1:1/none", "poll")
    assert done.returncode == 3, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_run_waits_for_a_database_says_so_and_can_be_stopped(installation: Installation, origin: Origin) -> None:
    configure(installation, origin, "good")
    installation.write("a.yml", "not read, which is a warning\n")
    process = installation.start("--database-url", "postgresql://nobody@127.0.0.1:1/none", "run")
    try:
        wait_for(lambda: installation.log().count("database.unreachable") == 2)
        process.terminate()
        assert process.wait(20) == 0
        assert installation.log().count("configuration.warning") == 1, "said once, not at each try"
    finally:
        process.kill()
        process.wait()


def test_run_ends_within_seconds_where_the_database_does_not_answer(installation: Installation, origin: Origin) -> None:
    configure(installation, origin, "good")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(120)
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"
        process = installation.start("--database-url", url, "run")
        try:
            with silent.accept()[0]:
                asked = time.monotonic()
                process.terminate()
                assert process.wait(60) == 0
                assert time.monotonic() - asked < 9, "Docker waits ten seconds before it kills"
        finally:
            process.kill()


def test_a_command_that_is_told_to_stop_cleans_up_and_says_so_by_its_exit_code(
    installation: Installation, origin: Origin
) -> None:
    origin.serve("/slow", Reply(raw=b"", hang=True))
    configure(installation, origin, "slow")
    process = installation.start("poll")
    wait_for(lambda: origin.asked("/slow"))
    process.terminate()
    assert process.wait(20) == 128 + 15
    assert "Traceback" not in installation.log()


def test_a_second_poller_ends_with_3_and_every_other_command_works_beside_the_first(
    installation: Installation, origin: Origin
) -> None:
    origin.serve("/good", GOOD)
    configure(installation, origin, "good")
    with installation.serving("run"):
        wait_for(lambda: "poll.fresh" in installation.log())
        second = installation.run("poll")
        assert second.returncode == 3, second.stderr
        for words in (["sources"], ["search", "one"], ["authors"], ["export", "--opml"], ["health"], ["prune"]):
            done = installation.run(*words)
            assert done.returncode == 0, (words, done.stderr)


def test_after_kill_9_the_next_start_goes_on_with_nothing_lost_and_nothing_doubled(
    installation: Installation, origin: Origin
) -> None:
    origin.serve("/good", GOOD)
    configure(installation, origin, "good")
    process = installation.start("run")
    wait_for(lambda: "poll.fresh" in installation.log())
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert installation.run("poll", days=1).returncode == 0
    found = json.loads(installation.run("search", "--json", "source:good").stdout)
    assert sorted(article["title"] for article in found) == ["one", "two"]


def test_a_reload_takes_up_what_is_good_and_keeps_the_old_when_it_is_not(
    installation: Installation, origin: Origin
) -> None:
    origin.serve("/good", GOOD)
    origin.serve("/later", GOOD)
    configure(installation, origin, "good")
    process = installation.start("run")
    try:
        installation.wait_until_ready(process)
        configure(installation, origin, "good", "later")
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "configuration.applied" in installation.log())
        assert installation.get("/outlets/later.atom").status == 200
        installation.write("bad.yaml", "sections: [1\n")
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "configuration.refused" in installation.log())
        assert installation.get("/outlets/later.atom").status == 200
    finally:
        process.terminate()
        assert process.wait(30) == 0, installation.log()
