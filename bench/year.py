"""A year of a channel → what its readers get: one 200 for each change, every article, none twice."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import timedelta
from random import Random

import httpx

from aggregator.config import Settings
from aggregator.syndicate.archives import Archives
from aggregator.syndicate.channels import Syndicate
from aggregator.syndicate.editions import Editions
from aggregator.web import Desk, create_app
from bench.newsdesk import Newsdesk
from bench.report import Figure

_EVERY = timedelta(hours=3)
_MOST_AT_ONCE = 40


async def measure(desk: Newsdesk, *, days: int) -> list[Figure]:
    """Articles come alone and in bursts; three readers ask every three hours: by tag, by date, and never conditionally."""
    dice, started = Random(3), time.perf_counter()
    path = f"/outlets/{desk.source.outlet.id}.json"
    published = polls = changes = 0
    answers: dict[str, Counter[int]] = {"by tag": Counter(), "by date": Counter(), "always": Counter()}
    held: dict[str, dict[str, str]] = {name: {} for name in answers}
    seen: dict[str, str] = {}  # by id, what it is the address of
    async with _reader(desk) as client:
        end = desk.clock + timedelta(days=days)
        while desk.clock < end:
            count = dice.choice([0, 0, 0, 0, 1, 1, 2, dice.randrange(1, _MOST_AT_ONCE)])
            if count:
                await desk.publish(published, count)
                published += count
            changes += bool(count) or polls == 0
            desk.clock += _EVERY + timedelta(seconds=dice.randrange(60))
            for name, tally in answers.items():
                answer = await client.get(path, headers=held[name])
                tally[answer.status_code] += 1
                if name == "by tag":
                    held[name] = {"if-none-match": answer.headers["etag"]}
                elif name == "by date":
                    held[name] = {"if-modified-since": answer.headers["last-modified"]}
                else:
                    items = json.loads(answer.content)["items"]
                    shown = {item["id"]: item["url"] for item in items}
                    assert len(shown) == len(items), "an id stands twice in one document"
                    assert shown.items() >= {id: seen[id] for id in seen.keys() & shown.keys()}.items()
                    seen |= shown
            polls += 1
    assert answers["by tag"] == answers["by date"] == Counter({200: changes, 304: polls - changes}), answers
    assert answers["always"] == Counter({200: polls})
    # One missed, and there are fewer; one shown again under another id, and an address comes twice.
    assert len(seen) == len(set(seen.values())) == published, f"{published} were published, {len(seen)} seen"
    measures: dict[str, float | int] = {
        "polls by each reader": polls,
        "changes": changes,
        "answers 200 to who asks by tag": answers["by tag"][200],
        "answers 200 to who asks by date": answers["by date"][200],
        "articles published": published,
        "articles seen by who never asks conditionally": len(seen),
        "ms per poll": round((time.perf_counter() - started) * 1000 / (3 * polls), 2),
    }
    return [Figure(what=f"{days} days of publishing", measures=measures)]


def desk_of(desk: Newsdesk, settings: Settings) -> Desk:
    """What the web serves from, by the bench's clock."""
    editions = Editions(desk.store, lambda: desk.news, desk.now)
    return Desk(
        store=desk.store,
        newsroom=lambda: desk.news,
        now=desk.now,
        settings=settings,
        editions=editions,
        archives=Archives(desk.store, lambda: desk.news, desk.now),
        search_feed=Syndicate(desk.store, lambda: desk.news, desk.now).search_feed,
    )


def _reader(desk: Newsdesk) -> httpx.AsyncClient:
    """A client of the application in this process."""
    transport = httpx.ASGITransport(create_app(desk_of(desk, Settings())), client=("127.0.0.1", 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")
