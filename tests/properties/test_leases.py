"""Leases at hubs, whatever hubs and clocks do in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aggregator.etiquette import leases
from aggregator.model import HubLease, LeaseState

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOPIC = "https://herald.example/rss"
WANTED = leases.Wanted(hubs=("https://hub.example/",), topic=TOPIC, base="https://news.example/websub/callback/")
seconds = st.none() | st.integers(-(10**30), 10**30).map(str) | st.text(max_size=9)
topics = st.sampled_from([TOPIC, TOPIC + "/", ""])
modes = st.sampled_from(["subscribe", "unsubscribe", "denied", ""])
spans = st.timedeltas(timedelta(0), timedelta(days=40))


class Lease(RuleBasedStateMachine):
    """One lease; `asked` is what is under way at its hub, `requests` are when we asked it."""

    @initialize()
    def wanted(self) -> None:
        self.now = START
        self.lease = leases.asked_for(
            WANTED, WANTED.hubs[0], source_id="herald", id="k3", secret="s", trust=0.5, now=START
        )
        self.asked: str | None = None
        self.verified = False
        self.requests: list[datetime] = []

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @precondition(lambda self: not self.lease.pending and self.lease.next_try <= self.now and not self.lease.left)
    @rule()
    def we_ask(self) -> None:
        self.lease = leases.asking(self.lease, self.now)
        self.asked = "unsubscribe" if self.lease.leaving else "subscribe"
        self.requests.append(self.now)

    @precondition(lambda self: not self.lease.left)
    @rule(mode=modes, topic=topics, said=seconds)
    def the_hub_verifies(self, mode: str, topic: str, said: str | None) -> None:
        after = leases.verified(self.lease, mode=mode, topic=topic, seconds=said, now=self.now)
        assert (after is not None) == (self.asked == mode and topic == TOPIC)
        if after is not None:
            self.lease, self.asked, self.verified = after, None, mode == "subscribe"

    @precondition(lambda self: not self.lease.left)
    @rule(topic=topics, reason=st.text(max_size=300))
    def the_hub_refuses(self, topic: str, reason: str) -> None:
        after = leases.denied(self.lease, topic=topic, reason=reason, now=self.now)
        assert (after is not None) == (topic == TOPIC)
        if after is not None:
            self.lease, self.asked, self.verified = after, None, False

    @precondition(lambda self: self.asked is not None)
    @rule(permanent=st.booleans(), later=st.none() | spans)
    def the_request_fails(self, permanent: bool, later: timedelta | None) -> None:
        until = None if later is None else self.now + later
        self.lease = leases.failed(self.lease, "no answer", now=self.now, permanent=permanent, retry_after=until)
        self.asked = None
        assert until is None or self.lease.leaving or self.lease.next_try >= min(until, self.now + timedelta(days=31))

    @precondition(lambda self: not self.lease.leaving)
    @rule()
    def it_is_wanted_no_more(self) -> None:
        self.lease, self.asked, self.verified = leases.leaving(self.lease, self.now), None, False

    @rule()
    def a_round_looks_at_it(self) -> None:
        over = leases.lapsed(self.lease, self.now)
        if over is not None:
            assert not self.lease.active(self.now)
            self.lease = over

    @invariant()
    def it_is_active_only_by_the_hubs_word(self) -> None:
        assert not self.lease.active(self.now) or self.verified

    @invariant()
    def what_is_under_way_is_written_down(self) -> None:
        assert self.lease.pending == (self.asked is not None)

    @invariant()
    def no_lease_is_believed_for_longer_than_a_month(self) -> None:
        assert self.lease.expires is None or self.lease.expires <= self.now + timedelta(days=30)

    @invariant()
    def it_can_always_be_told_without_its_secret(self) -> None:
        for said in (leases.sentence(self.lease, self.now), leases.trouble(self.lease) or "", repr(self.lease)):
            assert "secret" not in said
        assert "secret" not in leases.plain(self.lease, self.now)

    @invariant()
    def a_hub_is_asked_again_no_sooner_than_after_a_quarter_of_an_hour(self) -> None:
        subscribing = [at for at in self.requests if not self.lease.leaving]
        gaps = [later - earlier for earlier, later in pairwise(subscribing)]
        assert all(gap >= timedelta(minutes=15) for gap in gaps)


TestLease = Lease.TestCase


def test_states_are_told_apart() -> None:
    lease = leases.asked_for(WANTED, WANTED.hubs[0], source_id="herald", id="k3", secret="s", trust=0.5, now=START)
    made: dict[LeaseState, Callable[[], HubLease | None]] = {
        LeaseState.ASKED: lambda: lease,
        LeaseState.ACTIVE: lambda: leases.verified(
            leases.asking(lease, START), mode="subscribe", topic=TOPIC, seconds=None, now=START
        ),
        LeaseState.REFUSED: lambda: leases.denied(lease, topic=TOPIC, reason="", now=START),
        LeaseState.LEAVING: lambda: replace(lease, leaving=True),
    }
    for state, make in made.items():
        one = make()
        assert one is not None
        assert one.state(START) is state
