"""The bytes of a connection → the one answer that was asked for, whatever comes behind it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

# That of the answer, and those of 1xx before it; whoever sends more has aiohttp's own way with it.
_MOST_HEADS = 8
_HEAD_ENDS = re.compile(rb"\n(?:\r?\n)+")


class NoHttpError(aiohttp.ClientPayloadError):
    """The body of an answer is not what HTTP has there."""


class OneAnswer(ResponseHandler):
    """RFC 9112 §6.3: what comes after the end of the last answer is discarded.

    aiohttp discards the answer where its head comes in one piece with more than it speaks of, and goes on waiting for a body that
    turned out to be none. Here the parser sees each head by itself, and the body's reader what the parser found.
    """

    _heads, _last = _MOST_HEADS, b""

    def data_received(self, data: bytes) -> None:
        came, at, end = self._last + data, len(self._last), 0
        while self._heads and (head := _HEAD_ENDS.search(came, end)):
            self._heads, end = self._heads - 1, head.end()
            super().data_received(came[at:end])
            at = end
        self._last = came[end:][-2:] if self._heads else b""
        super().data_received(came[at:])
        if (error := self.exception()) and self._payload and not self._payload.is_eof():
            self._payload.set_exception(NoHttpError(), error)

    def feed_data(self, data: Any, size: int = 0) -> None:
        super().feed_data(data, size)
        if data[0].code >= HTTPStatus.OK:
            self._heads = 0
