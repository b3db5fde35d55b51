"""Bytes that hurt: charsets that lie, documents that break off anywhere, bits that flipped."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bench.hostile.made import ATOM, JSON, Hostile, atom, item, json_feed, one, rss

_CHARSETS = (
    "utf-7", "utf-9", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "rot13", "hex",
    "base64", "zlib", "bz2", "mbcs",
    "undefined", "ebcdic-cp-us", "cp037", "iso-2022-jp", "hz", "gb18030", "shift_jis", "utf-16",
    "utf-32", "x" * 1_000, "", "../etc",
)  # fmt: skip
_CUTS = 12


def documents() -> Iterator[Hostile]:
    """Charsets, cuts, flips."""
    for charset in _CHARSETS:
        body = rss(item(title="Núñez"), prolog=f'<?xml version="1.0" encoding="{charset}"?>')
        yield Hostile(name=f"bytes that say they are {charset[:20] or 'nothing'}", body=body)
        by_http = f"application/rss+xml; charset={charset}"
        yield Hostile(name=f"bytes sent as {charset[:20] or 'nothing'}", body=body, content_type=by_http)
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp037", "utf-7"):
        text = rss(item(title="Núñez")).decode()
        yield Hostile(name=f"bytes in {codec}", body=text.encode(codec))
    yield Hostile(
        name="bytes in two encodings",
        body=rss(item(title="Núñez")) + rss(item(title="Núñez")).decode().encode("utf-16"),
    )
    yield Hostile(
        name="bytes too long for what they mean",
        body=rss(item(title="@@")).replace(b"@@", b"\xc0\xbc\xe0\x80\xbc" * 1_000),
    )
    yield Hostile(
        name="bytes of half letters", body=rss(item(title="@@")).replace(b"@@", b"\xed\xa0\x80\xed\xbf\xbf" * 1_000)
    )
    yield Hostile(name="bytes that are nothing", body=b"\0" * 1_000_000)
    yield Hostile(name="bytes of nothing between letters", body=rss(item()).replace(b"e", b"e\0"))
    yield Hostile(name="bytes with 10000 marks of order", body=b"\xef\xbb\xbf" * 10_000 + rss(item()))
    yield Hostile(name="bytes by chance", body=Random(1).randbytes(1_000_000))
    yield Hostile(name="one byte", body=b"<")
    yield Hostile(name="no byte", body=b"")
    yield Hostile(name="a picture", body=b"\x89PNG\r\n\x1a\n" + Random(2).randbytes(100_000), content_type="image/png")
    yield Hostile(name="an archive", body=b"PK\x03\x04" + Random(3).randbytes(100_000), content_type="application/zip")
    yield from _cut()
    yield from _flipped()


def _plain() -> Iterator[tuple[str, bytes, str]]:
    items = "".join(
        item(f"<description>&lt;p&gt;Text {n}&lt;/p&gt;</description><dc:creator>Ana</dc:creator>", number=n)
        for n in range(5)
    )
    yield "RSS", rss(items), "application/rss+xml"
    yield "Atom", atom('<summary type="html">&lt;p&gt;Text&lt;/p&gt;</summary><author><name>Ana</name></author>'), ATOM
    yield "JSON Feed", json_feed(one(content_html='"<p>Text</p>"', authors='[{"name": "Ana"}]')), JSON


def _cut() -> Iterator[Hostile]:
    for name, body, media_type in _plain():
        for cut in range(1, _CUTS):
            yield Hostile(
                name=f"{name} cut at {cut}/{_CUTS}", body=body[: len(body) * cut // _CUTS], content_type=media_type
            )


def _flipped() -> Iterator[Hostile]:
    for name, body, media_type in _plain():
        for seed in range(8):
            dice, flipped = Random(seed), bytearray(body)
            for _ in range(1 + len(body) // 60):
                flipped[dice.randrange(len(body))] = dice.randrange(256)
            yield Hostile(name=f"{name} with flipped bytes {seed}", body=bytes(flipped), content_type=media_type)
