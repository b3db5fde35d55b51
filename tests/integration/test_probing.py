"""Sources asked by hand: in the turns that a service of the same database takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.config import Settings
from aggregator.model import Refusal
from aggregator.sites.probing import probe
from aggregator.store import Store
from tests.integration.etiquette.rig import source
from tests.making import newsroom
from tests.origin import Origin, Reply, running_origin

FEED = b"<rss version='2.0'><channel><title>Andes Post</title><item><title>Copper</title></item></channel></rss>"


def clock() -> datetime:
    """The time: PostgreSQL goes by its own."""
    return datetime.now(UTC)  # noqa: TID251


async def verdicts(origin: Origin, database_url: str) -> list[str]:
    origin.serve("/rss", Reply(body=FEED))
    settings = Settings(database_url=database_url, allow_networks=("127.0.0.0/8",))
    news = newsroom(source(origin.url("/rss")))
    return [verdict async for _, verdict, _ in probe(settings, news, now=clock)]


async def test_a_host_that_asked_a_service_to_wait_is_not_asked_by_hand(store: Store, database_url: str) -> None:
    async with running_origin() as origin:
        book, until = store.host_book("poller", clock), clock() + timedelta(hours=1)
        for path in ("/rss", "/other"):  # one address alone speaks for itself
            said = Refusal(host="127.0.0.1", url=origin.url(path), at=clock(), limited=True, retry_after=until)
            await book.refused(said)
        (verdict,) = await verdicts(origin, database_url)
        assert "127.0.0.1 asked us to wait until" in verdict
        assert origin.requests == []


async def test_a_host_is_given_back_after_it_was_asked_by_hand(store: Store, database_url: str) -> None:
    async with running_origin() as origin:
        assert await verdicts(origin, database_url) == ["1 entries, Andes Post"]
    turn = await store.host_book("poller", clock).take(["127.0.0.1"])
    assert turn.paused_until is None
    assert turn.wait < timedelta(seconds=3), "nothing but the pause"


async def test_sources_are_asked_before_there_is_a_database_and_none_is_made(tmp_path: Path) -> None:
    async with running_origin() as origin:
        path = tmp_path / "none.db"
        assert await verdicts(origin, f"sqlite:///{path}") == ["1 entries, Andes Post"]
    assert not path.exists()
