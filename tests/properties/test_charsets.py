"""What holds of reading bytes, whatever was declared (fetching rule 41)."""

from __future__ import annotations

import codecs

from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.parse.sniff import read_text
from aggregator.text import xml_legal

RIGHT = (
    "utf-8", "iso-8859-2", "iso-8859-7", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252", "koi8-r", "shift_jis",
    "euc-jp", "euc-kr", "big5", "gb18030", "iso-2022-jp",
)  # fmt: skip
WRONG = (*RIGHT, "us-ascii", "utf-16", "utf-16le", "utf-32", "cp037", "utf-7", "nonsense")
LETTERS = "az09 &;äéñçØßŁąęčřžšůαβωПрезидент日本の新聞かカ、한국어뉴스。€“”–"
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def document(words: str, xml: str) -> str:
    return f'<?xml version="1.0" encoding="{xml}"?><rss><title>{words}</title></rss>'


def disproved(body: bytes, charset: str) -> bool:
    """Whether `body`, whose start reads as ASCII, cannot be in `charset`."""
    if charset in ("us-ascii", "utf-16", "utf-16le", "utf-32", "cp037", "utf-7", "nonsense"):
        return True
    try:
        text = body.decode(charset)
    except UnicodeDecodeError:
        return True
    return not text.startswith("<?xml")


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A charset, and words that can be written in it: letters of the world, or what bytes happen to mean there."""
    right = draw(st.sampled_from(RIGHT))
    letters = st.text(LETTERS, max_size=60).map(lambda text: text.encode(right, "ignore"))
    read = draw(letters | st.binary(max_size=60)).decode(right, "ignore")
    words = "".join(filter(str.isprintable, read))
    assume(xml_legal(words) == words and words.encode(right, "ignore").decode(right) == words)
    return right, words


@given(written(), st.sampled_from(WRONG), st.booleans())
def test_a_right_declaration_wins_over_one_that_the_bytes_disprove(
    made: tuple[str, str], wrong: str, http_is_right: bool
) -> None:
    right, words = made
    http, xml = (right, wrong) if http_is_right else (wrong, right)
    text = document(words, xml)
    body = text.encode(right)
    assume(disproved(body, wrong) or (http_is_right and right != "utf-8"))
    near = body.decode("utf-8", "replace")
    foreign = sum(not character.isascii() for character in near)
    assume(right in ("utf-8", "iso-2022-jp") or near.count("\ufffd") > foreign / 10)  # it is not nearly all UTF-8
    assume(right != "utf-8" or words == read_text(words.encode(), ""))  # nor UTF-8 that was encoded twice
    assert read_text(body, f"text/xml; charset={http}") == text


@given(written(), st.sampled_from(WIDE), st.sampled_from(WRONG), st.sampled_from(WRONG), st.booleans())
def test_what_is_wide_is_read_as_such_whatever_was_declared(
    made: tuple[str, str], wide: str, http: str, xml: str, marked: bool
) -> None:
    text = document(made[1], xml)
    assume(text == read_text(text.encode(), ""))
    bom = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE, "utf-32-le": codecs.BOM_UTF32_LE}
    body = (bom.get(wide, codecs.BOM_UTF32_BE) if marked else b"") + text.encode(wide)
    assert read_text(body, f"text/xml; charset={http}") == text


@given(st.binary(max_size=300), st.sampled_from(WRONG), st.sampled_from(WRONG))
def test_any_bytes_are_read(body: bytes, http: str, xml: str) -> None:
    assert isinstance(read_text(document("", xml).encode() + body, f"text/xml; charset={http}"), str)
    assert isinstance(read_text(body, f"text/xml; charset={http}"), str)
