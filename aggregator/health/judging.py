"""What polls showed of a source → how it is, since when, why we think so, and what an operator can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from aggregator.cadence import DORMANT_AFTER
from aggregator.errors import Trouble
from aggregator.model import Health, Poll, PollOutcome, Schedule, Vitals

# A mean answer that takes longer is slow: the next busy hour brings it to the limits of a fetch.
SLOW_SECONDS = 10.0
_WEIGHT = 0.3
# What an answer that never came counts as: the limit of a fetch.
_NEVER_CAME = 60.0
# Silent so many times longer than ever before, and never called so sooner than after two days: weekends are no news.
_STALE_TIMES, _SOONEST_STALE = 3, timedelta(days=2)
# Where a source told us too little to know its rhythm.
_STALE_UNKNOWN = timedelta(days=30)
_ENOUGH_DATES = 5
# Failing so long, it may have had news that we could not see.
_LONG = timedelta(days=1)
# How long the longest silence is remembered (its half-life): a source that turns from weekly to hourly is judged anew.
_MEMORY = timedelta(days=60)

_MEANING = {
    Health.NEW: ("has not answered yet", "Nothing: it is polled shortly."),
    Health.WELL: ("is well", "Nothing."),
    Health.SLOW: (
        "answers slowly",
        "Nothing is lost while it answers; if it goes on, ask the publisher, or poll it less often with `every:`.",
    ),
    Health.STALE: (
        "has been silent for longer than it ever is",
        "Look at the site: if it publishes, its feed was left behind; `aggregator discover` on the site finds another.",
    ),
    Health.PARTIAL: (
        "sends a document that breaks off",
        "What came was taken; tell the publisher that the feed is cut short.",
    ),
    Health.EMPTY: (
        "has nothing in it",
        "Look at the address in a browser: if it stays empty, find the feed's new address and change `url:`.",
    ),
    Health.HTML: (
        "answers with a web page in place of the feed",
        "Open the address: a moved feed, a login or a consent page; find the feed with `aggregator discover` on the site.",
    ),
    Health.BLOCKED: (
        "does not let us in",
        "Ask less often (`every:`), set `site.contact`, ask the publisher to allow us, or give what it wants in `headers:`.",
    ),
    Health.FAILING: (
        "cannot be polled",
        "Nothing if it passes: it is tried again by itself. If it stays, check the address and change `url:`.",
    ),
    Health.DORMANT: (
        "has failed for a month and is asked once a week",
        "Find its new address and change `url:`, or set `enabled: false`.",
    ),
    Health.GONE: (
        "is gone: its publisher said so (410), and it is not asked again",
        "Take it out, or change `url:` to where it went; its articles stay.",
    ),
    Health.MOVED: (
        "has moved for good",
        "Change `url:` to the new address; nothing is lost meanwhile.",
    ),
    Health.HELD: (
        "sent a document that is held back",
        "Look at the site; then publish it with `aggregator sources release`, or forget it with `aggregator sources drop`.",
    ),
    Health.DISABLED: ("is not polled: so it is configured", "Nothing."),
}
_READ = (PollOutcome.FRESH, PollOutcome.PARTIAL)
_OF_TROUBLE = {Trouble.BLOCKED: Health.BLOCKED, Trouble.HTML: Health.HTML, Trouble.EMPTY: Health.EMPTY}


def meaning(health: Health) -> str:
    """What a word of health says of its source, as the rest of a sentence."""
    return _MEANING[health][0]


def advice(health: Health) -> str:
    """What an operator can do, in a sentence."""
    return _MEANING[health][1]


def is_problem(health: Health) -> bool:
    """Whether somebody should look."""
    return health not in (Health.NEW, Health.WELL, Health.DISABLED)


def judge(
    before: Schedule,
    after: Schedule,
    poll: Poll,
    *,
    published: Sequence[datetime] = (),
    moved_to: str | None = None,
    note: str = "",
) -> Schedule:
    """`after`, the schedule that follows `before` by `poll`, with its health, since when that holds, and the evidence.

    `published` are the dates of a document's entries (aware UTC), `moved_to` where the source permanently redirects to; `note`
    says why a document that was read is not all that it could be.
    """
    vitals = _vitals(before.vitals, poll, published)
    health, evidence = _word(before, poll, vitals, moved_to, note)
    if health is Health.WELL and after.moved_to:
        health, evidence = Health.MOVED, f"it is asked at {after.moved_to}, where it used to redirect"
    since = before.since if health is before.health and before.since else poll.finished
    return replace(after, health=health, since=since, evidence=evidence, vitals=vitals)


def judge_push(before: Schedule, after: Schedule, poll: Poll, *, published: Sequence[datetime] = ()) -> Schedule:
    """`after` a push: how the source answers is not known by it, only that it is not silent."""
    last_news, silence = _rhythm(before.vitals, poll, published)
    vitals = replace(before.vitals, last_news=last_news, longest_silence=silence)
    after = replace(after, vitals=vitals)
    if before.health is Health.STALE and not _stale(vitals, poll.finished):
        return replace(after, health=Health.WELL, since=poll.finished, evidence="")
    return after


def _vitals(held: Vitals, poll: Poll, published: Sequence[datetime]) -> Vitals:
    failing_since = (held.failing_since or poll.finished) if poll.outcome.failed else None
    last_news, silence = _rhythm(held, poll, published)
    return Vitals(
        seconds=_mean(held.seconds, poll),
        last_news=last_news,
        longest_silence=silence,
        watched_since=_watched_since(held, poll),
        failing_since=failing_since,
    )


def _watched_since(held: Vitals, poll: Poll) -> datetime | None:
    """Since when we would have seen its news: not while it failed for long."""
    failed_long = held.failing_since is not None and poll.finished - held.failing_since > _LONG
    if poll.outcome.failed or (held.watched_since and not failed_long):
        return held.watched_since
    return poll.finished


def _mean(held: float | None, poll: Poll) -> float | None:
    """How long answers take; one that never came takes as long as we wait."""
    took = sum(request.seconds for request in poll.requests)
    if poll.trouble is Trouble.LATE:
        took = _NEVER_CAME
    elif poll.outcome.failed or not poll.requests:
        return held
    return took if held is None else held + _WEIGHT * (took - held)


def _rhythm(held: Vitals, poll: Poll, published: Sequence[datetime]) -> tuple[datetime | None, timedelta | None]:
    """When it last had news, and the longest that it was ever without."""
    dates = sorted(date for date in set(published) if date <= poll.finished)
    latest = dates[-1] if dates else poll.finished if poll.new else None
    if latest is None or (held.last_news and latest <= held.last_news):
        return held.last_news, held.longest_silence
    if held.last_news is None:
        return latest, _usual_silence(dates)
    gap = latest - held.last_news
    if held.longest_silence is None:
        return latest, max(gap, _usual_silence(dates) or gap)
    return latest, max(gap, held.longest_silence * 0.5 ** (gap / _MEMORY))


def _usual_silence(dates: Sequence[datetime]) -> timedelta | None:
    """The longest gap of a document's dates but for a tenth of them: an old article pinned to the end says nothing."""
    if len(dates) < _ENOUGH_DATES:
        return None
    gaps = sorted(later - earlier for earlier, later in pairwise(dates))
    return gaps[len(gaps) - 1 - len(gaps) // 10]


def _word(before: Schedule, poll: Poll, vitals: Vitals, moved_to: str | None, note: str) -> tuple[Health, str]:
    if poll.outcome is PollOutcome.HELD:
        return Health.HELD, poll.error or before.evidence
    if poll.outcome is PollOutcome.GONE:
        return Health.GONE, poll.error or ""
    if before.health is Health.HELD and poll.outcome not in _READ:
        return Health.HELD, before.evidence  # nothing that it sent since takes the place of what is held
    if poll.outcome is PollOutcome.FAILED:
        return _failing(poll, vitals)
    return _answering(before, poll, vitals, moved_to, note)


def _failing(poll: Poll, vitals: Vitals) -> tuple[Health, str]:
    error = poll.error or "no reason is known"
    if vitals.failing_since and poll.finished - vitals.failing_since >= DORMANT_AFTER:
        return Health.DORMANT, f"{error}; it has not answered well since {vitals.failing_since:%Y-%m-%d}"
    return (_OF_TROUBLE.get(poll.trouble, Health.FAILING) if poll.trouble else Health.FAILING), error


def _answering(before: Schedule, poll: Poll, vitals: Vitals, moved_to: str | None, note: str) -> tuple[Health, str]:
    fresh = poll.outcome is PollOutcome.FRESH
    if poll.outcome is PollOutcome.PARTIAL:
        return Health.PARTIAL, poll.error or "the document broke off"
    if fresh and not poll.entries:
        return Health.EMPTY, note or "the document is a feed without entries"
    if not fresh and before.health is Health.EMPTY:
        return Health.EMPTY, before.evidence
    if moved_to:
        return Health.MOVED, f"it redirects to {moved_to} for good"
    if silent := _stale(vitals, poll.finished):
        return Health.STALE, silent
    if vitals.seconds is not None and vitals.seconds >= SLOW_SECONDS:
        return Health.SLOW, f"its answers take longer than {SLOW_SECONDS:g} s in the mean"
    return Health.WELL, before.evidence if not fresh and before.health is Health.WELL else note


def _stale(vitals: Vitals, now: datetime) -> str | None:
    """The evidence, None while it is no more silent, as far as we watched, than it is used to be."""
    if vitals.last_news is None or vitals.watched_since is None:
        return None
    silence = vitals.longest_silence
    limit = _STALE_UNKNOWN if silence is None else max(_SOONEST_STALE, silence * _STALE_TIMES)
    if now - max(vitals.last_news, vitals.watched_since) <= limit:
        return None
    usual = "" if silence is None else f"; it used to be silent for {_span(silence)} at the longest"
    return f"nothing new since {vitals.last_news:%Y-%m-%d %H:%M} UTC{usual}"


def _span(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
