"""What fuzzing begins with: small documents of every kind, the same on every machine, and the words of their formats."""

from __future__ import annotations

from pathlib import Path

from bench.hostile import documents
from bench.made_up import document

_LONGEST = 4_096
_WORDS = (
    "<rss version='2.0'>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<rdf:RDF", "<channel>",
    "<item>", "<entry>", "</item>",
    "<title type='html'>", "<title type='xhtml'>", "<link href='", "<guid isPermaLink='true'>",
    "<description>", "<content:encoded>",
    "<![CDATA[", "]]>", "<!DOCTYPE", "<!ENTITY", "<dc:creator>", "<author><name>",
    "<category term='", "<media:content url='",
    "<media:group>", "<media:thumbnail", "<media:credit role='author'>", "<enclosure url='",
    "<pubDate>", "<updated>", "<source url='",
    "xml:base='", "xml:lang='", "xmlns:a='", "<skipHours>", "<ttl>", "&amp;lt;", "&#x", "&eacute;",
    "<?xml version='1.0' encoding='",
    '{"version":"https://jsonfeed.org/version/1.1","items":[', '"content_html":"',
    '"authors":[{"name":"', '"date_published":"',
    "\\\\u0000", "\\\\ud800", "<script type='application/ld+json'>",
    '{"@type":"NewsArticle","author":', '"@graph":[', '"@id":"#a"',
    "<meta property='og:image' content='", "<meta name='robots' content='noarchive'>", "<figure><img src='", "<figcaption>",
    "<link rel='canonical' href='", "itemprop='author'", "rel='author'", "<time datetime='",
    "By Ana Ruiz and Bob Smith in Lima",
    "Sat, Oct 28 2023 08:28:28 PM", "10 de junio de 2025", "javascript:alert(1)",
    "\\xef\\xbb\\xbf", "\\xff\\xfe", "\\xe2\\x80\\xae",
)  # fmt: skip


_PAGE = """<!doctype html><html lang="es"><head><title>Litio | Andes</title><link rel="canonical" href="/mundo/litio">
<meta property="og:image" content="/a.jpg"><meta property="article:section" content="Mundo">
<meta name="author" content="Ana Ruiz">
<meta name="robots" content="max-image-preview:large">
<meta property="article:published_time" content="2026-02-28T10:00:00-03:00">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","@id":"#a",
"headline":"Litio",
"author":[{"@id":"#p"},{"@type":"Organization","name":"AFP"}],"articleSection":["Mundo"],
"image":{"@type":"ImageObject","url":"/a.jpg",
"width":1200,"caption":"Salar","creditText":"B. Smith"},"datePublished":"2026-02-28","isAccessibleForFree":"False",
"keywords":"litio, Bolivia"},
{"@type":"Person","@id":"#p","name":"Ana Ruiz","url":"/ana"},{"@type":"BreadcrumbList",
"itemListElement":[{"@type":"ListItem","position":1,
"name":"Portada"},{"@type":"ListItem","position":2,"item":{"name":"Mundo"}},{"@type":"ListItem","position":3,
"name":"Litio"}]}]}</script>
</head><body><article><h1>Litio</h1><p class="byline">Por <a rel="author" href="/ana">Ana Ruiz</a></p>
<time datetime="2026-02-28" pubdate>
28 de febrero</time><figure><img data-src="/a-300x200.jpg"><figcaption>Salar
<span class="credit">(Foto: B. Smith)</span></figcaption>
</figure><p>El litio del salar de Uyuni se vende a un precio que nadie esperaba.</p>
<p>Una segunda frase, y otra más.</p></article></body></html>
"""


def write(folder: Path, *, pages: bool) -> int:
    """Write the seeds for pages or for feeds; how many there are."""
    folder.mkdir(parents=True)
    bodies = [
        one.body for one in documents() if one.page == pages and not one.headers and 0 < len(one.body) <= _LONGEST
    ]
    if not pages:
        bodies += [document(source, base="http://h.example", entries=1) for source in range(4)]
    else:
        # Whole, and each line without the others: what is small is mutated best.
        bodies += [_PAGE.encode(), *(f"<html><head>{line}</html>".encode() for line in _PAGE.splitlines())]
    for number, body in enumerate(bodies):
        (folder / f"seed-{number:04}").write_bytes(body)
    return len(bodies)


def write_words(path: Path) -> None:
    """libFuzzer's dictionary: each word is likely to be put in somewhere."""
    path.write_text("".join(f'"{_quoted(word)}"\n' for word in _WORDS), encoding="ascii")


def _quoted(word: str) -> str:
    return word.replace('"', '\\"') if "\\x" in word else word.replace("\\", "\\\\").replace('"', '\\"')
