"""GeoRSS, GML and W3C Basic Geo → one point."""

from __future__ import annotations

import pytest

from aggregator.parse import parse

FEED = (
    '<rss version="2.0" xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#"><channel><title>t</title><item><title>a</title>{}</item></channel></rss>'
)


@pytest.mark.parametrize(
    ("stated", "point"),
    [
        ("<georss:point>4.6 -74.1</georss:point>", "4.6000 -74.1000"),
        ("<geo:lat>4.6</geo:lat><geo:long>-74.1</geo:long>", "4.6000 -74.1000"),
        ("<geo:Point><geo:lat>4.6</geo:lat><geo:long>-74.1</geo:long></geo:Point>", "4.6000 -74.1000"),
        (
            "<georss:where><gml:Point><gml:pos>4.6 -74.1</gml:pos></gml:Point></georss:where>",
            "4.6000 -74.1000",
        ),
        ("<georss:box>4 -75 6 -73</georss:box>", "5.0000 -74.0000"),
        ("<georss:polygon>4 -75 6 -73 6 -75 4 -75</georss:polygon>", "5.0000 -74.0000"),
        ("<georss:line>4 -75 6 -73</georss:line>", "5.0000 -74.0000"),
        (
            "<georss:where><gml:Point srsName='EPSG:none'><gml:pos>4.6 -74.1</gml:pos></gml:Point></georss:where>",
            "4.6000 -74.1000",
        ),
        (
            f"<georss:where><gml:Point srsName='EPSG:{'9' * 5_000}'><gml:pos>4.6 -74.1</gml:pos></gml:Point></georss:where>",
            "4.6000 -74.1000",
        ),
        ("<georss:point>999 0</georss:point>", None),
        ("<georss:point>here</georss:point>", None),
        ("<geo:lat>4.6</geo:lat>", None),
        ("<geo:lat>nan</geo:lat><geo:long>nan</geo:long>", None),
        ("", None),
    ],
)
def test_a_point_is_read_in_every_form_that_it_is_stated_in(stated: str, point: str | None) -> None:
    (entry,) = parse(
        FEED.format(stated).encode(), content_type="application/rss+xml", url="https://news.example/rss"
    ).entries
    assert entry.point == point
