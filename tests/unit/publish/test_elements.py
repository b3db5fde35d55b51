"""Lines of XML are those that lxml prints of the same names and words, whatever these say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.publish.elements import Lines
from aggregator.text import xml_legal

MEDIA = "http://search.yahoo.com/mrss/"
WORDS = st.text() | st.text("&<>\"'\r\n\t\x85\xa0\u2028]x é")


def within(lines: Lines) -> bytes:
    """A document of these lines, one element deep."""
    return b'<feed xmlns:media="%s">\n%s</feed>\n' % (MEDIA.encode(), lines.written())


def by_lxml(*children: etree._Element) -> bytes:
    root = etree.Element("feed", nsmap={"media": MEDIA})
    root.extend(children)
    printed: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8")
    return printed


def element(name: str, text: str | None = None, **attributes: str) -> etree._Element:
    node = etree.Element(name, {key: xml_legal(value) for key, value in attributes.items()})
    node.text = None if text is None else xml_legal(text)
    return node


@given(text=WORDS, value=WORDS, other=WORDS)
def test_words_are_escaped_as_lxml_escapes_them(text: str, value: str, other: str) -> None:
    lines = Lines(depth=1)
    lines.open("entry", label=other)
    lines.put("title", text, label=value, scheme=None)
    lines.put("media:thumbnail", url=value, width=7)
    lines.close("entry")
    entry = element("entry", label=other)
    entry.append(element("title", text, label=value))
    entry.append(element(f"{{{MEDIA}}}thumbnail", url=value, width="7"))
    assert within(lines) == by_lxml(entry)


@given(text=WORDS | st.text("]>[<!CDAT"))
def test_cdata_holds_whatever_is_put_into_it(text: str) -> None:
    lines = Lines(depth=1)
    lines.put_cdata("content", text)
    node = etree.Element("content")
    node.text = etree.CDATA(xml_legal(text))
    assert within(lines) == by_lxml(node)


def test_nothing_to_say_is_no_element() -> None:
    lines = Lines(depth=1)
    lines.say("rights", "")
    lines.say("uri", None)
    assert lines.written() == b""


def test_licences_in_rsl_are_indented_like_all_else() -> None:
    rsl = '<rsl:content url="/"><rsl:license><rsl:permits type="usage">search</rsl:permits></rsl:license></rsl:content>'
    lines = Lines(depth=1)
    lines.put_rsl(rsl + rsl)
    held = etree.fromstring(f'<x xmlns:rsl="https://rslstandard.org/rsl">{rsl}{rsl}</x>')
    assert within(lines) == by_lxml(*held)


def test_rsl_that_is_no_xml_is_refused() -> None:
    with pytest.raises(etree.XMLSyntaxError):
        Lines(depth=1).put_rsl("<rsl:content>")
