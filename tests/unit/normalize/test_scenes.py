"""Where something happens, told by the address, the edition and what is named beside a region."""

from __future__ import annotations

from dataclasses import replace

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


def test_what_a_homonym_means_is_asked_of_the_text_below() -> None:
    outlet = Outlet(id="outlet", title="The Herald", url="https://news.example", country="GB")
    content = Content(title="Bridge reopens near Kingston", summary="It had been closed.", text="<p>In Jamaica, …</p>")

    def found(content: Content) -> tuple[str, ...]:
        return classify(content, (), source=None, outlet=outlet, rules=RULES)[1]

    assert found(content) == ("JM",)
    assert found(replace(content, text="<p>In Ontario, …</p>")) == ("GB",), (
        "what the text alone names counts for nothing"
    )


def test_two_homonyms_of_one_country_are_company_for_each_other() -> None:
    assert countries("Cartagena y Buenaventura esperan lluvias")[1] == ("CO",)
    assert countries("Cartagena espera lluvias")[1] == ("GB",), "some town: the outlet's own country is likelier"


def test_a_town_of_home_is_home_s_and_abroad_that_of_the_better_known() -> None:
    assert countries("Los Ángeles: incendio", country="CL")[1] == ("CL",)
    assert countries("Los Ángeles: incendio", country="CL", url="https://news.example/mundo/incendio")[1] == ("US",)


def test_the_address_does_not_read_the_title_again() -> None:
    assert countries("A fire in Lima, Ohio", url="https://news.example/us/fire-in-lima-ohio")[1] == ("US",)
    assert countries("A fire at night", url="https://news.example/n/peru-fire")[1] == ("PE",)
