"""What hubs push: taken like a poll's document where it is theirs, ignored where it is not, and never lost once accepted."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.cadence import Terms
from aggregator.model import Health, PollOutcome
from aggregator.store import Store
from tests.integration.etiquette.rig import feed
from tests.integration.hub import Outlet, outlet_of, signed
from tests.origin import running_origin

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OLD = "Lima votes again"
MANY = tuple(f"Older news number {word}" for word in ("one", "two", "three", "four", "five", "six"))


@pytest.fixture
async def outlet(store: Store) -> AsyncIterator[Outlet]:
    async with running_origin(["127.0.0.1", "127.0.0.2"]) as origin, outlet_of(origin, store) as made:
        yield made


async def test_a_push_is_taken_like_a_poll_and_answered_once_it_is_stored(outlet: Outlet, database_url: str) -> None:
    lease = await outlet.subscribed(OLD)
    asked = len(outlet.rig.origin.requests)
    assert await outlet.pushes(lease, feed("Rains close the pass", OLD)) == 202
    assert outlet.woken == [1]
    other = Store.open(database_url)
    assert await other.pushed(outlet.rig.now) == ("andes-post",), "in the database before it was answered"
    await other.close()
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass"}
    assert len(outlet.rig.origin.requests) == asked, "nothing was asked for"
    poll = (await outlet.polls())[-1]
    assert (poll.outcome, poll.entries, poll.new, poll.requests) == (PollOutcome.PUSHED, 2, 1, ())
    lease = await outlet.lease()
    assert (lease.pushes, lease.brought, lease.trust > 0.5) == (1, 1, True)
    assert await outlet.store.pushed(outlet.rig.now) == ()


async def test_a_push_leaves_polls_as_they_were(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    before = await outlet.rig.schedule()
    outlet.rig.now += MINUTE
    await outlet.pushes(lease, feed("Rains close the pass"))
    await outlet.reads()
    after = await outlet.rig.schedule()
    for name in ("next_poll", "why", "validators", "body_hash", "last_poll", "last_success", "not_before", "health"):
        assert getattr(after, name) == getattr(before, name), name
    assert before.rhythm
    assert after.rhythm
    assert after.rhythm.articles == pytest.approx(before.rhythm.articles + 1, abs=0.01), "the clock learns from it"
    assert after.rhythm.polls == before.rhythm.polls
    assert after.vitals.last_news == outlet.rig.now
    assert await outlet.store.claim(
        "andes-post", owner="x", now=outlet.rig.now + HOUR, lease=HOUR, not_before=outlet.rig.now
    )


async def test_what_a_push_does_not_show_is_not_gone(outlet: Outlet) -> None:
    lease = await outlet.subscribed(*MANY)
    for number in range(3):
        await outlet.pushes(lease, feed(f"News number {number}"))
        await outlet.reads()
    assert await outlet.store.suspected(10) == ()
    assert await outlet.rig.titles() >= set(MANY)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_method_of_the_recommendation_is_checked(outlet: Outlet, method: str) -> None:
    lease = await outlet.subscribed(OLD)
    assert await outlet.pushes(lease, feed("Forged"), method=method, secret="guess") == 202
    assert await outlet.pushes(lease, feed("Rains close the pass"), method=method) == 202
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass"}
    assert (await outlet.lease()).ignored == 1


@pytest.mark.parametrize(
    "signature",
    [None, "", "sha256=", "sha256=zz", "sha256", "SHA256=" + 64 * "0", "sha1=" + 40 * "é"],
    ids=["none", "empty", "no-digest", "junk", "no-method", "capitals", "accents"],
)
async def test_what_is_not_signed_with_our_secret_is_ignored_with_a_2xx_and_counted(
    outlet: Outlet, signature: str | None
) -> None:
    lease = await outlet.subscribed(OLD)
    body, planned = feed("Forged"), (await outlet.rig.schedule()).next_poll
    sent = {} if signature is None else {"x_hub_signature": signature}
    assert await outlet.pushes(lease, body, method="", **sent) == 202
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD}
    assert (await outlet.lease()).ignored == 1
    assert (await outlet.rig.schedule()).next_poll == planned, "a stranger does not make us poll"


async def test_a_signature_is_of_every_byte(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    body = feed("Rains close the pass")
    await outlet.pushes(lease, body + b" ", x_hub_signature=signed(body, lease.secret))
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD}


async def test_a_method_that_we_do_not_know_is_a_hint_and_no_more_often_than_we_may_poll(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    outlet.publishes("Rains close the pass", OLD)
    for _ in range(3):
        assert await outlet.pushes(lease, feed("Forged"), x_hub_signature="blake3=00") == 202
    schedule = await outlet.rig.schedule()
    assert schedule.next_poll == outlet.rig.now + 15 * MINUTE
    assert schedule.why == "its hub says that something is new"
    assert (await outlet.lease()).hints == 3
    await outlet.rig.next()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass"}


async def test_a_hint_breaks_no_word_that_a_server_was_given(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    until = outlet.rig.now + 5 * HOUR
    schedule = replace(await outlet.rig.schedule(), not_before=until, next_poll=until)
    await outlet.store.record(schedule, (await outlet.polls())[-1])
    await outlet.pushes(lease, feed("Forged"), x_hub_signature="blake3=00")
    assert await outlet.store.due(outlet.rig.now + HOUR) == ()


async def test_a_push_that_is_sent_again_brings_nothing_twice(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    first = feed("Rains close the pass", OLD)
    await outlet.pushes(lease, first)
    await outlet.reads()
    corrected = feed("Snow closes the pass").replace(b"127.0.0.1/snow-closes", b"127.0.0.1/rains-close")
    corrected = corrected.replace(b"snow-closes-the-pass", b"rains-close-the-pass")
    await outlet.pushes(lease, corrected)
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Snow closes the pass"}
    assert await outlet.pushes(lease, first) == 202
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Snow closes the pass"}, "a recorded push revises nothing back"
    assert (await outlet.lease()).pushes == 2


async def test_a_push_for_a_callback_that_is_none_of_ours_is_gone(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    stranger = replace(lease, callback=lease.callback + "x")
    assert await outlet.pushes(stranger, feed("Forged")) == 410
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD}


async def test_a_push_larger_than_a_document_is_not_read(outlet: Outlet) -> None:
    lease, read = await outlet.subscribed(OLD), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 100 * 1024 * 1024:
            read += 64 * 1024
            yield bytes(64 * 1024)

    path = lease.callback.removeprefix("https://news.example.org")
    stated = await outlet.web.post(path, content=b"x", headers={"content-length": str(100 * 1024 * 1024)})
    assert stated.status_code == 413
    assert (await outlet.web.post(path, content=b"x", headers={"content-length": "9" * 40})).status_code == 413
    answer = await outlet.web.post(path, content=endless())
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert read < 6 * 1024 * 1024


async def test_a_signed_bomb_is_stopped_while_it_unfolds(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    assert await outlet.pushes(lease, bomb, content_encoding="gzip") == 413
    assert await outlet.store.pushed(outlet.rig.now) == ()


async def test_an_encoded_push_is_signed_as_sent_and_read_unpacked(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    assert await outlet.pushes(lease, gzip.compress(feed("Rains close the pass")), content_encoding="gzip") == 202
    assert await outlet.pushes(lease, feed("Copper rises"), content_encoding="gzip") == 202, "a header left behind"
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass", "Copper rises"}


async def test_a_page_in_place_of_a_feed_makes_us_poll(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    outlet.rig.now += 10 * MINUTE
    before = await outlet.rig.schedule()
    assert await outlet.pushes(lease, b"<!doctype html><title>Buy this domain</title>", content_type="text/html") == 202
    await outlet.reads()
    after = await outlet.rig.schedule()
    assert after.health is before.health
    assert after.why.startswith("its hub pushed what cannot be read: ")
    assert await outlet.store.due(outlet.rig.now) == (), "no sooner than it may be polled"
    assert await outlet.store.due(outlet.rig.now + 5 * MINUTE) == ("andes-post",)
    assert await outlet.store.pushed(outlet.rig.now) == ()


async def test_a_takeover_is_held_back_whoever_brings_it(outlet: Outlet) -> None:
    lease = await outlet.subscribed(*MANY)
    parked = feed("Casino bonus", "Win big", "Slots", "Poker night", "Free spins").replace(
        b"Andes Post", b"Lucky Casino"
    )
    assert await outlet.pushes(lease, parked) == 202
    await outlet.reads()
    assert await outlet.rig.titles() == set(MANY)
    schedule = await outlet.rig.schedule()
    assert schedule.health is Health.HELD
    (held,) = await outlet.store.held("andes-post")
    assert held.body == parked
    assert await outlet.store.pushed(outlet.rig.now) == ()
    outlet.publishes("Rains close the pass", *MANY)
    outlet.rig.now += HOUR
    await outlet.rig.poll()
    assert (await outlet.rig.schedule()).health is Health.WELL, "the feed itself is what it was"
    assert await outlet.store.held("andes-post") == ()


async def test_a_push_waits_while_its_source_is_polled(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    outlet.rig.now += HOUR
    assert await outlet.store.claim(
        "andes-post", owner="poller", now=outlet.rig.now, lease=MINUTE, not_before=outlet.rig.now
    )
    await outlet.pushes(lease, feed("Rains close the pass"))
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD}
    outlet.rig.now += 2 * MINUTE  # the poller died
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass"}


async def test_all_that_waits_is_read_at_once_for_a_command_that_exits(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    others = [replace(outlet.source, id=f"post-{number}", url=f"{outlet.source.url}?{number}") for number in range(6)]
    await outlet.rig.configure(outlet.source, *others)
    for other in others:
        await outlet.rig.poll(other.id)
    await outlet.round()
    for number, one in enumerate([held for held in await outlet.store.leases() if held.id != lease.id]):
        await outlet.verifies(one)
        assert await outlet.pushes(one, feed(f"Snow on pass {number}")) == 202
    await outlet.receiver.read_all()
    assert {status.pushes_waiting for status in await outlet.store.source_statuses()} == {0}


async def test_pushes_are_read_in_the_order_in_which_they_came(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    for title in ("Rain", "Hail", "Snow"):
        body = feed(title).replace(f"/{title.lower()}<".encode(), b"/weather<")
        await outlet.pushes(lease, body)
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Snow"}


async def test_what_a_poll_read_meanwhile_is_not_revised_back_by_a_push_that_waited(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD, "Rains close the pass")
    waiting = feed("Rains may close the pass", "Copper rises")
    waiting = waiting.replace(b"/rains-may-close-the-pass", b"/rains-close-the-pass")
    await outlet.pushes(lease, waiting)
    outlet.rig.now += HOUR
    outlet.publishes(OLD, "Rains close the pass", "Vicuñas return")
    await outlet.rig.poll()
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass", "Vicuñas return", "Copper rises"}


async def test_a_hub_that_floods_is_told_to_come_later_and_loses_nothing(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    statuses = [await outlet.pushes(lease, feed(f"News number {number}")) for number in range(22)]
    assert statuses == [202] * 20 + [503] * 2
    await outlet.reads()
    assert await outlet.pushes(lease, feed("News number 20")) == 202
    await outlet.reads()
    assert len(await outlet.rig.titles()) == 22


async def test_a_secret_that_went_over_plain_http_makes_hints_of_an_https_topic(outlet: Outlet) -> None:
    topic = "https://andes.example/rss"
    outlet.publishes(OLD, links=f'<{outlet.hub}>; rel="hub", <{topic}>; rel="self"')
    await outlet.rig.poll()
    await outlet.round()
    await outlet.verifies(await outlet.lease())
    await outlet.pushes(await outlet.lease(), feed("Rains close the pass"))
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD}
    assert (await outlet.lease()).hints == 1
    assert (await outlet.rig.schedule()).why == "its hub says that something is new"


async def test_a_source_is_polled_for_safety_while_its_hub_is_trusted(outlet: Outlet) -> None:
    await outlet.subscribed(OLD)
    pipeline = outlet.rig.pipeline()
    usual = Terms(jitter=0.0)
    assert pipeline.terms(outlet.source) == usual, "the rig's own terms know nothing of hubs"
    for _ in range(4):  # beyond the first polls, whose times are fixed
        outlet.rig.now += 2 * HOUR
        await outlet.rig.poll()
    pushed = await outlet.rig.schedule()
    assert "which its hub brings: polled for safety" in pushed.why
    await outlet.rig.configure(replace(outlet.source, push=False))
    await outlet.round()
    outlet.rig.now += 2 * HOUR
    await outlet.rig.poll()
    alone = await outlet.rig.schedule()
    assert "safety" not in alone.why
    assert pushed.forecast
    assert alone.forecast
    assert pushed.forecast.theta == pytest.approx(6 * alone.forecast.theta), "half trusted"


async def test_a_hub_that_misses_news_is_trusted_half_and_then_no_more(outlet: Outlet) -> None:
    await outlet.subscribed(OLD)
    shown, trusts = [OLD], []
    for number in range(4):
        shown.append(f"News number {number}")
        outlet.publishes(*shown)
        outlet.rig.now += 2 * HOUR
        await outlet.rig.poll()
        trusts.append((await outlet.lease()).trust)
    assert trusts == [0.25, 0.125, 0.0625, 0.03125]
    assert (await outlet.lease()).missed == 4
    assert "safety" not in (await outlet.rig.schedule()).why, "back to the ordinary clock"
    lease = await outlet.lease()
    for number in range(30):
        await outlet.pushes(lease, feed(f"Pushed number {number}"))
        await outlet.reads()
    assert (await outlet.lease()).trust > 0.7, "it is earned again, slowly"


async def test_a_killed_reader_loses_nothing(outlet: Outlet, database_url: str) -> None:
    lease = await outlet.subscribed(OLD)
    await outlet.pushes(lease, feed("Rains close the pass"))
    claimed = await outlet.store.claim_push("andes-post", owner="dead", now=outlet.rig.now, lease=MINUTE)
    assert claimed
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD}, "another one has it, as far as we know"
    outlet.rig.now += MINUTE
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass"}


async def test_the_request_of_a_poll_that_was_killed_is_counted_though_a_push_came_after(outlet: Outlet) -> None:
    lease, began = await outlet.subscribed(OLD), outlet.rig.now + 10 * MINUTE
    assert await outlet.store.claim("andes-post", owner="dead", now=began, lease=MINUTE, not_before=began)
    outlet.rig.now = began + MINUTE
    for title in ("Rains close the pass", "Quito votes"):
        await outlet.pushes(lease, feed(title))
        await outlet.reads()
        (seen,) = await outlet.store.seen_of_us(began)
        assert (seen.host, seen.requests, seen.unanswered) == ("127.0.0.1", 0, 1)


async def test_a_push_that_breaks_its_reader_is_polled_for_and_keeps_no_other_waiting(outlet: Outlet) -> None:
    lease = await outlet.subscribed(OLD)
    outlet.rig.now += 10 * MINUTE

    class Breaking:
        async def run(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
            if b"Poison" in args[0]:
                raise RuntimeError("broken")
            return function(*args, **kwargs)

    outlet.receiver.pipeline = lambda: replace(outlet.rig.pipeline(), workers=Breaking())
    await outlet.pushes(lease, feed("Poison"))
    await outlet.pushes(lease, feed("Rains close the pass"))
    await outlet.reads()
    assert await outlet.rig.titles() == {OLD, "Rains close the pass"}
    assert (await outlet.rig.schedule()).why == "its hub pushed what cannot be read: RuntimeError"
    assert await outlet.store.due(outlet.rig.now + 5 * MINUTE) == ("andes-post",)
