"""The output contract: the same news gives the same bytes under the same ids, wherever and however often it is read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.store import Store
from tests.making import NOW
from tests.newsstand import newsroom_at
from tests.outputs import bring, ids, outputs

ROOT = Path(__file__).parents[2]
# Another interpreter that has what we need: `make lock`'s requirements in a virtual environment of another Python.
OTHER = os.environ.get("AGGREGATOR_OTHER_PYTHON", "")


def hashes(folder: Path, python: str = sys.executable, **environment: str) -> str:
    """What a process of its own makes of the news."""
    folder.mkdir()
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("AGGREGATOR_", "LC_", "LANG", "TZ"))
    }
    call = [python, "-m", "tests.outputs", str(folder)]
    done = subprocess.run(
        call, env=own | {"PYTHONPATH": str(ROOT)} | environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> str:
    said = hashes(tmp_path_factory.mktemp("here") / "db", PYTHONHASHSEED="0")
    assert said.count("\n") > 60
    return said


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4242", "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "random", "TZ": "America/Bogota", "LC_ALL": "C.UTF-8", "PYTHONOPTIMIZE": "1"},
    ],
    ids=lambda environment: environment["PYTHONHASHSEED"],
)
def test_every_process_says_the_same(here: str, tmp_path: Path, environment: Mapping[str, str]) -> None:
    assert hashes(tmp_path / "db", **environment) == here


@pytest.mark.skipif(not OTHER, reason="AGGREGATOR_OTHER_PYTHON names no other Python")
def test_another_version_of_python_says_the_same(here: str, tmp_path: Path) -> None:
    assert hashes(tmp_path / "db", OTHER, PYTHONHASHSEED="7") == here


async def test_both_databases_and_a_database_built_anew_say_the_same(store: Store, bare: Store) -> None:
    news = newsroom_at()
    await bring(store, news)
    await bring(bare, news)
    assert await outputs(store, news) == await outputs(bare, news)


async def test_a_service_that_moved_gives_the_ids_that_it_gave_before(store: Store, bare: Store) -> None:
    before = newsroom_at()
    after = newsroom_at(url="https://elsewhere.example/news")  # site.id_domain stays
    await bring(store, before)
    await bring(bare, after)
    here, there = ids(await outputs(store, before)), ids(await outputs(bare, after))
    assert len(here) > 5
    assert here == there
    assert ids(await outputs(store, after)) == here  # the same database, moved


async def test_titles_addresses_sections_and_authors_may_change_and_no_id_does(store: Store) -> None:
    news = newsroom_at()
    await bring(store, news)
    before = ids(await outputs(store, news))

    def edited(text: str) -> str:
        text = re.sub(r"<title>(?!\s*<)([^<]{20,})</title>", r"<title>\1, at last</title>", text)
        text = re.sub(r"<(category|dc:creator)>[^<]*<", r"<\1>Someone Else<", text)
        return text.replace("<link>https://", "<link>https://www.")

    await bring(store, news, edit=edited)
    assert ids(await outputs(store, news)) == before
    fewer = replace(news, sections=news.sections[:1], digest="other")
    await store.apply(fewer, now=NOW)
    assert ids(await outputs(store, fewer)) <= before
