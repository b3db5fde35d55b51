"""Plain text → its words, as printed and folded, each with the names of places that may begin with it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from aggregator.normalize.gazetteer import Beginning, beginning
from aggregator.text import fold

_TOKEN = re.compile(r"[^\W_]+(?:\.?[,:]|\.)?")
_REMEMBERED = 65_536


class Word(NamedTuple):
    """A word as printed and folded; `tail` are the full stop, comma and colon behind it, `begins` which names may begin here."""

    printed: str
    folded: str
    tail: str = ""
    begins: Beginning | None = None

    @property
    def comma(self) -> bool:
        return self.tail.endswith(",")


class Text(NamedTuple):
    """Words in order, and folded once for all who look for phrases in them."""

    words: tuple[Word, ...]
    folded: tuple[str, ...]

    @classmethod
    def of(cls, words: tuple[Word, ...]) -> Text:
        return cls(words, tuple([word.folded for word in words]))


def words_of(text: str, most: int = -1) -> tuple[Word, ...]:
    """The words of plain text, in order; of at most so many stretches between spaces."""
    chunks = text.split(None, most)
    return tuple(chain.from_iterable(map(_CHUNKS.__getitem__, chunks if most < 0 else chunks[:most])))


class _Chunks(dict[str, tuple[Word, ...]]):
    """The words of what stands between spaces. News repeats them: to fold each and look it up once is most of the work."""

    def __missing__(self, chunk: str) -> tuple[Word, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[chunk] = words = tuple([_word(printed) for printed in _TOKEN.findall(chunk)])
        return words


_CHUNKS = _Chunks()


def _word(printed: str) -> Word:
    bare = printed.rstrip(".,:")
    folded = fold(bare)
    return Word(bare, folded, printed[len(bare) :], beginning(folded, small=bare[0].islower()))


@lru_cache(maxsize=65_536)
def titled(folded: str) -> Word:
    """A word of an address, as a headline in capitals would have it."""
    return Word(folded.title(), folded, begins=beginning(folded))
