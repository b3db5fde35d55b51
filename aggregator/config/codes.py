"""A code as an operator writes it → whether it is one: countries and regions, languages, time zones.

The lists are those of CLDR (by babel): ISO 3166 alpha-2, UN M49 regions, ISO 639.
"""

from __future__ import annotations

import re
import zoneinfo
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

from aggregator.config.nearest import did_you_mean, nearest
from aggregator.model import PAGE_LANGUAGES
from aggregator.text import fold

# CLDR's own: groupings, pseudo-locales and "unknown".
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_NO_LANGUAGES = frozenset({"und", "zxx", "mul"})
# RFC 5646 §2.1, without the forms that no news feed has (private use, grandfathered).
_TAG = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|[0-9]{3}))?((?:-[A-Za-z0-9]{5,8})*)\Z")


@cache
def countries() -> frozenset[str]:
    """ISO 3166 alpha-2 codes and UN M49 region numbers."""
    return frozenset(code for code in map(str, Locale("en").territories) if code not in _NO_COUNTRIES)


@cache
def languages() -> frozenset[str]:
    """Base languages: ISO 639-1, and 639-3 where there is no shorter code."""
    return frozenset(code for code in map(str, Locale("en").languages) if "_" not in code and code not in _NO_LANGUAGES)


def country(text: str) -> str:
    """The code in upper case; raises ValueError with what was expected."""
    code = text.upper()
    if code in countries():
        return code
    hint = _country_by_name(text)
    raise ValueError(f"expected an ISO 3166 code such as BR or a UN M49 region such as 005, not {text!r}{hint}")


def _country_by_name(text: str) -> str:
    """Who writes `Brasil` or `Brazil` means BR; who writes `UK` is told of its neighbours."""
    if len(text) <= 3:
        return did_you_mean(text.upper(), countries())
    names = {
        fold(name): code
        for language in ("pt", "es", "en")
        for code, name in Locale(language).territories.items()
        if code in countries()
    }
    found = nearest(text, names)
    return f" (did you mean {names[found]}?)" if found else ""


def language(text: str) -> str:
    """The RFC 5646 tag in its usual case (`pt-BR`); raises ValueError with what was expected."""
    found = _TAG.match(text.replace("_", "-"))
    if found and found[1].lower() in languages():
        script, region = (found[2] or "").title(), (found[3] or "").upper()
        return f"{found[1].lower()}{script}{region}{found[4].lower()}"
    raise ValueError(f"expected a language tag such as es or pt-BR, not {text!r}{_language_by_name(text)}")


def page_language(text: str) -> str:
    """One that our pages are written in: `pt` also for `pt-BR`."""
    base = language(text).partition("-")[0]
    if base in PAGE_LANGUAGES:
        return base
    raise ValueError(f"expected a language that pages are written in ({', '.join(PAGE_LANGUAGES)}), not {text!r}")


def _language_by_name(text: str) -> str:
    names: dict[str, str] = {}
    for spoken in ("es", "pt", "fr", "en"):
        try:
            known = Locale(spoken).languages
        except UnknownLocaleError:  # pragma: no cover  babel always has these
            continue
        names |= {fold(name): code for code, name in known.items() if code in languages()}
    found = nearest(text, names) if len(text) > 3 else None
    return f" (did you mean {names[found]}?)" if found else ""


def timezone(text: str) -> str:
    """The name as in the IANA database; raises ValueError with what was expected."""
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        by_city = {name.rpartition("/")[2]: name for name in sorted(known)}
        near = nearest(text.replace(" ", "_"), known) or by_city.get(nearest(text.replace(" ", "_"), by_city) or "")
        hint = f" (did you mean {near}?)" if near else ""
        raise ValueError(f"expected a time zone such as America/Bogota, not {text!r}{hint}") from None
    return text
