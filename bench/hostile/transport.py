"""Answers that hurt before they are read: bombs in every encoding, encodings that lie."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from functools import cache

import brotli

from bench.hostile.made import Hostile, item, rss

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BOMB = 100_000_000


def documents() -> Iterator[Hostile]:
    """Each is what goes over the wire, with its Content-Encoding."""
    fine = rss(item())
    for name, encoding, body in (
        ("gzip bomb", "gzip", _zeros("gzip")),
        ("deflate bomb", "deflate", zlib.compress(_zeros("plain"), 9)),
        ("brotli bomb", "br", _zeros("br")),
        ("zstd bomb", "zstd", zstd.compress(_zeros("plain"), 3)),
        ("bomb in a feed", "gzip", gzip.compress(rss(item(f"<description>{' ' * _BOMB}</description>")), 9)),
        ("gzip in gzip, said once", "gzip", gzip.compress(_zeros("gzip"))),
        ("gzip in gzip, said twice", "gzip, gzip", gzip.compress(_zeros("gzip"))),
        ("gzip in brotli in gzip", "gzip, br, gzip", gzip.compress(brotli.compress(_zeros("gzip")))),
        ("gzip of 100000 members", "gzip", gzip.compress(b"") * 100_000),
        ("gzip of 50 members of bombs", "gzip", gzip.compress(bytes(5_000_000), 9) * 50),
        ("gzip with a name of a megabyte", "gzip", b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 1_000_000),
        ("gzip that breaks off", "gzip", gzip.compress(fine)[:-20]),
        ("gzip with bits flipped", "gzip", gzip.compress(fine).replace(b"\x8b\x08", b"\x8b\x07", 1)),
        ("gzip and then nonsense", "gzip", gzip.compress(fine) + b"nonsense" * 100_000),
        ("gzip that is not", "gzip", fine),
        ("brotli that is not", "br", fine),
        ("zstd that is not", "zstd", fine),
        ("deflate that is not", "deflate", fine),
        ("brotli that breaks off", "br", brotli.compress(fine)[:-5]),
        ("an encoding nobody knows", "compress", fine),
        ("an encoding of a kilobyte", "x" * 1_000, fine),
        ("a hundred encodings", ", ".join(["identity"] * 99 + ["gzip"]), gzip.compress(fine)),
        ("gzip though nothing is said", "", gzip.compress(fine)),
        ("six megabytes as sent", "", rss(item(f"<description>{'x' * 6_000_000}</description>"))),
        ("a hundred megabytes of text", "", rss(item(f"<description>{'x' * _BOMB}</description>"))),
    ):
        headers = (("Content-Encoding", encoding),) if encoding else ()
        yield Hostile(name=f"sent: {name}", body=body, headers=headers)


@cache
def _zeros(how: str) -> bytes:
    plain = bytes(_BOMB)
    return gzip.compress(plain, 9) if how == "gzip" else brotli.compress(plain, quality=1) if how == "br" else plain
