"""Names and words → lines of XML, indented as lxml indents them; none can fail on a character.

Items are nearly all of a feed, and what they say is known as text: a tree of nodes of it costs more than twice what its lines
do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from aggregator.text import xml_legal

RSL = "https://rslstandard.org/rsl"
TERMS = "http://purl.org/dc/terms/"
CREATIVE_COMMONS = "http://backend.userland.com/creativeCommonsRssModule"

_OF_CREATIVE_COMMONS = re.compile(r"https?://(?:www\.)?creativecommons\.org/", re.I)
Attribute = str | int | None


class Lines:
    """Lines of XML, the first of them `depth` elements deep. Prefixes of names are those that the document declares."""

    def __init__(self, depth: int) -> None:
        self._lines = list[str]()
        self._indent = "  " * depth

    def put(self, name: str, text: str | None = None, /, **attributes: Attribute) -> None:
        """An element with this text, or an empty one; attributes that are None are left out."""
        end = "/>" if text is None else f">{_text(text)}</{name}>"
        self._lines.append(f"{self._indent}<{_start(name, attributes)}{end}")

    def say(self, name: str, text: str | None, /, **attributes: Attribute) -> None:
        """An element with this text, where there is any."""
        if text:
            self.put(name, text, **attributes)

    def put_cdata(self, name: str, text: str) -> None:
        """An element whose text is CDATA, so that people can read HTML in it."""
        said = xml_legal(text).replace("]]>", "]]]]><![CDATA[>")
        self._lines.append(f"{self._indent}<{name}><![CDATA[{said}]]></{name}>")

    def put_licence(self, url: str) -> None:
        """The address of a licence in RSS: that of Creative Commons in its own module, any other as RFC 4946 has it."""
        if _OF_CREATIVE_COMMONS.match(url):
            self.put("creativeCommons:license", url, **{"xmlns:creativeCommons": CREATIVE_COMMONS})
        else:
            self.put("atom:link", rel="license", href=url)

    def put_attribution(self, line: str) -> None:
        """The line that must stand with an item, as DCMI's `rightsHolder`: whoever shortens the summary has it all the same."""
        self.say("dcterms:rightsHolder", line, **{"xmlns:dcterms": TERMS})

    def put_rsl(self, xml: str) -> None:
        """`rsl:content` as its publisher wrote it (https://rslstandard.org/rsl); raises XMLSyntaxError where it is no XML."""
        if xml:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            for content in etree.fromstring(f'<rsl xmlns:rsl="{RSL}">{xml_legal(xml)}</rsl>', parser):
                content.tail = None
                etree.indent(content, level=len(self._indent) // 2)
                self._lines.append(self._indent + etree.tostring(content, encoding="unicode"))

    def open(self, name: str, /, **attributes: Attribute) -> None:
        """What follows is within this element, until `close`."""
        self._lines.append(f"{self._indent}<{_start(name, attributes)}>")
        self._indent += "  "

    def close(self, name: str) -> None:
        self._indent = self._indent[2:]
        self._lines.append(f"{self._indent}</{name}>")

    def written(self) -> bytes:
        """UTF-8, each line with its end."""
        return "".join(f"{line}\n" for line in self._lines).encode()


def _start(name: str, attributes: dict[str, Attribute]) -> str:
    for key, value in attributes.items():
        if value is not None:
            name += f' {key}="{_value(str(value))}"'
    return name


def _text(said: str) -> str:
    """As text: a bare carriage return would be read as a line feed (XML 1.0 §2.11)."""
    # Plain `replace`, for most of what is said needs none of it: that is found out at the speed of memory.
    return xml_legal(said).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _value(said: str) -> str:
    """As the value of an attribute: white space would be read as blanks (XML 1.0 §3.3.3)."""
    text = _text(said).replace('"', "&quot;")
    return text if text.isprintable() else text.replace("\t", "&#9;").replace("\n", "&#10;")


def spliced(document: bytes, items: Iterable[bytes], *, end: bytes) -> bytes:
    """`document` with `items`, lines as `Lines` made them, above its end tag `end`."""
    at = document.rindex(b"\n", 0, document.rindex(end)) + 1
    return b"".join((document[:at], *items, document[at:]))
