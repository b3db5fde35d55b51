"""What real feed readers show of our feeds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.readers import COMMANDS, READERS
from tests.acceptance.service import Installation, free_port, origin_thread
from tests.origin import Reply

FEED = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Andes Post</title>
<link>https://andes.example/</link><description>x</description>
<item><guid isPermaLink="false">1</guid><title>Perú: agua &amp;amp; luz para “Ñusta”</title>
<link>https://andes.example/peru/1</link><dc:creator>Ana Ruiz</dc:creator><dc:creator>Dionys Duroc</dc:creator>
<pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate><description>Primera.</description></item>
<item><guid isPermaLink="false">2</guid><title>a &lt; b, said the minister</title>
<link>https://andes.example/peru/2</link><dc:creator>Ana Ruiz</dc:creator>
<pubDate>Tue, 06 Jan 2026 11:30:00 GMT</pubDate><description>Segunda.</description></item>
</channel></rss>"""
EXPECTED = {
    ("Perú: agua & luz para “Ñusta”", "https://andes.example/peru/1", 1767607200),
    ("a < b, said the minister", "https://andes.example/peru/2", 1767699000),
}
AUTHORS = {
    "https://andes.example/peru/1": ("Ana Ruiz", "Dionys Duroc"),
    "https://andes.example/peru/2": ("Ana Ruiz",),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    installation = Installation(folder=tmp_path_factory.mktemp("readers"), port=free_port())
    with origin_thread(["127.0.0.1"]) as origin:
        url = origin.serve("/feed", Reply(body=FEED.encode(), headers=(("Content-Type", "application/rss+xml"),)))
        site = f"site: {{title: T, url: 'http://127.0.0.1:{installation.port}', contact: ops@example.org}}\n"
        outlet = "{title: Andes Post, url: 'https://andes.example/', country: PE, language: es"
        installation.write("all.yaml", f"{site}outlets:\n  andes-post: {outlet}, sources: [{{url: '{url}'}}]}}\n")
        done = installation.run("poll")
        assert done.returncode == 0, done.stderr
    with installation.serving():
        yield f"http://127.0.0.1:{installation.port}"


@pytest.mark.parametrize("format", ["rss", "atom"])
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_shows_title_author_link_and_date(reader: str, format: str, base: str, tmp_path: Path) -> None:
    if reader in COMMANDS and shutil.which(COMMANDS[reader]) is None and "CI" not in os.environ:
        pytest.skip(f"{reader} is not installed here (`.ci/run` installs it)")
    address = f"{base}/outlets/andes-post.{format}"
    shown = READERS[reader]([address], tmp_path)[address]
    assert {(one.title, one.link, one.published) for one in shown} == EXPECTED
    # Of several authors some readers show one alone: the first (sfeed) or the last (newsboat from RSS, rss2email from Atom).
    assert all(any(name in one.author for name in AUTHORS[one.link]) for one in shown)
    assert all(one.id.startswith("tag:127.0.0.1,2026-01-01:article/") for one in shown)
