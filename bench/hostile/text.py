"""Text that hurts: HTML in fields, names that are lists, dates that are none, letters that are not what they seem."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bench.hostile.made import Hostile, described, item, rss

_M = 1_000_000


def documents() -> Iterator[Hostile]:
    """HTML, names, dates, letters."""
    yield from _html()
    yield from _names()
    yield from _dates()
    yield from _letters()


def _text(name: str, body: bytes) -> Hostile:
    return Hostile(name=f"text {name}", body=body)


def _html() -> Iterator[Hostile]:
    for element in (
        "div",
        "b",
        "table",
        "a href='/x'",
        "font",
        "svg",
        "math",
        "template",
        "select",
        "p",
        "li",
        "ul",
        "blockquote",
    ):
        count = _M // (len(element) + 2)
        yield _text(f"a megabyte of nested {element.split()[0]}", described(f"<{element}>" * count))
    closed = "".join(f"<{name}>" for name in ("div", "span", "em", "b", "i", "a") * 15)
    yield _text("99 levels, again and again", described((closed + "x" + "</div>" * 90) * 400))
    yield _text("formatting that crosses", described("<b><i></b></i>" * 20_000))
    yield _text("formatting that crosses tables", described("<table><b><tr><i>" * 15_000))
    yield _text("pictures that never end", described("<img " * 200_000))
    yield _text("pictures with quotes that never end", described('<img src="' * 100_000))
    yield _text("20000 pictures", described("".join(f"<img src='/{n}.jpg' width='{n}'>" for n in range(20_000))))
    yield _text(
        "a picture with 20000 attributes", described("<img " + " ".join(f"a{n}=b" for n in range(20_000)) + ">")
    )
    yield _text("comments that never end", described("<!--" * 200_000))
    yield _text("declarations", described("<!doctype html>" * 50_000))
    yield _text("CDATA in HTML", described("<![CDATA[" * 100_000))
    yield _text("scripts", described("<script>x</script>" * 50_000))
    yield _text("a script that never ends", described("<script>" + "</strong" * 150_000))
    yield _text("styles", described('<p style="' + "a:b;" * 250_000 + '">'))
    yield _text("entities twice escaped", described("&amp;lt;b&amp;gt;" * 60_000))
    yield _text("100000 links", described("<a href='http://h.example/x'>x</a>" * 30_000))
    yield _text("links that are almost schemes", described("<a href='java\tscript:alert(1)'>x</a>" * 20_000))
    yield _text("an address of a megabyte", described(f"<a href='http://h.example/{'a' * _M}'>x</a>"))
    yield _text(
        "markup in a title that makes markup",
        rss(item(title=escape("<scr<scr<scr" * 20_000 + "ipt>ipt>ipt>" * 20_000))),
    )
    yield _text(
        "tags within tags of a title",
        rss("".join(item(title=escape("<b" * 300 + ">" * 300), number=n) for n in range(500))),
    )
    yield _text("blocks without words", described("<p></p>" * 100_000))
    yield _text("equals signs", described("<img " + "a=" * 400_000 + ">"))
    yield _text("srcset", described("<img srcset='" + "http://h.example/a 1x," * 30_000 + "'>"))


def _names() -> Iterator[Hostile]:
    hurting = {
        "mail addresses of 16 kB": "a@" + "a." * 8_000 + "!",
        "mail addresses that never are": "a@a" * 5_000,
        "dots": "." * 16_000,
        "parentheses": "(" * 8_000 + ")" * 8_000,
        "By By By": "By " * 5_000,
        "and and and": " and ".join(["Ana Ruiz"] * 2_000),
        "y e i": " y ".join("Ana e Rui i Ruiz" for _ in range(1_000)),
        "commas": "," * 16_000,
        "names and commas": ", ".join(f"Ana{n} Ruiz{n}" for n in range(2_000)),
        "semicolons": ";" * 16_000,
        "line ends": "\n" * 16_000,
        "names and line ends": "Ana Ruiz\n" * 2_000,
        "capitals": "ANA RUIZ " * 2_000,
        "particles": "de la del los da do dos das e y i di van von " * 300,
        "HTML": escape("<a href='/x'><b>Ana</b> <i>Ruiz</i></a>" * 300),
        "slashes": "Ana / Ruiz / " * 1_000,
        "handles": "@ana " * 3_000,
        "addresses": "http://h.example/" * 900,
        "quotation marks": "\"'“”«»" * 3_000,
        "roles": "Ana Ruiz, editor, corresponsal, enviado especial, " * 300,
        "digits": "1234567890" * 1_600,
        "blanks": "Ana" + " " * 16_000 + "Ruiz",
        "a comma far away": "a" * 16_000 + ", b",
    }
    for name, printed in hurting.items():
        creators = f"<author>{printed}</author><dc:creator>{printed}</dc:creator>"
        yield _text(f"bylines of {name}", rss("".join(item(creators, number=n) for n in range(40))))


def _dates() -> Iterator[Hostile]:
    hurting = (
        "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 31 Dec 2099 23:59:59 GMT", "99999-01-01T00:00:00Z", "0000-00-00", "-1", "9" * 400,
        "2026-02-31", "24:00:00", "1 " * 200, "jan " * 100, "1:1" * 100, "+9999" * 60, "Sat, 1 " + " " * 400 + "2026",
        "1/1/1/1/1/1/1/1" * 20, "2026-13-45T99:99:99+99:99", "de de de de 2026", "٣١/١٢/٢٠٢٦", "２０２６-01-01",
    )  # fmt: skip
    items = "".join(
        item(f"<pubDate>{date}</pubDate><dc:date>{date}</dc:date>", number=n) for n, date in enumerate(hurting)
    )
    yield _text("dates that are none", rss(items))
    yield _text(
        "dates of 100 kB", rss("".join(item(f"<pubDate>{'1 jan ' * 20_000}</pubDate>", number=n) for n in range(50)))
    )


def _letters() -> Iterator[Hostile]:
    hurting = {
        "overrides of direction": "\u202e\u2066\u202d" * 20_000 + "gnorw",
        "letters of no width": "P\u200be\u200cr\u200du\ufeff" * 20_000,
        "marks upon marks": "e" + "\u0301\u0327\u0323" * 50_000,
        "marks in every order": "\u0327\u0301\u0323\u0301" * 50_000,
        "normal forms": "caf\u00e9 cafe\u0301 \ufb01 \u1e9e \u0130 " * 10_000,
        "a letter that folds to eighteen": "\ufdfa" * 100_000,
        "a letter that folds to words": "\u33a4\u337f\u3300" * 50_000,
        "planes above": "\U0001d4d0\U0001f1e6\U0001f1f7\U0001f468\u200d\U0001f469" * 20_000,
        "what is no character": "\ufffe\uffff\U0001fffe\U0010ffff" * 20_000,
        "for private use": "\ue000\uf8ff\U000f0000" * 20_000,
        "controls": "\x01\x02\x08\x0b\x0c\x1f\x7f\x85" * 20_000,
        "half letters": "\ud800\udfff\udc00" * 20_000,
        "line ends of every kind": "\r\n\u2028\u2029\x85\x0b" * 20_000,
        "blanks of every kind": "\u00a0\u2000\u2003\u3000\u1680\u202f" * 20_000,
        "digits of every script": "\u0661\u0967\u0e51\uff11" * 20_000,
        "words without blanks": "\u5357\u7f8e\u6d32" * 100_000,
    }
    for name, letters in hurting.items():
        names = ("description", "dc:creator", "category", "guid")
        inside = "".join(f"<{name}>{letters}</{name}>" for name in names)
        yield _text(name, rss(item(inside, title=letters), head=f"<title>{letters}</title>"))
