"""Names → whether two of them are one person: yes, no, or a suggestion for the operator (authors.md §3, steps 6 and 7)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from aggregator.text import fold, name_tokens, tokens

_PARTICLES = frozenset(
    "de del da do das dos di du des der den van von zu zur y e i la las los el le al bin ibn ter".split()
)
_GENERATIONS = frozenset("jr junior sr senior ii iii iv filho neto hijo sobrinho".split())
_SAME_GENERATION = {"junior": "jr", "senior": "sr"}
_APOSTROPHE = re.compile("['’`´ʼ]")
# Mailboxes that a whole newsroom reads.
_SHARED_BOX = re.compile(
    r"^(?:redac\w*|redaz\w*|redak\w*|news\w*|notic\w*|info|contact\w*|editor\w*|admin\w*|hello|hola|press|prensa|imprensa|"
    r"mail|office|team|web\w*|no-?reply|desk|staff|letters|cartas|opini\w*|digital|online|support|feedback)$"
)
# Registers of people: whoever has two different numbers there is two people.
_REGISTERS = ("wikidata.org", "orcid.org")
_MOST_DAYS_APART = 90


class Same(StrEnum):
    """The answer: only `YES` joins authors by itself."""

    YES = "yes"
    NO = "no"
    SUGGEST = "suggest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name in an outlet, with what else the byline said: the author's page, profiles elsewhere, an e-mail address."""

    name: str
    outlet: str
    url: str | None = None
    same_as: tuple[str, ...] = ()
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """`rule` says what decided."""

    same: Same
    rule: str


def fold_name(name: str) -> str:
    """Case, accents and punctuation gone; particles and initials stay: "J. M. de la Cruz" is not "Juan Cruz"."""
    return " ".join(name_tokens(name)) or name.strip().casefold()


def matching_key(name: str) -> str:
    """What is left of a name where accents, case, particles and middle initials do not count: equal within an outlet,
    it is one person, unless their initials contradict (see `contradict`)."""
    words = _words(name)
    if len(words) < 3:
        return "".join(words) or fold_name(name)
    first, *middle, last = words
    return "".join([first, *(word for word in middle if len(word) > 1 and word not in _PARTICLES), last])


def contradict(name: str, other: str) -> bool:
    """Whether middle initials differ: "Ana B. Ruiz" is not "Ana C. Ruiz"."""
    mine, theirs = _initials(name), _initials(other)
    return bool(mine and theirs and mine != theirs)


def same_person(a: Named, b: Named, *, outlet_names: Collection[str] = (), days_apart: int | None = None) -> Judgement:
    """Whether two names mean one person. `outlet_names` are all names of the outlet, where a short form may fit several;
    `days_apart` lie between the bylines of the two (0 where they overlap, None where it is not known)."""
    known = _by_identity(a, b)
    if known:
        return known
    if a.outlet == b.outlet:
        return _within(a.name, b.name, outlet_names, days_apart)
    if matching_key(a.name) == matching_key(b.name) and not contradict(a.name, b.name):
        return Judgement(Same.SUGGEST, "equal-elsewhere")
    if _is_form_of(a.name, b.name) or _is_form_of(b.name, a.name):
        return Judgement(Same.SUGGEST, "variant-elsewhere")
    return Judgement(Same.NO, "other-name")


def marks_of(name: str, *, url: str | None, email: str | None) -> tuple[tuple[str, str], ...]:
    """What somebody is recognised by beside the printed name: (kind, value), where kind is `page` or `mail` (anywhere; only
    such as bear the name, because a newsroom's software may put one page or box beside everybody) or `name` (in an outlet)."""
    found = [("name", matching_key(name))]
    page = _page(url) if url else ""
    if page and _bears(page.rpartition("/")[2], name):
        found.append(("page", page))
    address = own_address(email, [Named(name=name, outlet="")]) if email else ""
    if address and _bears(address, name):
        # A hash: addresses are nobody's business.
        found.append(("mail", hashlib.sha256(address.encode()).hexdigest()))
    return tuple(found)


def _bears(where: str, name: str) -> bool:
    """Whether a page's or box's name holds a word of the person's."""
    return any(len(word) > 3 and word in fold(where) for word in tokens(name))


def _by_identity(a: Named, b: Named) -> Judgement | None:
    """A page, a profile or an address of one's own outweighs how the name is printed."""
    if a.url and b.url and (page := _page(a.url)) and page == _page(b.url):
        return Judgement(Same.YES, "same-page")
    mine, theirs = {_page(url) for url in a.same_as} - {""}, {_page(url) for url in b.same_as} - {""}
    if mine & theirs:
        return Judgement(Same.YES, "same-profile")
    for register in _REGISTERS:
        if _numbers(mine, register) and _numbers(theirs, register):
            return Judgement(Same.NO, "other-number")
    if a.email and own_address(a.email, (a, b)) and own_address(a.email, (a, b)) == own_address(b.email or "", (a, b)):
        return Judgement(Same.YES, "same-address")
    return None


def own_address(email: str, named: Iterable[Named] = ()) -> str:
    """An address that one person reads, folded; empty for a newsroom's. At a domain with the person's name any box is theirs."""
    box, _, domain = email.strip().casefold().rpartition("@")
    if not box or not domain:
        return ""
    names = [word for one in named for word in tokens(one.name)[-1:] if len(word) > 3]
    named_after = bool(names) and all(name in fold(domain) for name in names)
    return f"{box}@{domain}" if named_after or not _SHARED_BOX.match(fold(box)) else ""


def _numbers(pages: Iterable[str], register: str) -> set[str]:
    return {page for page in pages if page.startswith(register)}


def _page(url: str) -> str:
    """A page's address for comparison: without scheme, `www.`, case, query and closing slash; empty for a home page."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.").removeprefix("mobile.").removeprefix("m.")
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    if host == "x.com":
        host = "twitter.com"
    if host in ("twitter.com", "linkedin.com", "orcid.org"):
        path = path.casefold()
    if host.endswith("linkedin.com"):
        host = "linkedin.com"
    if host.endswith("wikidata.org"):
        host, path = "wikidata.org", "/" + path.rpartition("/")[2].upper()
    return f"{host}{path}" if host and path else ""


def _within(a: str, b: str, names: Collection[str], days_apart: int | None) -> Judgement:
    """Two names of one outlet."""
    if _generation(a) and _generation(b) and _generation(a) != _generation(b):
        return Judgement(Same.NO, "other-generation")
    if contradict(a, b):
        return Judgement(Same.NO, "other-initials")
    if matching_key(a) == matching_key(b):
        return Judgement(Same.YES, "same-name")
    if sorted(_words(a)) == sorted(_words(b)):
        return Judgement(Same.SUGGEST, "other-order")
    short, long = (a, b) if _is_form_of(a, b) else (b, a)
    if not _is_form_of(short, long):
        return Judgement(Same.NO, "other-name")
    fitting = {matching_key(name) for name in names if _is_form_of(short, name)} | {matching_key(long)}
    if len(fitting) > 1:
        return Judgement(Same.NO, "fits-several")
    if _abbreviates(short) and days_apart is not None and days_apart > _MOST_DAYS_APART:
        return Judgement(Same.NO, "long-apart")
    return Judgement(Same.SUGGEST, "short-form")


def _is_form_of(short: str, long: str) -> bool:
    """Whether `short` is `long` with names left out or cut to initials: given name first, in order."""
    mine, theirs = _significant(short), _significant(long)
    if len(mine) < 2 or len(mine) > len(theirs) or mine == theirs:
        return False
    at = 0
    for word in mine:
        while at < len(theirs) and not _fits(word, theirs[at]):
            at += 1
        if at == len(theirs) or (word is mine[0] and at):
            return False
        at += 1
    return any(len(word) > 1 for word in mine)


def _fits(word: str, name: str) -> bool:
    return word == name or (len(word) == 1 and name.startswith(word))


def _abbreviates(name: str) -> bool:
    return any(len(word) == 1 for word in _significant(name))


def _words(name: str) -> tuple[str, ...]:
    """The folded words of a name; "O'Dell" is one."""
    return name_tokens(_APOSTROPHE.sub("", name))


def _significant(name: str) -> list[str]:
    return [word for word in _words(name) if word not in _PARTICLES and word not in _GENERATIONS]


def _generation(name: str) -> str:
    last = (tokens(name) or ("",))[-1]
    return _SAME_GENERATION.get(last, last) if last in _GENERATIONS else ""


def _initials(name: str) -> list[str]:
    """Initials in the middle; `y`, `e` and `i` join surnames."""
    return [word for word in _words(name)[1:-1] if len(word) == 1 and word not in _PARTICLES]
