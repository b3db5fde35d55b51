"""feedgen 1.0.0 → what a news feed needs of it: one extension, with what it overcomes.

G1   Atom entry links lose rel, type, length and title: `NewsEntryExtension` writes them itself
G2   RSS drops an author without an e-mail: `dc:creator` for each
G3   a hub link becomes the channel's link and is missing in RSS: hubs are written by `NewsExtension`
G4   one illegal character fails the whole feed: `legal` takes it out; what still fails is left out alone (`item.each`)
G5   an Atom entry without link and content fails the whole feed: its title becomes its content
G6   an enclosure of unknown length is `length="None"`: `0` in RSS (RSS profile), nothing in Atom
G7   naive datetimes raise: `utc` reads them as UTC
G8   `updated` and `lastBuildDate` default to now: `new_feed` and `new_entry` always set them
G9   `add_entry` prepends: items are printed one by one and spliced in, in the order given
G10  `atom:source` has a title and a bare link alone: written in full; JSON Feed is `json_feed`'s

Beyond these: feedgen writes RSS dates under a process-wide `setlocale`, which threads must not do: we write them.
"""

from aggregator.publish.feedgen_news.entry import NewsEntryExtension, atom_entry, rss_item
from aggregator.publish.feedgen_news.feed import NewsExtension, new_feed
from aggregator.publish.feedgen_news.nodes import spliced

__all__ = ["NewsEntryExtension", "NewsExtension", "atom_entry", "new_feed", "rss_item", "spliced"]
