"""RSS, RDF and Atom text → Feed, by feedparser's readers: the only importer of feedparser.

Its classes are driven here instead of `feedparser.parse`: that one opens files and addresses, guesses charsets that `sniff`
has settled, and sanitizes by a list that lets `javascript:` through. What it mangles is overridden below, with the reason.
"""

from __future__ import annotations

import io
import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from typing import Any

import feedparser.api
from feedparser.namespaces import georss

from aggregator.errors import ParseError
from aggregator.model import Feed
from aggregator.parse import licensing
from aggregator.parse.entries import MOST_ENTRIES, feed_of, too_many
from aggregator.parse.repair import well_formed

_MOST_TAGS = 200


class _Reading:
    """Overrides for both of feedparser's readers. Attributes of an entry that are ours begin with `news_`."""

    # An id is compared character by character (RFC 4287 §4.2.6.1): feedparser resolves it like a link.
    can_be_relative_uri = frozenset({"comments", "docs", "href", "icon", "link", "logo", "url"})
    can_contain_relative_uris: frozenset[str] = frozenset()  # nh3 resolves in `normalize`, once
    # feedparser knows namespaces by this table, and would make it of its own when it reads its first feed.
    _matchnamespaces = {uri.lower(): prefix for uri, prefix in feedparser.api.StrictFeedParser.namespaces.items()} | {
        licensing.NAMESPACE: "rsl"
    }

    def _start_media_group(self: Any, attrs_d: dict[str, str]) -> None:
        self.news_group = {"group": True}

    def _end_media_group(self: Any) -> None:
        self.news_group = None

    def _start_media_content(self: Any, attrs_d: dict[str, str]) -> None:
        media = {**attrs_d, "news_group": getattr(self, "news_group", None)}
        self._get_context().setdefault("news_media", []).append(media)
        self.news_open = media

    def _end_media_content(self: Any) -> None:
        self.news_open = None

    def _start_media_thumbnail(self: Any, attrs_d: dict[str, str]) -> None:
        owner = getattr(self, "news_open", None) or getattr(self, "news_group", None)
        media = {**attrs_d, "medium": "image", "thumbnail": True, "news_group": owner}
        self._get_context().setdefault("news_media", []).append(media)
        self.push("news_thumbnail", 0)

    def _end_media_thumbnail(self: Any) -> None:
        url = self.pop("news_thumbnail")
        self._get_context()["news_media"][-1].setdefault("url", url)

    # feedparser takes a picture's title, description and text for those of the article.
    def _news_about_media(self: Any, key: str) -> None:
        value = self.pop(f"news_{key}")
        owner = getattr(self, "news_open", None) or getattr(self, "news_group", None)
        (owner if owner is not None else self._get_context()).setdefault(f"news_{key}", value)

    def _start_media_title(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_title", 0)

    def _end_media_title(self: Any) -> None:
        self._news_about_media("title")

    def _start_media_description(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_description", 0)

    def _end_media_description(self: Any) -> None:
        self._news_about_media("description")

    def _start_media_text(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_text", 0)

    def _end_media_text(self: Any) -> None:
        self._news_about_media("text")

    def _start_media_credit(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_credit", 0)
        self.news_role = attrs_d.get("role", "").lower()

    def _end_media_credit(self: Any) -> None:
        if self.news_role in ("author", "reporter", "writer", "journalist"):
            self._get_context().setdefault("news_authors", []).append(self.pop("news_credit"))
        else:
            self._news_about_media("credit")

    def _start_media_copyright(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_copyright", 0)

    def _end_media_copyright(self: Any) -> None:
        self._news_about_media("copyright")

    # A second description becomes `content` in feedparser; this one repeats the first, as plain text.
    def _start_itunes_summary(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_itunes_summary", 0)

    def _end_itunes_summary(self: Any) -> None:
        self._get_context()["news_itunes_summary"] = self.pop("news_itunes_summary")

    # An address inside an item's <image> is lost in feedparser.
    def _end_image(self: Any) -> None:
        value = self.pop("image")
        self.inimage = 0
        if self.inentry and value and value.startswith("http"):
            self.entries[-1].setdefault("news_image", value)

    # feedparser makes of every id a link, of an Atom id too.
    def _end_guid(self: Any) -> None:
        self.pop("id")
        self._save("news_permalink", bool(self.guidislink))

    _end_id = _end_guid

    # feedparser copies the content to the summary: a feed's own silence says more.
    def _end_content(self: Any) -> None:
        self.pop_content("content")

    _end_body = _end_xhtml_body = _end_content_encoded = _end_fullitem = _end_content

    # Its pattern for e-mail addresses is quadratic (feedparser#562): `byline` splits the text, within bounds.
    def _sync_author_detail(self: Any, key: str = "author") -> None:
        return

    def _end_author(self: Any) -> None:
        text = self.pop("author")
        self.inauthor = 0
        authors = self._get_context().get("authors")
        if authors and text and not authors[-1]:
            authors[-1]["news_printed"] = text

    _end_dc_creator = _end_dc_author = _end_itunes_author = _end_author

    # Dates are read in `normalize`; feedparser's reading of them is half wrong (P4–P7) and costs an eighth of the time.
    def _end_published(self: Any) -> None:
        self.pop("published")

    def _end_updated(self: Any) -> None:
        self.pop("updated")

    def _end_created(self: Any) -> None:
        self.pop("created")

    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated

    # feedparser stops at a system of coordinates whose number is none.
    def _parse_srs_attrs(self: Any, attrs_d: dict[str, str]) -> None:
        number = attrs_d.get("srsname", "").rpartition(":")[2]
        known = number.isdecimal() and len(number) < 10
        georss.Namespace._parse_srs_attrs(self, attrs_d if known else {**attrs_d, "srsname": ""})  # noqa: SLF001

    # Of several hours and days feedparser keeps the last.
    def _start_hour(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_hour", 0)

    def _end_hour(self: Any) -> None:
        self._get_context().setdefault("news_skip_hours", []).append(self.pop("news_hour"))

    def _start_day(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_day", 0)

    def _end_day(self: Any) -> None:
        self._get_context().setdefault("news_skip_days", []).append(self.pop("news_day"))

    # feedparser compares each tag with all before it; `entries` takes the first few anyway.
    def _add_tag(self: Any, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self._get_context().setdefault("tags", [])
        if (term or scheme or label) and len(tags) < _MOST_TAGS:
            tags.append({"term": term, "scheme": scheme, "label": label})

    # A managing editor is not a byline (authors.md §2).
    def _start_managingeditor(self: Any, attrs_d: dict[str, str]) -> None:
        self.push("news_editor", 0)

    def _end_managingeditor(self: Any) -> None:
        self.pop("news_editor")


for _name in licensing.ELEMENTS:
    setattr(_Reading, f"_start_rsl_{_name}", licensing.opening(_name))
    setattr(_Reading, f"_end_rsl_{_name}", licensing.closing(_name))

_Strict: type[Any] = type("_Strict", (_Reading, feedparser.api.StrictFeedParser), {})
_Loose: type[Any] = type("_Loose", (_Reading, feedparser.api.LooseFeedParser), {})


def parse_xml(text: str, *, url: str) -> Feed:
    """Raises ParseError for what is no feed; a document that broke off gives what came, marked partial, and one of too many
    entries the first of them, marked cut."""
    repaired, broken = well_formed(text)
    reader, warning = _read(repaired, url)
    if not reader.version and not reader.entries:
        raise ParseError("this is XML, but not a feed")
    entries: list[dict[str, Any]] = [dict(entry) for entry in reader.entries]  # FeedParserDict answers slowly
    if broken:
        warning = "the document broke off"
        # The last entry may lack what was still to come: it would look revised at the next poll.
        closed = repaired.count("</item>") + repaired.count("</entry>")
        entries = entries[:closed] if "</item>" in repaired or "</entry>" in repaired else entries[:-1]
    cut = too_many(len(entries))
    return feed_of(
        dict(reader.feeddata),
        entries[:MOST_ENTRIES],
        version=reader.version or "rss",
        url=url,
        partial=broken,
        cut=cut is not None,
        warning=warning if broken else cut or warning,
    )


def _read(text: str, url: str) -> tuple[Any, str | None]:
    """The strict reader, else the tolerant one with a warning."""
    data = text.encode("utf-8", "replace")
    try:
        strict = _configured(_Strict(url, None, "utf-8"))
        # `repair` refused entities; external ones stay off.
        sax = xml.sax.make_parser()  # noqa: S317
        sax.setFeature(xml.sax.handler.feature_namespaces, True)
        sax.setFeature(xml.sax.handler.feature_external_ges, False)
        sax.setContentHandler(strict)
        sax.setErrorHandler(strict)
        source = xml.sax.xmlreader.InputSource()
        source.setByteStream(io.BytesIO(data))
        sax.parse(source)
    except Exception as error:
        warning = f"not well-formed: {_place(error)}"
    else:
        return strict, None
    try:
        loose = _configured(_Loose(url, None, "utf-8", {}))
        loose.feed(text)
    except Exception as error:  # feedparser#277, #504: AssertionError, UnicodeDecodeError … are one feed's affair
        raise ParseError(f"the document cannot be read: {type(error).__name__}: {error}") from error
    return loose, warning


def _configured(reader: Any) -> Any:
    reader.resolve_relative_uris = reader.sanitize_html = False
    return reader


def _place(error: Exception) -> str:
    if isinstance(error, xml.sax.SAXParseException):
        return f"line {error.getLineNumber()}, column {error.getColumnNumber()}: {error.getMessage()}"
    return f"{type(error).__name__}: {error}"
