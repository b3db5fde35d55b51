"""Where something happens, told by the address, the edition and what is named beside a region."""

from __future__ import annotations

from aggregator.model import Category, Content, Newsroom, Outlet, Section, Title
from aggregator.normalize import Rules, classify

RULES = Rules.of(Newsroom(sections=(Section(slug="caribbean", title=Title("C"), countries=("029",)),)))


def countries(
    title: str, *tags: str, url: str = "https://news.example/a/b", country: str = "GB", summary: str = ""
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    outlet = Outlet(id="outlet", title="The Herald", url="https://news.example", country=country)
    content = Content(title=title, summary=summary, url=url, language="en")
    slugs, codes, _evidence = classify(
        content, tuple(Category(term=tag) for tag in tags), source=None, outlet=outlet, rules=RULES
    )
    return slugs, codes


def test_what_happens_at_some_place_of_a_country_is_not_about_the_people_it_happens_to() -> None:
    url = "https://news.example/news/uk-england-52543809"
    assert countries("Saving money the Jamaican way", url=url) == ((), ("GB",))
    assert countries("A Caribbean veteran remembers", url=url) == ((), ("GB",))
    assert countries("Saving money the Jamaican way") == (("caribbean",), ("JM",))


def test_a_country_beside_a_region_has_its_coast_there() -> None:
    assert countries("Fire devastates Honduras' Caribbean resort") == ((), ("HN",))
    assert countries("US strikes boats in the Caribbean")[0] == ("caribbean",)


def test_words_for_a_whole_region_say_more_than_a_heading_for_a_part() -> None:
    part = "https://news.example/world/caribbean/prisons-crowded"
    assert countries("Prisons are crowded", url=part)[0] == ("caribbean",)
    assert countries("Latin America's crowded prisons", url=part)[0] == ()


def test_under_news_from_abroad_the_tag_of_home_is_the_editions() -> None:
    abroad = "https://brasil.news.example/internacional/a-story-told-elsewhere"
    assert countries("Voters queue", "Brasil", url=abroad, country="ES")[1] == ()


def test_an_edition_tells_of_its_country_what_it_tags_as_that() -> None:
    url = "https://brasil.news.example/cultura/sixty-years-of-obsessions"
    assert countries("Sixty years of obsessions", "Brasil", "Music", "Singers", "Records", url=url, country="ES")[
        1
    ] == ("BR",)
    assert countries("Sixty years of obsessions", "Music", url=url, country="ES")[1] == ()
