"""Bytes → the same bytes in the content codings of HTTP (RFC 9110 §8.4.1): gzip, Brotli (RFC 7932), Zstandard (RFC 8878)."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN = "identity"

# Levels by measurement (`python -m bench publish`), of a feed of 150 kB: Zstandard 3 says in 36 kB and a third of a millisecond
# what Brotli 4 says in 37 and 1.2, gzip 4 in 38 and 1.3; the next level of each takes 2 to 3 times as long to save 4 to 7 %.
CODINGS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        # Preferred first. mtime=0: the same body gives the same bytes (RFC 1952 §2.3.1).
        "zstd": lambda body: zstd.compress(body, 3),
        "br": lambda body: brotli.compress(body, quality=4),
        "gzip": lambda body: gzip.compress(body, 4, mtime=0),
    }
)


def encoded(body: bytes) -> dict[str, bytes]:
    """`body` in each coding."""
    return {name: compress(body) for name, compress in CODINGS.items()}
