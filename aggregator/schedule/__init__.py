"""Ticks → polls: which sources are due, polled side by side, by APScheduler in one process."""

from aggregator.schedule.choosing import barred, chosen, may_be_polled
from aggregator.schedule.clock import Clock
from aggregator.schedule.poller import PassResult, Poller
from aggregator.schedule.pricing import REPRICED_EVERY_SECONDS, Pricing
from aggregator.schedule.receiver import Receiver, wake

__all__ = [
    "REPRICED_EVERY_SECONDS",
    "Clock",
    "PassResult",
    "Poller",
    "Pricing",
    "Receiver",
    "barred",
    "chosen",
    "may_be_polled",
    "wake",
]
