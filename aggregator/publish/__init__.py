"""Channel and articles → bytes: RSS, Atom, JSON Feed, OPML."""

from aggregator.publish.encodings import CODINGS, PLAIN, encoded
from aggregator.publish.formats import FORMATS, TABLES, Format, render
from aggregator.publish.ids import (
    archive_address,
    article_address,
    article_uri,
    author_address,
    channel_address,
    channel_at,
    channel_uri,
    hub_address,
    search_address,
    search_uri,
    status_uri,
)
from aggregator.publish.item import drafts
from aggregator.publish.links import web_link
from aggregator.publish.opml import Outline, opml, read_opml, unusable, walk
from aggregator.publish.publication import Chain, Output, Publication
from aggregator.publish.rights import Shown, allowed
from aggregator.publish.tables import COLUMNS

__all__ = [
    "CODINGS",
    "COLUMNS",
    "FORMATS",
    "PLAIN",
    "TABLES",
    "Chain",
    "Format",
    "Outline",
    "Output",
    "Publication",
    "Shown",
    "allowed",
    "archive_address",
    "article_address",
    "article_uri",
    "author_address",
    "channel_address",
    "channel_at",
    "channel_uri",
    "drafts",
    "encoded",
    "hub_address",
    "opml",
    "read_opml",
    "render",
    "search_address",
    "search_uri",
    "status_uri",
    "unusable",
    "walk",
    "web_link",
]
