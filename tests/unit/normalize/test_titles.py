"""Every title is text."""

from __future__ import annotations

import pytest

from aggregator.normalize.titles import plain


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Don&#x27;t", "Don't"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT&T", "AT&T"),
        ("R&D&copy=1", "R&D&copy=1"),
        ("a < b and c > d", "a < b and c > d"),
        ("Chile <raises> royalties", "Chile <raises> royalties"),
        ("Chile &lt;raises&gt; royalties", "Chile <raises> royalties"),
        ("<b>Bold</b> news", "Bold news"),
        ("&lt;b&gt;Bold&lt;/b&gt; news", "Bold news"),
        ("One<br/>two", "One two"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<scr<b>ipt>x", "x"),
        ("<img src=x onerror=alert(1)>News", "News"),
        ("  many \n\t spaces\u00a0here ", "many spaces here"),
        ("ab\u202egnp.exe", "abgnp.exe"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("bell\x07 and \ud800", "bell and"),
    ],
)
def test_a_title_is_read_as_text(printed: str, read: str) -> None:
    assert plain(printed) == read


def test_a_title_is_bounded() -> None:
    assert len(plain("palabra " * 5_000)) <= 1_024


def test_tags_made_of_tags_end_after_a_few_layers() -> None:
    assert plain("x " + "<b" * 300 + ">" * 300) == "x " + "b" * 292 + ">" * 292
    assert plain("<scr<b>ipt>alert(1)</scr</b>ipt>") == "alert(1)"
