"""`aggregator discover`: the feeds of a web site, each tried, as YAML for the configuration."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from aggregator.cli.context import run_to_end, settings_of
from aggregator.cli.output import Json, counted, show
from aggregator.text import one_line, xml_legal

if TYPE_CHECKING:
    from aggregator.sites.discovery import Discovery, Found

Url = Annotated[str, typer.Argument(help="Address of a web site, or of any page of it.", metavar="URL")]
Most = Annotated[int, typer.Option("--requests", min=1, max=500, help="Ask for at most so many addresses.")]


def register(cli: typer.Typer) -> None:
    @cli.command()
    def discover(context: typer.Context, url: Url, requests: Most = 40, as_json: Json = False) -> None:
        """Find the feeds of a web site and print them as YAML; robots.txt is obeyed. Exit 1 when there are none.

        Example: aggregator discover https://en.mercopress.com > config/mercopress.yaml
        """
        from aggregator.app import now
        from aggregator.sites.probing import discover as search

        whole = url if "://" in url else f"https://{url}"
        if "@" in urlsplit(whole).netloc:  # not repeated: it may hold a password (fetching rule 44)
            raise typer.BadParameter("expected an address without user and password")
        found = run_to_end(search(settings_of(context), whole, most=requests, said=_progress, now=now))
        for error in found.errors:
            typer.echo(error, err=True)
        if as_json:
            show((_row(found, feed) for feed in found.feeds), as_json=True, columns=())
        elif found.feeds:
            typer.echo("\n".join(as_yaml(found)))
        if not found.feeds:
            typer.echo(f"{whole}: no feed was found ({found.tried} addresses tried)", err=True)
            raise typer.Exit(1)


def _progress(address: str) -> None:
    if sys.stderr.isatty():
        typer.echo(f"trying {address}", err=True)


def as_yaml(found: Discovery) -> Iterator[str]:
    """A file of the configuration; what stands under `outlets:` may be pasted under another's."""
    yield "outlets:"
    yield f"  {found.id}:"
    yield f"    title: {_quoted(found.title)}"
    yield f"    url: {_quoted(found.url)}"
    if found.country:
        yield f"    country: {_quoted(found.country)}  # by {found.country_rule}"
    if found.language:
        yield f"    language: {_quoted(found.language)}  # by {found.language_rule}"
    yield "    sources:"
    for feed in found.feeds:
        yield f"      # {_one_line(feed.description.title)[:100] or 'without a title'}: {_held(feed)}"
        for other in feed.also:
            yield f"      # the same entries: {other}"
        yield f"      - url: {_quoted(feed.url)}"


def _held(feed: Found) -> str:
    about = feed.description
    newest = f"newest {about.newest:%Y-%m-%d %H:%M} UTC" if about.newest else "without dates"
    pictures = f"{about.pictures} with pictures" if about.pictures else "no pictures"
    return f"{about.format}, {counted(about.entries, 'entry', 'entries')}, {newest}, {about.text}, {pictures}; by {feed.rule}"


def _quoted(text: str) -> str:
    """A JSON string is a YAML string."""
    return json.dumps(_one_line(text), ensure_ascii=False)


def _one_line(text: str) -> str:
    """Without what YAML has no room for: the controls that XML forbids, and DEL (YAML 1.2 §5.1)."""
    return one_line(xml_legal(text).replace("\x7f", ""))


def _row(found: Discovery, feed: Found) -> dict[str, Any]:
    about = feed.description
    return {
        "url": feed.url,
        "title": about.title,
        "format": about.format,
        "entries": about.entries,
        "newest": about.newest,
        "text": about.text,
        "pictures": about.pictures,
        "language": about.language,
        "found_by": feed.rule,
        "also": list(feed.also),
        "outlet": found.id,
        "outlet_title": found.title,
        "outlet_url": found.url,
        "country": found.country,
    }
