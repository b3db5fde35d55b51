"""Words of pages and feeds, in each language."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import aggregator.web
from aggregator.model import PAGE_LANGUAGES, Site
from aggregator.web.links import Links
from aggregator.web.moments import moment
from aggregator.words import languages, phrase, phrases

WEB = Path(aggregator.web.__file__).parent
# Where words of ours are said.
SAYING = (
    *WEB.glob("*.py"),
    *(WEB / "templates").glob("*.html"),
    WEB.parent / "publish" / "rights.py",
    WEB.parent / "syndicate" / "channels.py",
)
# Pages for operators and programs, which are in English alone.
ENGLISH = {"api.html", "explain.html", "hub.html", "status.html"}
_SAID = re.compile(r"""(?:\b_|\bsay|\bphrase)\(\s*(["'])((?:(?!\1).)+)\1""")
_COUNTED = re.compile(r"""\bcount\([^,]+, '([^']+)', '([^']+)'\)""")


def said() -> set[str]:
    """What templates and code say with these words in it."""
    texts = [path.read_text() for path in SAYING]
    found = {words for text in texts for _, words in _SAID.findall(text)}
    return found | {words for text in texts for pair in _COUNTED.findall(text) for words in pair}


def test_everything_that_pages_say_can_be_said_in_every_language() -> None:
    assert languages() == PAGE_LANGUAGES
    assert {words for words in said() if words not in phrases()} == set()
    for words in phrases():
        for language in PAGE_LANGUAGES:
            assert phrase(words, language).strip()


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    code = "\n".join(path.read_text() for path in SAYING)
    statuses = {"Not Found", "Gone", "Bad Request", "Unauthorized", "Method Not Allowed", "Too Many Requests"}
    parts = {"Title", "Summary", "Text"}
    unsaid = {words for words in phrases() if words not in code} - statuses - parts
    assert unsaid == set()


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_translations_have_the_places_of_their_words() -> None:
    for words in phrases():
        for language in PAGE_LANGUAGES:
            assert places(phrase(words, language)) <= places(words), words
            assert phrase(words, language).count("`") == words.count("`"), words


@pytest.mark.parametrize("path", sorted((WEB / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_template_says_anything_past_the_catalogue(path: Path) -> None:
    if path.name in ENGLISH:
        return
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", path.read_text(), flags=re.S)
    bare = re.sub(r"<code>.*?</code>|<!.*?>|<[^>]*>|&#?\w+;", " ", text, flags=re.S)
    assert set(re.findall(r"[A-Za-z]{2,}", bare)) <= {"API"}


@pytest.mark.parametrize(
    ("language", "exact", "short", "relative"),
    [
        ("en", "1 March 2026, 06:48 UTC", "06:48", "2 h ago"),
        ("es", "1 de marzo de 2026, 06:48 UTC", "06:48", "hace 2 h"),
        ("pt-BR", "1 de março de 2026, 06:48 UTC", "06:48", "há 2 h"),
        ("qu", "1 March 2026, 06:48 UTC", "06:48", "2 h ago"),
    ],
)
def test_times_are_told_in_the_language_of_the_page(language: str, exact: str, short: str, relative: str) -> None:
    at = datetime(2026, 3, 1, 6, 48, tzinfo=UTC)
    made = moment(at, now=at + timedelta(hours=2, minutes=5), zone=UTC, language=language)
    if language != "qu":  # CLDR knows its months
        assert made.exact == exact
    assert (made.short, made.relative) == (short, relative)


def test_pages_of_another_language_lie_below_it_and_files_do_not() -> None:
    site = Site(url="https://x.example/news", language="en", languages=("en", "es"))
    spanish = Links.of(site, language="es")
    assert (spanish.home(), spanish.path("sections"), spanish.search("a b")) == (
        "/news/es",
        "/news/es/sections",
        "/news/es/search?q=a%20b",
    )
    assert (spanish.file("opml"), spanish.search("a", "atom")) == ("/news/opml", "/news/search.atom?q=a")
    assert Links.of(site, static=True, language="es").home() == "/news/es"
    assert Links.of(site, language="en") == Links.of(site)


def test_a_site_in_a_variety_of_a_language_has_no_second_pages_in_it() -> None:
    assert Site(language="pt-BR", languages=("pt", "es")).further_languages == ("es",)
