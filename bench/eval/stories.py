"""Labelled articles → how well stories and copies are told, by B³ and by pairs, within each window of time.

Every article goes through `dedupe.stories` in the order of publication, as the service would have met them.
Conventions: an article's own `story` label stands for its story, `copy_group` (empty: none) for the texts that are one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from aggregator.dedupe.stories import JUDGE, WINDOW_HOURS, Judge, copy_of, join
from aggregator.dedupe.stories_grouping import Regrouping
from aggregator.dedupe.stories_telling import Telling
from aggregator.dedupe.stories_window import Window
from aggregator.store.tellings import said_of
from aggregator.text import plain_text
from bench.eval.labelled import REQUIRED

Line = dict[str, Any]
KEYS = {
    "window": "", "outlet": "", "lang": "", "title": "", "summary": "", "copy_group": "",
    "published": REQUIRED, "story": REQUIRED,
}  # fmt: skip
Pair = tuple[str, str]


def measure(lines: Sequence[Line], judges: Mapping[str, Judge] | None = None) -> dict[str, Any]:
    """B³ over articles, the share of joined pairs that are false, and pairs of copies; the same without the articles that a
    labeller doubts, and for each window.

    `judges`: by window, in place of the service's own.
    """
    by = {window[0]["window"]: _measure([window], judges or {}) for window in _windows(lines)}
    windows = list(_windows(lines))
    sure = {line["id"] for line in lines if not line.get("doubt")}
    return {**_measure(windows, judges or {}), "without_doubt": _measure(windows, judges or {}, sure), "by": by}


def _measure(
    windows: Sequence[Sequence[Line]], judges: Mapping[str, Judge], only: Collection[str] | None = None
) -> dict[str, Any]:
    precision = recall = 0.0
    joined: set[Pair] = set()
    false: set[Pair] = set()
    found: set[Pair] = set()
    true: set[Pair] = set()
    count = 0
    for window in windows:
        told, copies = _tell(window, judges.get(window[0]["window"], JUDGE))
        judged = [line for line in window if only is None or line["id"] in only]
        labels = {line["id"]: line["story"] for line in judged}
        told = {id: told[id] for id in labels}
        count += len(labels)
        precision += sum(_overlap(told, labels))
        recall += sum(_overlap(labels, told))
        pairs = set(_pairs(told))
        joined |= pairs
        false |= {pair for pair in pairs if labels[pair[0]] != labels[pair[1]]}
        found |= {pair for pair in copies if labels.keys() >= {*pair}}
        true |= set(_pairs({line["id"]: line["copy_group"] for line in judged if line.get("copy_group")}))
    count = max(1, count)
    return {
        "b3": _figures(precision / count, recall / count),
        "false_joins": len(false) / max(1, len(joined)),
        "copies": {"precision": _share(found & true, found), "recall": _share(found & true, true)},
        "pairs": {"joined": len(joined), "false": len(false), "copies found": len(found), "copies labelled": len(true)},
    }


def errors(lines: Sequence[Line]) -> Iterable[str]:
    """Each article that stands with one of another story, and each that stands apart from its own."""
    for window in _windows(lines):
        told, _copies = _tell(window)
        labels = {line["id"]: line["story"] for line in window}
        for line in in_time(window):
            mates = [id for id in told if told[id] == told[line["id"]] and id != line["id"]]
            wrong = [id for id in mates if labels[id] != line["story"]]
            missing = [id for id in labels if labels[id] == line["story"] and id not in mates and id != line["id"]]
            if wrong:
                yield f"{line['window']} {line['id']} {line['title'][:80]!r} stands with {' '.join(wrong[:5])}"
            if missing:
                yield f"{line['window']} {line['id']} {line['title'][:80]!r} stands apart from {' '.join(missing[:5])}"


def by_article(lines: Sequence[Line], judges: Mapping[str, Judge]) -> list[tuple[str, float, float]]:
    """The story that each article is labelled with, and its part in the B³ precision and recall."""
    result: list[tuple[str, float, float]] = []
    for window in _windows(lines):
        told, _copies = _tell(window, judges.get(window[0]["window"], JUDGE))
        labels = {line["id"]: line["story"] for line in window}
        right, whole = (
            dict(zip(one, _overlap(one, other), strict=True)) for one, other in ((told, labels), (labels, told))
        )
        result += [(labels[id], right[id], whole[id]) for id in labels]
    return result


def in_time(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (_hours(line), line["id"]))


def telling_of(line: Line, window: Window) -> Telling | None:
    """A line as the service would see it; None for what is never part of a story."""
    said = said_of(plain_text(line["title"]), plain_text(line["summary"]))
    if said.recurring:
        return None
    return window.weigh(said, id=line["id"], outlet=line["outlet"], language=line["lang"], at=_hours(line))


def window_lines(files: Iterable[Path]) -> dict[str, list[Line]]:
    """The lines of files by their window of time."""
    windows: dict[str, list[Line]] = defaultdict(list)
    for file in files:
        for text in file.read_text("utf-8").splitlines():
            windows[json.loads(text)["window"]].append(json.loads(text))
    return windows


def _windows(lines: Sequence[Line]) -> Iterator[list[Line]]:
    windows: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        windows[line["window"]].append(line)
    yield from windows.values()


def _tell(lines: Sequence[Line], judge: Judge = JUDGE) -> tuple[dict[str, str], set[Pair]]:
    """The story of each article, and the pairs that are copies."""
    window, alone = Window(), {}
    stories: dict[str, str] = {}
    for line in in_time(lines):
        window.forget(_hours(line) - WINDOW_HOURS)
        if (telling := telling_of(line, window)) is None:
            alone[line["id"]] = line["id"]
            continue
        joined = join(telling, window, judge)
        for one in joined.regroupings if joined else ():
            _regroup(stories, window, one)
        stories[telling.id] = window.story_of(joined.nearest) if joined else telling.id
        window.add(telling, stories[telling.id])
    stories |= alone
    pairs = combinations([telling for line in lines if (telling := telling_of(line, Window()))], 2)
    copies = {(a.id, b.id) for a, b in pairs if stories[a.id] == stories[b.id] and copy_of(a, b)}
    return stories, {_pair(*pair) for pair in copies}


def _regroup(stories: dict[str, str], window: Window, one: Regrouping) -> None:
    """Change the stories of articles, also of those that the window does not hold any more."""
    taken = set(stories.values())
    story = (
        one.stories[0]
        if one.stories
        else next(id for id in (f"{one.moved[0]}{'+' * n}" for n in range(99)) if id not in taken)
    )
    window.unite(one.stories, one.moved, story)
    for id, told in stories.items():
        if told in one.stories or id in one.moved:
            stories[id] = story


def _pairs(groups: dict[str, str]) -> Iterator[Pair]:
    members: dict[str, list[str]] = defaultdict(list)
    for id, group in groups.items():
        members[group].append(id)
    for ids in members.values():
        yield from (_pair(one, other) for one, other in combinations(ids, 2))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _overlap(groups: dict[str, str], others: dict[str, str]) -> Iterator[float]:
    """For each item the share of its group in `groups` that is with it in `others` too (Bagga and Baldwin 1998)."""
    members: dict[str, list[str]] = defaultdict(list)
    for id, group in groups.items():
        members[group].append(id)
    for id, group in groups.items():
        yield sum(others[mate] == others[id] for mate in members[group]) / len(members[group])


def _figures(precision: float, recall: float) -> dict[str, float]:
    total = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / total if total else 0.0}


def _share(part: set[Pair], whole: set[Pair]) -> float:
    return len(part) / len(whole) if whole else 1.0


def _hours(line: Line) -> float:
    return datetime.fromisoformat(line["published"]).timestamp() / 3600
