"""The web: a source → the document it holds now, asked for as publishers like to be asked."""

from aggregator.fetch.client import Client

__all__ = ["Client"]
