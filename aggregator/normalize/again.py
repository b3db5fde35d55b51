"""What a source said, as stored, and the rules in force → what it means now: sections, countries, authors, with evidence."""

from __future__ import annotations

from dataclasses import replace

from aggregator.model import Byline, Evidence, Sighting, Source
from aggregator.normalize import relay
from aggregator.normalize.byline_cleaning import as_evidence
from aggregator.normalize.bylines import credits_of
from aggregator.normalize.hints import POINT
from aggregator.normalize.matcher import compiled, with_ancestors
from aggregator.normalize.rules import RULES_VERSION, Rules
from aggregator.normalize.sections import classify


def reread(sighting: Sighting, *, source: Source, rules: Rules, said_before: tuple[Evidence, ...] = ()) -> Sighting:
    """`sighting` by today's rules. What its page said (rules called S4) holds on, for pages are not read again, and so does
    the point that its entry named, which evidence alone keeps (`said_before`).

    Its language stays: what it was told from is not all stored.
    """
    own = sighting.outlet_id == source.outlet.id
    outlet = source.outlet if own else replace(source.outlet, id=sighting.outlet_id, country=None, title="")
    of_page = tuple(one for one in said_before if one.rule.startswith("S4:"))
    point = next((one.raw for one in said_before if one.rule.startswith(f"S2:{POINT}")), None)
    sections, countries, evidence = classify(
        sighting.content, sighting.categories, source=source, outlet=outlet, rules=rules, point=point
    )
    bylines = sighting.bylines or (source.authors if own else ())
    authors = credits_of(
        [Byline(name=name) for name in bylines],
        outlet_title=outlet.title,
        language=sighting.content.language,
        known=rules.names,
        parted=relay.stated_id(sighting.guid) is not None,
    )
    matcher = compiled(rules)
    paged = [one.value for one in of_page if one.kind == "section" and one.value in {s.slug for s in rules.sections}]
    placed = {slug for value in paged for slug in with_ancestors(matcher, value)}
    raw = as_evidence(bylines)
    rule = "byline" if sighting.bylines else "source"
    return replace(
        sighting,
        sections=tuple(sorted({*sections, *placed})),
        countries=tuple(sorted({*countries, *(one.value for one in of_page if one.kind == "country")})),
        credits=authors,
        evidence=(
            *evidence,
            *(
                Evidence(kind="author", value=credit.name, rule=rule, raw=raw, weight=1.0, version=RULES_VERSION)
                for credit in authors
            ),
        ),
    )
