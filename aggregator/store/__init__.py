"""The database behind one face; rows never leave."""

from aggregator.store.records import (
    Applied,
    AuthorRecord,
    Batch,
    ChannelState,
    Counted,
    Edition,
    FeedFacts,
    Found,
    Listing,
    Pruned,
    Rendered,
    RenderFailure,
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
    "Edition",
    "FeedFacts",
    "Found",
    "Listing",
    "Pruned",
    "RenderFailure",
    "Rendered",
    "RevisionRecord",
    "SightingRecord",
    "SourceStatus",
    "Statistics",
    "Store",
    "Written",
]
