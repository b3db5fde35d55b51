"""Entries that an instance of this program wrote: whose article it is, and what of their tags are ours."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.model import Category
from aggregator.normalize.places import is_country

# `publish.ids`: tag:{id_domain},{id_since}:article/{id}. Instances differ in authority and date, never in the id.
_ARTICLE = re.compile(r"tag:[^:/?#\s]{1,255},\d{4}(?:-\d\d){0,2}:article/([a-z2-7]{16})\Z")
_CODE = re.compile(r"[A-Z]{2}\Z|\d{3}\Z")
_SECTION, _REGION = "/ns/section#", "/ns/region#"


def stated_id(guid: str | None) -> str | None:
    """The article's id that a guid states."""
    found = _ARTICLE.match((guid or "").strip())
    return found[1] if found else None


def parted(tags: Iterable[Category]) -> tuple[tuple[Category, ...], tuple[str, ...]]:
    """The outlet's own tags, and the countries that an instance found. Its sections are no tags either: they tell where an
    article may belong, and each instance has its own."""
    theirs, countries = list[Category](), list[str]()
    for tag in tags:
        scheme = tag.scheme or ""
        if scheme.endswith(_REGION):
            countries += [tag.term] if _CODE.match(tag.term) and is_country(tag.term) else []
        elif not scheme.endswith(_SECTION):
            theirs.append(tag)
    return tuple(theirs), tuple(countries)
