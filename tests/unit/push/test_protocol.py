"""WebSub on the wire."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.push.protocol import (
    LEASE,
    LONGEST_LEASE,
    METHODS,
    SHORTEST_LEASE,
    Form,
    Signed,
    checked,
    lease,
    link_header,
    read_form,
    read_links,
    signature,
    with_fields,
)

BASE = "https://news.example/feeds/all.xml"


# Signatures


def test_a_signature_is_the_hmac_of_exactly_the_body() -> None:
    expected = hmac.new(b"s3cret", b"<feed/>", hashlib.sha256).hexdigest()
    assert signature("s3cret", b"<feed/>") == f"sha256={expected}"


@pytest.mark.parametrize("method", METHODS)
@settings(deadline=None)
@given(secret=st.text(min_size=1), body=st.binary())
def test_what_we_sign_we_find_valid(method: str, secret: str, body: bytes) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    assert checked(signature(secret, body, method), secret, body) is Signed.VALID


@settings(deadline=None)
@given(header=st.text(), body=st.binary())
def test_no_header_that_anybody_sends_makes_trouble(header: str, body: bytes) -> None:
    assert checked(header, "s3cret", body) is not Signed.VALID


@pytest.mark.parametrize(
    ("header", "worth"),
    [
        (None, Signed.ABSENT),
        ("", Signed.ABSENT),
        ("sha256=", Signed.INVALID),
        ("sha256", Signed.INVALID),
        ("sha256=é", Signed.INVALID),
        ("sha1=" + "0" * 40, Signed.INVALID),
        ("md5=" + "0" * 32, Signed.UNKNOWN),
        ("sha3-256=" + "0" * 64, Signed.UNKNOWN),
    ],
)
def test_each_kind_of_bad_signature_is_told_apart(header: str | None, worth: Signed) -> None:
    assert checked(header, "s3cret", b"body") is worth


def test_one_changed_byte_makes_a_signature_invalid() -> None:
    assert checked(signature("s3cret", b"<feed/>"), "s3cret", b"<feed/> ") is Signed.INVALID


def test_hex_digits_may_be_capitals() -> None:
    assert checked(signature("s", b"b").upper().replace("SHA256", "sha256"), "s", b"b") is Signed.VALID


# Forms


def test_a_form_keeps_its_fields_in_order_and_empty_ones_too() -> None:
    assert read_form(b"hub.mode=publish&hub.url=a&hub.url=b&hub.secret=").fields == (
        ("hub.mode", "publish"),
        ("hub.url", "a"),
        ("hub.url", "b"),
        ("hub.secret", ""),
    )


def test_a_field_that_may_stand_once_is_refused_when_it_stands_twice() -> None:
    with pytest.raises(ValueError, match=r"hub\.topic is given more than once"):
        Form((("hub.topic", "a"), ("hub.topic", "b"))).one("hub.topic")


@pytest.mark.parametrize("text", [b"a=%ff", b"a=\xff", b"&".join([b"a=1"] * 51)])
def test_what_is_no_form_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="the form"):
        read_form(text)


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_a_form_or_a_value_error(text: bytes) -> None:
    try:
        read_form(text)
    except ValueError:
        return


# Leases


@pytest.mark.parametrize(
    ("stated", "granted"),
    [
        (None, LEASE),
        ("", LEASE),
        ("0", SHORTEST_LEASE),
        ("60", SHORTEST_LEASE),
        ("86400", timedelta(days=1)),
        ("999999999999999999", LONGEST_LEASE),
    ],
)
def test_a_lease_is_granted_within_bounds(stated: str | None, granted: timedelta) -> None:
    assert lease(stated) == granted


@pytest.mark.parametrize("stated", ["-1", "ten", "1e3", "1.5", "٣", " 60"])
def test_a_lease_that_is_no_number_is_refused(stated: str) -> None:
    with pytest.raises(ValueError, match="lease_seconds"):
        lease(stated)


# Addresses


def test_fields_are_appended_to_a_callback_that_has_its_own() -> None:
    url = with_fields("https://reader.example/cb?id=7&x=%20", {"hub.mode": "subscribe", "hub.topic": "https://a/?b=c"})
    assert url == "https://reader.example/cb?id=7&x=%20&hub.mode=subscribe&hub.topic=https%3A%2F%2Fa%2F%3Fb%3Dc"
    assert with_fields("https://reader.example/cb", {"a": "b"}) == "https://reader.example/cb?a=b"


# Links


def test_what_we_say_of_a_topic_is_read_back() -> None:
    header = link_header(["https://hub.example/"], BASE)
    assert header == f'<https://hub.example/>; rel="hub", <{BASE}>; rel="self"'
    assert read_links([header], "https://elsewhere.example/") == (("hub", "https://hub.example/"), ("self", BASE))


@pytest.mark.parametrize(
    ("value", "links"),
    [
        ("</hub>; rel=hub", [("hub", "https://news.example/hub")]),
        ("<https://h/>;REL='hub'", [("'hub'", "https://h/")]),
        ('<https://h/>; title="a, <b>; rel=x"; rel="HUB self"', [("hub", "https://h/"), ("self", "https://h/")]),
        ('<https://h/>; rel="hub"; rel="next"', [("hub", "https://h/")]),
        ('<https://h/>; rel="hub"; anchor="https://other.example/"', []),
        ("<https://h/>", []),
        ("<https://[broken/>; rel=hub, <https://h/>; rel=hub", [("hub", "https://h/")]),
        (
            '<https://a/?x=1,2>; rel=hub , <https://b/>; rel="self"',
            [("hub", "https://a/?x=1,2"), ("self", "https://b/")],
        ),
        ('<https://h/>; rel="a\\"b"', [('a"b', "https://h/")]),
        ("garbage", []),
        ("", []),
    ],
)
def test_links_are_read_as_rfc_8288_says(value: str, links: list[tuple[str, str]]) -> None:
    assert list(read_links([value], BASE)) == links


@settings(deadline=None)
@given(st.lists(st.text()))
def test_no_link_header_makes_trouble(values: list[str]) -> None:
    read_links(values, BASE)
