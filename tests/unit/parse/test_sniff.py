"""Bytes → text, whatever was declared."""

from __future__ import annotations

import codecs

import pytest

from aggregator.errors import ParseError
from aggregator.parse.sniff import kind_of, read_text
from tests.unit.parse.feeds import only, read

WORDS = "São Paulo: ñandú, “comillas” €"


def document(encoding: str | None) -> str:
    declared = f' encoding="{encoding}"' if encoding else ""
    return f'<?xml version="1.0"{declared}?><rss version="2.0"><channel><item><title>{WORDS}</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("written", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "application/xml"),
        ("utf-8", None, "text/xml"),
        ("utf-8", None, "text/xml; charset=us-ascii"),
        ("utf-8", "iso-8859-1", "application/xml; charset=iso-8859-1"),
        ("utf-8", "utf-8", "application/xml; charset=utf-7"),
        ("utf-8", "no-such-charset", "application/xml; charset=nor-this"),
        ("windows-1252", "windows-1252", "application/xml"),
        ("windows-1252", "iso-8859-1", "application/xml"),
        ("windows-1252", "utf-8", "application/xml; charset=utf-8"),
        ("windows-1252", None, 'text/xml; charset="windows-1252"'),
        ("windows-1252", None, "application/xml"),
        ("utf-8", "utf-16", "application/xml"),  # .NET's StringWriter
        ("utf-8", None, "application/xml; charset=utf-16le"),
        ("windows-1252", "utf-16", "application/xml; charset=windows-1252"),
        ("windows-1252", "cp037", "application/xml"),
        ("utf-16", "utf-16", "application/xml"),
        ("utf-16-be", "utf-8", "application/xml; charset=utf-8"),
        ("utf-32-le", "utf-8", "application/xml"),
        ("utf-16-le", "utf-16", "application/xml"),
        ("utf-8-sig", "iso-8859-1", "application/xml"),
        ("utf-32", None, "application/xml"),
    ],
)
def test_the_words_are_read_whatever_was_declared(written: str, declared: str | None, content_type: str) -> None:
    assert only(document(declared).encode(written), content_type).title == WORDS


@pytest.mark.parametrize("declared", ["utf-16", "UTF-16LE", "utf-32"])
@pytest.mark.parametrize("blanks", range(4))
def test_utf_8_that_claims_to_be_wide_is_read_whatever_its_length(declared: str, blanks: int) -> None:
    assert only(document(declared).encode() + b" " * blanks).title == WORDS
    assert only(document("utf-8").encode() + b" " * blanks, f"text/xml; charset={declared}").title == WORDS


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-2", None])
def test_a_few_stray_bytes_do_not_spoil_a_document(declared: str | None) -> None:
    body = document(declared).replace(WORDS, WORDS * 4).encode() + b"<!-- \xf1 -->"
    assert only(body, "text/xml; charset=utf-8").title == WORDS * 4
    assert only(document("utf-8").encode().replace("ñ".encode(), b"\xf1", 1)).title == WORDS


def test_a_document_that_was_encoded_twice_is_read_as_it_was() -> None:
    text = "<rss>“Perú”, Árbitro, Минувшая — €</rss>"
    twice = "".join(bytes([byte]).decode("windows-1252", "ignore") or chr(byte) for byte in text.encode())
    assert read_text(twice.encode(), "") == text
    assert read_text(f"{twice * 9} né".encode(), "") == f"{text * 9} né"
    assert (
        read_text(f"{twice} é í ó ú".encode(), "") == f"{twice} é í ó ú"
    )  # not nearly all of it: nobody knows what was meant


def test_gb2312_is_read_as_what_it_means() -> None:
    body = document("gb2312").replace(WORDS, "秘鲁").encode("gb18030")
    assert only(body).title == "秘鲁"


def test_utf_7_hides_no_markup() -> None:
    assert "<script>" not in read_text(b"+ADw-script+AD4-", "text/xml; charset=utf-7")


@pytest.mark.parametrize("text", ["garbage", "ETag: 1", "\x1f\x8b\x08compressed"])
def test_what_is_neither_xml_nor_json_is_an_error(text: str) -> None:
    with pytest.raises(ParseError, match="neither"):
        kind_of(text)


def test_white_space_and_a_bom_before_the_declaration_do_not_matter() -> None:
    assert read(codecs.BOM_UTF8 + b"\n \n" + document("utf-8").encode()).entries[0].title == WORDS
