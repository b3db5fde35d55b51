"""Which sources are pushed, and where to."""

from __future__ import annotations

from typing import Any

import pytest

from aggregator.model import Site
from aggregator.schedule.worker import callback_base, may_be_pushed
from tests.making import source

PUBLIC = Site(url="https://wire.news.org/latin-america")


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"push": False}, False),
        ({"private": True}, False),
        ({"headers": (("Authorization", "x"),)}, False),
        ({"public_url": "https://herald.example"}, False),
        ({"private": True, "push": True}, True),
    ],
)
def test_a_source_is_pushed_unless_it_says_no_or_needs_a_secret(changes: dict[str, Any], may: bool) -> None:
    assert may_be_pushed(source(**changes), PUBLIC, ()) is may


def test_no_source_is_pushed_where_no_hub_can_reach_us_unless_it_says_so() -> None:
    here = Site(url="http://localhost:8000")
    assert not may_be_pushed(source(), here, ())
    assert may_be_pushed(source(), here, ("127.0.0.0/8",))
    assert may_be_pushed(source(push=True), here, ())


def test_callbacks_stand_below_the_path_of_the_site() -> None:
    assert callback_base(PUBLIC) == "https://wire.news.org/latin-america/websub/callback/"
    assert callback_base(Site(url="http://localhost:8000/")) == "http://localhost:8000/websub/callback/"
