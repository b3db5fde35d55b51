"""A template and values → HTML."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from aggregator import __version__
from aggregator.model import ChannelKind
from aggregator.web.cards import Look
from aggregator.web.links import FeedLink

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@cache
def environment() -> Environment:
    """Jinja2, everything escaped, an unknown name an error."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = lambda value: f"{value:,}".replace(",", "\u202f")
    made.filters["plural"] = plural
    made.filters["code"] = code
    made.globals["kinds"] = {kind.value: kind for kind in ChannelKind}
    made.globals["version"] = __version__
    return made


def render(
    template: str, look: Look, *, title: str | None, feeds: tuple[FeedLink, ...] = (), at: str = "", **values: Any
) -> str:
    """The page. `feeds` are its autodiscovery links; `at` names the entry of the menu that it belongs to."""
    site = look.newsroom.site
    return (
        environment()
        .get_template(template)
        .render(
            look=look,
            links=look.links,
            site=site,
            site_title=site.title.text(site.language),
            page_title=title,
            feeds=feeds,
            at=at,
            style=look.links.file("static", "style.css") + f"?v={fingerprint('style.css')}",
            **values,
        )
    )


@cache
def asset(name: str) -> bytes | None:
    """A static file by its plain name; None for anything that is not one of ours."""
    path = STATIC / name
    return path.read_bytes() if "/" not in name and "\\" not in name and path.is_file() else None


def fingerprint(name: str) -> str:
    """Changes when the file does: its address may then be kept for ever."""
    return hashlib.sha256(asset(name) or b"").hexdigest()[:12]


def code(text: str) -> Markup:
    """`commands` and `keys` as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped before


def plural(count: int, one: str, many: str | None = None) -> str:
    """A number with its unit: 1 article, 2 articles."""
    shown = f"{count:,}".replace(",", "\u202f")
    return f"{shown} {one if count == 1 else many or one + 's'}"
