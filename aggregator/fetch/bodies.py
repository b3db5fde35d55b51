"""An answer's stream → its decoded bytes, never more than the limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp

from aggregator.errors import FetchError
from aggregator.fetch.decoding import DECODING_ERRORS, PIECE, decoder

MIB = 1024 * 1024
# Fetching rule 36: between two pieces of a body.
IDLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes of a body as sent and as decoded, and how often larger than sent the decoded may be once it is past `ratio_from`."""

    encoded: int = 5 * MIB
    decoded: int = 10 * MIB
    ratio: int = 100
    ratio_from: int = MIB

    def check(self, received: int, made: int) -> None:
        """Raise FetchError when a body of `received` bytes, `made` when decoded, is more than we take."""
        if received > self.encoded:
            raise FetchError(f"the document is larger than {_size(self.encoded)} as sent", status=200)
        if made > self.decoded:
            raise FetchError(f"the document is larger than {_size(self.decoded)}", status=200)
        if made > self.ratio_from and made > self.ratio * received:
            raise FetchError(f"the document unfolds to more than {self.ratio} times its size", status=200)


async def read(
    response: aiohttp.ClientResponse, limits: Limits, *, idle_seconds: float = IDLE_SECONDS
) -> tuple[bytes, int]:
    """The decoded body and how many bytes came in. Raises FetchError when it is too large, broken, cut short or stalls."""
    limits.check(response.content_length or 0, 0)
    unfold = decoder(", ".join(response.headers.getall("Content-Encoding", [])))
    parts: list[bytes] = []
    received = made = 0
    try:
        while chunk := await _next_chunk(response, idle_seconds):
            received += len(chunk)
            for piece in unfold.pieces(chunk):
                made += len(piece)
                limits.check(received, made)
                parts.append(piece)
    except DECODING_ERRORS:
        raise FetchError("the document is not encoded as it says", status=200) from None
    if received and not unfold.ended:
        raise FetchError("the document broke off while it was unpacked")
    return b"".join(parts), received


async def read_start(response: aiohttp.ClientResponse, limits: Limits) -> tuple[bytes, int]:
    """What comes until a limit is reached, where the beginning is enough. Raises FetchError only for a broken encoding."""
    unfold = decoder(", ".join(response.headers.getall("Content-Encoding", [])))
    parts: list[bytes] = []
    received = made = 0
    try:
        while chunk := await _next_chunk(response, IDLE_SECONDS):
            received += len(chunk)
            for piece in unfold.pieces(chunk):
                parts.append(piece[: limits.decoded - made])
                made += len(parts[-1])
                if made >= limits.decoded or received >= limits.encoded:
                    return b"".join(parts), received
    except DECODING_ERRORS:
        raise FetchError("the document is not encoded as it says", status=200) from None
    return b"".join(parts), received


def unfolded(body: bytes, encoding: str, limits: Limits) -> bytes:
    """A whole body that came with this `Content-Encoding`, decoded; as it is where it is not encoded so, or in a way that we do
    not know, for some hubs forward the header of what they decoded. Raises FetchError for more than the limits."""
    limits.check(len(body), 0)
    try:
        unfold, parts, made = decoder(encoding), list[bytes](), 0
    except FetchError:
        return body
    try:
        for start in range(0, len(body), PIECE):
            for piece in unfold.pieces(body[start : start + PIECE]):
                made += len(piece)
                limits.check(len(body), made)
                parts.append(piece)
    except DECODING_ERRORS:
        return body
    return b"".join(parts) if unfold.ended else body


async def _next_chunk(response: aiohttp.ClientResponse, idle_seconds: float) -> bytes:
    over = asyncio.timeout(idle_seconds)
    try:
        async with over:
            return await response.content.read(PIECE)
    except TimeoutError:
        if over.expired():
            raise FetchError("the server fell silent") from None
        raise


def _size(count: int) -> str:
    return f"{count // MIB} MiB" if count >= MIB else f"{count} bytes"
