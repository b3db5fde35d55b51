"""Real article pages of the test data: what their own structured data says is what we read.

The data is optional (AGGREGATOR_TEST_DATA, default ../shared): without it these tests say that it is absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from aggregator.model import Page
from aggregator.text import fold
from bench.pages import DATA, read, saved

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the test data is absent: no {DATA}")
_BLOCK = re.compile(r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", re.S | re.I)


def stated(body: bytes) -> dict[str, Any]:
    """The one news article of a page, read in the plainest way; nothing where there are none or several."""
    articles = []
    for block in _BLOCK.findall(body.decode("utf-8", "replace")):
        try:
            document = json.loads(block, strict=False)
        except ValueError:
            continue
        whole = document if isinstance(document, list) else document.get("@graph", [document])
        articles += [one for one in whole if isinstance(one, dict) and "NewsArticle" in str(one.get("@type"))]
    return articles[0] if len(articles) == 1 else {}


def names(author: Any) -> set[str]:
    people = author if isinstance(author, list) else [author]
    said = [person.get("name") if isinstance(person, dict) else person for person in people]
    return {fold(" ".join(name.split())) for name in said if isinstance(name, str) and name and "://" not in name}


@pytest.fixture(scope="module")
def pages() -> list[tuple[str, dict[str, Any], Page]]:
    return [(name, stated(body), read(body)) for name, body, _ in saved(DATA)]


def having(pages: list[tuple[str, dict[str, Any], Page]], key: str) -> Iterator[tuple[str, Any, Page]]:
    for name, article, page in pages:
        if article.get(key) and not {"noindex", "none"} & set(page.signals):
            yield name, article[key], page


def test_every_author_that_structured_data_names_is_read(pages: list[tuple[str, dict[str, Any], Page]]) -> None:
    stated_pages = [(name, names(author), page) for name, author, page in having(pages, "author") if names(author)]
    assert len(stated_pages) >= 50
    wrong = [name for name, wanted, page in stated_pages if wanted - {fold(byline.name) for byline in page.bylines}]
    # An address for a mail or a name in brackets is taken out of a name on purpose.
    assert len(wrong) <= 0.03 * len(stated_pages), wrong


def test_every_section_and_time_that_structured_data_states_is_read(
    pages: list[tuple[str, dict[str, Any], Page]],
) -> None:
    sections = [(name, value, page) for name, value, page in having(pages, "articleSection") if isinstance(value, str)]
    assert len(sections) >= 40
    for name, value, page in sections:
        assert " ".join(value.split())[:256] in {one.value for one in page.sections}, name
    times = [(name, value, page) for name, value, page in having(pages, "datePublished") if isinstance(value, str)]
    assert len(times) >= 60
    assert [name for name, value, page in times if page.published is None] == []
    assert [name for name, v, p in times if ":" in v and p.published and p.published.value != v.strip()] == []


def test_where_structured_data_has_a_picture_one_is_found(pages: list[tuple[str, dict[str, Any], Page]]) -> None:
    pictured = [(name, page) for name, _, page in having(pages, "image") if "noimageai" not in page.signals]
    assert len(pictured) >= 50
    assert [name for name, page in pictured if page.picture is None] == []


def test_the_shares_that_the_docs_name_hold(pages: list[tuple[str, dict[str, Any], Page]]) -> None:
    read_pages = [page for _, _, page in pages]

    def share(found: list[bool]) -> float:
        return sum(found) / len(found)

    assert share([bool(page.bylines) for page in read_pages]) > 0.85
    assert share([bool(page.sections) for page in read_pages]) > 0.6
    assert share([bool(page.picture) for page in read_pages]) > 0.8
    assert share([bool(page.published and ":" in page.published.value) for page in read_pages]) > 0.7
    assert share([bool(p.canonical) for p in (read(body, url=url) for _, body, url in saved(DATA) if url)]) > 0.9
