"""The formats by name → how a publication is written in each: one line a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from aggregator.errors import RenderError
from aggregator.model import Site
from aggregator.publish import atom, json_feed, rss, tables
from aggregator.publish.item import Draft, drafts
from aggregator.publish.publication import Output, Publication


class Write(Protocol):
    """Publication and its articles as drafted → bytes and the ids of articles left out."""

    def __call__(
        self, publication: Publication, drafted: Iterable[Draft], *, site: Site
    ) -> tuple[bytes, tuple[str, ...]]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """An output format: the suffix of its addresses without the dot, its media type, its name for people."""

    suffix: str
    media_type: str
    name: str
    write: Write

    @property
    def served_as(self) -> str:
        """The value of its `Content-Type`: JSON is UTF-8 anyway (RFC 8259 §8.1)."""
        return self.media_type if self.media_type.endswith("json") else f"{self.media_type}; charset=utf-8"

    @property
    def render(self) -> Callable[..., Output]:
        return lambda publication, *, site: render(publication, self.suffix, site=site)


# What every channel is published in, and any search.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format.suffix: format
        for format in (
            Format("rss", rss.MEDIA_TYPE, "RSS", rss.write),
            Format("atom", atom.MEDIA_TYPE, "Atom", atom.write),
            Format("json", json_feed.MEDIA_TYPE, "JSON Feed", json_feed.write),
        )
    }
)

# What a search can be had in beside.
TABLES: Mapping[str, Format] = MappingProxyType(
    {
        format.suffix: format
        for format in (
            Format("csv", tables.CSV_TYPE, "CSV", tables.write_csv),
            Format("ndjson", tables.NDJSON_TYPE, "NDJSON", tables.write_ndjson),
        )
    }
)


def render(publication: Publication, format: str, *, site: Site, drafted: Iterable[Draft] | None = None) -> Output:
    """`publication` in `format`, one of FORMATS or TABLES: the same input gives the same bytes; raises RenderError.

    `drafted` is what `drafts` made of it: worth keeping where it is written in several formats."""
    chosen = FORMATS.get(format) or TABLES.get(format)
    if chosen is None:
        raise RenderError(f"there is no format {format!r}; there are {', '.join((*FORMATS, *TABLES))}")
    if drafted is None:
        drafted = drafts(publication, site=site)
    body, omitted = chosen.write(publication, drafted, site=site)
    return Output(body=body, media_type=chosen.media_type, omitted=omitted)
