"""What a request says, and where a redirect leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.errors import FetchError
from aggregator.fetch.asking import headers_hash, request_headers
from aggregator.fetch.redirects import Trail
from aggregator.model import Outlet, Schedule, Source, Validators
from aggregator.net.session import exact

URL = "https://andes.example/rss"
SOURCE = Source(
    id="andes-post",
    outlet=Outlet(id="andes-post", title="Andes Post", url="https://andes.example/"),
    url=URL,
    public_url=URL,
    headers=(("authorization", "Bearer s3cret"), ("user-agent", "Agreed/1.0")),
)
HELD = Validators(etag='"1"', last_modified="yesterday", final_url=URL, headers_hash=headers_hash(SOURCE))


def sent(source: Source = SOURCE, *, held: Validators = HELD, url: str = URL) -> dict[str, str]:
    said = request_headers(source, schedule(held), url=url, user_agent="us/1 (+us)")
    return {name.lower(): value for name, value in said.items()}


def schedule(held: Validators = HELD, **changes: Any) -> Schedule:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    return replace(Schedule(source_id=SOURCE.id, next_poll=moment, validators=held), **changes)


def test_a_request_says_no_more_than_it_must() -> None:
    plain = replace(SOURCE, headers=())
    assert set(sent(plain, held=Validators())) == {"user-agent", "accept", "accept-encoding"}
    assert sent(plain)["user-agent"].startswith("us/1 (+us; feed-id=")


def test_a_header_of_the_operator_stands_once_in_place_of_ours() -> None:
    headers = request_headers(SOURCE, schedule(), url=URL, user_agent="us/1")
    assert headers.getall("User-Agent") == ["Agreed/1.0"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (URL, True),
        ("https://andes.example:443/elsewhere", True),
        ("http://andes.example/rss", False),
        ("https://andes.example:8443/rss", False),
        ("https://www.andes.example/rss", False),
        ("https://andes.example.evil.example/rss", False),
    ],
)
def test_secrets_are_told_to_their_own_origin_alone(url: str, told: bool) -> None:
    assert ("authorization" in sent(url=url)) is told


@pytest.mark.parametrize(
    "held",
    [
        replace(HELD, final_url="https://andes.example/other"),
        replace(HELD, final_url=None),
        replace(HELD, headers_hash="of other headers"),
        Validators(),
    ],
)
def test_validators_belong_to_their_address_and_headers(held: Validators) -> None:
    assert {"if-none-match", "if-modified-since"} <= set(sent())
    assert not {"if-none-match", "if-modified-since"} & set(sent(held=held))


def test_only_validators_that_were_given_are_sent_back() -> None:
    assert "if-modified-since" not in sent(held=replace(HELD, last_modified=None))
    assert "if-none-match" not in sent(held=replace(HELD, etag=None))


@pytest.mark.parametrize(
    "url",
    ["http://h.example/a%3Ab%2Fc?x=%7E&y=a+b&&z", "http://h.example/~x/%7ey;p=1?sig=a%2fb=="],
)
def test_an_address_goes_over_the_wire_as_written(url: str) -> None:
    assert str(exact(url)) == url


def test_an_address_with_other_letters_is_encoded() -> None:
    assert exact("http://h.example/año nuevo").raw_path == "/a%C3%B1o%20nuevo"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "https://andes.example/new"),
        ("new?x#part", "https://andes.example/new?x"),
        ("//other.example/f", "https://other.example/f"),
        ("  /blank  ", "https://andes.example/blank"),
        ("/a\udcc3\udcb1o nuevo", "https://andes.example/a%C3%B1o%20nuevo"),
        ("/año", "https://andes.example/a%C3%B1o"),
        ("/a b?c=d e&f=%20", "https://andes.example/a%20b?c=d%20e&f=%20"),
        ("https://señal.example/ñ", "https://señal.example/%C3%B1"),
    ],
)
def test_a_redirect_leads_where_it_says(location: str, target: str) -> None:
    assert Trail(url=URL).follow(301, location).url == target


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [((301,), True), ((308, 301), True), ((301, 302), False), ((307, 308), False), ((), False)],
)
def test_a_move_is_for_good_when_every_hop_says_so(statuses: tuple[int, ...], permanent: bool) -> None:
    trail = Trail(url=URL)
    for number, status in enumerate(statuses):
        trail = trail.follow(status, f"/{number}")
    assert trail.moved_to == (trail.url if permanent else None)


def test_giving_up_tls_is_never_for_good() -> None:
    assert Trail(url=URL).follow(301, "http://andes.example/rss").moved_to is None
    assert Trail(url="http://andes.example/rss").follow(301, URL).moved_to == URL


@pytest.mark.parametrize("location", ["", "   ", "http://[::1", URL, f"{URL}#part"])
def test_a_redirect_that_leads_nowhere_is_an_error(location: str) -> None:
    with pytest.raises(FetchError):
        Trail(url=URL).follow(302, location)
