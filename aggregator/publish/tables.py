"""Publication → tables for researchers: CSV (RFC 4180) and NDJSON, one article a row, under the same rights as every feed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from aggregator.model import Article, Site
from aggregator.publish.dates import rfc3339
from aggregator.publish.item import Draft, Item, each
from aggregator.publish.publication import Publication

CSV_TYPE = "text/csv"
NDJSON_TYPE = "application/x-ndjson"

Cell = str | list[str] | None
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS: Mapping[str, Callable[[Item, Article], Cell]] = MappingProxyType(
    {
        "id": lambda item, _: item.id,
        "url": lambda item, _: item.url,
        "title": lambda item, _: item.title,
        "summary": lambda item, _: item.summary,
        "text": lambda item, _: item.text,
        "language": lambda item, _: item.language,
        "published": lambda item, _: rfc3339(item.published),
        "updated": lambda item, _: rfc3339(item.updated),
        "listed": lambda _, article: rfc3339(article.listed),
        "outlet": lambda _, article: article.outlet.id,
        "outlet_title": lambda item, _: item.outlet.title,
        "source": lambda _, article: article.source_id,
        "source_title": lambda item, _: item.source.title,
        "authors": lambda item, _: [person.name for person in item.authors],
        "sections": lambda _, article: list(article.sections),
        "countries": lambda _, article: list(article.countries),
        "categories": lambda _, article: [tag.term for tag in article.categories],
        "story": lambda _, article: article.story,
        "image": lambda item, _: item.picture.url if item.picture else None,
        "rights": lambda item, _: item.rights,
        "license": lambda item, _: item.licence,
        "attribution": lambda item, _: item.attribution,
    }
)


def write_csv(publication: Publication, drafted: Iterable[Draft], *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """A header line and a line for each article; lists are joined by `; `. No cell is a formula to a spreadsheet."""
    rows, omitted = _rows(publication, drafted)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(_columns(publication))
    out.writerows([_cell(cell) for cell in row.values()] for row in rows)
    return text.getvalue().encode(), omitted


def write_ndjson(publication: Publication, drafted: Iterable[Draft], *, site: Site) -> tuple[bytes, tuple[str, ...]]:
    """An object for each article, one a line (https://github.com/ndjson/ndjson-spec)."""
    rows, omitted = _rows(publication, drafted)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode(), omitted


def _columns(publication: Publication) -> tuple[str, ...]:
    """The columns asked for, and always the line that must stand with an article wherever words of it do: one header for every
    answer, whichever sources are in it."""
    return tuple(dict.fromkeys((*publication.fields, "attribution"))) if publication.fields else tuple(COLUMNS)


def _rows(publication: Publication, drafted: Iterable[Draft]) -> tuple[tuple[dict[str, Cell], ...], tuple[str, ...]]:
    columns = {name: COLUMNS[name] for name in _columns(publication)}

    def row(item: Item, article: Article) -> dict[str, Cell]:
        made = {name: cell(item, article) for name, cell in columns.items()}
        json.dumps(made, ensure_ascii=False).encode()  # a lone surrogate fails here, with its own article
        return made

    return each(drafted, row)


def _cell(cell: Cell) -> str:
    text = "; ".join(cell) if isinstance(cell, list) else cell or ""
    return f"'{text}" if text.startswith(_FORMULA) else text
