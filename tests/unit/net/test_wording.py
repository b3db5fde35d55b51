"""What people read when a fetch went wrong."""

from __future__ import annotations

import errno

import aiohttp
import pytest

from aggregator.net.connection import NoHttpError
from aggregator.net.guard import RefusedAddressError
from aggregator.net.wording import of_error, of_status

SECRET = "https://news.example/rss?token=s3cret"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "timed out after 60 s"),
        (aiohttp.ConnectionTimeoutError(), "no connection in time"),
        (aiohttp.SocketTimeoutError(), "the server fell silent"),
        (aiohttp.ServerDisconnectedError(SECRET), "the server closed the connection early"),
        (aiohttp.ClientPayloadError(SECRET), "the server closed the connection early"),
        (aiohttp.InvalidURL(SECRET), "the address cannot be read"),
        (
            OSError(errno.ECONNREFUSED, f"Connect call failed ('10.0.0.1', 80) {SECRET}"),
            "the server refused the connection",
        ),
        (OSError(errno.ENETUNREACH, SECRET), "the server cannot be reached"),
        (PermissionError(errno.EACCES, SECRET), "refused: the address is not on the public internet"),
        (RefusedAddressError("port 22 is not for the web"), "refused: port 22 is not for the web"),
        (NoHttpError(SECRET), "the answer is not HTTP"),
        (ValueError(SECRET), "the address, or the answer from it, cannot be read"),
        (UnicodeError(SECRET), "the address, or the answer from it, cannot be read"),
    ],
)
def test_errors_are_told_in_clear_words_without_secrets(error: Exception, words: str) -> None:
    assert of_error(error, seconds=60) == words


def test_the_reason_behind_an_error_is_found() -> None:
    error = aiohttp.ClientConnectionError(SECRET)
    error.__cause__ = RefusedAddressError("so it is")
    assert of_error(error, seconds=60) == "refused: so it is"


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (503, {}, "HTTP 503 Service Unavailable"),
        (404, {}, "HTTP 404 Not Found"),
        (403, {"cf-mitigated": "challenge"}, "HTTP 403 Forbidden (a wall against bots)"),
        (999, {}, "HTTP 999 (an unknown status)"),
    ],
)
def test_a_status_is_told_with_its_phrase(status: int, headers: dict[str, str], words: str) -> None:
    assert of_status(status, headers) == words
