"""A whole body and the encoding that it is said to have."""

from __future__ import annotations

import gzip

import pytest

from aggregator.errors import FetchError
from aggregator.fetch.bodies import Limits, unfolded

LIMITS = Limits(encoded=10_000, decoded=20_000)
TEXT = b"<rss/>" * 1_000


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, ""),
        (gzip.compress(TEXT), "gzip"),
        (TEXT, "gzip"),
        (TEXT, "morse"),
        (gzip.compress(TEXT), "gzip, identity"),
    ],
    ids=["plain", "gzip", "not-gzip", "unknown", "with-identity"],
)
def test_it_is_decoded_where_it_is_encoded_so(body: bytes, encoding: str) -> None:
    assert unfolded(body, encoding, LIMITS) == TEXT


def test_what_was_cut_off_is_left_as_it_is() -> None:
    cut = gzip.compress(TEXT)[:-9]
    assert unfolded(cut, "gzip", LIMITS) == cut


@pytest.mark.parametrize(
    ("body", "encoding"), [(bytes(10_001), ""), (gzip.compress(bytes(20_001)), "gzip")], ids=["as-sent", "decoded"]
)
def test_more_than_the_limits_is_refused(body: bytes, encoding: str) -> None:
    with pytest.raises(FetchError, match="larger than"):
        unfolded(body, encoding, LIMITS)
