"""How every source is, and what was done of late → a page for operators."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from aggregator.etiquette.leases import sentence
from aggregator.health.judging import advice, is_problem
from aggregator.model import ChannelKind, Health
from aggregator.normalize.reuse import effect
from aggregator.store import Hour, SourceStatus
from aggregator.web.cards import Look
from aggregator.web.charts import bars
from aggregator.web.desk import Desk
from aggregator.web.hub_status import hub_status
from aggregator.web.moments import Moment
from aggregator.web.templating import render

# Never colour alone: shape and word say the same.
_SIGNS = {
    Health.HELD: "◼",
    Health.FAILING: "▲",
    Health.BLOCKED: "▲",
    Health.HTML: "▲",
    Health.EMPTY: "△",
    Health.STALE: "△",
    Health.PARTIAL: "◐",
    Health.SLOW: "◔",
    Health.MOVED: "➜",
    Health.DORMANT: "□",
    Health.GONE: "■",
    Health.NEW: "○",
    Health.WELL: "●",
    Health.DISABLED: "–",
}
_WORST_FIRST = tuple(_SIGNS)
_ENOUGH_TO_COUNT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A source in the table."""

    title: str
    url: str
    href: str | None
    health: str
    sign: str
    since: Moment | None
    evidence: str
    advice: str
    failures: int
    articles: int
    pace: str
    day: Markup
    last: Moment | None
    next: Moment | None
    overdue: bool
    why: str
    rights: tuple[str, ...]
    hub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """What was done in the last day, hour by hour: two charts with what they add up to."""

    new: int
    polls: int
    failed: int
    articles: Markup
    asked: Markup

    @classmethod
    def of(cls, hours: Sequence[Hour]) -> LastDay:
        new, polls, failed = ([getattr(hour, name) for hour in hours] for name in ("new", "polls", "failed"))
        return cls(
            new=sum(new),
            polls=sum(polls),
            failed=sum(failed),
            articles=bars("New articles, hour by hour", new),
            asked=bars("Polls, hour by hour, and those that failed", polls, failed),
        )


async def status_page(desk: Desk, *, private: bool) -> str:
    """Every source: what needs a look first, then by next poll. `private` ones are for operators alone."""
    look = Look.of(desk)
    statuses = [status for status in await desk.store.source_statuses() if private or not status.private]
    tally = Tally(status.health for status in statuses)
    ordered = sorted(statuses, key=lambda s: (_WORST_FIRST.index(s.health), s.next_poll is None, s.next_poll, s.id))
    return render(
        "status.html",
        look,
        title="Status",
        rows=[_row(look, status, desk.now()) for status in ordered],
        counts=[(health.value, tally[health]) for health in _WORST_FIRST if tally[health]],
        statistics=await desk.store.statistics(),
        day=LastDay.of(await desk.store.last_hours(desk.now())),
        websub=await hub_status(desk, look),
        outage=await desk.store.outage(),
        polling=desk.polling,
    )


def _row(look: Look, status: SourceStatus, now: datetime) -> StatusRow:
    def at(time: datetime | None) -> Moment | None:
        return look.moment_of(time) if time else None

    return StatusRow(
        title=status.title or status.id,
        url=status.url,
        href=None if status.private else look.links.channel(ChannelKind.SOURCE, status.id),
        health=status.health.value,
        sign=_SIGNS[status.health],
        since=at(status.since),
        evidence=status.evidence or status.error or "",
        advice=advice(status.health) if is_problem(status.health) else "",
        failures=status.failures,
        articles=status.articles,
        pace=_pace(status.articles_per_day),
        day=_day(status.by_hour),
        last=at(status.last_poll),
        next=at(status.next_poll),
        overdue=bool(status.next_poll and status.next_poll < now),
        why=status.why,
        rights=_rights(status),
        hub=sentence(status.lease, now, waiting=status.pushes_waiting) if status.lease else "",
    )


def _rights(status: SourceStatus) -> tuple[str, ...]:
    """What the source tells machines of reuse, with the evidence, and what we make of it."""
    if not status.signals:
        return ()
    return (*map(str, status.signals), *filter(None, [effect(status.signals, licence=status.licence)]))


def _day(by_hour: Sequence[float]) -> Markup:
    """When it publishes."""
    if not by_hour:
        return Markup()
    hour = max(range(len(by_hour)), key=lambda at: by_hour[at])
    return bars(f"Articles by hour of the day, most from {hour}:00 to {hour + 1}:00 UTC", by_hour)


def _pace(per_day: float | None) -> str:
    if per_day is None or per_day < _ENOUGH_TO_COUNT:
        return ""
    return f"{per_day:.0f} a day" if per_day >= 1 else f"{per_day * 7:.1f} a week"
