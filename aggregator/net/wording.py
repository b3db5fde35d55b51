"""What went wrong on the way → one line for a person, without secrets of a URL and without a map of our network."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import aiohttp

from aggregator.net.connection import NoHttpError
from aggregator.net.guard import RefusedAddressError

_CHALLENGE = "challenge"
# What aiohttp says of headers beyond its limits.
_TOO_MUCH = ("Got more than", "Too many headers")
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ConnectionTimeoutError, "no connection in time"),
    (aiohttp.SocketTimeoutError, "the server fell silent"),
    (aiohttp.ClientConnectorDNSError, "the host has no address (DNS)"),
    (aiohttp.ClientSSLError, "no secure connection (TLS)"),
    (ssl.SSLError, "no secure connection (TLS)"),
    (aiohttp.ServerDisconnectedError, "the server closed the connection early"),
    (NoHttpError, "the answer is not HTTP"),
    (aiohttp.ClientPayloadError, "the server closed the connection early"),
    (aiohttp.ClientResponseError, "the answer is not HTTP"),
    (aiohttp.InvalidURL, "the address cannot be read"),
    (ValueError, "the address, or the answer from it, cannot be read"),
)
_ERRNO = {
    errno.ECONNREFUSED: "the server refused the connection",
    errno.ECONNRESET: "the server broke the connection off",
    errno.EPIPE: "the server broke the connection off",
    errno.EHOSTUNREACH: "the server cannot be reached",
    errno.ENETUNREACH: "the server cannot be reached",
    errno.ETIMEDOUT: "the server did not answer",
}


def of_error(error: BaseException, *, seconds: float) -> str:
    """An error of the network in words; `seconds` is what the whole fetch may take."""
    for cause in causes_of(error):
        if isinstance(cause, RefusedAddressError):
            return f"refused: {cause.reason}"
        if isinstance(cause, PermissionError):  # several refusals, merged by aiohttp
            return "refused: the address is not on the public internet"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"the certificate is not valid: {_verdict(error.certificate_error)}"
    if isinstance(error, aiohttp.ClientResponseError) and error.message.startswith(_TOO_MUCH):
        return "the headers of the answer are more than we take"
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    return f"timed out after {seconds:g} s" if isinstance(error, TimeoutError) else _of_errno(error)


def of_status(status: int, headers: Mapping[str, str]) -> str:
    """`HTTP 503 Service Unavailable`."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "(an unknown status)"
    wall = " (a wall against bots)" if headers.get("cf-mitigated") == _CHALLENGE else ""
    return f"HTTP {status} {phrase}{wall}"


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, the last first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _of_errno(error: BaseException) -> str:
    for cause in causes_of(error):
        if isinstance(cause, OSError) and cause.errno in _ERRNO:
            return _ERRNO[cause.errno]
    return f"no connection ({type(error).__name__})"


def _verdict(error: Exception) -> str:
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else "it does not fit"
