"""Leases at outlets' hubs: asked for, verified, renewed, lost and given up, as the hub says and as it should not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import LeaseState
from aggregator.store import Store
from tests.integration.etiquette.rig import NOW, feed
from tests.integration.hub import DAYS, Outlet, outlet_of
from tests.making import newsroom
from tests.newsstand import browser, desk_of
from tests.origin import Reply, running_origin

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
async def outlet(store: Store) -> AsyncIterator[Outlet]:
    async with running_origin(["127.0.0.1", "127.0.0.2", "127.0.0.3"]) as origin, outlet_of(origin, store) as made:
        yield made


async def test_a_hub_in_link_headers_is_asked_to_push(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    lease = await outlet.lease()
    assert outlet.asked == [
        {
            "hub.callback": lease.callback,
            "hub.mode": "subscribe",
            "hub.topic": outlet.source.url,
            "hub.lease_seconds": "864000",
            "hub.secret": lease.secret,
        }
    ]
    (request,) = outlet.rig.origin.asked("/hub", host="127.0.0.2")
    assert request.method == "POST"
    assert request.header("Content-Type") == "application/x-www-form-urlencoded"
    assert request.header("User-Agent") == "aggregator/test (+ops@example.org)"
    assert request.header("Cookie") is None
    await outlet.round()
    assert len(outlet.asked) == 1, "once, until the hub had its time"


async def test_what_publishers_see_of_us_has_our_requests_to_their_hubs_in_it(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    seen = {one.host: one for one in await outlet.rig.store.seen_of_us(NOW)}
    assert (seen["127.0.0.2"].requests, seen["127.0.0.2"].hubs) == (1, 1)
    assert (seen["127.0.0.1"].requests, seen["127.0.0.1"].hubs) == (1, 0)


async def test_headers_win_over_what_stands_in_the_document(outlet: Outlet) -> None:
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    links = f'<atom:link {atom} rel="hub" href="{outlet.hub}-2"/><atom:link {atom} rel="self" href="{outlet.source.url}?x"/>'
    outlet.publishes(body=feed("Lima votes again", channel=links))
    await outlet.rig.poll()
    await outlet.round()
    assert (await outlet.lease()).hub == outlet.hub
    outlet.publishes(body=feed("Lima votes again", "Rains close the pass", channel=links), links="")
    outlet.rig.now += HOUR
    await outlet.rig.poll()
    await outlet.round()
    wanted = [lease for lease in await outlet.store.leases() if not lease.leaving]
    assert [(lease.hub, lease.topic) for lease in wanted] == [(f"{outlet.hub}-2", f"{outlet.source.url}?x")]


async def test_a_feed_without_a_hub_is_only_polled(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again", links="")
    await outlet.rig.poll()
    await outlet.round()
    assert await outlet.store.leases() == ()
    assert outlet.asked == []


@pytest.mark.parametrize("hub", ["javascript:alert(1)", "ftp://hub.example/", "https://", "/hub"])
async def test_a_hub_that_is_no_web_address_is_none(outlet: Outlet, hub: str) -> None:
    outlet.publishes("Lima votes again", links=f'<{hub}>; rel="hub", <{outlet.source.url}>; rel="self"')
    await outlet.rig.poll()
    await outlet.round()
    assert [lease.hub for lease in await outlet.store.leases()] == (
        [outlet.rig.origin.url("/hub")] if hub == "/hub" else []
    )


async def test_a_source_that_says_no_is_not_pushed(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.configure(replace(outlet.source, push=False))
    await outlet.rig.poll()
    await outlet.round()
    assert await outlet.store.leases() == ()


async def test_what_we_asked_for_is_confirmed_once_as_plain_text(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    asked = await outlet.lease()
    evil = "<script>alert(1)</script>"
    answer = await outlet.verifies(asked, challenge=evil)
    assert (answer.status_code, answer.text) == (200, evil)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    lease = await outlet.lease()
    assert lease.state(outlet.rig.now) is LeaseState.ACTIVE
    assert lease.expires == outlet.rig.now + 10 * DAYS
    again = await outlet.verifies(lease)
    assert (again.status_code, "c-7" in again.text) == (404, False)


@pytest.mark.parametrize(
    "said",
    [
        {"topic": "https://elsewhere.example/rss"},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "x" * 2_000},
    ],
)
async def test_what_we_did_not_ask_for_is_not_confirmed(outlet: Outlet, said: dict[str, str]) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    answer = await outlet.verifies(await outlet.lease(), **said)
    assert answer.status_code == 404
    assert (await outlet.lease()).state(outlet.rig.now) is LeaseState.ASKED


async def test_a_callback_that_is_none_of_ours_confirms_nothing(outlet: Outlet) -> None:
    lease = await outlet.subscribed("Lima votes again")
    stranger = replace(lease, callback=lease.callback + "x", leaving=False)
    assert (await outlet.verifies(stranger)).status_code == 404
    assert (await outlet.web.get("/websub/callback/id-0?hub.mode=subscribe&hub.mode=subscribe")).status_code == 404
    assert (await outlet.web.get("/websub/callback/id-0")).status_code == 404


async def test_a_lease_is_renewed_at_four_fifths_under_the_same_address_and_secret(outlet: Outlet) -> None:
    lease = await outlet.subscribed("Lima votes again")
    outlet.rig.now = NOW + 7.9 * DAYS
    await outlet.round()
    assert len(outlet.asked) == 1
    outlet.rig.now = NOW + 8.1 * DAYS
    await outlet.round()
    assert outlet.asked[1] == outlet.asked[0]
    renewing = await outlet.lease()
    assert renewing.active(outlet.rig.now), "it holds meanwhile"
    assert (await outlet.verifies(renewing)).status_code == 200
    assert (await outlet.lease()).expires == NOW + 18.1 * DAYS
    assert (await outlet.lease()).trust == lease.trust


@pytest.mark.parametrize("seconds", ["1", "0", "-7", "forever", "99999999999999999999"])
async def test_a_hub_that_lies_about_the_lease_is_asked_at_most_hourly_and_at_least_monthly(
    outlet: Outlet, seconds: str
) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    assert (await outlet.verifies(await outlet.lease(), lease_seconds=seconds)).status_code == 200
    lease = await outlet.lease()
    assert HOUR <= lease.next_try - outlet.rig.now <= 30 * DAYS
    outlet.rig.now += 59 * MINUTE
    for _ in range(3):
        await outlet.round()
    assert len(outlet.asked) == 1


async def test_a_hub_that_never_verifies_is_asked_less_and_less(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    end = outlet.rig.now + 2 * DAYS
    while outlet.rig.now < end:
        await outlet.round()
        outlet.rig.now += 5 * MINUTE
    assert 5 <= len(outlet.asked) <= 9
    lease = await outlet.lease()
    assert lease.state(outlet.rig.now) is not LeaseState.ACTIVE
    (status,) = await outlet.store.source_statuses()
    assert status.evidence.startswith("its hub 127.0.0.2: it did not verify within 15 min what we asked for")
    assert status.health == "well", "its feed is"


async def test_a_hub_that_fails_is_left_alone_and_one_that_asks_for_time_gets_it(outlet: Outlet) -> None:
    outlet.answers(Reply(status=500), Reply(status=503, headers=(("Retry-After", "7200"),)), Reply(status=202))
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    assert (await outlet.lease()).error == "HTTP 500 Internal Server Error"
    outlet.rig.now += 14 * MINUTE
    await outlet.round()
    assert len(outlet.asked) == 1
    outlet.rig.now += 2 * MINUTE
    await outlet.round()
    assert len(outlet.asked) == 2
    outlet.rig.now += 119 * MINUTE
    await outlet.round()
    assert len(outlet.asked) == 2
    outlet.rig.now += 2 * MINUTE
    await outlet.round()
    assert len(outlet.asked) == 3
    assert (await outlet.verifies(await outlet.lease())).status_code == 200
    assert (await outlet.lease()).error is None


async def test_a_hub_may_verify_before_it_answers_and_then_fail(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    held = verifying_early(outlet)
    await outlet.round()
    assert held == [200]
    lease = await outlet.lease()
    assert lease.state(outlet.rig.now) is LeaseState.ACTIVE
    assert lease.error is None


def verifying_early(outlet: Outlet) -> list[int]:
    """The hub verifies while our request is under way, and answers 500."""
    seen: list[int] = []
    posted = outlet.subscriber.poster.post

    class Early:
        async def post(self, url: str, body: bytes, *, content_type: str) -> None:
            seen.append((await outlet.verifies(await outlet.lease())).status_code)
            outlet.answers(Reply(status=500))
            await posted(url, body, content_type=content_type)

    outlet.subscriber = replace(outlet.subscriber, poster=Early())
    return seen


async def test_a_hub_that_fails_is_left_alone_by_all_its_sources(outlet: Outlet) -> None:
    outlet.answers(Reply(status=503))
    hub = f'<{outlet.hub}>; rel="hub"'
    many = [replace(outlet.source, id=f"s{n}", url=outlet.rig.origin.url(f"/{n}"), public_url=outlet.rig.origin.url(f"/{n}"))
            for n in range(4)]  # fmt: skip
    for one in many:
        outlet.rig.origin.serve(
            one.url.removeprefix(outlet.rig.origin.url("")), Reply(headers=(("Link", hub),), body=feed("A", "B"))
        )
    await outlet.rig.configure(*many)
    for one in many:
        await outlet.rig.poll(one.id)
    await outlet.round()
    await outlet.round()
    assert len(outlet.asked) == 1
    assert len(await outlet.store.leases()) == 4


async def test_another_hub_of_the_source_is_asked_where_one_does_not_push(outlet: Outlet) -> None:
    second = outlet.rig.origin.url("/second", host="127.0.0.3")
    outlet.rig.origin.serve("/second", Reply(status=202), host="127.0.0.3")
    outlet.answers(Reply(status=500))
    outlet.publishes("Lima votes again", links=f'<{outlet.hub}>; rel="hub", <{second}>; rel="hub"')
    await outlet.rig.poll()
    for _ in range(2):
        await outlet.round()
        assert (await outlet.lease()).hub == outlet.hub
        outlet.rig.now += 31 * MINUTE
    await outlet.round()
    assert (len(outlet.asked), (await outlet.lease()).hub) == (2, second)
    assert (await outlet.verifies(await outlet.lease())).status_code == 200
    lease = await outlet.lease()
    assert lease.state(outlet.rig.now) is LeaseState.ACTIVE
    outlet.rig.now += HOUR
    await outlet.round()
    assert await outlet.lease() == lease, "it stays"


async def test_a_hub_that_refuses_is_asked_again_after_a_day(outlet: Outlet) -> None:
    lease = await outlet.subscribed("Lima votes again")
    path = lease.callback.removeprefix("https://news.example.org")
    refusal = {"hub.mode": "denied", "hub.topic": lease.topic, "hub.reason": "no <b>strangers</b>"}
    other = await outlet.web.get(path, params={**refusal, "hub.topic": "https://elsewhere.example/"})
    assert other.status_code == 404
    assert (await outlet.web.get(path, params=refusal)).status_code == 200
    refused = await outlet.lease()
    assert refused.state(outlet.rig.now) is LeaseState.REFUSED
    assert refused.next_try == outlet.rig.now + DAYS
    (status,) = await outlet.store.source_statuses()
    assert status.evidence == "its hub 127.0.0.2: the hub refused: no <b>strangers</b>"


async def test_a_lease_that_ran_out_leaves_the_source_to_the_ordinary_clock_at_once(outlet: Outlet) -> None:
    await outlet.subscribed("Lima votes again")
    outlet.answers(Reply(status=500))
    later = NOW + 11 * DAYS
    schedule = replace(await outlet.rig.schedule(), next_poll=later + HOUR, last_poll=later - HOUR)
    await outlet.store.record(schedule, (await outlet.polls())[-1])
    outlet.rig.now = later
    await outlet.round()
    lease = await outlet.lease()
    assert lease.state(later) is LeaseState.REFUSED
    after = await outlet.rig.schedule()
    assert (after.next_poll, after.why) == (later, "the lease of its hub ended: asked for what it may have missed")


async def test_a_source_that_goes_away_is_taken_from_its_hub(outlet: Outlet) -> None:
    lease = await outlet.subscribed("Lima votes again")
    other = replace(outlet.source, id="other", url="http://127.0.0.1/o", public_url="http://127.0.0.1/o")
    await outlet.store.apply(newsroom(other), now=outlet.rig.now)
    outlet.rig.sources = {}
    assert await outlet.pushes(lease, feed("Late news")) == 410, "from the moment that it left"
    await outlet.round()
    assert outlet.asked[-1] == {"hub.callback": lease.callback, "hub.mode": "unsubscribe", "hub.topic": lease.topic}
    leaving = await outlet.lease()
    assert await outlet.pushes(lease, feed("Late news")) == 410, "nothing more is taken"
    assert (await outlet.verifies(leaving, mode="subscribe")).status_code == 404
    assert (await outlet.verifies(leaving)).status_code == 200
    assert await outlet.store.leases() == ()
    assert await outlet.pushes(lease, feed("Late news")) == 410
    await outlet.reads()
    assert await outlet.rig.titles() == {"Lima votes again"}


async def test_a_hub_that_does_not_let_us_go_is_left(outlet: Outlet) -> None:
    await outlet.subscribed("Lima votes again")
    outlet.answers(Reply(status=500))
    await outlet.rig.configure(replace(outlet.source, push=False))
    for _ in range(4):
        await outlet.round()
        outlet.rig.now += HOUR
    assert await outlet.store.leases() == ()


async def test_another_hub_or_topic_takes_the_place_of_the_former(outlet: Outlet) -> None:
    first = await outlet.subscribed("Lima votes again")
    outlet.publishes(
        "Rains close the pass",
        "Lima votes again",
        links=f'<{outlet.hub}>; rel="hub", <https://new.example/rss>; rel="self"',
    )
    outlet.rig.now += HOUR
    await outlet.rig.poll()
    await outlet.round()
    assert [asked["hub.mode"] for asked in outlet.asked[1:]] in (
        ["unsubscribe", "subscribe"],
        ["subscribe", "unsubscribe"],
    )
    wanted, leaving = sorted(await outlet.store.leases(), key=lambda one: one.leaving)
    assert (wanted.topic, wanted.leaving, leaving.topic) == ("https://new.example/rss", False, first.topic)
    assert wanted.secret != first.secret
    assert wanted.id != first.id


async def test_a_source_with_another_address_is_discovered_anew(outlet: Outlet) -> None:
    await outlet.subscribed("Lima votes again")
    elsewhere = outlet.rig.origin.url("/moved")
    await outlet.rig.configure(replace(outlet.source, url=elsewhere, public_url=elsewhere))
    await outlet.round()
    assert outlet.asked[-1]["hub.mode"] == "unsubscribe"
    assert (await outlet.lease()).leaving


async def test_a_hub_inside_our_network_is_not_reached(outlet: Outlet) -> None:
    outlet.publishes("Lima votes again", links='<http://10.0.0.7/hub>; rel="hub"')
    await outlet.rig.poll()
    await outlet.round()
    lease = await outlet.lease()
    assert lease.error == "refused: the address is not on the public internet"
    assert lease.next_try == outlet.rig.now + DAYS


async def test_a_hub_may_send_us_elsewhere_but_not_make_a_get_of_it(outlet: Outlet) -> None:
    there = outlet.rig.origin.serve("/real", Reply(status=202), host="127.0.0.2")
    outlet.answers(Reply(status=307, headers=(("Location", there),)))
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    (request,) = outlet.rig.origin.asked("/real", host="127.0.0.2")
    assert request.method == "POST"
    assert request.body == outlet.rig.origin.asked("/hub", host="127.0.0.2")[0].body
    assert (await outlet.lease()).error is None


async def test_what_hubs_saw_of_us_stands_in_the_report(outlet: Outlet) -> None:
    outlet.answers(Reply(status=429, headers=(("Retry-After", "600"),)))
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    await outlet.round()
    (hub,) = [one for one in await outlet.store.seen_of_us(NOW - DAYS) if one.host == "127.0.0.2"]
    assert (hub.requests, hub.hubs, hub.penalties, hub.retry_after) == (1, 1, 1, 1)
    assert await outlet.store.limited_hosts(outlet.rig.now) == ("127.0.0.2",)


async def test_two_workers_ask_a_hub_once(outlet: Outlet, database_url: str) -> None:
    outlet.publishes("Lima votes again")
    await outlet.rig.poll()
    other = Store.open(database_url)
    twin = replace(outlet.subscriber, store=other, mint=lambda: ("id-twin", "secret-twin"))
    await outlet.round()
    await twin.round()
    await other.close()
    assert len(outlet.asked) == 1


async def test_a_source_under_another_id_keeps_its_lease(outlet: Outlet) -> None:
    lease = await outlet.subscribed("Lima votes again")
    await outlet.rig.configure(replace(outlet.source, id="andes-news"))
    await outlet.round()
    assert await outlet.lease() == replace(lease, source_id="andes-news")
    assert (await outlet.rig.schedule("andes-news")).lease == replace(lease, source_id="andes-news")


async def test_the_status_of_the_api_says_how_a_lease_stands_without_what_its_hub_alone_may_know(
    outlet: Outlet,
) -> None:
    lease = await outlet.subscribed("Lima votes again")
    desk = desk_of(outlet.store, newsroom(outlet.source), now=lambda: outlet.rig.now)
    async with browser(desk, client="127.0.0.1") as near:
        answer = await near.get("/api/v1/status")
    (said,) = answer.json()["sources"]
    assert (said["push"]["state"], said["push"]["hub"], said["push"]["waiting"]) == ("active", lease.hub, 0)
    assert lease.secret not in answer.text
    assert lease.id not in answer.text
