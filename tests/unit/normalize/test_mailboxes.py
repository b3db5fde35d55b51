"""E-mail addresses of authors in the text of articles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Byline
from aggregator.normalize.mailboxes import without_addresses
from aggregator.normalize.markup import sanitize

ANA = (Byline(name="Ana Ruiz Peñaloza", email="Redaccion7@post.example"), Byline(name="Jo Li"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to redaccion7@post.example.", "Write to …."),
        ("<p>Ana Ruiz (aruiz@post.example)</p>", "<p>Ana Ruiz (…)</p>"),
        ("penaloza.a@mail.post.example", "…"),
        ("Send tips to tips@post.example", "Send tips to tips@post.example"),
        ("The museum, info@museum.example, opens", "The museum, info@museum.example, opens"),
        ('<img src="https://post.example/ruiz@2x.jpg">', '<img src="https://post.example/ruiz@2x.jpg">'),
        ("git@forge.example and @ruiz on the network", "git@forge.example and @ruiz on the network"),
        ("joli@post.example", "joli@post.example"),  # two letters are in any address
    ],
)
def test_an_author_s_address_is_taken_out_and_no_other(text: str, shown: str) -> None:
    assert without_addresses(ANA)(text) == shown


def test_a_text_of_nobody_stays_as_it_is() -> None:
    assert without_addresses(())("ana@post.example") == "ana@post.example"


def test_a_link_to_an_address_is_words() -> None:
    html = sanitize('<a href="mailto:ana@post.example?subject=x">write to us</a>', base=None)
    assert "mailto" not in html
    assert "write to us" in html


@given(st.text(alphabet="ab@.-<> ruiz", max_size=200))
def test_what_is_no_address_stays_in_its_place(text: str) -> None:
    assert without_addresses(ANA)(text).replace("…", "").count("<") == text.count("<")


@pytest.mark.parametrize("piece", ["'a'", "a.", "a dot ", "a(at", "a@", "(at)", "a.b.c.d ", "＠a"])
def test_no_text_takes_long(piece: str) -> None:
    start = time.process_time()
    without_addresses(ANA)(piece * 100_000 + "(at)")
    assert time.process_time() - start < 2.0
