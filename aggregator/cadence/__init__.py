"""What a source does and says → when to poll it next, and why then."""

from aggregator.cadence.backoff import DORMANT_AFTER
from aggregator.cadence.next_poll import Brought, Terms, next_poll
from aggregator.cadence.price import Demand, Prices, prices

__all__ = ["DORMANT_AFTER", "Brought", "Demand", "Prices", "Terms", "next_poll", "prices"]
