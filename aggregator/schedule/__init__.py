"""Ticks → polls: which sources are due, polled side by side, by APScheduler in one process."""

from aggregator.schedule.clock import Clock
from aggregator.schedule.poller import PassResult, Poller, may_be_polled

__all__ = ["Clock", "PassResult", "Poller", "may_be_polled"]
