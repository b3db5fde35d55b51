"""What language an entry is in, how sure that is, and who said so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import language_of
from aggregator.normalize.gazetteer import rows
from aggregator.normalize.language import base, tag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("El gobierno anunció que las obras empezarán en mayo", "es"),
        ("O governo anunciou que as obras começarão em maio", "pt"),
        ("Le gouvernement dit que les travaux commenceront en mai", "fr"),
        ("The government says that the works will begin in May", "en"),
        ("Die Regierung kündigt an, dass die Arbeiten im Mai beginnen", "de"),
        ("Il governo annuncia che i lavori della strada inizieranno a maggio", "it"),
        ("El govern anuncia que les obres de la ciutat començaran amb el maig", "ca"),
        ("Gouvènman an di ke travay yo ap kòmanse nan mwa me", "ht"),
        ("Правительство объявило о начале работ", "ru"),
        ("政府宣布工程将于五月开始", "zh"),
    ],
)
def test_words_alone_tell_the_language(text: str, language: str) -> None:
    found = language_of(None, None, None, text)
    assert found.tag == language
    assert found.rule == "words"
    assert found.confidence > 0.5


def test_an_entry_that_states_its_own_language_is_believed() -> None:
    assert language_of("fr", "es", "es", "Titulaire").tag == "fr"


def test_a_feed_in_its_softwares_language_is_not_believed_against_outlet_and_words() -> None:
    found = language_of("en-US", "en-US", "es", "El presidente viaja a la capital del país")
    assert (found.tag, found.rule) == ("es", "outlet")


def test_words_outweigh_a_feeds_claim_only_where_they_are_clear() -> None:
    clear = "The president says that the government will not be at the meeting with the ministers of the region"
    assert language_of(None, "es", "es", clear).tag == "en"
    assert language_of(None, "es", "es", "Trump meeting").tag == "es"


def test_words_that_rule_a_claim_out_need_not_tell_one_neighbour_from_the_other() -> None:
    said = "El presidente de la república anunció ayer que las obras del puente comenzarán en el mes de marzo."
    assert language_of(None, "en-US", None, said).tag == "es"
    assert language_of(None, "qu", "qu", said[:40]).tag == "qu"


def test_a_headline_in_another_language_than_all_claim_is_told_by_few_words() -> None:
    assert language_of(None, "es", "es", "Minister denies that he was paid for the new bridge").tag == "en"
    assert (
        language_of(None, "pt", "pt", "La ministra niega que le pagaran por el puente, y el alcalde también").tag
        == "es"
    )


def test_a_feed_that_agrees_with_its_outlet_tells_the_variety() -> None:
    assert language_of("pt-br", "pt-br", "pt", "Chuva em São Paulo").tag == "pt-BR"


def test_nothing_said_is_no_language() -> None:
    found = language_of(None, None, None, "2026 – 3:1")
    assert (found.tag, found.confidence) == (None, 0.0)


@given(st.text(max_size=300), st.sampled_from([None, "es", "pt-BR", "xx", "EN_us", "nonsense words"]))
def test_whatever_is_written_the_answer_is_a_tag_or_none_and_how_sure_is_a_share(text: str, claim: str | None) -> None:
    found = language_of(claim, claim, None, text)
    assert found.tag is None or tag(found.tag) == found.tag
    assert 0.0 <= found.confidence <= 1.0
    assert base(found.tag).islower() or found.tag is None


@pytest.mark.parametrize(
    "title", ["Dólar cai", "Fútbol", "Economía", "Clima hoy", "Sube el gas", "Météo", "Weather", "La mar"]
)
def test_a_word_or_two_are_never_sure_and_give_way_to_whoever_knows_the_language(title: str) -> None:
    assert language_of(None, None, None, title).confidence < 0.9
    for claimed in ("es", "pt", "fr", "hu"):
        assert language_of(None, claimed, None, title).tag == claimed
        assert language_of(None, None, None, title, others=claimed).tag == claimed


@given(st.sampled_from(sorted({word for row in rows("languages.tsv") for word in row[2].split()})))
def test_no_single_word_is_sure(word: str) -> None:
    assert language_of(None, None, None, word).confidence < 0.9
    assert language_of(None, "pt-BR", None, word).tag == "pt-BR"


def test_a_script_is_not_that_of_one_language_alone() -> None:
    assert language_of(None, "bg", None, "Правителството обяви начало на строежа").tag == "bg"
    assert language_of(None, "ur", "ur", "حکومت نے پل کی تعمیر کا اعلان کیا").tag == "ur"
    assert language_of(None, None, None, "Новини України").tag == "uk"
    assert language_of(None, None, None, "Наводнение в Ростове").confidence < 0.9
    assert language_of(None, None, None, "اخبار ایران").tag == "fa"
    assert language_of(None, "ja", None, "新年会").tag == "ja"
    assert language_of(None, "es", "es", "Правительство объявило о начале строительства моста").tag == "ru"
