"""A site is discovered, its feed polled, its articles completed by their pages, and read again as feeds: by the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.service import Installation, free_port, origin_thread
from tests.origin import HOST, Origin, Reply

HTML = (("Content-Type", "text/html; charset=utf-8"),)
ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "author": [{"@type": "Person", "name": "Ana Ruiz"}],
    "articleSection": "Bolivia",
    "image": {"@type": "ImageObject", "url": "/salar.jpg", "caption": "The salt flats", "creditText": "B. Smith / AFP"},
    "datePublished": "2026-01-05T10:30:00-04:00",
}


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread([HOST]) as running:
        front = "<link rel='alternate' type='application/rss+xml' href='/rss'><title>Andes Post - News</title>"
        running.serve("/", Reply(headers=HTML, body=f"<html lang='en'><head>{front}</head></html>".encode()))
        script = f"<script type='application/ld+json'>{json.dumps(ARTICLE)}</script>"
        running.serve("/lithium", Reply(headers=HTML, body=f"<html><head>{script}</head></html>".encode()))
        items = "".join(
            f"<item><title>{path.title()} at a record</title><link>{running.url(f'/{path}')}</link></item>"
            for path in ("lithium", "closed/tin")
        )
        running.serve(
            "/rss", Reply(body=f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>".encode())
        )
        running.serve("/busy", Reply(status=503))
        running.serve("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /closed/"))
        yield running


def test_from_the_address_of_a_site_to_feeds_with_authors(tmp_path: Path, origin: Origin) -> None:
    installation = Installation(folder=tmp_path, port=free_port())
    installation.write(
        "site.yaml", "site: {contact: ops@example.org}\nsections: {bolivia: {title: Bolivia, countries: [BO]}}\n"
    )
    found = installation.run("discover", origin.url("/"))
    assert found.returncode == 0, found.stderr
    assert '"Andes Post"' in found.stdout
    installation.write("andes.yaml", f"{found.stdout}        pages: true\n")
    polled = installation.run("poll")
    assert polled.returncode == 0, polled.stderr
    (pages,) = json.loads(installation.run("pages", "--json").stdout)
    assert (pages["read"], pages["refused"]) == (1, 1)
    assert pages["found"] == {"author": 1, "section": 1, "picture": 1, "time": 1}
    assert origin.asked("/closed/tin") == []
    with installation.serving():
        (item,) = json.loads(installation.get("/authors/ana-ruiz.json").body)["items"]
        assert item["title"] == "Lithium at a record"
        assert item["date_published"].startswith("2026-01-05T14:30:00")
        assert item["image"] == origin.url("/salar.jpg")
        assert "The salt flats" in installation.get("/sections/bolivia.rss").body.decode()


@pytest.mark.parametrize("path", ["/closed/", "/busy"])
def test_a_site_that_cannot_be_asked_is_one_line_and_exit_1(tmp_path: Path, origin: Origin, path: str) -> None:
    done = Installation(folder=tmp_path, port=free_port()).run("discover", origin.url(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{origin.url(path)}: ")
    assert done.stderr.count("\n") == 1


def test_a_password_in_the_address_of_a_site_is_not_repeated(tmp_path: Path, origin: Origin) -> None:
    address = origin.url("/").replace("//", "//ana:secret@")
    done = Installation(folder=tmp_path, port=free_port()).run("discover", address)
    assert (done.returncode, done.stdout, origin.requests) == (2, "", [])
    assert "without user and password" in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("status", [200, 429])
def test_a_robots_txt_is_asked_for_once_however_often_a_site_is_looked_at(
    origin: Origin, tmp_path: Path, status: int
) -> None:
    origin.serve("/robots.txt", Reply(status=status, headers=(("Retry-After", "3600"),)))
    looking = Installation(folder=tmp_path, port=free_port())
    assert looking.run("db", "upgrade").returncode == 0
    said = [looking.run("discover", origin.url("/")).stderr for _ in range(2)]
    assert len(origin.asked("/robots.txt")) == 1
    assert ["HTTP 429 Too Many Requests" in one for one in said] == [status == 429] * 2
