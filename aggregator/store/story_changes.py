"""Stories that become one, and articles that leave theirs: in articles, windows, channels and addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, delete, insert, select, update

from aggregator.model import article_id
from aggregator.store import tables as t
from aggregator.store import tellings
from aggregator.store.channels import tell_mates
from aggregator.store.mapping import chunks
from aggregator.store.membership import promote
from aggregator.store.prepared import prepared


def oldest(connection: Connection, stories: Collection[str], keys: Mapping[str, int] | None = None) -> str:
    """Of stories the one whose first article was listed first."""
    c = t.article.c
    known = dict(connection.execute(select(c.id, c.key).where(c.id.in_(stories))).all()) | dict(keys or {})
    return min(stories, key=lambda story: (known.get(story, 1 << 63), story))


def merge(connection: Connection, old: str, kept: str, now: datetime) -> list[int]:
    """Everything of one story becomes part of another, and the old id forwards; the keys of its articles."""
    c = t.article.c
    keys = list(connection.execute(select(c.key).where(c.story_id == old)).scalars())
    if keys:
        tellings.change_stories(connection, [(key, kept) for key in keys])
        tellings.restory(connection, keys, kept, settled=False)
        _forward(connection, old, kept, now)
    connection.execute(delete(t.story).where(t.story.c.id == old))
    return keys


def _forward(connection: Connection, old: str, new: str, now: datetime) -> None:
    """The old address forwards, as does all that forwarded to it; the new one stands for itself."""
    c = t.redirect.c
    story = c.kind == "story"
    connection.execute(delete(t.redirect).where(story, c.old.in_([old, new])))
    connection.execute(update(t.redirect).where(story, c.new == old).values(new=new, at=now))
    connection.execute(insert(t.redirect).values(kind="story", old=old, new=new, at=now))


def move(connection: Connection, stories: Mapping[str, str], now: datetime) -> list[int]:
    """Give articles that a rule judged again the stories they are of now: {article id: story}; the keys of those that moved."""
    leaving: dict[tuple[str, str], list[int]] = defaultdict(list)
    c = t.article.c
    for part in chunks(list(stories)):
        for id, key, story in connection.execute(select(c.id, c.key, c.story_id).where(c.id.in_(part))):
            if story != stories[id]:
                leaving[story, stories[id]].append(key)
    for (old, new), keys in sorted(leaving.items()):
        part_from(connection, keys, old, new, now, settled=False)
    return [key for keys in leaving.values() for key in keys]


def part_from(connection: Connection, keys: Sequence[int], old: str, new: str, now: datetime, *, settled: bool) -> None:
    """Articles leave one story for another. In channels that told the one by them, both are told from now on."""
    tellings.change_stories(connection, [(key, new) for key in keys])
    tellings.restory(connection, keys, new, settled=settled)
    c = t.redirect.c
    connection.execute(delete(t.redirect).where(c.kind == "story", c.old == new))
    tellings.note_stories(connection, {new}, now)
    channels = connection.execute(*_telling(stories=[old, new])).scalars().all()
    promote(connection, [(channel, one) for channel in channels for one in (old, new)], now)
    tell_mates(connection, {old, new}, now)


@prepared
def _telling(stories: Any) -> Executable:
    """The channels of the articles of stories: by article, for nothing leads from a story to its members in all channels."""
    a, m = t.article.c, t.membership.c
    return select(m.channel_id).join(t.article, a.key == m.article_key).where(a.story_id.in_(stories)).distinct()


def free(connection: Connection, id: str, taken: Callable[[str], bool] = lambda _story: False) -> str:
    """An id for a story that begins with article `id`: its own, unless another story goes on under that."""
    c, attempt, wanted = t.article.c, 0, id
    while taken(wanted) or connection.execute(select(c.key).where(c.story_id == wanted).limit(1)).scalar() is not None:
        attempt += 1
        wanted = article_id("story", id, attempt=attempt)
    return wanted
