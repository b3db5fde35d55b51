"""Two tellings of an article → what was taken out and what was put in, word by word, within what its source lets us show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from aggregator.model import EVERYTHING, Allowance, Article, Content
from aggregator.publish.rights import allowed
from aggregator.text import plain_text

# Words compared of each part, and how many that stayed stand around what changed.
_WORDS, _AROUND = 1_200, 8


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row: `kind` is same | ins | del | cut (words that stayed and are left out)."""

    kind: str
    text: str


def differences(
    article: Article, before: Content, after: Content, *, within: Allowance = EVERYTHING
) -> tuple[tuple[str, tuple[Run, ...]], ...]:
    """For each part that differs (title, summary, text): its name and its runs."""
    old, new = (allowed(replace(article, content=content), within) for content in (before, after))
    parts = (
        ("title", old.title, new.title),
        ("summary", old.summary, new.summary),
        ("text", plain_text(old.text), plain_text(new.text)),
    )
    return tuple((name, runs(one, other)) for name, one, other in parts if one != other)


def runs(old: str, new: str) -> tuple[Run, ...]:
    """The words of both: `same` and `del` in their order are the old text, `same` and `ins` the new."""
    left, right = old.split()[:_WORDS], new.split()[:_WORDS]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    found: list[Run] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Run("same", " ".join(left[a:b])))
            continue
        found += [Run(name, " ".join(words)) for name, words in (("del", left[a:b]), ("ins", right[c:d])) if words]
    return tuple(_shortened(found))


def _shortened(found: Sequence[Run]) -> Iterator[Run]:
    """The runs with long ones that stayed cut down to what stands beside a change."""
    for place, run in enumerate(found):
        words = run.text.split()
        first, last = place == 0, place == len(found) - 1
        if run.kind != "same" or len(words) <= 2 * _AROUND + 1:
            yield run
            continue
        if not first:
            yield Run("same", " ".join(words[:_AROUND]))
        yield Run("cut", "…")
        if not last:
            yield Run("same", " ".join(words[-_AROUND:]))
