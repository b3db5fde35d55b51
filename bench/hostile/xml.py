"""XML that hurts: entities, depth, width, namespaces, attributes, text without end."""

from __future__ import annotations

from collections.abc import Iterator

from bench.hostile.made import ATOM, Hostile, atom, item, rss

_M = 1_000_000
_DECLARED = '<?xml version="1.0"?>'


def documents() -> Iterator[Hostile]:
    """In order of cunning."""
    yield from _entities()
    yield from _shapes()
    yield from _long_texts()
    yield from _many()


def _xml(name: str, body: bytes, content_type: str = "application/rss+xml") -> Hostile:
    return Hostile(name=f"xml {name}", body=body, content_type=content_type)


def _entities() -> Iterator[Hostile]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'{_DECLARED}<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]>'
    yield _xml("billion laughs in a title", rss(item(title="&l9;"), prolog=bomb))
    yield _xml("billion laughs in an attribute", rss(item('<enclosure url="&l9;"/>'), prolog=bomb))
    yield _xml(
        "billion laughs in Atom",
        atom("<summary>&l9;</summary>").replace(_DECLARED.encode(), bomb.replace("rss", "feed", 1).encode()),
        ATOM,
    )
    quadratic = f'{_DECLARED}<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
    yield _xml("quadratic blow-up", rss(item(f"<description>{'&a;' * 50_000}</description>"), prolog=quadratic))
    yield _xml(
        "entity that holds itself", rss(item(title="&a;"), prolog=f'{_DECLARED}<!DOCTYPE rss [<!ENTITY a "&a;">]>')
    )
    yield _xml(
        "parameter entities", rss(item(), prolog=f'{_DECLARED}<!DOCTYPE rss [<!ENTITY % a "{"%a;" * 1000}"> %a;]>')
    )
    for scheme in (
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "ftp://127.0.0.1/",
        "php://filter/x",
    ):
        external = f'{_DECLARED}<!DOCTYPE rss [<!ENTITY x SYSTEM "{scheme}">]>'
        yield _xml(f"external entity {scheme.partition(':')[0]}", rss(item(title="&x;"), prolog=external))
    yield _xml("external DTD", rss(item(), prolog=f'{_DECLARED}<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd">'))
    yield _xml("DOCTYPE with an internal subset", rss(item(), prolog=f"{_DECLARED}<!DOCTYPE rss [<!ELEMENT rss ANY>]>"))
    yield _xml(
        "DOCTYPE with a subset of a megabyte",
        rss(item(), prolog=f"{_DECLARED}<!DOCTYPE rss [{'<!ELEMENT a ANY>' * 60_000}]>"),
    )
    yield _xml(
        "default attributes by DOCTYPE",
        rss(item(), prolog=f'{_DECLARED}<!DOCTYPE rss [<!ATTLIST item a CDATA "{"x" * 100_000}">]>'),
    )
    yield _xml(
        "entities declared in the body", rss(item('<description><!DOCTYPE x [<!ENTITY a "b">]>&a;</description>'))
    )
    yield _xml("DOCTYPE without end", f"{_DECLARED}<!DOCTYPE rss [{'<!ENTITY ' * 100_000}".encode())
    yield _xml(
        "XInclude", rss(item('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'))
    )
    yield _xml("stylesheet", rss(item(), prolog=f'{_DECLARED}<?xml-stylesheet href="http://127.0.0.1/x.xsl"?>'))
    yield _xml("references without number", rss(item(f"<description>{'&#;&#x;&' * 300_000}</description>")))
    yield _xml("references to nothing", rss(item(f"<description>{'&nothing;' * 200_000}</description>")))
    yield _xml("names of references without end", rss(item(f"<description>{'&' + 'a' * _M}</description>")))
    yield _xml(
        "references of every kind", rss(item(f"<description>{'&hellip;&#8230;&#x2026;' * 100_000}</description>"))
    )


def _shapes() -> Iterator[Hostile]:
    for depth in (201, 5_000, 100_000, _M):
        yield _xml(f"{depth} deep", rss(item("<a>" * depth + "</a>" * depth)))
    yield _xml("100000 deep, never closed", rss(item("<a>" * 100_000)))
    yield _xml("100000 items in each other", rss("<item>" * 100_000 + "</item>" * 100_000))
    yield _xml("100000 channels in each other", rss("<channel>" * 100_000))
    yield _xml(
        "content of XHTML that is deep",
        atom(f'<content type="xhtml">{"<div>" * 50_000}{"</div>" * 50_000}</content>'),
        ATOM,
    )
    yield _xml("100000 attributes", rss(item("<a " + " ".join(f'b{n}="1"' for n in range(100_000)) + "/>")))
    yield _xml("one attribute 100000 times", rss(item("<a " + 'b="1" ' * 100_000 + "/>")))
    yield _xml("attribute of a megabyte", rss(item(f'<enclosure url="http://h.example/{"a" * _M}"/>')))
    yield _xml("100000 namespaces", rss(item(), root="".join(f' xmlns:n{n}="u{n}"' for n in range(100_000))))
    yield _xml(
        "20000 elements with a namespace each",
        rss(item("".join(f'<n{n}:a xmlns:n{n}="u{n}"/>' for n in range(20_000)))),
    )
    yield _xml("namespaces 200 deep", rss(item("".join(f'<a xmlns:n{n}="u{n}">' for n in range(190)) + "</a>" * 190)))
    yield _xml("name of an element of a megabyte", rss(item(f"<{'a' * _M}/>")))
    yield _xml("prefix of nobody", rss(item("<nobody:title>x</nobody:title>" * 50_000)))
    yield _xml(
        "namespace of another", rss(item()).replace(b"http://purl.org/dc/elements/1.1/", b"http://www.w3.org/2005/Atom")
    )
    yield _xml("a million elements", rss(item("<a/>" * _M)))
    yield _xml("a million angle brackets", rss(item(f"<description>{'<' * _M}</description>")))
    yield _xml("a million closing tags", rss(item("</item>" * 140_000)))
    yield _xml("CDATA that never ends", rss(item("<description><![CDATA[" + "x" * _M)))
    yield _xml("100000 openings of CDATA", rss(item("<description>" + "<![CDATA[" * 100_000)))
    yield _xml("100000 ends of CDATA", rss(item(f"<description>{']]&gt;' * 100_000}</description>")))
    yield _xml("comment that never ends", rss(item("<!--" + "x-" * _M)))
    yield _xml("100000 comments", rss(item("<!-- - -->" * 100_000)))
    yield _xml("processing instructions", rss(item("<?a b?>" * 100_000)))
    yield _xml("many roots", rss(item()) * 500)
    yield _xml("two megabytes of white space before", b" \n" * _M + rss(item()))
    yield _xml("advertisements after the end", rss(item()) + b"<script>x</script>" * 50_000)
    yield _xml("rss: on everything", rss("<rss:item><rss:title>x</rss:title></rss:item>" * 20_000))
    yield _xml(
        "an Atom author with everything in it", atom("<author><name>" + "<b>x</b>" * 20_000 + "</name></author>"), ATOM
    )


def _long_texts() -> Iterator[Hostile]:
    long = "word " * (9 * _M // 5)
    for name in ("title", "link", "guid", "author", "category", "pubDate", "description", "comments", "source"):
        yield _xml(f"nine megabytes of {name}", rss(f"<item><title>x</title><{name}>{long}</{name}></item>"))
    yield _xml("nine megabytes without a blank", rss(item(f"<description>{'x' * 9 * _M}</description>")))
    yield _xml("nine megabytes of the feed's title", rss(item(), head=f"<title>{long}</title>"))
    yield _xml("nine megabytes of content", rss(item(f"<content:encoded>{long}</content:encoded>")))
    yield _xml(
        "nine megabytes of Latin-1", rss(item(f"<description>{'é' * 4 * _M}</description>")).decode().encode("latin-1")
    )
    yield _xml("titles of 100 kB", rss("".join(item(title="word " * 20_000, number=n) for n in range(50))))
    yield _xml("language of a megabyte", rss(item(), head=f"<language>{'en-' * 300_000}</language>"))
    yield _xml("ttl of a megabyte", rss(item(), head=f"<ttl>{'9' * _M}</ttl>"))
    yield _xml(
        "xml:base of a megabyte",
        atom().replace(b"<entry>", b'<entry xml:base="http://h.example/' + b"a/" * 500_000 + b'">'),
        ATOM,
    )


def _many() -> Iterator[Hostile]:
    yield _xml("100000 empty items", rss("<item/>" * 100_000))
    yield _xml("20000 items", rss("".join(item(number=n) for n in range(20_000))))
    yield _xml("5000 items of one guid", rss(item() * 5_000))
    yield _xml("10000 categories", rss(item("<category>Politics</category>" * 10_000)))
    yield _xml(
        "10000 different categories of 100 letters",
        rss(item("".join(f"<category>{n:0100}</category>" for n in range(10_000)))),
    )
    yield _xml(
        "categories of 10 kB",
        rss("".join(item(f"<category>{'x/' * 5_000}</category>" * 5, number=n) for n in range(50))),
    )
    yield _xml(
        "500 authors",
        rss(
            "".join(
                item("".join(f"<dc:creator>Ana {n} Ruiz</dc:creator>" for n in range(500)), number=m) for m in range(20)
            )
        ),
    )
    yield _xml("20000 pictures", rss(item('<media:content url="http://h.example/1.jpg" medium="image"/>' * 20_000)))
    yield _xml("20000 groups of pictures", rss(item("<media:group>" * 20_000)))
    yield _xml(
        "20000 enclosures",
        rss(item("".join(f'<enclosure url="http://h.example/{n}" length="{n}"/>' for n in range(20_000)))),
    )
    yield _xml("20000 links", atom("".join(f'<link rel="enclosure" href="/{n}"/>' for n in range(20_000))), ATOM)
    yield _xml("20000 authors of the feed", atom(feed="<author><name>Ana Ruiz</name></author>" * 20_000), ATOM)
    yield _xml("20000 credits", rss(item('<media:credit role="author">Ana Ruiz</media:credit>' * 20_000)))
    yield _xml("20000 contents", rss(item("<content:encoded>x</content:encoded>" * 20_000)))
    yield _xml("20000 titles of one item", rss(item("<title>x</title>" * 20_000)))
    yield _xml(
        "hours and days to skip without end",
        rss(item(), head="<skipHours>" + "<hour>1</hour>" * 100_000 + "</skipHours>"),
    )
