"""An answer's stream → its decoded bytes, never more than the caps."""

from __future__ import annotations

import zlib
from typing import Protocol

import aiohttp
import brotli

from aggregator.errors import FetchError

MAX_ENCODED = 5 * 1024 * 1024
MAX_DECODED = 10 * 1024 * 1024
_CHUNK = 64 * 1024


class _Decoder(Protocol):
    def feed(self, data: bytes) -> bytes: ...

    @property
    def ended(self) -> bool: ...


class _Plain:
    ended = True

    def feed(self, data: bytes) -> bytes:
        return data


class _Zlib:
    """gzip and deflate; `limit` keeps a bomb from unfolding."""

    def __init__(self, window: int) -> None:
        self._inner, self._made = zlib.decompressobj(window), 0

    def feed(self, data: bytes) -> bytes:
        out = self._inner.decompress(data, MAX_DECODED + 1 - self._made)
        self._made += len(out)
        if self._inner.unconsumed_tail:
            raise _too_big()
        return out

    @property
    def ended(self) -> bool:
        return self._inner.eof


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes) -> bytes:
        out: bytes = self._inner.process(data, output_buffer_limit=_CHUNK)
        parts, made = [out], len(out)
        while not self._inner.can_accept_more_data():
            more: bytes = self._inner.process(b"", output_buffer_limit=_CHUNK)
            made += len(more)
            if made > MAX_DECODED:
                raise _too_big()
            parts.append(more)
        return b"".join(parts)

    @property
    def ended(self) -> bool:
        return bool(self._inner.is_finished())


def _too_big() -> FetchError:
    return FetchError(f"the document is larger than {MAX_DECODED // 1024**2} MiB", status=200)


def _decoder(encoding: str) -> _Decoder:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Zlib(16 + zlib.MAX_WBITS)
        case "deflate":
            return _Zlib(zlib.MAX_WBITS)
        case "br":
            return _Brotli()
        case _:
            raise FetchError(f"the document is encoded as {encoding[:40]}, which we did not ask for", status=200)


async def read(response: aiohttp.ClientResponse) -> tuple[bytes, int]:
    """The decoded body and how many bytes came in. Raises FetchError when it is too large, broken or cut short."""
    decoder = _decoder(response.headers.get("Content-Encoding", ""))
    parts: list[bytes] = []
    received = made = 0
    try:
        async for chunk in response.content.iter_chunked(_CHUNK):
            received += len(chunk)
            parts.append(decoder.feed(chunk))
            made += len(parts[-1])
            if received > MAX_ENCODED or made > MAX_DECODED:
                raise _too_big()
    except (zlib.error, brotli.error) as error:
        raise FetchError(f"the document is not encoded as it says: {error}", status=200) from None
    if received and not decoder.ended:
        raise FetchError("the document broke off while it was unpacked", status=200)
    return b"".join(parts), received
