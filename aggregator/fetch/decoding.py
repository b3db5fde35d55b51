"""Encoded bytes → decoded ones, in pieces small enough to stop a bomb while it unfolds."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

from aggregator.errors import FetchError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 64 * 1024
# RFC 9659: a zstd window of 8 MiB is what every decoder of the web has.
_ZSTD_WINDOW_LOG = 23
# RFC 1952 §2.2 allows any number of members; honest files have one.
_MOST_MEMBERS = 100

# No coding at all (RFC 9110 §8.4.1): nothing, as some say it, or the charset, as some take the field to mean.
# What may stand in an error: a server can say anything, what a terminal would obey included.
_NAMES = re.compile(r"[a-z0-9, _+.-]{1,40}", re.ASCII)
_AS_IT_IS = re.compile(r"(?:identity|none|utf-?(?:8|16)|us-ascii|iso-8859-\d+|windows-125\d)?")

DECODING_ERRORS: tuple[type[Exception], ...] = (zlib.error, brotli.error, zstd.ZstdError)


class Decoder(Protocol):
    """Yields pieces of about `PIECE` bytes (brotli rounds up); `ended` once the stream said that it is complete."""

    def pieces(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def ended(self) -> bool: ...


class _Plain:
    ended = True

    def pieces(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Gzip:
    """RFC 1952: members follow each other; what is no member after the first is padding, as browsers see it."""

    def __init__(self) -> None:
        self._member, self._members, self._padding = zlib.decompressobj(16 + zlib.MAX_WBITS), 1, False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._padding:
            if self._member.eof and not self._next(data):
                return
            yield from _inflated(self._member, data)
            data = self._member.unused_data

    def _next(self, data: bytes) -> bool:
        if not data.startswith(b"\x1f"):
            self._padding = True
            return False
        self._member, self._members = zlib.decompressobj(16 + zlib.MAX_WBITS), self._members + 1
        if self._members > _MOST_MEMBERS:
            raise zlib.error(f"more than {_MOST_MEMBERS} gzip members")
        return True

    @property
    def ended(self) -> bool:
        return self._member.eof


class _Deflate:
    """RFC 9110 §8.4.1.2: zlib format, though some send bare deflate: the first byte tells (RFC 1950 §2.2)."""

    def __init__(self) -> None:
        self._inner: zlib._Decompress | None = None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._inner = zlib.decompressobj(zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS)
        yield from _inflated(self._inner, data)

    @property
    def ended(self) -> bool:
        return self._inner is not None and self._inner.eof


def _inflated(inner: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while not inner.eof:
        piece = inner.decompress(data, PIECE)
        yield piece
        data = inner.unconsumed_tail
        # A full piece may leave more inside the decoder, though it took all that came in.
        if not data and len(piece) < PIECE:
            return


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        piece = self._inner.process(data, output_buffer_limit=PIECE)
        yield piece
        # A full piece may leave more inside the decoder, though it "can accept more data".
        while not self._inner.is_finished() and (piece or not self._inner.can_accept_more_data()):
            piece = self._inner.process(b"", output_buffer_limit=PIECE)
            yield piece

    @property
    def ended(self) -> bool:
        return bool(self._inner.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while not self._inner.eof:
            piece = self._inner.decompress(data, PIECE)
            yield piece
            data = b""
            if self._inner.needs_input:
                return

    @property
    def ended(self) -> bool:
        return self._inner.eof


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}


def decoder(content_encoding: str) -> Decoder:
    """The decoder for a Content-Encoding; raises FetchError for one that nobody asked for, or for layers of several."""
    stated = (part.strip().lower() for part in content_encoding.split(","))
    names = [name for name in stated if not _AS_IT_IS.fullmatch(name)]
    if not names:
        return _Plain()
    if len(names) > 1 or names[0] not in _DECODERS:
        named = ", ".join(names)
        how = f"as {named}, which" if _NAMES.fullmatch(named) else "in a way that"
        raise FetchError(f"the document is encoded {how} we did not ask for", status=200)
    return _DECODERS[names[0]]()
