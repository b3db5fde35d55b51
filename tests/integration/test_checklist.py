"""Every line of the republishing checklist over every output: all kinds of channel, archives, searches, lists, the status."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from aggregator import query
from aggregator.model import Action, ChannelKind, Decision, Health, Poll, PollOutcome, Schedule
from aggregator.publish import article_uri, hub_address
from aggregator.store import Store
from tests.checklist import LINES, Fed, ids
from tests.making import NOW
from tests.newsstand import FEEDS, newsroom_at
from tests.outputs import bring, outputs

_PUSHED = re.compile(rf"/({'|'.join(kind.folder for kind in ChannelKind)})/[^/?]+\.(?:rss|atom|json)\Z")
_FORMAT = re.compile(r"[./](rss|atom|json|opml)(?:\?|\Z)")


async def _made(url: str) -> dict[str, Fed]:
    store, news = Store.open(url), newsroom_at()
    await store.migrate()
    await bring(store, news)
    keys = {
        article_uri(news.site, article.id): article.key
        for article in (await store.search(query.parse("*"), now=NOW, limit=1000, private=True)).articles
    }
    withdrawn = [article.id for article in (await store.search(query.parse("glaciers"), now=NOW, limit=1)).articles]
    await store.decide(Decision(action=Action.WITHDRAW, articles=tuple(withdrawn), at=NOW, reason="x"), now=NOW)
    failing = Schedule(source_id=FEEDS[0].id, next_poll=NOW, health=Health.FAILING, since=NOW, evidence="HTTP \x07 <b>")
    await store.record(failing, Poll(source_id=FEEDS[0].id, started=NOW, finished=NOW, outcome=PollOutcome.FAILED))
    found = await outputs(store, news)
    await store.close()
    private = [f"/channels/{channel.slug}" for channel in news.channels if channel.private]
    hub, contact = hub_address(news.site) or "", news.site.contact or ""

    def pushed(path: str) -> bool:
        return bool(_PUSHED.match(path)) and not path.startswith(tuple(private))

    return {
        path: Fed(format[1], body, contact=contact, hub=hub if pushed(path) else "", keys=keys)
        for path, body in found.items()
        if (format := _FORMAT.search(path)) and "/api/" not in path
    }


@pytest.fixture(scope="module")
def made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fed]:
    path = tmp_path_factory.mktemp("checklist") / "aggregator.db"
    shutil.copyfile(sqlite_template, path)
    return asyncio.run(_made(f"sqlite:///{path}"))


@pytest.mark.parametrize("name", LINES)
def test_the_checklist_holds_of_every_output(made: dict[str, Fed], name: str) -> None:
    formats, check = LINES[name]
    wrong = {}
    for path, fed in made.items():
        if fed.format in formats:
            try:
                check(fed)
            except AssertionError as error:
                wrong[path] = str(error)
    assert wrong == {}


def test_every_kind_of_output_is_among_them(made: dict[str, Fed]) -> None:
    kinds = [*(f"/{kind.folder}/[^/?]+[.]" for kind in ChannelKind), "/search[.]", "/search[.].*before="]
    for kind in (*kinds, "/[a-z]+/[^/?]+/archive/", "/channels/desk[.].*token="):
        for format in ("rss", "atom", "json"):
            found = [fed for path, fed in made.items() if re.match(kind, path) and fed.format == format]
            assert any(ids(fed) for fed in found), (kind, format)
    assert any(b"deleted-entry" in fed.body for path, fed in made.items() if path.endswith("?deleted=1"))
    assert ids(made["/status.atom"])
    assert {"/opml", *(f"/{kind.folder}.opml" for kind in ChannelKind)} <= set(made)
