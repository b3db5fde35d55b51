"""Made-up stories → a small web of outlets on loopback: feeds in three formats, article pages, pictures."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from aggregator.cli.demo_news import Paper, Story, configuration_files, papers, story, told
from aggregator.cli.demo_picture import HEIGHT, WIDTH, picture

HOST = "127.0.0.1"
_MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


def demo_configuration(folder: Path, *, origin_port: int, site_url: str) -> None:
    """Write the configuration of a newsroom that polls the origin on `origin_port` and is published at `site_url`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in configuration_files().items():
        (folder / name).write_text(text.replace("{site_url}", site_url), encoding="utf-8")
    lines = ["outlets:"]
    for paper in papers():
        address = f"http://{HOST}:{origin_port}/{paper.id}"
        lines += [
            f"  {paper.id}:",
            f"    title: {paper.title}",
            f"    url: {address}",
            f"    country: {paper.country}",
            f"    language: {paper.language}",
            f"    sources: [{{url: '{address}/feed', republish: {paper.republish}}}]",
        ]
    (folder / "sources.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@asynccontextmanager
async def demo_origin(now: Callable[[], datetime] | None = None) -> AsyncIterator[int]:
    """Run the outlets on a free port of this machine, publishing one story every few seconds; the port."""
    if now is None:
        from aggregator.app import now as the_time

        now = the_time
    runner = web.AppRunner(_Outlets(now).application(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


class _Outlets:
    """The handlers of the origin; all they show follows from the time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._started = now, now()
        self._papers = {paper.id: paper for paper in papers()}

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/pictures/{seed}.png", self.picture)
        application.router.add_get("/{paper}/feed", self.feed)
        application.router.add_get("/{paper}", self.page)
        application.router.add_get("/{paper}/{number:\\d+}", self.page)
        return application

    def _paper(self, request: web.Request) -> Paper:
        paper = self._papers.get(request.match_info["paper"])
        if paper is None:
            raise web.HTTPNotFound
        return paper

    async def feed(self, request: web.Request) -> web.Response:
        paper = self._paper(request)
        stories = told(paper, started=self._started, now=self._now())
        base = f"http://{request.host}"
        body = {"rss": _rss, "atom": _atom, "json": _json}[paper.format](paper, stories, base).encode()
        response = web.Response(body=body, headers={"Content-Type": f"{_MEDIA_TYPES[paper.format]}; charset=utf-8"})
        response.etag = hashlib.sha256(body).hexdigest()[:16]
        if request.if_none_match and response.etag in request.if_none_match:
            return web.Response(status=304, headers={"ETag": response.headers["ETag"]})
        return response

    async def page(self, request: web.Request) -> web.Response:
        """An article, or the outlet's front: what a link in the demo leads to."""
        paper = self._paper(request)
        number = request.match_info.get("number")
        stories = told(paper, started=self._started, now=self._now())
        if number is not None:
            stories = (story(paper, int(number), started=self._started),)
        parts = [
            f'<article><p class="kicker">{_x(one.category)}</p><h2>{_x(one.title)}</h2>'
            f'<figure><img src="/pictures/{paper.number * 1000 + one.number}.png" alt="{_x(one.caption)}">'
            f"<figcaption>{_x(one.caption)}. {_x(one.credit)}</figcaption></figure>"
            f"<p><b>{_x(one.summary)}</b></p><p>{_x(one.text)}</p><address>{_x(one.byline)}</address></article>"
            for one in stories
        ]
        style = "body{font:1.1rem/1.5 Georgia,serif;max-width:40rem;margin:2rem auto;padding:0 1rem}img{width:100%}"
        return web.Response(
            content_type="text/html",
            text=f'<!doctype html><html lang="{paper.language}"><meta charset="utf-8"><title>{_x(paper.title)}</title>'
            f"<style>{style}</style><h1>{_x(paper.title)}</h1><p><em>Made-up news.</em></p>{''.join(parts)}</html>",
        )

    async def picture(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": "max-age=86400"}
        return web.Response(body=picture(request.match_info["seed"]), content_type="image/png", headers=headers)


def _x(text: str) -> str:
    return html.escape(text)


def _link(base: str, paper: Paper, one: Story) -> str:
    return f"{base}/{paper.id}/{one.number}"


def _media(base: str, paper: Paper, one: Story) -> str:
    return (
        f'<media:content url="{base}/pictures/{paper.number * 1000 + one.number}.png" type="image/png" '
        f'medium="image" width="{WIDTH}" height="{HEIGHT}"><media:description>{_x(one.caption)}</media:description>'
        f"<media:credit>{_x(one.credit)}</media:credit></media:content>"
    )


def _rss(paper: Paper, stories: tuple[Story, ...], base: str) -> str:
    items = [
        f"<item><title>{_x(one.title)}</title><link>{_link(base, paper, one)}</link>"
        f"<guid>{_link(base, paper, one)}</guid><dc:creator>{_x(one.byline)}</dc:creator>"
        f"<category>{_x(one.category)}</category><pubDate>{format_datetime(one.published)}</pubDate>"
        f"<description>{_x(one.summary)}</description>"
        f"<content:encoded>{_x(f'<p>{_x(one.summary)}</p><p>{_x(one.text)}</p>')}</content:encoded>"
        f"{_media(base, paper, one)}</item>"
        for one in stories
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        f"<title>{_x(paper.title)}</title><link>{base}/{paper.id}</link><description>Made-up news</description>"
        f"<language>{paper.language}</language>{''.join(items)}</channel></rss>"
    )


def _atom(paper: Paper, stories: tuple[Story, ...], base: str) -> str:
    entries = [
        f'<entry><title>{_x(one.title)}</title><link href="{_link(base, paper, one)}"/>'
        f"<id>{_link(base, paper, one)}</id><author><name>{_x(one.byline)}</name></author>"
        f'<category term="{_x(one.category)}"/><published>{one.published.isoformat()}</published>'
        f"<updated>{one.published.isoformat()}</updated><summary>{_x(one.summary)}</summary>"
        f'<content type="html">{_x(f"<p>{_x(one.summary)}</p><p>{_x(one.text)}</p>")}</content>'
        f"{_media(base, paper, one)}</entry>"
        for one in stories
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f'xmlns:media="http://search.yahoo.com/mrss/" xml:lang="{paper.language}"><title>{_x(paper.title)}</title>'
        f'<id>{base}/{paper.id}</id><link href="{base}/{paper.id}"/>'
        f"<updated>{stories[0].published.isoformat()}</updated>{''.join(entries)}</feed>"
    )


def _json(paper: Paper, stories: tuple[Story, ...], base: str) -> str:
    items = [
        {
            "id": _link(base, paper, one),
            "url": _link(base, paper, one),
            "title": one.title,
            "summary": one.summary,
            "content_html": f"<p>{_x(one.summary)}</p><p>{_x(one.text)}</p>",
            "image": f"{base}/pictures/{paper.number * 1000 + one.number}.png",
            "date_published": one.published.isoformat(),
            "authors": [{"name": one.byline}],
            "tags": [one.category],
        }
        for one in stories
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": paper.title,
        "home_page_url": f"{base}/{paper.id}",
        "language": paper.language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False)
