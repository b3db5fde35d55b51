"""A point on the map → the country of the nearest town that we know (`data/points.tsv`, from GeoNames)."""

from __future__ import annotations

from functools import cache
from math import cos, hypot, radians
from typing import NamedTuple

from aggregator.normalize.gazetteer import rows

# Degrees of latitude: towns further away than about 200 km say nothing, which leaves the oceans to nobody.
_FARTHEST = 1.8
# A town of another country that is hardly farther makes the nearest one doubtful: points lie beside borders.
_CLEARLY_FARTHER = 1.5
_CELL = 2


class Town(NamedTuple):
    """Degrees north and east, and an ISO 3166 code."""

    latitude: float
    longitude: float
    code: str


def country_at(point: str) -> tuple[str, bool] | None:
    """(code, whether no border is near) for `latitude longitude` in degrees, as GeoRSS writes it; None for anything else."""
    place = _read(point)
    if place is None:
        return None
    nearest: dict[str, float] = {}
    for town in _towns_near(*place):
        distance = hypot(town.latitude - place[0], (town.longitude - place[1]) * cos(radians(place[0])))
        nearest[town.code] = min(distance, nearest.get(town.code, distance))
    first, *others = sorted((distance, code) for code, distance in nearest.items() if distance <= _FARTHEST) or [
        (0.0, "")
    ]
    if not first[1]:
        return None
    return first[1], not others or others[0][0] >= first[0] * _CLEARLY_FARTHER


def _read(point: str) -> tuple[float, float] | None:
    try:
        latitude, longitude = map(float, point.split())
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _towns_near(latitude: float, longitude: float) -> list[Town]:
    row, column = int(latitude // _CELL), int(longitude // _CELL)
    cells = _cells()
    return [town for north in (-1, 0, 1) for east in (-1, 0, 1) for town in cells.get((row + north, column + east), ())]


@cache
def _cells() -> dict[tuple[int, int], tuple[Town, ...]]:
    found: dict[tuple[int, int], list[Town]] = {}
    for code, points in rows("points.tsv"):
        for point in points.split("|"):
            latitude, longitude = map(float, point.split())
            cell = int(latitude // _CELL), int(longitude // _CELL)
            found.setdefault(cell, []).append(Town(latitude, longitude, code))
    return {cell: tuple(towns) for cell, towns in found.items()}
