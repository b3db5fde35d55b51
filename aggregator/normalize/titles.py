"""Titles and labels as printed → plain text: every one is text, whatever its type says (dependencies P11, P12)."""

from __future__ import annotations

import re

from aggregator.text import one_line, unescaped, xml_legal

LONGEST = 1_024
_MOST_LAYERS = 8
# The elements of HTML: `Chile <raises> royalties` is text, `<b>` is not.
_ELEMENTS = (
    "a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bdi|bdo|big|blockquote|body|br|button|canvas|caption|"
    "center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|"
    "footer|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|math|"
    "menu|meta|meter|nav|noframes|noscript|object|ol|optgroup|option|output|p|param|picture|pre|progress|q|rp|rt|ruby|s|samp|"
    "script|section|select|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|"
    "th|thead|time|title|tr|track|tt|u|ul|var|video|wbr"
)
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:[\s/][^<>]*)?>", re.I)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?h[1-6])(?:[\s/][^<>]*)?>", re.I)
# Bidirectional overrides make text read as what it is not (Trojan Source); invisible joiners only hide words from search.
_HIDDEN = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\u00ad]")


def plain(raw: str) -> str:
    """One line without markup, character references, control and direction characters."""
    text = unescaped(xml_legal(raw[: 4 * LONGEST]))
    return one_line(_HIDDEN.sub("", without_tags(xml_legal(text))))[:LONGEST].rstrip()


def without_tags(text: str) -> str:
    """`text` without tags of HTML elements, to a fixed point: `<scr<b>ipt>` leaves none."""
    for _ in range(_MOST_LAYERS):
        bare = _TAG.sub("", _BREAK.sub(" ", text)) if "<" in text else text
        if bare == text:
            return text
        text = bare
    # Tags made of tags made of tags: nobody wrote this to be read.
    return text.replace("<", "")
