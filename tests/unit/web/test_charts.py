"""Bars of an SVG."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.web.charts import bars

VALUES = st.lists(st.floats(0, 1e9, allow_subnormal=False), max_size=50)


@given(st.text(), VALUES, VALUES)
def test_whatever_is_counted_is_drawn_within_the_picture_and_said_in_words(
    words: str, row: list[float], part: list[float]
) -> None:
    drawn = etree.HTML(f"<body>{bars(words, row, part)}</body>")
    assert len(drawn.findall(".//svg/path")) == 2
    for values, path in zip((row, part), drawn.findall(".//svg/path"), strict=True):
        d = path.get("d") or ""
        assert d.count("M") == sum(value > 0 for value in values)
        heights = [float(bar.partition("h")[0]) for bar in d.split("v-")[1:]]
        assert all(0.5 <= height <= 16 for height in heights)


def test_the_highest_bar_is_the_largest_number() -> None:
    assert str(bars("Two", [1, 4])) == (
        '<svg class="bars" viewBox="0 0 2 16" preserveAspectRatio="none" role="img" aria-label="Two"><title>Two</title>'
        '<path class="part0" d="M0.1 16v-4h.8V16zM1.1 16v-16h.8V16z"/></svg>'
    )
