"""The store → HTML pages as strings: the routes serve them, the static mirror writes them."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.model import EVERYTHING, Article, ChannelKind
from aggregator.store import Found as SearchResult
from aggregator.syndicate.channels import Syndicate
from aggregator.web.article_page import article_page, story_page
from aggregator.web.cards import Anchor, Look
from aggregator.web.channels import Found, find
from aggregator.web.desk import Desk
from aggregator.web.facts import facts_of
from aggregator.web.front import Counted, front_page, section_counts
from aggregator.web.links import Links
from aggregator.web.lists import list_page
from aggregator.web.outcomes import Moved, Refused
from aggregator.web.templating import render
from aggregator.words import phrase

__all__ = [
    "article_page",
    "channel_page",
    "error_page",
    "front_page",
    "list_page",
    "render_channel",
    "search_page",
    "story_page",
    "wrong_search_page",
]

PER_PAGE = 30


async def channel_page(
    desk: Desk, kind: ChannelKind, slug: str, *, before: int | None = None, token: str = "", static: bool = False
) -> str | Moved | Refused:
    """The page of a section, author, outlet, source or channel. Who may read it is the caller's question."""
    found = await find(desk, kind, slug)
    if not isinstance(found, Found):
        return found
    return await render_channel(desk, found, before=before, token=token, static=static)


async def render_channel(
    desk: Desk, found: Found, *, before: int | None = None, token: str = "", static: bool = False
) -> str:
    """The page of a channel that was found. `token` goes on in its links: whoever opened it has it."""
    kind, slug = found.state.kind, found.state.slug
    look = Look.of(desk, static=static)
    articles = await desk.store.articles(kind, slug, limit=PER_PAGE + 1, before=before)
    shown = articles[:PER_PAGE]
    within = found.channel.within if found.channel else EVERYTHING
    return render(
        "channel.html",
        look,
        title=found.title,
        feeds=look.links.feeds(kind, slug, found.title, token=token),
        at=kind.folder,
        found=found,
        here=lambda links: links.channel(kind, slug, token=token),
        facts=await facts_of(desk, look, found),
        children=await _children(desk, look, found),
        parent=_parent(look, found),
        latest=look.moment_of(found.state.latest) if found.state.latest else None,
        cards=look.cards(shown, within=within),
        first=before is None,
        indexed=not (found.channel and found.channel.private),
        earlier=None if static else _earlier(look, found, articles, token),
    )


def _earlier(look: Look, found: Found, articles: tuple[Article, ...], token: str) -> str | None:
    if len(articles) <= PER_PAGE:
        return None
    cursor = str(articles[PER_PAGE - 1].key)
    return look.links.channel(found.state.kind, found.state.slug, before=cursor, token=token)


async def _children(desk: Desk, look: Look, found: Found) -> list[Counted]:
    """The sections below a section, with their numbers."""
    if found.state.kind is not ChannelKind.SECTION:
        return []
    below = [section for section in desk.newsroom().sections if section.parent == found.state.slug]
    counts = await section_counts(desk) if below else {}
    return [Counted(name=look.section(section.slug), count=counts.get(section.slug, 0)) for section in below]


def _parent(look: Look, found: Found) -> Anchor | None:
    section = look.newsroom.section_by_slug.get(found.state.slug)
    if found.state.kind is not ChannelKind.SECTION or section is None or section.parent is None:
        return None
    return look.section(section.parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A query to learn from."""

    text: str
    says: str
    href: str


_EXAMPLES = (
    ("lithium OR litio OR lítio", "any of these words, accents or not"),
    ('"free trade" -football', "two words in a row, and not a third"),
    ("title:elec*", "a headline with a word that starts so"),
    ("lang:pt published:>now-7d", "in Portuguese, of the last seven days"),
    ("has:image author:none", "with a picture, without a byline"),
)


async def search_page(desk: Desk, text: str, *, before: int | None = None) -> str:
    """The page of a search, with help where nothing is asked; raises QueryError."""
    if not text:
        return _search_page(desk, text, SearchResult())
    where = await Syndicate(desk.store, desk.newsroom, desk.now).checked(text)
    result = await desk.store.search(where, now=desk.now(), limit=PER_PAGE, before=before)
    return _search_page(desk, text, result, first=before is None)


def wrong_search_page(desk: Desk, refused: Refused, *, text: str) -> str:
    """The page of a search that cannot be read: a caret under the place, and help."""
    return _search_page(desk, text, SearchResult(), wrong=refused.caret)


def _search_page(desk: Desk, text: str, result: SearchResult, *, first: bool = True, wrong: str = "") -> str:
    look = Look.of(desk)
    return render(
        "search.html",
        look,
        title=look.say("Search: {text}", text=text) if text else look.say("Search"),
        here=lambda links: links.search(text),
        feeds=look.links.search_feeds(text) if text and not wrong else (),
        at="search",
        text=text,
        wrong=wrong,
        cards=look.cards(result.articles),
        cut=result.cut,
        earlier=look.links.search(text, before=str(result.next)) if result.next is not None else None,
        first=first,
        examples=[Example(text=q, says=look.say(says), href=look.links.search(q)) for q, says in _EXAMPLES],
    )


def error_page(desk: Desk, refused: Refused, *, static: bool = False) -> str:
    """A short page that says what went wrong and where to go on."""
    look = Look.of(desk, static=static)
    title, detail = look.say(refused.title), phrase(refused.detail, look.language)
    return render("error.html", look, title=title, here=Links.home, refused=refused, detail=detail)
