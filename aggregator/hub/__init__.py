"""WebSub at work: requests to our hub, deliveries to its subscribers, pings to somebody else's."""

from aggregator.hub.hub import Hub
from aggregator.hub.means import Counts, Means

__all__ = ["Counts", "Hub", "Means"]
