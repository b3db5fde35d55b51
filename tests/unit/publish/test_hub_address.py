"""Where to subscribe, and to what."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import NO_HUB, OWN_HUB, ChannelKind, Site
from aggregator.publish import FORMATS, channel_address, channel_at, hub_address

SITE = Site(url="https://wire.example/news")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (OWN_HUB, "https://wire.example/news/websub/hub"),
        (NO_HUB, None),
        ("https://hub.example/", "https://hub.example/"),
    ],
)
def test_the_hub_is_ours_or_another_or_none(said: str, address: str | None) -> None:
    assert hub_address(Site(url=SITE.url, hub=said)) == address


@settings(deadline=None)
@given(
    kind=st.sampled_from(ChannelKind),
    slug=st.text(min_size=1).filter(lambda slug: slug.isprintable() and "/" not in slug),
    format=st.sampled_from(list(FORMATS)),
)
def test_a_channel_is_found_by_the_address_of_its_feed(kind: ChannelKind, slug: str, format: str) -> None:
    assert channel_at(SITE, channel_address(SITE, kind, slug, format=format)) == (kind, slug, format)


@pytest.mark.parametrize(
    "address",
    [
        "https://wire.example/news/sections/peru",
        "https://wire.example/news/sections/.atom",
        "https://wire.example/news/sections/peru.atom?deleted=1",
        "https://wire.example/news/sections/%70eru.atom",
        "https://wire.example/sections/peru.atom",
        "https://other.example/news/sections/peru.atom",
        "http://wire.example/news/sections/peru.atom",
        "https://wire.example/news/articles/peru.atom",
        "https://wire.example/news/sections/peru/archive/2026-01.atom",
        "",
    ],
)
def test_no_other_address_is_a_channel(address: str) -> None:
    assert channel_at(SITE, address) is None


@settings(deadline=None)
@given(st.text(alphabet=string.printable))
def test_any_text_is_an_address_or_none(address: str) -> None:
    found = channel_at(SITE, address)
    assert found is None or channel_address(SITE, found[0], found[1], format=found[2]) == address
