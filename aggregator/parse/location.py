"""Where an entry says that it is: GeoRSS (https://www.georss.org), GML inside it, W3C Basic Geo → one point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def point_of(entry: Mapping[str, Any]) -> str | None:
    """`latitude longitude` in degrees; the middle of a line, a box or a polygon; None where nothing usable is said."""
    stated = _corners((entry.get("where") or {}).get("coordinates")) or _basic(entry)
    corners = [(latitude, longitude) for longitude, latitude in stated if abs(latitude) <= 90 and abs(longitude) <= 180]
    if not corners:
        return None
    north, east = ([corner[axis] for corner in corners] for axis in (0, 1))
    return f"{(min(north) + max(north)) / 2:.4f} {(min(east) + max(east)) / 2:.4f}"


def _corners(coordinates: Any) -> list[tuple[float, float]]:
    """feedparser nests pairs of longitude and latitude as GeoJSON does (RFC 7946 §3.1)."""
    if not isinstance(coordinates, (tuple, list)):
        return []
    if len(coordinates) == 2 and all(isinstance(one, (int, float)) for one in coordinates):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [corner for part in coordinates for corner in _corners(part)]


def _basic(entry: Mapping[str, Any]) -> list[tuple[float, float]]:
    try:
        return [(float(entry["geo_long"]), float(entry["geo_lat"]))]
    except (KeyError, TypeError, ValueError):
        return []
