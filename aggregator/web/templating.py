"""A template and values → HTML."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from aggregator import __version__
from aggregator.model import ChannelKind
from aggregator.web.cards import Look
from aggregator.web.facts import language_name
from aggregator.web.links import FeedLink, Links
from aggregator.words import phrase

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
    made.filters["number"] = grouped
    made.filters["plural"] = plural
    made.filters["code"] = code
    made.globals["kinds"] = {kind.value: kind for kind in ChannelKind}
    made.globals["version"] = __version__
    return made


def render(
    template: str,
    look: Look,
    *,
    title: str | None,
    feeds: tuple[FeedLink, ...] = (),
    at: str = "",
    here: Callable[[Links], str] | None = None,
    **values: Any,
) -> str:
    """The page. `feeds` are its autodiscovery links; `at` names the entry of the menu that it belongs to; `here` is its address
    by the links of a language, None for what there is in English alone."""
    site = look.newsroom.site
    if here is None:
        look = replace(look, language="en")
    return (
        environment()
        .get_template(template)
        .render(
            look=look,
            links=look.links,
            site=site,
            site_title=site.title.text(look.language),
            _=partial(_said, look),
            count=partial(_counted, look),
            language=look.language,
            translations=_translations(look, here),
            page_title=title,
            feeds=feeds,
            at=at,
            style=look.links.file("static", "style.css") + f"?v={fingerprint('style.css')}",
            **values,
        )
    )


def _said(look: Look, words: str, **values: object) -> Markup:
    """Our words are text; what stands in them is text too, unless it is markup."""
    return Markup(escape(phrase(words, look.language))).format(**values)  # noqa: S704  escaped


def _counted(look: Look, number: int, one: str, many: str) -> Markup:
    """A number with its unit, in the language of the page."""
    return _said(look, one if number == 1 else many, n=grouped(number))


@dataclass(frozen=True, slots=True)
class Translation:
    """The same page in another language."""

    language: str
    name: str
    href: str


def _translations(look: Look, here: Callable[[Links], str] | None) -> tuple[Translation, ...]:
    """All languages in which there is the page at `here`, its own among them; none where it is the only one."""
    site = look.newsroom.site
    if here is None or not site.further_languages:
        return ()
    return tuple(
        Translation(
            language,
            language_name(language, language),
            here(Links.of(site, static=look.links.static, language=language)),
        )
        for language in (site.language, *site.further_languages)
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


def grouped(number: int) -> str:
    """A number with narrow spaces between thousands, as ISO 80000 has it in every language."""
    return f"{number:,}".replace(",", "\u202f")


def plural(count: int, one: str, many: str | None = None) -> str:
    """A number with its unit, in English: 1 article, 2 articles."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"
