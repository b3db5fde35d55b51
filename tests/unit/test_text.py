from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text import (
    fold,
    fold_name,
    name_tokens,
    one_line,
    plain_text,
    read_json,
    shorten,
    stream_safe,
    tokens,
    xml_legal,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("LÍTIO", "litio"),
        ("São Paulo", "sao paulo"),
        ("año", "ano"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Ångström Øre Łódź", "angstrom ore lodz"),
        ("Đà Nẵng", "da nang"),
        ("İstanbul ısı", "istanbul isi"),
        ("Þór Æsir Œuvre", "thor aesir oeuvre"),
        ("ﬁn ①½", "fin 11⁄2"),
        ("ＡＢＣ", "abc"),
        ("𝓐𝓑", "ab"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("한국", "한국"),
        ("n\u0303andu\u0301", "nandu"),
    ],
)
def test_case_accents_and_forms_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("… — ?", ()),
        ("Covid-19: ¿qué pasa?", ("covid", "19", "que", "pasa")),
        ("snake_case", ("snake", "case")),
        ("l’État d'urgence", ("l", "etat", "d", "urgence")),
        ("U.S.", ("u", "s")),
        ("李白 2026", ("李白", "2026")),
        ("r\u0301io\u0301", ("rio",)),
    ],
)
def test_tokens_are_runs_of_letters_and_digits(text: str, expected: tuple[str, ...]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a  b\n c", "a b c"),
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two", "one two"),
        ("<b>o</b>ne", "one"),
        ("AT&amp;T", "AT&T"),
        ("a &lt; b", "a < b"),
        ("Fisherman&amp;#39;s &amp;amp; sons", "Fisherman's & sons"),
        ("x<script>alert(1)</script>y", "xy"),
        ("<b>a\ud800b</b>", "ab"),
    ],
)
def test_plain_text_keeps_the_words_of_markup(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_one_line_has_single_spaces() -> None:
    assert one_line("\t a\u00a0\r\n b ") == "a b"


def test_illegal_characters_do_not_reach_xml() -> None:
    assert xml_legal("a\x00\x08\ufffe\ud800b\tc\U0001f600") == "ab\tc\U0001f600"


def test_what_html_calls_an_error_becomes_what_is_meant() -> None:
    assert xml_legal("\x93Sí\x94 \x96 \ufdd0lost: \ufffd") == "“Sí” – lost: ?"


@pytest.mark.parametrize("plane", range(17))
def test_every_character_is_legal_or_gone(plane: int) -> None:
    legal = re.compile("[\t\n\r -~\x7f\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc\U00010000-\U0010ffff]*")
    for code in range(plane << 16, (plane + 1) << 16):
        assert legal.fullmatch(xml_legal(chr(code))), hex(code)


def test_json_is_read_with_numbers_of_any_length_and_depth_is_an_error_like_any() -> None:
    assert read_json(f"[1, -{'9' * 30}, {'9' * 18}, 0.5]") == [1, f"-{'9' * 30}", 10**18 - 1, 0.5]
    for wrong in ("[" * 100_000, "{", b"\xff"):
        with pytest.raises(ValueError, match=r".+"):
            read_json(wrong)


def test_shortened_text_ends_between_words() -> None:
    assert shorten("one two three", 100) == "one two three"
    assert shorten("one two three", 9) == "one two…"
    assert shorten("one two… — by courtesy of somebody", 12) == "one two…", "no ellipsis after another"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"


MARKS = ("\u0301\u0316", "\u0316\u0344", "\uff9e\u093c", "\u0f73", "\u0591\u05b0")


@pytest.mark.parametrize(
    "text",
    [
        *("<" * 50_000, "<p " * 20_000, "&" * 50_000, "a\u0301" * 25_000, " " * 50_000),
        *("e" + marks * 50_000 for marks in MARKS),
    ],
)
def test_hostile_text_costs_little(text: str) -> None:
    start = time.process_time()
    plain_text(text)
    tokens(text)
    assert time.process_time() - start < 1.0


@given(st.text(alphabet="ae \u200d" + "".join(MARKS), min_size=40) | st.text())
def test_no_more_than_thirty_marks_stand_in_a_row_and_nothing_else_is_lost(text: str) -> None:
    safe = stream_safe(text)
    runs = re.findall(f"[{''.join(MARKS)}]+", safe)
    assert all(len(run) <= 30 for run in runs)
    assert re.sub(f"[{''.join(MARKS)}]", "", safe) == re.sub(f"[{''.join(MARKS)}]", "", text)
    assert fold(safe) == fold(text)
    if all(len(run) <= 30 for run in re.findall(f"[{''.join(MARKS)}]+", text)):
        assert safe == text


@given(st.text() | st.text(alphabet="aÉñß ’“—…¿_-1½ﬁ´"))
def test_tokens_are_the_runs_of_letters_and_digits_of_folded_text(text: str) -> None:
    assert tokens(text) == tuple(re.findall(r"[^\W_]+", fold(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Сергей", "Сергеи"), ("Їжак", "Іжак"), ("Ўладзімір", "Уладзімір"), ("が", "か"), ("パン", "ハン"), ("ｶﾞ", "カ")],
)
def test_marks_that_make_another_letter_stay_in_names(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)
    assert name_tokens(one) != name_tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("Пономарёв", "Пономарев"),
            ("Лу́кин", "Лукин"),
            ("СЕРГЕЙ", "Сергей"),
            ("ｶﾞ", "が".translate({0x304C: 0x30AC})),
        ),
        *(("Γιώργος", "ΓΙΩΡΓΟΣ"), ("José", "JOSE"), ("Ａｎａ", "ana"), ("и\u0306", "й"), ("מִרְיָם", "מרים")),
    ],
)
def test_marks_that_make_no_other_letter_do_not(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@given(st.text())
def test_a_folded_name_is_folded(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)
    assert fold(fold_name(name)) == fold(name)
