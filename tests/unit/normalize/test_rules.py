"""The rules that workers read entries by."""

from __future__ import annotations

import pickle

from aggregator.model import AuthorProfile, Newsroom, Outlet, Section, Source, Title
from aggregator.normalize import Rules

OUTLET = Outlet(id="andes", title="Andes", url="https://andes.example")


def rules_of(sources: int) -> Rules:
    urls = [f"https://{number}.example/feed" for number in range(sources)]
    return Rules.of(
        Newsroom(
            sources=tuple(Source(id=f"s{at}", outlet=OUTLET, url=url, public_url=url) for at, url in enumerate(urls)),
            sections=(Section(slug="peru", title=Title("Peru"), countries=("PE",)),),
            authors=(AuthorProfile(slug="ana", name="Ana Ruiz", aliases=("A. Ruiz",)),),
        )
    )


def test_a_worker_gets_all_of_them_and_unpacks_them_once() -> None:
    sent = rules_of(50)
    first, second = (pickle.loads(pickle.dumps(sent)) for _ in range(2))
    assert first is second
    assert (first.sections, first.sources, first.authors, first.digest, first.meaning) == (
        sent.sections,
        sent.sources,
        sent.authors,
        sent.digest,
        sent.meaning,
    )
    assert pickle.loads(pickle.dumps(rules_of(51))).origins["https://50.example/feed"] == ("andes", "s50")


def test_they_know_whose_an_address_is_and_what_a_name_is() -> None:
    rules = rules_of(2)
    assert rules.origins == {"https://0.example/feed": ("andes", "s0"), "https://1.example/feed": ("andes", "s1")}
    assert rules.names == {"ana ruiz": "person", "a ruiz": "person"}
