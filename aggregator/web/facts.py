"""A channel → what its page says about whom or what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aggregator.model import ChannelKind, Outlet, Republish, Source
from aggregator.web.cards import Anchor, Look
from aggregator.web.channels import Found, title_of
from aggregator.web.desk import Desk
from aggregator.words import locale_of

_ALLOWS = {
    Republish.TITLE: "headlines only",
    Republish.SUMMARY: "headlines and summaries",
    Republish.FULL: "full text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`lines` are (label, what it is); `home` is the web site of an outlet or author; `query` selects an operator's channel."""

    role: str = ""
    bio: str = ""
    image: str | None = None
    home: Anchor | None = None
    lines: tuple[tuple[str, tuple[Anchor, ...]], ...] = ()
    query: Anchor | None = None


async def facts_of(desk: Desk, look: Look, found: Found) -> Facts:
    """What is known beyond the articles."""
    kind = found.state.kind
    if kind is ChannelKind.AUTHOR:
        return author_facts(look, found)
    if kind is ChannelKind.OUTLET:
        return _outlet_facts(desk, look, found)
    if kind is ChannelKind.SOURCE:
        return _source_facts(look, found)
    if kind is ChannelKind.CHANNEL and found.channel and not found.channel.private and found.channel.where:
        where = found.channel.where
        return Facts(query=Anchor(text=where, href=None if look.links.static else look.links.search(where)))
    return Facts()


def author_facts(look: Look, found: Found) -> Facts:
    """Role, bio, picture and site of an author; where an automatic author writes."""
    author = found.author
    if author is None:
        return Facts()
    outlet = look.newsroom.outlet_by_id.get(author.outlet_id)
    return Facts(
        role=author.role.text(look.language),
        bio=author.bio.text(look.language),
        image=author.image if author.image and author.image.startswith("https://") else None,
        home=web_site(author.url),
        lines=((look.say("Writes for"), (_outlet(look, outlet),)),) if outlet else (),
    )


def _outlet_facts(desk: Desk, look: Look, found: Found) -> Facts:
    outlet = look.newsroom.outlet_by_id.get(found.state.slug)
    if outlet is None:
        return Facts()
    sources = tuple(
        Anchor(
            text=title_of(desk, ChannelKind.SOURCE, source.id, source.id),
            href=look.links.channel(ChannelKind.SOURCE, source.id),
        )
        for source in look.newsroom.sources
        if source.outlet.id == outlet.id and not source.private and not source.withdrawn
    )
    return Facts(
        home=web_site(outlet.url),
        lines=tuple(
            (look.say(label), anchors)
            for label, anchors in (
                ("Country", _words(country_name(outlet.country, look.language))),
                ("Language", _words(language_name(outlet.language, look.language))),
                ("Sources", sources),
            )
            if anchors
        ),
    )


def _source_facts(look: Look, found: Found) -> Facts:
    source = look.newsroom.source_by_id.get(found.state.slug)
    if source is None:
        return Facts()
    sections = tuple(look.section(slug) for slug in source.sections)
    lines: tuple[tuple[str, tuple[Anchor, ...]], ...] = (
        ("Outlet", (_outlet(look, source.outlet),)),
        ("Its own feed", (Anchor(text=source.public_url, href=source.public_url),)),
        ("We may show", _words(_shown(look, source))),
        ("By agreement", _words(source.licence)),
        ("Always in", sections),
    )
    return Facts(lines=tuple((look.say(label), anchors) for label, anchors in lines if anchors))


def _shown(look: Look, source: Source) -> str:
    parts = [look.say(_ALLOWS[source.republish])]
    if source.republish is not Republish.TITLE and not source.pictures:
        parts.append(look.say("no pictures"))
    if source.delay:
        parts.append(look.say("{n} minutes after publication", n=f"{source.delay / timedelta(minutes=1):g}"))
    return ", ".join(parts)


def _outlet(look: Look, outlet: Outlet) -> Anchor:
    return Anchor(text=outlet.title, href=look.links.channel(ChannelKind.OUTLET, outlet.id))


def _words(text: str) -> tuple[Anchor, ...]:
    return (Anchor(text=text),) if text else ()


def web_site(url: str | None) -> Anchor | None:
    """A link out, shown by its host."""
    if not url or not url.startswith(("https://", "http://")):
        return None
    return Anchor(text=url.partition("://")[2].removeprefix("www.").rstrip("/"), href=url)


def country_name(code: str | None, language: str) -> str:
    """ISO 3166 or UN M49 → the name by CLDR; the code itself where it has none."""
    return str(locale_of(language).territories.get(code, code)) if code else ""


def language_name(tag: str | None, language: str) -> str:
    """RFC 5646 → the name by CLDR."""
    name = str(locale_of(language).languages.get(tag.partition("-")[0], tag)) if tag else ""
    return name[:1].upper() + name[1:]
