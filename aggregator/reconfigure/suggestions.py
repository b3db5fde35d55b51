"""What no rule knows → the operator's list of things to decide, each with YAML to paste."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aggregator.dedupe.people import Named, Same, same_person
from aggregator.model import AuthorProfile, Newsroom
from aggregator.normalize import Rules, section_for, speaks
from aggregator.store import AuthorCount, Counted, Store
from aggregator.text import tokens

_MOST_ALIASES = 5
_BARE = frozenset({"kind", "outlets"})  # words of ours need no quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`value` came `count` times, in the outlets or sources `where`; `target` is the section or author that it may be, because of
    `why`. What to write of it: `fields` of `slug` under `key`, with a `note` beside it."""

    value: str
    count: int
    where: tuple[str, ...]
    target: str | None
    why: str
    key: str
    slug: str
    fields: Mapping[str, str | tuple[str, ...]]
    note: str = ""
    others: tuple[str, ...] = ()

    @property
    def yaml(self) -> str:
        """It alone, to be pasted."""
        return as_yaml([self])


def as_yaml(suggestions: Iterable[Suggestion]) -> str:
    """All of them as one document to paste: what several say of one section or author is said once, lists together."""
    found: dict[str, dict[str, dict[str, str | tuple[str, ...]]]] = {}
    notes: dict[str, str] = {}
    for one in suggestions:
        fields = found.setdefault(one.key, {}).setdefault(one.slug, {})
        notes[one.slug] = one.note and f"   # {one.note}"
        for name, value in one.fields.items():
            held = fields.get(name)
            if isinstance(held, tuple) and isinstance(value, tuple):
                value = tuple(dict.fromkeys((*held, *value)))
            fields[name] = value
    lines = []
    for key, entries in found.items():
        lines.append(f"{key}:")
        for slug, fields in entries.items():
            lines.append(f"  {slug}:{notes[slug]}")
            lines += [f"    {name}: {_written(name, value)}" for name, value in fields.items()]
    return "\n".join(lines)


def _written(name: str, value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_written(name, one) for one in value)}]"
    return value if name in _BARE else json.dumps(value, ensure_ascii=False)  # which is YAML too (YAML 1.2 §1.3)


async def categories(store: Store, rules: Rules, *, limit: int) -> tuple[tuple[Suggestion, ...], int]:
    """The categories that map to nothing, the most frequent first, and how many there are."""
    unmapped = [one for one in await store.category_counts() if not speaks(one.value, rules)]
    return tuple(_category(one, rules) for one in unmapped[:limit]), len(unmapped)


def _category(counted: Counted, rules: Rules) -> Suggestion:
    slug, why = section_for(counted.value, rules) or (None, "nothing like it is configured")
    fields: dict[str, str | tuple[str, ...]] = {} if slug else {"title": counted.value}
    return Suggestion(
        value=counted.value,
        count=counted.count,
        where=counted.where,
        target=slug,
        why=why,
        key="sections",
        slug=slug or "-".join(tokens(counted.value))[:60] or "new-section",
        fields=fields | {"categories": (counted.value,)},
        note=f"is there already: add to it ({why})" if slug else "",
    )


async def authors(store: Store, newsroom: Newsroom, *, limit: int) -> tuple[tuple[Suggestion, ...], int]:
    """The names that no profile explains, the most frequent first, and whom each may be; how many there are."""
    everybody = await store.author_counts()
    bearers = _by_word(everybody)
    unknown = [one for one in everybody if not one.configured]
    return tuple(_author(one, bearers, newsroom.authors) for one in unknown[:limit]), len(unknown)


def _author(one: AuthorCount, bearers: dict[str, list[AuthorCount]], profiles: Sequence[AuthorProfile]) -> Suggestion:
    near = {other.slug: other for word in tokens(one.name) for other in bearers.get(word, ()) if other.slug != one.slug}
    here = [other.name for other in near.values() if other.outlet_id == one.outlet_id]
    found = [(other, why) for other in near.values() if (why := _may_be(one, other, [one.name, *here]))]
    found.sort(key=lambda pair: (not pair[0].configured, -pair[0].count, pair[0].slug))
    target, why = (found[0][0].slug, found[0][1]) if found else (None, "")
    near_enough = [other for other, _why in found[:_MOST_ALIASES]]
    slug, fields, note = _profile(one, near_enough, profiles)
    return Suggestion(
        value=one.name,
        count=one.count,
        where=(one.outlet_id,) if one.outlet_id else (),
        target=target,
        why=why,
        key="authors",
        slug=slug,
        fields=fields,
        note=note,
        others=tuple(other.slug for other in near_enough),
    )


def _may_be(one: AuthorCount, other: AuthorCount, names: Collection[str]) -> str | None:
    if one.kind != "person" or other.kind != "person":
        return None
    judgement = same_person(_named(one), _named(other), outlet_names=names, days_apart=_days_apart(one, other))
    return judgement.rule if judgement.same is not Same.NO else None


def _named(one: AuthorCount) -> Named:
    return Named(name=one.name, outlet=one.outlet_id, url=one.url)


def _days_apart(one: AuthorCount, other: AuthorCount) -> int:
    """0 where they wrote at the same time."""
    gap = max(one.first, other.first) - min(one.last, other.last)
    return max(0, gap.days)


def _profile(
    one: AuthorCount, others: Sequence[AuthorCount], profiles: Sequence[AuthorProfile]
) -> tuple[str, dict[str, str | tuple[str, ...]], str]:
    """Slug, fields and note of the profile that would explain a name."""
    configured = next((other for other in others if other.configured), None)
    profile = next((p for p in profiles if configured and p.slug == configured.slug), None)
    if profile:
        return profile.slug, {"aliases": (*profile.aliases, one.name)}, "is there already: add this to it"
    # The fullest name is the one to show.
    people = sorted(
        [one, *others], key=lambda person: (-len(tokens(person.name)), -person.count, len(person.slug), person.slug)
    )
    name, *aliases = dict.fromkeys(person.name for person in people)
    fields: dict[str, str | tuple[str, ...]] = {"name": name, "kind": one.kind}
    outlets = tuple(dict.fromkeys(person.outlet_id for person in people if person.outlet_id))
    if aliases:
        fields["aliases"] = tuple(aliases)
    return people[0].slug, fields | ({"outlets": outlets} if outlets else {}), ""


def _by_word(everybody: Iterable[AuthorCount]) -> dict[str, list[AuthorCount]]:
    """Who has a word in the name; initials alone bring nobody together."""
    found: dict[str, list[AuthorCount]] = defaultdict(list)
    for one in everybody:
        for word in set(tokens(one.name)):
            if len(word) > 1:
                found[word].append(one)
    return found
