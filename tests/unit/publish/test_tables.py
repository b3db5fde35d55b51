"""Publications as tables."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

from aggregator.model import Category, Republish
from aggregator.publish import COLUMNS, render
from tests.unit.publish.made_up import SITE, article, publication, rich_article

LINE = "© The Andean Post, by permission"


def rows(title: str, **changes: Any) -> list[dict[str, str]]:
    body = render(publication(article(title=title, **changes)), "csv", site=SITE).body.decode()
    return list(csv.DictReader(io.StringIO(body, newline="")))


def test_a_row_has_every_column_and_says_the_same_in_both_tables() -> None:
    feed = publication(rich_article())
    [sheet] = csv.DictReader(io.StringIO(render(feed, "csv", site=SITE).body.decode()))
    [line] = map(json.loads, render(feed, "ndjson", site=SITE).body.splitlines())
    assert list(sheet) == list(line) == list(COLUMNS)
    assert sheet["authors"] == "; ".join(line["authors"])
    assert line["id"].startswith("tag:")


def test_no_cell_is_a_formula() -> None:
    assert rows("=HYPERLINK(0)")[0]["title"] == "'=HYPERLINK(0)"
    assert rows("@cmd")[0]["title"] == "'@cmd"


def test_quotes_commas_and_semicolons_come_back() -> None:
    [row] = rows('She said: "no, never"; twice', categories=(Category(term="a, b"), Category(term="c")))
    assert row["title"] == 'She said: "no, never"; twice'
    assert row["categories"] == "a, b; c"


def test_a_table_shows_no_more_than_a_feed() -> None:
    [row] = rows("One", summary="Words.", text="<p>More words.</p>", republish=Republish.TITLE)
    assert (row["title"], row["summary"], row["text"], row["image"]) == ("One", "", "", "")


def test_fields_are_the_columns_in_their_order_and_an_attribution_is_always_one() -> None:
    for fields, columns in (
        (("url", "title"), b"url,title,attribution"),
        (("attribution", "url"), b"attribution,url"),
        (("summary",), b"summary,attribution"),
    ):
        feed = replace(publication(article(attribution=LINE), article("2")), fields=fields)
        sheet = render(feed, "csv", site=SITE).body
        first, second = map(json.loads, render(feed, "ndjson", site=SITE).body.splitlines())
        assert sheet.splitlines()[0] == columns
        assert sheet.decode().count(LINE) == 1
        assert (first["attribution"], second["attribution"]) == (LINE, "")


def test_an_attribution_stands_in_its_column_alone() -> None:
    [row] = rows("One", summary="Words.", text="<p>More words.</p>", republish=Republish.FULL, attribution=LINE)
    assert (row["summary"], row["text"], row["attribution"]) == ("Words.", "<p>More words.</p>", LINE)


def test_a_source_is_its_id_with_its_title_beside() -> None:
    [row] = rows("One")
    assert (row["source"], row["source_title"]) == ("andean", "The Andean Post - World")
