"""A small newsroom with made-up news in a real store, and the desk that serves it: for tests of the web."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from aggregator.config import Settings
from aggregator.model import (
    AuthorProfile,
    Channel,
    ChannelKind,
    Evidence,
    Newsroom,
    Outlet,
    Picture,
    Republish,
    Section,
    Site,
    Title,
)
from aggregator.store import Store
from aggregator.syndicate.archives import Archives
from aggregator.syndicate.channels import Selector, Syndicate
from aggregator.syndicate.editions import Editions
from aggregator.web import Desk, create_app
from tests.making import NOW, newsroom, publish, sighting, source

ANDES = Outlet(id="andes-post", title="Andes Post", url="https://andes-post.example", country="PE", language="en")
MEDIA = Outlet(id="sociedad-media", title="Sociedad Media", url="https://sociedad.example", country="CO", language="en")
FOLHA = Outlet(id="folha-do-sul", title="Folha do Sul", url="https://folha.example", country="BR", language="pt")
SECRET = Outlet(id="insider", title="Insider", url="https://insider.example", country="CL", language="en")

FEEDS = (
    source("andes-post", of=ANDES, title="Andes Post: all news", republish=Republish.FULL),
    source("sociedad-media", of=MEDIA, title="Sociedad Media"),
    source("folha-do-sul", of=FOLHA, title="Folha do Sul: mundo", republish=Republish.TITLE),
    source("insider", of=SECRET, title="Insider letters", private=True),
)
SITE = Site(
    title=Title("Latin America Wire"),
    url="https://wire.example",
    id_domain="wire.example",
    description=Title("Every regional outlet, one front page."),
    timezone="America/Bogota",
    contact="ops@wire.example",
)
SECTIONS = (
    Section(slug="latin-america", title=Title("Latin America")),
    Section(slug="south-america", title=Title("South America"), parent="latin-america"),
    Section(slug="peru", title=Title("Peru"), countries=("PE",), parent="south-america"),
    Section(slug="economy", title=Title("Economy")),
    Section(slug="sport", title=Title("Sport")),
)
DUROC = AuthorProfile(
    slug="dionys-duroc",
    name="Dionys Duroc",
    role=Title("Foreign Correspondent based in Latin America"),
    bio=Title("Dionys Duroc writes about elections, mining and migration from Bogotá and Lima."),
    url="https://sociedad.example/authors/dionys-duroc",
    aliases=("D. Duroc",),
)
TOKEN = "open-sesame"
CHANNELS = (
    Channel(
        kind=ChannelKind.CHANNEL,
        slug="lithium",
        title=Title("Lithium in the Southern Cone"),
        description=Title("Mines, prices and protests."),
        where="lithium OR litio",
    ),
    Channel(kind=ChannelKind.CHANNEL, slug="desk", title=Title("The desk's own"), where="*", tokens=(TOKEN,)),
    Channel(kind=ChannelKind.CHANNEL, slug="closed", title=Title("Closed"), removed=True),
)
HEADLINE = "Peru votes in a run-off that no one predicted"


def newsroom_at(url: str = SITE.url, **changes: Any) -> Newsroom:
    parts = {"sections": SECTIONS, "authors": (DUROC,), "channels": CHANNELS, **changes}
    return newsroom(*FEEDS, site=replace(SITE, url=url), **parts)


def _evidence(slug: str) -> Evidence:
    return Evidence(kind="section", value=slug, rule="country", raw="Lima", weight=0.9, version=1)


async def fill(store: Store, news: Newsroom, *, now: datetime = NOW) -> None:
    """The stories of a day: one told by three outlets, one private, one with markup that must not come through."""
    await store.apply(news, now=now)
    where = ("latin-america", "south-america", "peru")
    selects = Selector.of(news, lambda: now)
    picture = Picture(
        url="https://andes-post.example/lima.jpg",
        width=1200,
        height=800,
        caption="Counting in Lima",
        credit="A. Quispe",
    )
    lead = sighting(
        HEADLINE,
        of=FEEDS[0],
        by=("Ana Ruiz", "Dionys Duroc"),
        summary="<p>Lima counts through the night; turnout is at a <b>record</b>.</p>",
        text="<p>Lima counts through the night.</p><script>alert(1)</script><p onclick='x()'>Turnout is at a record.</p>",
        picture=picture,
        sections=where,
        countries=("PE",),
        evidence=tuple(map(_evidence, where)),
        published=now - timedelta(minutes=12),
    )
    await publish(store, FEEDS[0], lead, *_more(now), now=now - timedelta(minutes=11), first=True, selects=selects)
    told = sighting(HEADLINE, of=FEEDS[1], by=("D. Duroc",), sections=where[:2], published=now - timedelta(minutes=8))
    lithium = sighting(
        "Lithium prices fall for a third month",
        of=FEEDS[1],
        by=("Dionys Duroc",),
        summary="Producers in the Salar hold back.",
        sections=("latin-america", "economy"),
        published=now - timedelta(hours=3),
    )
    await publish(store, FEEDS[1], told, lithium, now=now - timedelta(minutes=5), first=True, selects=selects)
    folha = sighting(
        HEADLINE, of=FEEDS[2], summary="Não pode ser mostrado", language="pt", published=now - timedelta(minutes=3)
    )
    await publish(store, FEEDS[2], folha, now=now - timedelta(minutes=2), first=True, selects=selects)
    secret = sighting("A letter for subscribers", of=FEEDS[3], by=("Sigrid Secret",), sections=("economy",))
    await publish(store, FEEDS[3], secret, now=now - timedelta(minutes=1), first=True, selects=selects)


def _more(now: datetime) -> list[Any]:
    return [
        sighting(
            title,
            of=FEEDS[0],
            by=(by,) if by else (),
            summary=f"{title}. What is known, what is not, and who says so in the capital tonight.",
            sections=sections,
            published=now - timedelta(hours=hours),
        )
        for title, by, sections, hours in (
            ("Glaciers of the Cordillera Blanca lose a tenth in five years", "Ana Ruiz", ("latin-america", "peru"), 2),
            ("Copper & gold <raises> questions", "", ("economy",), 5),
            ("A derby without away fans ends in a draw", "Luis Paz", ("sport",), 7),
            ("Central bank holds its rate and says why", "Andes Post staff", ("latin-america", "economy"), 26),
        )
    ]


def desk_of(
    store: Store, news: Newsroom | Callable[[], Newsroom], *, now: Callable[[], datetime] = lambda: NOW, **settings: Any
) -> Desk:
    """The desk as the app wires it; `news` may change while it serves."""
    current = news if callable(news) else lambda: news
    syndicate, editions = Syndicate(store, current, now), Editions(store, current, now)
    return Desk(
        store=store,
        newsroom=current,
        now=now,
        settings=Settings(**settings),
        editions=editions,
        archives=Archives(store, current, now),
        search_feed=syndicate.search_feed,
        polling=True,
    )


def browser(desk: Desk, *, client: str = "203.0.113.9") -> httpx.AsyncClient:
    """A client in process, from another machine unless told otherwise. It follows no redirect."""
    transport = httpx.ASGITransport(create_app(desk), client=(client, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="https://wire.example")
