"""Entries that an instance of this program wrote."""

from __future__ import annotations

import pytest

from aggregator.model import Category
from aggregator.normalize.relay import parted, stated_id


@pytest.mark.parametrize(
    ("guid", "id"),
    [
        ("tag:feeds.example.org,2026-01-01:article/efsxkdpgm3nu2els", "efsxkdpgm3nu2els"),
        ("tag:localhost,2026:article/efsxkdpgm3nu2els", "efsxkdpgm3nu2els"),
        (" tag:a.example,2026-01:article/efsxkdpgm3nu2els ", "efsxkdpgm3nu2els"),
        ("tag:a.example,2026-01-01:article/efsxkdpgm3nu2el", None),
        ("tag:a.example,2026-01-01:article/EFSXKDPGM3NU2ELS", None),
        ("tag:a.example,2026-01-01:status/efsxkdpgm3nu2els", None),
        ("https://a.example/article/efsxkdpgm3nu2els", None),
        ("", None),
        (None, None),
    ],
)
def test_an_article_s_id_is_read_out_of_the_tag_uri_of_any_instance(guid: str | None, id: str | None) -> None:
    assert stated_id(guid) == id


def test_the_outlet_s_own_tags_are_told_from_an_instance_s_sections_and_countries() -> None:
    own = (Category(term="Minería"), Category(term="peru", scheme="https://andes.example/tags"))
    tags = (
        Category(term="south-america", scheme="https://wire.example/news/ns/section#", label="South America"),
        Category(term="PE", scheme="https://wire.example/news/ns/region#"),
        Category(term="Atlantis", scheme="https://wire.example/news/ns/region#"),
        *own,
    )
    assert parted(tags) == (own, ("PE",))
