"""What a source does and says → when to poll it next, and why then."""

from aggregator.cadence.backoff import DORMANT_AFTER
from aggregator.cadence.explaining import most_news
from aggregator.cadence.intensity import by_hour
from aggregator.cadence.next_poll import Brought, Terms, after_push, next_poll
from aggregator.cadence.price import Demand, Prices, prices
from aggregator.cadence.trust import found_by_poll, found_by_push, safety

__all__ = [
    "DORMANT_AFTER",
    "Brought",
    "Demand",
    "Prices",
    "Terms",
    "after_push",
    "by_hour",
    "found_by_poll",
    "found_by_push",
    "most_news",
    "next_poll",
    "prices",
    "safety",
]
