"""Article pages that hurt: what only structured data, metas and markup of a whole page can do."""

from __future__ import annotations

from collections.abc import Iterator

from bench.hostile.made import HTML, Hostile, page

_M = 1_000_000


def documents() -> Iterator[Hostile]:
    """Structured data, heads, bodies."""
    for name, body in (*_data(), *_heads(), *_bodies()):
        yield Hostile(name=f"page: {name}", body=body, content_type=HTML, page=True)


def _ld(text: str) -> bytes:
    return page(f'<script type="application/ld+json">{text}</script>')


def _data() -> Iterator[tuple[str, bytes]]:
    yield "100000 arrays in structured data", _ld("[" * 100_000 + "]" * 100_000)
    yield "objects 900 deep", _ld('{"@type":"NewsArticle","author":' * 900 + "1" + "}" * 900)
    yield (
        "a graph that names itself",
        _ld('{"@id":"#a","@type":"NewsArticle","author":{"@id":"#a"},"image":{"@id":"#a"}}'),
    )
    yield "20000 articles", _ld("[" + ",".join(['{"@type":"NewsArticle","author":"Ana Ruiz"}'] * 20_000) + "]")
    yield "20000 authors", _ld('{"@type":"NewsArticle","author":[' + ",".join(['{"name":"Ana Ruiz"}'] * 20_000) + "]}")
    yield "an author of a megabyte", _ld('{"@type":"NewsArticle","author":"' + "a@a." * 250_000 + '"}')
    yield "a number of a million digits", _ld('{"@type":"NewsArticle","wordCount":' + "9" * _M + "}")
    yield (
        "sections without end",
        _ld('{"@type":"NewsArticle","articleSection":[' + ",".join(['"Bolivia / Chile > Perú"'] * 20_000) + "]}"),
    )
    yield "keywords without end", _ld('{"@type":"NewsArticle","keywords":"' + "Bolivia, Chile, " * 30_000 + '"}')
    yield (
        "20000 pictures",
        _ld('{"@type":"NewsArticle","image":[' + ",".join(['{"url":"/a.jpg","caption":"c"}'] * 20_000) + "]}"),
    )
    yield "dates that are none", _ld('{"@type":"NewsArticle","datePublished":"' + "1 jan " * 50_000 + '"}')
    yield (
        "half letters",
        _ld('{"@type":"NewsArticle","author":"\\ud800 \\u0000","headline":"\\udfff","articleSection":"\\ud800"}'),
    )
    yield (
        "types of every kind",
        _ld('{"@type":[1,null,{},["x"],"NewsArticle"],"author":{"name":{"@value":"x"}},"image":[[["x"]]]}'),
    )
    yield (
        "1000 scripts",
        page(
            "".join(
                f'<script type="application/ld+json">{{"@type":"NewsArticle","a":{n}}}</script>' for n in range(1_000)
            )
        ),
    )
    yield (
        "a script that never ends",
        page('<script type="application/ld+json">{"@type":"NewsArticle","author":"' + "x" * _M),
    )
    yield (
        "breadcrumbs without end",
        _ld('{"@type":"BreadcrumbList","itemListElement":[' + ",".join(['{"position":1,"name":"x"}'] * 20_000) + "]}"),
    )


def _heads() -> Iterator[tuple[str, bytes]]:
    yield "50000 metas", page("".join(f'<meta name="n{n}" content="x">' for n in range(50_000)))
    yield "50000 authors in metas", page('<meta name="author" content="Ana Ruiz, Bob Smith">' * 50_000)
    yield "a meta of three megabytes", page(f'<meta name="author" content="{"a " * 1_500_000}">')
    yield "signals without end", page(f'<meta name="robots" content="{"noarchive," * 100_000}">')
    yield "50000 canonical links", page('<link rel="canonical" href="http://h.example/x">' * 50_000)
    yield "relations without end", page(f'<link rel="{"canonical " * 100_000}" href="/x">')
    yield "a title that never ends", page("<title>" + "x" * _M)
    yield "a base elsewhere", page('<base href="javascript:alert(1)//"><link rel="canonical" href="x">')
    yield "a charset that is none", page('<meta charset="rot13">')
    yield "a charset of a megabyte", page(f'<meta charset="{"x" * _M}">')


def _bodies() -> Iterator[tuple[str, bytes]]:
    for element in (
        "div",
        "b",
        "table",
        "a href='/x'",
        "article",
        "figure",
        "p",
        "ul",
        "span itemprop='author'",
        "select",
        "svg",
    ):
        yield f"a megabyte of {element.split()[0]}", page(body=f"<{element}>" * (_M // (len(element) + 2)))
    yield "a megabyte of closing tags", page(body="</div>" * 150_000)
    yield "50000 figures", page(body="<figure><img src='/a.jpg'><figcaption>Foto: x</figcaption></figure>" * 50_000)
    yield (
        "captions of a megabyte",
        page(
            body=f"<article><figure><img src='/a.jpg'><figcaption>{'Foto: ( ' * 120_000}</figcaption></figure></article>"
        ),
    )
    yield "50000 authors", page(body="<a rel='author' href='/a'>Ana Ruiz</a>" * 50_000)
    yield "50000 times", page(body="<time datetime='x'>1 jan</time>" * 50_000)
    yield "100000 paragraphs", page(body="<p>The salt flats of Uyuni.</p>" * 100_000)
    yield "one paragraph of three megabytes", page(body="<p>" + "The salt flats of Uyuni. " * 120_000)
    yield "days without end", page(body="<p>Published 1 January 2026, 02/03/2025 and 2024-05-06. </p>" * 40_000)
    yield "100000 attributes", page(body="<div " + " ".join(f"a{n}=b" for n in range(100_000)) + ">")
    yield "attributes that never end", page(body="<div class='" + "author " * 400_000)
    yield "classes of bylines", page(body="<div class='author byline'>by <span class='author'>by</span></div>" * 30_000)
    yield "comments that never end", page(body="<!--" * 200_000)
    yield "comments of readers", page(body="<div class='comments'>" + "<div class='comment'><p>No!</p></div>" * 30_000)
    yield "frames", page(body="<iframe srcdoc='<p>x</p>'></iframe>" * 30_000)
    yield "nothing", b"\0" * 100_000
    yield "XML", b'<?xml version="1.0" encoding="utf-16"?><html xmlns="http://www.w3.org/1999/xhtml"><head/></html>'
    yield "entities", b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><html><body>&b;</body></html>'
    yield "a feed", b"<rss version='2.0'><channel><title>x</title></channel></rss>"
    yield "UTF-16", page().decode().encode("utf-16")
