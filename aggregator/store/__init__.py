"""The database behind one face; rows never leave."""

from aggregator.store.records import (
    Applied,
    AuthorRecord,
    Batch,
    ChannelState,
    Counted,
    FeedFacts,
    Found,
    Listing,
    Pruned,
    Rendered,
    RevisionRecord,
    SightingRecord,
    SourceStatus,
    Statistics,
    Written,
)
from aggregator.store.store import Store

__all__ = [
    "Applied",
    "AuthorRecord",
    "Batch",
    "ChannelState",
    "Counted",
    "FeedFacts",
    "Found",
    "Listing",
    "Pruned",
    "Rendered",
    "RevisionRecord",
    "SightingRecord",
    "SourceStatus",
    "Statistics",
    "Store",
    "Written",
]
