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

# Levels by measurement (`python -m bench publish`): the next one costs twice the time and saves less than a twentieth.
CODINGS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        # Preferred first. mtime=0: the same body gives the same bytes (RFC 1952 §2.3.1).
        "br": lambda body: brotli.compress(body, quality=5),
        "zstd": lambda body: zstd.compress(body, 6),
        "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    }
)


def encoded(body: bytes) -> dict[str, bytes]:
    """`body` in each coding."""
    return {name: compress(body) for name, compress in CODINGS.items()}
