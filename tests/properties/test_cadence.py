"""What holds of the clock for every source, every answer and every clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence import Brought, Demand, Terms, next_poll, prices
from aggregator.cadence.bounds import LONGEST_FRESHNESS, LONGEST_RETRY_AFTER, LONGEST_STATED
from aggregator.cadence.intensity import intensity
from aggregator.cadence.rhythm import learn, new_rhythm, seeded
from aggregator.model import Binding, Every, Hints, Outlet, PollOutcome, Rhythm, Schedule, Source

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OUTLET = Outlet(id="andes-post", title="Andes Post", url="https://andes.example/")
ADDRESS = "https://andes.example/rss"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(0), timedelta(days=400))
bounds = st.tuples(st.integers(1, 5000), st.integers(1, 50_000)).map(
    lambda pair: Every(min=min(pair) * MINUTE, max=max(pair) * MINUTE)
)
sources = bounds.map(lambda every: Source(id="x", outlet=OUTLET, url=ADDRESS, public_url=ADDRESS, every=every))
habits = st.dictionaries(st.integers(0, 575), st.floats(0.02, 500), max_size=40).map(
    lambda counts: tuple(sorted(counts.items()))
)
rhythms = st.builds(
    Rhythm,
    at=st.just(NOW) | moments,
    folded=st.just(NOW.date()) | moments.map(datetime.date),
    polls=st.integers(0, 9),
    articles=st.floats(0, 1e5),
    days=st.floats(0, 41),
    recent=st.floats(0, 1e4),
    expected=st.floats(0, 1e4),
    habit=habits,
    fresh=st.lists(st.integers(0, 575), max_size=9).map(tuple),
    window=st.none() | st.integers(1, 500),
    latest=st.none() | moments,
)
hints = st.builds(
    Hints,
    fresh_for=st.none() | spans,
    retry_after=st.none() | spans.map(lambda span: NOW + span),
    ttl=st.none() | spans,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
    update_interval=st.none() | spans,
)
terms = st.builds(
    Terms,
    price=st.floats(1e-6, 1e6),
    jitter=st.floats(0, 1),
    courteous=st.booleans(),
    few=st.sampled_from([timedelta(0), timedelta(hours=1)]),
    pushed=st.floats(1, 12),
)
dates = st.lists(st.none() | moments | st.timedeltas(-DAY, DAY).map(lambda span: NOW + span), max_size=9)
outcomes = st.sampled_from([PollOutcome.FRESH, PollOutcome.NOT_MODIFIED, PollOutcome.FAILED, PollOutcome.PARTIAL])


def polled(
    source: Source,
    rhythm: Rhythm | None,
    on: Terms,
    *,
    outcome: PollOutcome = PollOutcome.NOT_MODIFIED,
    stated: Hints = Hints(),  # noqa: B008  a value
    brought: Sequence[datetime | None] = (),
    now: datetime = NOW,
    failures: int = 0,
) -> Schedule:
    held = Schedule(source_id="x", next_poll=NOW, first_document=False, rhythm=rhythm, failures=failures)
    entries = Brought(dates=brought, entries=len(brought)) if outcome is PollOutcome.FRESH else None
    return next_poll(source, held, outcome=outcome, hints=stated, now=now, terms=on, brought=entries)


@given(sources, rhythms, terms)
def test_a_source_that_is_well_is_polled_within_its_bounds(source: Source, rhythm: Rhythm, on: Terms) -> None:
    after = polled(source, rhythm, replace(on, jitter=0.0))
    rest = after.next_poll - NOW
    assert rest >= source.every.min
    if not on.courteous:
        assert rest >= timedelta(hours=1)
    assert after.forecast is not None
    if after.forecast.binding is not Binding.DORMANT:
        assert rest <= max(source.every.max, timedelta(hours=1))
    else:
        assert rest <= max(source.every.max, timedelta(days=3))


@given(sources, rhythms, terms, hints, outcomes, dates)
def test_what_a_server_asks_for_is_never_undercut(
    source: Source,
    rhythm: Rhythm,
    on: Terms,
    stated: Hints,
    outcome: PollOutcome,
    brought: list[datetime | None],
) -> None:
    after = polled(source, rhythm, on, outcome=outcome, stated=stated, brought=brought)
    if stated.fresh_for is not None:
        assert after.next_poll >= NOW + min(stated.fresh_for, LONGEST_FRESHNESS)
    if stated.retry_after is not None:
        assert after.next_poll >= min(stated.retry_after, NOW + LONGEST_RETRY_AFTER)
    if outcome is PollOutcome.FRESH:
        for span in (stated.ttl, stated.update_interval):
            assert span is None or after.next_poll >= NOW + min(span, LONGEST_STATED)
        if len(stated.skip_hours) < 24 and len(stated.skip_days) < 7:
            assert after.next_poll.hour not in stated.skip_hours
            assert after.next_poll.weekday() not in stated.skip_days


@given(sources, rhythms, terms, hints, outcomes)
def test_what_a_server_asks_for_is_never_a_reason_to_come_sooner(
    source: Source, rhythm: Rhythm, on: Terms, stated: Hints, outcome: PollOutcome
) -> None:
    free = polled(source, rhythm, on, outcome=outcome)
    assert polled(source, rhythm, on, outcome=outcome, stated=stated).next_poll >= free.next_poll


@given(sources, rhythms, terms, hints, outcomes, dates)
def test_jitter_only_adds_and_at_most_ten_minutes(
    source: Source,
    rhythm: Rhythm,
    on: Terms,
    stated: Hints,
    outcome: PollOutcome,
    brought: list[datetime | None],
) -> None:
    plain = polled(source, rhythm, replace(on, jitter=0.0), outcome=outcome, stated=stated, brought=brought)
    spread = polled(source, rhythm, on, outcome=outcome, stated=stated, brought=brought)
    assert spread.next_poll >= plain.next_poll
    if not stated.skip_hours and not stated.skip_days:
        assert spread.next_poll <= plain.next_poll + min((plain.next_poll - NOW) * 0.1, timedelta(minutes=10))


@given(sources, rhythms, terms, hints, outcomes)
def test_the_explanation_names_the_term_that_won(
    source: Source, rhythm: Rhythm, on: Terms, stated: Hints, outcome: PollOutcome
) -> None:
    stated = replace(stated, skip_hours=frozenset(), skip_days=frozenset())
    after = polled(source, rhythm, replace(on, jitter=0.0), outcome=outcome, stated=stated)
    assert after.forecast is not None
    won, asked = after.forecast.binding, after.next_poll - NOW > timedelta(seconds=after.forecast.tau)
    assert (won in (Binding.FRESH, Binding.RETRY_AFTER, Binding.TTL, Binding.UPDATES)) is asked
    said = {
        Binding.FRESH: "the server says it is fresh for ",
        Binding.RETRY_AFTER: "the server asked to wait until ",
        Binding.BACK_OFF: "failed ",
        Binding.FIXED: "every ",
        Binding.START: "how often it brings news is not known yet",
        Binding.DORMANT: "silent since ",
    }.get(won, "expects " if not asked else "it")
    assert after.why.startswith(said)


@given(habits)
def test_a_habit_moves_articles_within_the_week_and_makes_none(habit: tuple[tuple[int, float], ...]) -> None:
    known = intensity(habit)
    assert min(known.bins) > 0
    monday = datetime(2026, 6, 1, tzinfo=UTC)
    assert known.between(monday, monday + timedelta(days=7)) == pytest.approx(7.0)
    assert known.between(monday, monday + DAY) == pytest.approx(sum(known.hours[:24]) / 24)


@given(rhythms, dates, moments)
def test_every_new_article_counts_once(rhythm: Rhythm, brought: list[datetime | None], now: datetime) -> None:
    known = learn(rhythm, brought, now=now, promised=1.0)
    assert known.recent >= len(brought)
    assert known.articles >= len(brought)
    assert len(known.fresh) >= len(brought)
    assert known.at == now
    assert 0 <= known.days <= 41 + 28


@given(st.lists(st.none() | moments, max_size=30))
def test_a_first_document_never_says_more_than_it_shows(shown: list[datetime | None]) -> None:
    known = seeded(shown, NOW, window=len(shown))
    assert known.articles <= len(shown)
    assert 0 <= known.days <= 28
    assert known.latest is not None
    assert known.latest <= NOW


@given(sources, st.lists(st.tuples(moments, outcomes, dates), min_size=1, max_size=6), terms)
def test_a_clock_that_jumps_does_no_harm(
    source: Source, polls: list[tuple[datetime, PollOutcome, list[datetime | None]]], on: Terms
) -> None:
    rhythm: Rhythm | None = None
    for now, outcome, brought in polls:
        after = polled(source, rhythm, on, outcome=outcome, brought=brought, now=now)
        assert now + source.every.min <= after.next_poll
        rhythm = after.rhythm
    # And once it is right again, a week of polls is as good as ever.
    now = NOW
    for _ in range(3):
        after = polled(source, rhythm, on, now=now)
        rhythm, now = after.rhythm, now + DAY
    assert rhythm is not None
    assert rhythm.at == NOW + 2 * DAY
    assert 0 <= rhythm.days <= 2 * 28


demands = st.lists(st.tuples(rhythms, st.sampled_from(["a.example", "b.example", None])), min_size=1, max_size=8).map(
    lambda pairs: [
        Demand(source=Source(id="x", outlet=OUTLET, url=ADDRESS, public_url=ADDRESS), rhythm=rhythm, host=host)
        for rhythm, host in pairs
    ]
)


@given(demands, st.floats(1, 90), st.floats(1, 90))
def test_a_larger_budget_never_makes_a_poll_dearer(asked: list[Demand], one: float, other: float) -> None:
    low, high = sorted((one, other))
    dear = prices(asked, budget=low, courteous=True, now=NOW)
    cheap = prices(asked, budget=high, courteous=True, now=NOW)
    assert cheap.everywhere <= dear.everywhere
    assert all(price >= dear.everywhere for price in dear.hosts.values())


@pytest.mark.parametrize("budget", [8.0, 24.0, 48.0])
def test_the_budget_is_met(budget: float) -> None:
    """By forty sources of two to forty articles a day at any time alike."""
    source = Source(id="x", outlet=OUTLET, url=ADDRESS, public_url=ADDRESS)
    known = [
        Rhythm(at=NOW, folded=NOW.date(), polls=9, articles=29 * 1.08**number * 2, days=28.0, latest=NOW)
        for number in range(40)
    ]
    asked = [Demand(source=source, rhythm=rhythm, host=None) for rhythm in known]
    price = prices(asked, budget=budget, courteous=True, few=timedelta(0), now=NOW).everywhere
    on = Terms(price=price, few=timedelta(0), jitter=0.5)
    held = [Schedule(source_id="x", next_poll=NOW, first_document=False, rhythm=rhythm) for rhythm in known]
    made = sum(
        DAY
        / (next_poll(source, one, outcome=PollOutcome.NOT_MODIFIED, hints=Hints(), now=NOW, terms=on).next_poll - NOW)
        for one in held
    )
    assert made / len(held) == pytest.approx(budget, rel=0.15)


def test_a_host_of_many_sources_has_a_price_of_its_own() -> None:
    busy = replace(new_rhythm(NOW), articles=2900.0, days=28.0, polls=9, latest=NOW)
    source = Source(id="x", outlet=OUTLET, url=ADDRESS, public_url=ADDRESS)
    crowd = [Demand(source=source, rhythm=busy, host="platform.example")] * 200
    alone = [Demand(source=source, rhythm=busy, host="paper.example")]
    found = prices([*crowd, *alone], budget=24.0, courteous=True, now=NOW)
    assert found.of("platform.example") > found.of("paper.example") == found.everywhere
