"""What operators do beside a running service: reload, back up, check, run its roles apart."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.service import Installation, free_port, origin_thread, wait_for
from tests.origin import Origin, Reply

NAMES = ("andes", "wire", "folha")
SITE = "site: {title: T, url: 'http://localhost', contact: ops@example.org}\noutlets:\n"


def feed(title: str) -> Reply:
    body = f"<rss version='2.0'><channel><title>A</title><item><guid>{title}</guid><title>{title}</title></item></channel></rss>"
    return Reply(body=body.encode(), headers=(("Content-Type", "application/rss+xml"),))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread(["127.0.0.1"]) as running:
        for name in NAMES:
            running.serve(f"/{name}", feed(f"news of {name}"))
        yield running


@pytest.fixture
def installation(tmp_path: Path, origin: Origin) -> Installation:
    made = Installation(folder=tmp_path, port=free_port())
    made.write("all.yaml", configuration(origin, *NAMES))
    return made


def configuration(origin: Origin, *names: str) -> str:
    outlets = (
        f"  {name}: {{title: {name.title()}, url: 'https://{name}.example/', sources: [{{url: '{origin.url('/' + name)}'}}]}}\n"
        for name in names
    )
    return SITE + "".join(outlets)


def ids(installation: Installation) -> list[str]:
    return [row["id"] for row in json.loads(installation.run("sources", "--json").stdout)]


def test_a_reload_says_what_changed_and_is_refused_when_it_loses_too_much(
    installation: Installation, origin: Origin
) -> None:
    assert installation.run("reload").returncode == 1, "no service yet"
    assert installation.run("poll").returncode == 0
    with installation.serving():
        assert installation.run("reload").stdout.strip() == "nothing changed"
        installation.write("all.yaml", configuration(origin, "andes"))
        refused = installation.run("reload")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "a reload would lose 2 of 3 sources; if it is meant, `aggregator reload --confirm`" in refused.stderr
        assert installation.get("/outlets/wire").status == 200
        assert ids(installation) == ["andes", "folha", "wire"]
        done = installation.run("reload", "--confirm")
        assert done.stdout.splitlines() == ["configuration taken up", "no longer polled: folha, wire"]
        assert ids(installation) == ["andes"]
        installation.write("broken.yaml", "outlets: [")
        broken = installation.run("reload", "--confirm")
        assert broken.returncode == 2
        assert "broken.yaml:" in broken.stderr
        # What is refused without anybody to tell: the service finds the file by itself.
        wait_for(lambda: "configuration.refused" in installation.log(), installation.log)


def test_a_plan_says_what_a_changed_configuration_would_do(installation: Installation, origin: Origin) -> None:
    git = ["git", "-C", str(installation.folder / "config"), "-c", "user.name=t", "-c", "user.email=t@t.example"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True, timeout=60)
    assert installation.run("poll").returncode == 0
    installation.write("all.yaml", configuration(origin, "andes", "wire"))
    installation.write("more.yaml", "channels: {andes-news: {title: A, where: 'andes OR wire'}}\n")
    said = installation.run("plan")
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert lines[0].startswith("compared with the configuration of 2")
    assert lines[1:] == [
        "  outlets: −1 (folha)",
        "  sources: −1 (folha)",
        "  channels: +1 (andes-news)",
        "channels/andes-news\t0\t+2",
    ]
    assert "1 channel would change, by all 3 stored articles" in said.stderr
    assert "a reload would lose 1 of 3 sources" in said.stderr
    plan = json.loads(installation.run("plan", "--json").stdout)
    assert plan["channels"] == [{"kind": "channel", "slug": "andes-news", "articles": 0, "added": 2, "removed": 0}]
    assert plan["differences"]["sources"]["removed"] == ["folha"]
    by_git = json.loads(installation.run("plan", "--against", "HEAD", "--json").stdout)
    assert by_git | {"against": plan["against"]} == plan
    itself = installation.run("plan", "--against", "config")
    assert itself.stdout.splitlines() == ["compared with config:", "  nothing is added, removed or changed"]
    nowhere = installation.run("plan", "--against", "v9")
    assert nowhere.returncode == 2
    assert "no file, no git revision of" in nowhere.stderr
    assert ids(installation) == ["andes", "folha", "wire"], "nothing went live"


def test_a_backup_is_whole_while_the_service_runs(installation: Installation) -> None:
    assert installation.run("poll").returncode == 0
    with installation.serving():
        done = installation.run("backup", "copies/aggregator.db")
    assert (done.returncode, done.stderr) == (0, "")
    copy = installation.folder / "copies" / "aggregator.db"
    with sqlite3.connect(copy) as database:
        assert database.execute("SELECT count(*) FROM article").fetchone() == (3,)
    assert [path.name for path in copy.parent.iterdir()] == ["aggregator.db"]
    assert installation.run("db", "check").stdout.strip() == "sound"
    itself = installation.run("backup", "aggregator.db")
    assert (itself.returncode, "is the database itself" in itself.stderr) == (3, True)


def test_damage_is_found(installation: Installation) -> None:
    assert installation.run("poll").returncode == 0
    path = installation.folder / "aggregator.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 30_000)
    assert installation.run("db", "check").returncode == 3


def test_scheduler_and_worker_do_together_what_run_does(installation: Installation, origin: Origin) -> None:
    roles = [installation.start("scheduler"), installation.start("worker")]
    try:
        with installation.serving():
            wait_for(lambda: all(origin.asked(f"/{name}") for name in NAMES), installation.log)
            second = installation.run("worker")
            assert (second.returncode, "another poller" in second.stderr) == (3, True), second.stderr
    finally:
        for role in roles:
            role.terminate()
        assert [role.wait(30) for role in roles] == [0, 0], installation.log()
    assert all(origin.asked(f"/{name}") for name in NAMES)
    found = json.loads(installation.run("search", "--json", "*").stdout)
    assert sorted(article["title"] for article in found) == sorted(f"news of {name}" for name in NAMES)


def test_an_opml_file_becomes_a_file_of_the_configuration_and_a_later_one_of_its_name_another(
    installation: Installation,
) -> None:
    file = installation.folder / "subscriptions.opml"
    for number, at in enumerate(("one", "two"), 1):
        outline = (
            f"<outline text='{at}' type='rss' xmlUrl='https://{at}.example/feed' htmlUrl='https://{at}.example/'/>"
        )
        file.write_text(f"<opml version='2.0'><head/><body>{outline}</body></opml>", encoding="utf-8")
        done = installation.run("import", str(file))
        assert (done.returncode, done.stderr) == (0, ""), "what is there is not written over"
        assert len(list((installation.folder / "config").glob("imported-subscriptions*.yaml"))) == number
    assert "configured already" in installation.run("import", str(file)).stdout
    file.write_text("<opml version='2.0'><head/><body><outline text='a folder'/></body></opml>", encoding="utf-8")
    assert "names no feed" in installation.run("import", str(file)).stdout
    file.write_text("<opml version='2.0'><head/><body><outline text='Wire' xmlUrl='ftp://w.example/'/></body></opml>")
    refused = installation.run("import", str(file))
    assert (refused.returncode, refused.stderr) == (
        0,
        "left out, as its address is none on the web: ftp://w.example/ (Wire)\n",
    )
    three = "".join(f"<outline xmlUrl='https://{at}.example/feed'/>" for at in ("one", "three", "three"))
    file.write_text(f"<opml version='2.0'><head/><body>{three}</body></opml>", encoding="utf-8")
    assert "1 source written" in (said := installation.run("import", str(file)).stdout)
    assert "2 left out: configured already, or named twice" in said
    assert "6 sources" in installation.run("check").stdout


def test_each_list_has_its_limit_and_says_what_it_left_out(installation: Installation) -> None:
    assert installation.run("poll").returncode == 0
    for name in ("sources", "settings", "sections", "authors", "channels", "pages", "articles", "stories"):
        done = installation.run(name, "--limit", "1", "--json")
        assert done.returncode == 0, done.stderr
        assert len(json.loads(done.stdout)) <= 1
    assert "… 2 more: --limit 3" in installation.run("sources", "--limit", "1").stderr
    assert "more: --limit" in installation.run("settings", "--limit", "1").stderr


def test_a_list_without_rows_says_why(installation: Installation) -> None:
    for name in ("sources", "channels"):
        done = installation.run(name)
        assert (done.returncode, done.stdout) == (0, "")
        assert "`aggregator poll` puts the configuration in force" in done.stderr
        assert installation.run(name, "--json").stdout.strip() == "[]"
    assert "`aggregator poll` puts" in installation.run("sources", "andes").stderr, "that is why it is not known"
    assert installation.run("poll").returncode == 0
    assert installation.run("channels").stderr.strip() == "none", "none are configured"


def test_a_folder_that_cannot_be_written_to_is_one_line(installation: Installation) -> None:
    for words in (("--static", "/proc/none"), ("--decisions", "/proc/none/file")):
        done = installation.run("export", *words)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("/proc/none"), done.stderr
        assert "Traceback" not in done.stderr


def test_the_installed_command_says_what_tests_hear_of_a_forked_one(installation: Installation) -> None:
    assert installation.run("poll").returncode == 0
    call = [str(Path(sys.executable).with_name("aggregator")), "sources", "--json"]
    done = subprocess.run(call, env=installation.environment, capture_output=True, text=True, check=False, timeout=60)
    forked = installation.run("sources", "--json")
    assert (done.returncode, done.stdout, done.stderr) == (0, forked.stdout, forked.stderr)


def test_a_source_polled_by_name_twice_in_five_minutes_is_asked_once(
    installation: Installation, origin: Origin
) -> None:
    assert "1 source polled" in installation.run("poll", "andes").stderr
    again = installation.run("poll", "andes")
    assert again.returncode == 0
    assert again.stderr.splitlines() == ["andes: asked 0 min ago: well", "0 sources polled, 0 new articles, 0 failed"]
    assert len(origin.asked("/andes")) == 1


def test_a_check_of_what_is_not_in_force_yet_keeps_to_what_its_server_asked(
    installation: Installation, origin: Origin
) -> None:
    origin.serve("/andes", Reply(status=429, headers=(("Retry-After", "3600"),)), feed("news"))
    installation.write("all.yaml", configuration(origin, "andes"))
    assert installation.run("db", "upgrade").returncode == 0
    first, second = (installation.run("check", "--live") for _ in range(2))
    assert "FAIL andes: HTTP 429 Too Many Requests\n" in first.stdout
    assert "FAIL andes: waits until " in second.stdout
    assert "as its server asked: HTTP 429 Too Many Requests\n" in second.stdout
    assert (first.returncode, second.returncode) == (1, 1)
    assert len(origin.asked("/andes")) == 1
    assert "0 sources polled" in installation.run("poll").stderr
    waits = installation.run("sources", "andes").stdout
    assert "has not answered yet: HTTP 429 Too Many Requests." in waits
    assert "the server asked to wait until" in waits
