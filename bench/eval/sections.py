"""Labelled articles → precision, recall and F1 of the countries, regions and topics that `normalize.classify` gives them."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregator.config import load
from aggregator.model import Category, Content, Newsroom, Outlet, Section, Title
from aggregator.normalize import Rules, classify
from aggregator.normalize.places import within
from bench.eval.labelled import REQUIRED
from bench.eval.measures import Counts

Row = dict[str, Any]
KEYS = {
    "title": "", "summary": "", "url": "", "categories": (), "outlet": "", "outlet_country": "", "lang": "", "hard": False,
    "countries": REQUIRED, "regions": REQUIRED, "topics": (),
}  # fmt: skip
REGIONS = ("005", "013", "029", "419")
# Our shipped headings in the words of the IPTC's top-level media topics.
TOPICS = {
    "politics": "politics", "economy": "economy", "environment": "environment", "sport": "sport", "culture": "arts",
    "crime": "crime", "health": "health", "science": "science", "conflict": "conflict", "disaster": "disaster",
    "education": "education", "religion": "religion", "labour": "labour", "weather": "weather", "society": "society",
    "lifestyle": "lifestyle", "human-interest": "human-interest",
}  # fmt: skip
_SHIPPED = Path(__file__).parents[2] / "config"


@dataclass(frozen=True, slots=True)
class Said:
    """What the service made of one row, and by which kinds of evidence."""

    countries: frozenset[str]
    regions: frozenset[str]
    topics: frozenset[str]
    kinds: dict[str, frozenset[str]] = field(default_factory=dict)


def measure(rows: Sequence[Row]) -> dict[str, Any]:
    """`{"regions": {code: …}, "countries": …, "topics": …, "by_country": …, "by_language": …, "by_evidence": …, …}`"""
    rules = _rules()
    said = [classified(row, rules) for row in rows]
    pairs = list(zip(rows, said, strict=True))
    return {
        "items": len(rows),
        "regions": {code: _of(pairs, "regions", only={code}).figures() for code in REGIONS},
        "countries": _of(pairs, "countries").figures(),
        "topics": _of(pairs, "topics").figures()
        | {"by": {topic: _of(pairs, "topics", only={topic}).figures() for topic in sorted(set(TOPICS.values()))}},
        # Tables and rules are tuned to one half of the outlets: the other says what they are worth elsewhere.
        "by_half": _split(pairs, lambda row: _half(row["outlet"])),
        "by_country": {
            code: _of(pairs, "countries", only={code}).figures()
            for code in sorted({code for row in rows for code in row["countries"]} & within("419"))
        },
        "by_language": _split(pairs, lambda row: row["lang"]),
        "by_hard": _split(pairs, lambda row: "hard" if row.get("hard") else "plain"),
        "by_evidence": _by_evidence(pairs),
    }


def errors(rows: Sequence[Row]) -> Iterable[str]:
    """A line for each row whose countries or regions are not as labelled."""
    rules = _rules()
    for row in rows:
        said = classified(row, rules)
        meant = {"countries": set(row["countries"]), "regions": set(row["regions"])}
        wrong = [
            f"{name} {_difference(getattr(said, name), labels)}"
            for name, labels in meant.items()
            if getattr(said, name) != labels
        ]
        if wrong:
            where = f"{row['outlet']} ({row.get('outlet_country')}, {row['lang']})"
            what = (where, row["title"], row["summary"][:300], row["url"], ", ".join(row["categories"]))
            yield f"{row.get('id', '')} {'; '.join(wrong)} | {' | '.join(what)}"


def _difference(said: frozenset[str], meant: set[str]) -> str:
    """`+CL -US`: said in error, and not said."""
    return " ".join([*(f"+{one}" for one in sorted(said - meant)), *(f"-{one}" for one in sorted(meant - said))])


def classified(row: Row, rules: Rules) -> Said:
    """The service's own answer for a row."""
    outlet = Outlet(id="outlet", title=row["outlet"], url=row["url"], country=row.get("outlet_country") or None)
    content = Content(title=row["title"], summary=row["summary"], url=row["url"] or None, language=row["lang"])
    categories = tuple(Category(term=term) for term in row["categories"])
    slugs, countries, evidence = classify(content, categories, source=None, outlet=outlet, rules=rules)
    kinds: dict[str, set[str]] = defaultdict(set)
    for one in evidence:
        if one.kind == "section":
            kinds[one.value].add(one.rule.partition(":")[0])
    return Said(
        countries=frozenset(countries),
        regions=frozenset(slug.removeprefix("m49-") for slug in slugs if slug.startswith("m49-")),
        topics=frozenset(TOPICS[slug] for slug in slugs if slug in TOPICS),
        kinds={slug.removeprefix("m49-"): frozenset(those) for slug, those in kinds.items()},
    )


def _rules() -> Rules:
    """The four regions as sections of their own, beside the topics that are shipped."""
    shipped = load(_SHIPPED, environment={}, strict_secrets=False).newsroom.sections
    regions = (Section(slug=f"m49-{code}", title=Title(code), countries=(code,)) for code in REGIONS)
    return Rules.of(Newsroom(sections=(*regions, *(one for one in shipped if one.slug in TOPICS))))


Pairs = Sequence[tuple[Row, Said]]


def _of(pairs: Pairs, name: str, only: set[str] | None = None) -> Counts:
    counts = Counts()
    for row, said in pairs:
        found, meant = set(getattr(said, name)), set(row[name])
        counts.add(found & only if only else found, meant & only if only else meant)
    return counts


def _split(pairs: Pairs, by: Any) -> dict[str, Any]:
    groups: dict[str, list[tuple[Row, Said]]] = defaultdict(list)
    for row, said in pairs:
        groups[by(row)].append((row, said))
    return {
        name: {
            "items": len(group),
            "regions": _of(group, "regions").figures()
            | {code: _of(group, "regions", only={code}).figures() for code in REGIONS},
            "countries": _of(group, "countries").figures(),
        }
        for name, group in sorted(groups.items())
    }


def _half(outlet: str) -> str:
    return "held-out outlets" if zlib.crc32(outlet.encode("utf-8")) % 2 else "tuned to"


def _by_evidence(pairs: Pairs) -> dict[str, Any]:
    """For each kind of evidence (S2 … S7) that took part in saying a region: how often that was right."""
    said_by: Counter[str] = Counter()
    right_by: Counter[str] = Counter()
    for row, said in pairs:
        for region in said.regions:
            for kind in said.kinds.get(region, ()):
                said_by[kind] += 1
                right_by[kind] += region in row["regions"]
    return {kind: {"said": n, "precision": round(right_by[kind] / n, 4)} for kind, n in sorted(said_by.items())}
