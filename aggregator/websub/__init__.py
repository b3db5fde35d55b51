"""WebSub at work: requests to our hub, deliveries to its subscribers, pings to somebody else's, leases at hubs of outlets."""

from aggregator.websub.hub import Hub
from aggregator.websub.means import Counts, Means

__all__ = ["Counts", "Hub", "Means"]
