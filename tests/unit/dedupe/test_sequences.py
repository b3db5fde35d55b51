"""Polls of one outlet → articles. The numbers are those of the field's bug trackers; every entry is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.dedupe import Habit, Lesson
from aggregator.model import Byline, Entry, Media, New
from tests.unit.dedupe.archive import Newspaper

START = datetime(2026, 3, 17, 6, 0, tzinfo=UTC)
FLOOD = "Las lluvias dejaron sin luz a dos barrios de Arequipa y obligaron a cerrar el puente de la ruta principal."
QUAKE = "Un sismo de magnitud cinco sacudió Tacna de madrugada sin que se informaran heridos ni daños en los edificios."
MINE = "Rescatistas perforan una segunda galería para llegar a seis mineros atrapados bajo tierra en Potosí desde el lunes."


def entry(title: str, text: str = "", slug: str | None = None, **fields: Any) -> Entry:
    """An entry at p.example whose guid is its link, unless said otherwise."""
    url = f"https://www.p.example/nota/{slug or title.lower().replace(' ', '-')}"
    given = {"id": url, "link": url, "published": "2026-03-17T04:10:25Z", "title": title, "summary": text} | fields
    return Entry(**given)


FIRST = entry("Lluvias cierran un puente en Arequipa", FLOOD)
SECOND = entry("Sismo sacude Tacna de madrugada", QUAKE, published="2026-03-17T03:01:44Z")


@pytest.fixture
def paper() -> Newspaper:
    return Newspaper(START)


def both(**fields: Any) -> tuple[Entry, Entry]:
    return replace(FIRST, **fields), replace(SECOND, **fields)


def test_case_1_without_guid_the_link_is_the_identity(paper: Newspaper) -> None:
    assert paper.poll(*both(id=None)) == paper.poll(*both(id=None)) == [0, 1]


def test_case_2_without_guid_links_that_are_all_one_are_none(paper: Newspaper) -> None:
    several = [entry(f"Noticia de hoy {word}", f"Dice {word}.", id=None, link="https://p.example/") for word in "abcde"]
    assert paper.poll(*several) == paper.poll(*several) == [0, 1, 2, 3, 4]


def test_case_3_with_neither_a_retouched_title_is_a_revision(paper: Newspaper) -> None:
    assert paper.poll(*both(id=None, link=None)) == [0, 1]
    retouched = replace(FIRST, id=None, link=None, title="Lluvias cierran un puente en Arequipa (2)")
    assert paper.poll(retouched) == [0]
    assert paper.revisions == 1


def test_case_4_one_guid_for_all_is_none_and_after_two_documents_never_again(paper: Newspaper) -> None:
    third = entry("Mineros atrapados en Potosí", MINE, id="0", published="2026-03-17T05:30:00Z")
    assert paper.poll(*both(id="0"), third) == [0, 1, 2]
    assert paper.poll(*both(id="0"), third) == [0, 1, 2]
    assert paper.archive.habits.guid_unreliable == {"main"}
    alone = entry(
        "Paro de transporte en Cusco", "Los choferes piden otra tarifa.", id="0", published="2026-03-17T08:00Z"
    )
    assert paper.poll(alone) == [3]


def test_case_5_a_guid_twice_in_a_document_is_one_article(paper: Newspaper) -> None:
    assert paper.poll(FIRST, FIRST, SECOND) == [0, 0, 1]


@pytest.mark.parametrize(
    "guid", ["http://www.p.example/n/1", "https://p.example/n/1", "https://m.p.example/n/1#3", "/n/1"]
)
def test_cases_6_7_9_10_a_guid_keeps_its_article_through_scheme_host_version_and_base(
    paper: Newspaper, guid: str
) -> None:
    old = replace(FIRST, id="https://www.p.example/n/1#0")
    paper.poll(old)
    assert paper.poll(replace(old, id=guid, link="https://www.p.example/otra", title="Arequipa, sin puente")) == [0]


def test_case_8_a_slug_that_follows_the_headline_is_the_same_article(paper: Newspaper) -> None:
    paper.poll(FIRST, SECOND)
    edited = entry("Arequipa queda incomunicada", FLOOD)
    assert paper.poll(edited, SECOND) == [0, 1]
    assert paper.poll(edited, SECOND) == [0, 1]
    assert paper.revisions == 1


def test_case_8_the_article_s_number_stays_where_the_words_change(paper: Newspaper) -> None:
    paper.poll(entry("Sube el dólar", "El peso perdió dos por ciento.", "sube-el-dolar-842187"))
    assert paper.poll(entry("Banco Central interviene", "Vendió reservas.", "banco-central-interviene-842187")) == [0]


def test_cases_11_and_15_tracking_and_moving_dates_are_no_identity(paper: Newspaper) -> None:
    for hour in range(4):
        moved = both(id=None, published=f"2026-03-17T0{5 + hour}:00:00Z")
        tracked = [replace(one, link=f"{one.link}?utm_source=rss&utm_campaign={hour}") for one in moved]
        assert paper.poll(*tracked) == [0, 1]
    assert paper.revisions == 0


def test_case_12_a_guid_used_again_a_month_later_names_another_article(paper: Newspaper) -> None:
    paper.poll(replace(FIRST, id="7"))
    later = replace(SECOND, id="7", published="2026-04-17T03:01:44Z")
    assert paper.poll(later, after=timedelta(days=31)) == [1]
    assert paper.poll(later) == [1]


def test_case_12_a_guid_with_another_link_title_and_text_the_same_day_too(paper: Newspaper) -> None:
    paper.poll(replace(FIRST, id="7"))
    assert paper.poll(replace(SECOND, id="7", published="2026-03-17T06:30:00Z")) == [1]


def test_cases_13_and_14_an_edited_title_is_a_revision_and_a_counter_is_none(paper: Newspaper) -> None:
    paper.poll(replace(FIRST, summary=FLOOD + " 3 comentarios"))
    paper.poll(replace(FIRST, summary=FLOOD + " 14 comentarios"))
    assert paper.revisions == 0
    paper.poll(replace(FIRST, title="Lluvias cierran dos puentes en Arequipa"))
    assert paper.revisions == 1


def test_case_16_guids_made_anew_at_each_poll_are_given_up(paper: Newspaper) -> None:
    third = entry("Mineros atrapados en Potosí", MINE, published="2026-03-17T05:30:00Z")
    for time in range(5):
        polled = [replace(one, id=f"{time}-{number}") for number, one in enumerate((FIRST, SECOND, third))]
        assert paper.poll(*polled) == [0, 1, 2]
    assert paper.archive.habits.guid_unreliable == {"main"}


def test_case_17_all_guids_and_links_change_and_no_article_comes_twice(paper: Newspaper) -> None:
    third = entry("Mineros atrapados en Potosí", MINE, published="2026-03-17T05:30:00Z")
    paper.poll(FIRST, SECOND, third)
    moved = [
        replace(one, id=f"https://nuevo.example/?p={number}", link=f"https://nuevo.example/{number}/")
        for number, one in enumerate((FIRST, SECOND, third))
    ]
    fresh = entry("Paro de transporte en Cusco", "Los choferes piden otra tarifa.", published="2026-03-17T06:40:00Z")
    assert paper.poll(fresh, *moved) == [3, 0, 1, 2]
    verdicts = paper.archive.poll(*paper.read(moved))
    assert not any(isinstance(one, New) or one.merge for one in verdicts)


def test_case_18_section_feeds_that_word_their_links_otherwise_show_one_article(paper: Newspaper) -> None:
    front, world = (
        [replace(one, id=f"{one.link}?feed={feed}", link=f"{one.link}?feed={feed}") for one in (FIRST, SECOND)]
        for feed in ("front", "world")
    )
    assert paper.poll(*front, feed="front") == paper.poll(*world, feed="world") == [0, 1]
    assert paper.poll(*front, feed="front") == [0, 1]
    assert paper.revisions == 0


def test_case_19_the_same_title_and_text_under_another_address_is_the_same_article(paper: Newspaper) -> None:
    paper.poll(FIRST)
    again = entry(FIRST.title, FLOOD, "otra-vez", published="2026-03-17T05:40:00Z")
    assert paper.poll(again) == [0]


def test_case_20_a_daily_title_is_a_new_article_each_day(paper: Newspaper) -> None:
    for day in range(4):
        daily = entry("Tránsito de hoy", "Demoras en el anillo vial y en el puente.", f"transito/14814{day}",
                      published=f"2026-03-{17 + day}T05:06:00Z")  # fmt: skip
        assert paper.poll(daily, after=timedelta(days=1)) == [day]


def test_case_20_one_title_for_different_stories_is_several_articles(paper: Newspaper) -> None:
    first = entry("En breve", FLOOD, "1", published="2026-03-17T04:10:25Z")
    second = entry("En breve", QUAKE, "2", published="2026-03-17T05:10:25Z")
    assert paper.poll(first, second) == [0, 1]
    assert paper.poll(entry("En breve", MINE, "3", published="2026-03-17T06:10:25Z"), first, second) == [2, 0, 1]


def test_case_21_which_of_two_survives_does_not_depend_on_their_order(paper: Newspaper) -> None:
    twin = replace(FIRST, id="twin", link="https://www.p.example/seccion/lluvias")
    other = Newspaper(START)
    paper.poll(FIRST, twin)
    other.poll(twin, FIRST)
    assert set(paper.numbers) == set(other.numbers)


def test_case_22_titles_of_numbers_and_dates_alone_are_several_articles(paper: Newspaper) -> None:
    days = [entry(f"{day}/03/2026", f"Lotería del día {word}.", f"l/{word}", published=f"2026-03-{day}T20:00:00Z")
            for day, word in ((14, "sabado"), (15, "domingo"), (16, "lunes"))]  # fmt: skip
    assert paper.poll(*days) == [0, 1, 2]
    same = [entry("2026", slug=f"e/{n}", published=f"2026-03-1{n}T20:00:00Z") for n in range(3)]
    assert paper.poll(*same) == [3, 4, 5]


@pytest.mark.parametrize(
    "printed",
    [
        "2026-03-18T09:00:00Z",  # 23, in the future
        "2099-01-01T00:00:00Z",  # 24, a century off
        "Tue,",  # 25, broken off
        "Tue, Mar 17 2026 04:28:28 AM",  # 26
        "Tue, 17 Mar 2026 04:10:00 ART",  # 27
        "Tue, 17 Mar 2026 04:10:00 +0200 +0200",  # 28
        "Thu, 01 Jan 1970 00:00:00 GMT",  # 29, one wrong date on all
        None,  # 30
        "2026-03-17",  # 31
        "mar, 17 mar 2026 04:10:00 -0300",  # 32
    ],
)
def test_cases_23_to_32_whatever_the_date_says_articles_stay_what_they_are(
    paper: Newspaper, printed: str | None
) -> None:
    for _ in range(3):
        assert paper.poll(*both(published=printed)) == [0, 1]
    assert paper.poll(*both(published=printed, id=None)) == [0, 1]
    moved = [replace(one, id=f"g{n}", link=f"https://n.example/{n}") for n, one in enumerate(both(published=printed))]
    assert paper.poll(*moved) == [0, 1]
    assert paper.revisions == 0


def test_a_live_page_is_one_article_and_each_change_a_revision(paper: Newspaper) -> None:
    for count, title in enumerate(("En vivo: elecciones", "En vivo: primeros datos", "En vivo: cierre del recuento")):
        assert paper.poll(entry(title, f"Parte {count}: {FLOOD[: 40 + 20 * count]}", "vivo", id="vivo")) == [0]
    assert paper.revisions == 2


def test_daily_live_pages_at_addresses_of_their_own_are_articles_of_their_own(paper: Newspaper) -> None:
    """Real ones have one summary for weeks."""
    for day in range(3):
        live = entry(f"Coronavirus live updates: day {day} of the lockdown", FLOOD, f"live-2026031{day}-p54q{day}9",
                     published=f"2026-03-1{day}T18:00:00Z")  # fmt: skip
        assert paper.poll(live, after=timedelta(hours=20)) == [day]


def test_a_summary_that_several_entries_share_says_nothing(paper: Newspaper) -> None:
    promise = "Lea la nota completa en nuestra edición digital para suscriptores del diario más leído del país."
    titles = ("Sube el dólar", "Baja el trigo", "Llueve en Salta")
    assert paper.poll(*(entry(title, promise) for title in titles)) == [0, 1, 2]
    later = [entry(title, promise) for title in ("Cae un puente", "Gana Ribera", "Cierra un banco", *titles)]
    assert paper.poll(*later) == [3, 4, 5, 0, 1, 2]


def test_numbers_of_another_page_at_one_moment_stay_apart(paper: Newspaper) -> None:
    galleries = [entry("Galería de fotos", "Fotos del día.", link=f"https://p.example/item?ref=60166{n}&page=1", id=f"{n}",
                       published="2026-03-17T04:10:25Z") for n in range(3)]  # fmt: skip
    assert paper.poll(galleries[0], galleries[1]) == [0, 1]
    assert paper.poll(galleries[2]) == [2]


def test_an_author_and_a_picture_are_evidence(paper: Newspaper) -> None:
    signed = entry("Chile firma acuerdo", slug="a", bylines=(Byline(name="Iván Quispe"),))
    paper.poll(signed)
    assert paper.poll(replace(signed, id="b", link="https://www.p.example/b")) == [0]
    drawn = entry("Humor", slug="c", published="2026-03-17T05:00:00Z",
                  media=(Media(url="https://p.example/3.jpg", kind="image"),))  # fmt: skip
    paper.poll(drawn)
    assert paper.poll(replace(drawn, id="d", link="https://www.p.example/d")) == [1]


def test_a_number_that_never_failed_is_enough(paper: Newspaper) -> None:
    paper.archive.learned[Habit.NUMBER, "", "tail"] = Lesson(Habit.NUMBER, value="tail", agree=50)
    paper.poll(entry("Sube el dólar", "", "sube-el-dolar-842187"))
    elsewhere = entry("Interviene el Banco", "Vendió reservas.", "banco-842187", published="2026-03-17T09:00:00Z")
    assert paper.poll(elsewhere) == [0]


def test_a_number_that_named_two_articles_is_none(paper: Newspaper) -> None:
    section = [entry(title, text, f"10001/{title[:4]}", published=f"2026-03-17T0{n}:00:00Z")
               for n, (title, text) in enumerate((("Sube el dólar", FLOOD), ("Gana Ribera", QUAKE)))]  # fmt: skip
    assert paper.poll(*section) == [0, 1]
    assert paper.archive.learned[Habit.NUMBER, "", "segment"].disagree > 0


def test_a_parameter_that_thirty_pairs_prove_idle_is_dropped(paper: Newspaper) -> None:
    for number in range(31):
        title, text = (
            f"Noticia del barrio {chr(97 + number % 26)}{number}",
            f"{FLOOD} Parte {chr(97 + number % 26)} {number}.",
        )
        when = f"2026-03-16T{number % 24:02}:{number:02}:11Z"
        for feed in ("uno", "dos"):
            url = f"https://p.example/n/x{number}?canal={feed}"
            paper.poll(entry(title, text, id=url, link=url, published=when), feed=feed)
    assert paper.archive.habits.droppable == {"canal"}
    assert len(paper.numbers) == 31
