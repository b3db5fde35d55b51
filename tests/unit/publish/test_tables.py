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


def test_fields_are_the_columns_in_their_order() -> None:
    feed = replace(publication(article()), fields=("url", "title"))
    assert render(feed, "csv", site=SITE).body.splitlines()[0] == b"url,title"
