"""Bytes → the same bytes in the content codings of HTTP (RFC 9110 §8.4.1): gzip, Brotli (RFC 7932), Zstandard (RFC 8878)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

import brotli
from zlib_ng import zlib_ng

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN = "identity"
_GZIP = 31  # zlib's word for a gzip header, whose time it leaves 0

# Levels by measurement (`python -m bench publish`), of a feed of 150 kB: Zstandard 3 says in 36 kB and a third of a millisecond
# what Brotli 3 says in 38 and 0.8, gzip 3 by zlib-ng in 37 and 0.7; the standard library's gzip needs 1.3 for 38.
CODINGS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        # Preferred first. No time in any: the same body gives the same bytes (RFC 1952 §2.3.1).
        "zstd": lambda body: zstd.compress(body, 3),
        "br": lambda body: brotli.compress(body, quality=3),
        "gzip": lambda body: zlib_ng.compress(body, 3, _GZIP),
    }
)


def encoded(body: bytes) -> dict[str, bytes]:
    """`body` in each coding."""
    return {name: compress(body) for name, compress in CODINGS.items()}
