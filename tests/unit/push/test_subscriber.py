"""What documents and hubs say to us as subscribers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlencode

import pytest

from aggregator.etiquette import leases
from aggregator.push.subscriber import Denial, Verification, discovered, read_intent, request
from tests.making import NOW

FEED, HUB, TOPIC = "https://herald.example/rss", "https://hub.example/", "https://herald.example/all.rss"


@pytest.mark.parametrize(
    ("links", "hub", "topic", "expected"),
    [
        ([f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"'], None, None, (HUB, TOPIC)),
        ([f"<{HUB}>; rel=hub", f"<{TOPIC}>; rel=self"], None, None, (HUB, TOPIC)),
        ([f"<{HUB}>; rel=hub"], "https://other.example/", TOPIC, (HUB, TOPIC)),
        ([], HUB, TOPIC, (HUB, TOPIC)),
        ([], HUB, None, (HUB, FEED)),
        (["</hub>; rel=hub"], None, None, ("https://herald.example/hub", FEED)),
        ([f"<{HUB}>; rel=hub, <https://second.example/>; rel=hub"], None, None, (HUB, "https://second.example/", FEED)),
        ([f"<{HUB}>; rel=hub", f"<{HUB}>; rel=hub"], None, None, (HUB, FEED)),
        ([f"<javascript:1>; rel=hub, <{HUB}>; rel=hub"], None, None, (HUB, FEED)),
        ([f'<{HUB}>; rel="hub"; anchor="https://else.example/"'], None, None, (None, None)),
        ([], None, TOPIC, (None, None)),
        ([], "javascript:alert(1)", TOPIC, (None, None)),
        ([], HUB, "ftp://herald.example/", (None, None)),
        ([f"<{HUB}{'x' * 3000}>; rel=hub"], None, None, (None, None)),
        (["<"], None, None, (None, None)),
        ([f"<{HUB}>; rel=preconnect"], None, None, (None, None)),
    ],
)
def test_headers_say_it_first_then_the_document(
    links: list[str], hub: str | None, topic: str | None, expected: tuple[str | None, ...]
) -> None:
    *hubs, address = expected
    hubs = [one for one in hubs if one]
    assert discovered(links, url=FEED, hubs=(hub,) if hub else (), topic=topic) == (tuple(hubs), address)


def test_a_document_that_names_a_hundred_hubs_has_five() -> None:
    hubs = [f"https://hub.example/{number}" for number in range(100)]
    assert discovered([], url=FEED, hubs=hubs, topic=TOPIC) == (tuple(hubs[:5]), TOPIC)


def test_a_request_is_the_form_of_the_recommendation() -> None:
    wanted = leases.Wanted(hubs=(HUB,), topic=f"{TOPIC}?a=1&b=ñ", base="https://news.example/websub/callback/")
    lease = leases.asked_for(wanted, HUB, source_id="herald", id="k3", secret="s&t", trust=0.5, now=NOW)
    assert parse_qs(request(lease, timedelta(days=10)).decode()) == {
        "hub.mode": ["subscribe"],
        "hub.topic": [f"{TOPIC}?a=1&b=ñ"],
        "hub.callback": ["https://news.example/websub/callback/k3"],
        "hub.lease_seconds": ["864000"],
        "hub.secret": ["s&t"],
    }


PLAIN = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c", "hub.lease_seconds": "60"}


def test_a_verification_and_a_refusal_are_told_apart() -> None:
    assert read_intent(urlencode(PLAIN)) == Verification(mode="subscribe", topic=TOPIC, challenge="c", seconds="60")
    assert read_intent(urlencode({"hub.mode": "denied", "hub.topic": TOPIC})) == Denial(topic=TOPIC)
    said = {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "full"}
    assert read_intent(urlencode(said)) == Denial(topic=TOPIC, reason="full")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "x" * 10_000,
        "hub.mode=subscribe",
        urlencode(PLAIN | {"hub.mode": "publish"}),
        urlencode(PLAIN | {"hub.mode": "SUBSCRIBE"}),
        urlencode(PLAIN | {"hub.topic": ""}),
        urlencode(PLAIN | {"hub.challenge": ""}),
        urlencode(PLAIN | {"hub.challenge": "c" * 1025}),
        urlencode(PLAIN) + "&hub.challenge=d",
        urlencode(PLAIN) + "&hub.mode=unsubscribe",
        "hub.mode=%ff&hub.topic=%ff&hub.challenge=%ff",
        "&".join(["a=b"] * 100),
    ],
    ids=range(12),
)
def test_anything_else_is_nothing(query: str) -> None:
    assert read_intent(query) is None
