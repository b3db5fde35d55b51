"""A text and who wrote it → the text without their e-mail addresses: authors' are never published, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from aggregator.model import Byline
from aggregator.normalize.contacts import DISGUISED
from aggregator.text import fold, tokens

# Bounded repeats: `@` in a text of a megabyte must not cost more than reading it.
_ADDRESS = re.compile(r"(?<![\w.+%\-])[\w.+%\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w\-])")
_MAY_BE_DISGUISED = re.compile(r"[\[({<]\s?(?:at|arroba|@|ät)\s?[\])}>]|\sarroba\s|＠", re.I)
_TAG = re.compile(r"(<[^<>]*>)")
_IN_PLACE = "…"
_LETTERS = 3  # a word of a name that is shorter is in any address


def without_addresses(bylines: Iterable[Byline]) -> Callable[[str], str]:
    """Takes the authors' addresses out of sanitized HTML or plain text: those that stand beside their names in the feed, and
    those that bear a word of their names. Others, such as a museum's, are what the publisher has to say."""
    named = tuple(bylines)
    stated = {fold(byline.email) for byline in named if byline.email}
    boxes = {address.partition("@")[0] for address in stated}
    names = {word for byline in named for word in tokens(byline.name) if len(word) > _LETTERS}

    def hidden(match: re.Match[str]) -> str:
        address = fold(match[0])
        box = address.partition("@")[0]
        return _IN_PLACE if address in stated or any(name in box for name in names) else match[0]

    def revealed(match: re.Match[str]) -> str:
        box = fold(match["box"])
        return _IN_PLACE if box in boxes or any(name in box for name in names) else match[0]

    def taken_out(text: str) -> str:
        disguised = _MAY_BE_DISGUISED.search(text)
        if not ("@" in text or disguised) or not (stated or names):
            return text
        # Between tags alone: the address of a picture may look like one of a person.
        parts = [part if part.startswith("<") else _ADDRESS.sub(hidden, part) for part in _TAG.split(text)]
        if disguised:
            parts = [part if part.startswith("<") else DISGUISED.sub(revealed, part) for part in parts]
        return "".join(parts)

    return taken_out
