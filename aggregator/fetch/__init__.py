"""The web: a source → the document it holds now; a page, where a crawler may go. Asked for as publishers like to be asked."""

from aggregator.fetch.asking import agent_of
from aggregator.fetch.client import Client
from aggregator.fetch.poster import Poster
from aggregator.fetch.robots import Robots
from aggregator.fetch.visitor import Visitor

__all__ = ["Client", "Poster", "Robots", "Visitor", "agent_of"]
