"""What makes two articles one story, and what does not."""

from __future__ import annotations

from aggregator.dedupe.stories import JOIN, Joined, copy_of, join, score
from aggregator.dedupe.stories_telling import STEP, Telling
from aggregator.dedupe.stories_window import Window
from aggregator.dedupe.stories_words import usual, wording

PARAGRAPH = (
    "The central bank of Paraguay raised its benchmark rate on Tuesday by half a point to seven percent, the first increase in "
    "two years, after inflation passed the target for three months in a row, governor Ramiro Quintana told reporters in Asunción"
)


def telling(
    window: Window, id: str, title: str, summary: str = "", *, outlet: str = "", language: str = "en", at: float = 0.0
) -> Telling:
    said = wording(title, summary)
    return window.weigh(said, id=id, outlet=outlet or f"outlet-{id}", language=language, at=at)


def tell(window: Window, id: str, title: str, summary: str = "", **how: object) -> Joined | None:
    """Take an article in as the service does; what it joined."""
    one = telling(window, id, title, summary, **how)  # type: ignore[arg-type]
    joined = join(one, window)
    for change in joined.regroupings if joined else ():
        window.unite(change.stories, change.moved, change.stories[0] if change.stories else f"{change.moved[0]}+")
    window.add(one, window.story_of(joined.nearest) if joined else id)
    return joined


def test_one_event_in_two_outlets_is_one_story() -> None:
    window = Window()
    tell(
        window,
        "a",
        "Quake of magnitude 6.9 shakes Arequipa, no victims reported",
        "A strong earthquake shook Arequipa, Peru",
    )
    joined = tell(
        window, "b", "Magnitude 6.9 quake shakes Peru's Arequipa region", "The earthquake in Arequipa was felt in Tacna"
    )
    assert joined
    assert (joined.rule, joined.nearest) == ("same_story", "a")
    assert 0.5 < joined.sure < 1


def test_two_events_of_one_country_are_two_stories() -> None:
    window = Window()
    tell(
        window,
        "a",
        "Quake of magnitude 6.9 shakes Arequipa, no victims reported",
        "A strong earthquake shook southern Peru",
    )
    assert (
        tell(window, "b", "Congress of Peru votes on pension reform", "Lawmakers in Lima, Peru, debate pensions")
        is None
    )


def test_names_and_numbers_carry_a_story_from_one_language_to_another() -> None:
    window = Window()
    spanish = (
        "Sismo de magnitud 69 sacude Arequipa y Moquegua",
        "Un fuerte terremoto sacudió Arequipa, Moquegua y Tacna, Perú",
    )
    english = (
        "Magnitude 69 quake shakes Arequipa and Moquegua",
        "A strong earthquake hit Arequipa, Moquegua and Tacna in Peru",
    )
    tell(window, "a", *spanish, language="es")
    joined = tell(window, "b", *english, language="en")
    assert joined
    assert joined.nearest == "a"


FERRY = (
    ("Ferry Quimby sinks off Tarapoa with 30 aboard", "The Quimby sank near Tarapoa in a storm, the coast guard says"),
    ("Thirty missing after ferry Quimby sinks off Tarapoa", "Coast guard searches for those aboard the Quimby"),
    ("Coast guard: ferry Quimby sank off Tarapoa in a storm", "Thirty are missing after the Quimby sank off Tarapoa"),
)
MOURNING = ("Candles and songs for the passengers", "Families from Tarapoa remember a wedding party on the Quimby")


def test_who_says_two_words_that_a_story_has_to_itself_is_of_that_story() -> None:
    window = Window()
    for number, (title, summary) in enumerate(FERRY):
        tell(window, str(number), title, summary)
    assert len({window.story_of(str(number)) for number in range(3)}) == 1
    assert score(telling(window, "x", *MOURNING), window.members("0")[0]) < JOIN
    joined = tell(window, "x", *MOURNING)
    assert joined
    assert window.story_of("x") == "0"
    tell(window, "y", "Storm passes, markets reopen", "Fishing resumes in the south")
    assert tell(window, "late", FERRY[0][0], "The Quimby, a ferry, sank off Tarapoa")
    assert window.story_of("x") == window.story_of("late") == "0", "what joined by them stays when all are judged again"


def test_words_that_others_say_too_or_that_are_usual_are_no_storys_own() -> None:
    window = Window()
    for number, (title, summary) in enumerate(FERRY):
        tell(window, str(number), title, summary)
    assert window.own("0") >= window.own("0", ["tarap", "quimb", "storm"]) == {"tarap", "quimb"}
    assert tell(window, "x", "Tarapoa elects a mayor") is None
    assert window.own("0", ["tarap", "quimb"]) == {"quimb"}
    assert window.own("x") == frozenset(), "one article has nothing to itself"


def test_what_follows_days_later_is_another_story() -> None:
    window = Window()
    tell(window, "a", "Quake of magnitude 6.9 shakes Arequipa in Peru", at=0)
    assert tell(window, "b", "Quake of magnitude 6.9 shakes Arequipa in Peru again", at=40) is None


def test_wire_copy_under_another_headline_is_a_copy() -> None:
    window = Window()
    tell(window, "a", "Paraguay raises rates for the first time in two years", PARAGRAPH)
    joined = tell(window, "b", "Quintana: inflation forces our hand", PARAGRAPH + ". More details followed.")
    assert joined
    assert (joined.nearest, joined.rule, joined.sure) == ("a", "copy_of", 1.0)


def test_an_outlets_boilerplate_makes_no_copy() -> None:
    window = Window()
    one = telling(window, "a", "Boats race on the lake", PARAGRAPH, outlet="tv")
    assert not copy_of(one, telling(window, "b", "Mayor resigns", PARAGRAPH, outlet="tv"))


def test_a_bare_headline_is_a_copy_only_where_it_says_enough_and_on_the_same_day() -> None:
    window = Window()
    long, short = "Milei confirms that he will travel to Davos", "Morning briefing"
    assert copy_of(telling(window, "a", long), telling(window, "b", long, PARAGRAPH, at=20))
    assert not copy_of(telling(window, "a", long), telling(window, "b", long, at=25))
    assert not copy_of(telling(window, "a", short), telling(window, "b", short))


def test_a_series_that_differs_in_figures_is_no_story() -> None:
    window = Window()
    tell(window, "a", "Covid update: 41 new cases in Lima today", outlet="tv")
    assert tell(window, "b", "Covid update: 51 new cases in Lima today", outlet="tv", at=12) is None


def test_recurring_features_are_known_by_their_titles() -> None:
    for title in (
        "Best of cartoons, October 17",
        "Horóscopo de hoy: Aries",
        "Dólar blue hoy: a cuánto cotiza",
        "Jogos da Mega-Sena",
    ):
        assert wording(title, "").recurring, title
    for title in ("Cartoonist arrested in Managua", "Lightning kills two on a beach"):
        assert not wording(title, "").recurring, title


def test_two_stories_that_prove_to_be_one_are_merged_unless_an_operator_settled_it() -> None:
    for settled in (False, True):
        window = Window()
        first = telling(window, "a", "Ferry sinks near Isla Margarita, 30 missing", "A ferry sank off Isla Margarita")
        window.add(first, "a", settled=settled)
        window.add(
            telling(window, "b", "Ferry sinks off Isla Margarita: 30 missing", "Ferry sank near Isla Margarita"), "b"
        )
        joined = tell(window, "c", "Ferry sinks near Isla Margarita with 30 missing", "A ferry sank off Isla Margarita")
        assert joined
        assert (window.story_of("a") == window.story_of("b")) is not settled
        assert window.story_of("c") in {"a", "b"}


def test_a_word_of_every_summary_of_an_outlet_is_furniture_and_the_news_of_the_day_is_none() -> None:
    window = Window()
    for number, title in enumerate(("Amess killed", "Amess mourned", "Amess: vigil held", "Boats race", "Rain falls")):
        tell(window, str(number), title, "Subscribe to our channel", outlet="tv")
    said = telling(window, "x", "Amess: a suspect is named", "Subscribe to our channel", outlet="tv")
    assert said.terms["amess"] >> 2 > 3 * STEP > STEP > said.terms["subsc"] >> 2


def test_what_every_title_says_weighs_little_and_never_less_than_nothing() -> None:
    window = Window()
    most_usual = max(usual(), key=usual().__getitem__)
    for number in range(500):
        tell(window, str(number), most_usual, outlet=f"outlet-{number}")
    assert 0 <= telling(window, "x", most_usual).terms[most_usual] >> 2 < STEP


def test_cities_and_leaders_meet_however_a_language_spells_them() -> None:
    for spellings in (
        ("London", "Londres"),
        ("Kyiv", "Kiev", "Kiew"),
        ("Beijing", "Pekín", "Pequim"),
        ("Putin", "Poutine"),
    ):
        assert len({wording(spelling, "").title for spelling in spellings}) == 1


def test_a_name_of_several_words_and_its_abbreviations_are_one_term() -> None:
    spellings = (
        "the United States",
        "the U.S.",
        "US",
        "los Estados Unidos",
        "EE. UU.",
        "EE.UU.",
        "os EUA",
        "les États-Unis",
    )
    assert {term for one in spellings for term in wording(f"Talks with {one}", "").title} >= {"usa"}
    for one in spellings:
        assert "usa" in wording(f"Talks with {one}", "").title, one
    assert "usa" not in wording("They told us to wait", "").title


def test_a_window_filled_anew_answers_as_the_one_that_saw_everything_come() -> None:
    seen, anew = Window(), Window()
    titles = [
        "Ferry sinks near Isla Margarita",
        "Senate of Chile votes on lithium",
        "Ferry off Isla Margarita: 30 missing",
    ]
    for number, title in enumerate(titles):
        tell(seen, str(number), title, at=number)
    old = telling(seen, "old", "Nothing of note happened")
    seen.add(old, "old")
    seen.remove("old")
    for number in (2, 0, 1):
        anew.add(
            next(one for one in seen.members(seen.story_of(str(number))) if one.id == str(number)),
            seen.story_of(str(number)),
        )
    late = "Isla Margarita ferry: 30 missing"
    assert join(telling(anew, "x", late, at=5), anew) == join(telling(seen, "x", late, at=5), seen)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    window = Window()
    tell(window, "a", "Ferry sinks near Isla Margarita", at=0)
    tell(window, "b", "Senate of Chile votes on lithium", at=50)
    window.forget(before=10)
    assert "a" not in window
    assert "b" in window
    assert window.members("a") == []
