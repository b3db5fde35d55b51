"""What went wrong on the way → what kind of trouble that is (see `errors.Trouble`)."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Mapping
from http import HTTPStatus

import aiohttp

from aggregator.errors import Trouble
from aggregator.net.wording import causes_of

_WALLS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
)
# A connection that never came to be; one that was made and broke off later is the server's own.
_NO_WAY = frozenset({
    errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.ETIMEDOUT,
    errno.EADDRNOTAVAIL,
})  # fmt: skip


def of_error(error: BaseException) -> Trouble:
    """The trouble behind an error of the network."""
    causes = list(causes_of(error))
    if any(isinstance(cause, PermissionError) for cause in causes):
        return Trouble.FORBIDDEN
    if isinstance(error, (aiohttp.ClientConnectorDNSError, aiohttp.ConnectionTimeoutError)):
        return Trouble.UNREACHABLE
    if any(isinstance(cause, (aiohttp.ClientSSLError, ssl.SSLError)) for cause in causes):
        return Trouble.INSECURE
    if any(isinstance(cause, OSError) and cause.errno in _NO_WAY for cause in causes):
        return Trouble.UNREACHABLE
    return Trouble.LATE if isinstance(error, TimeoutError) else Trouble.BROKEN


def of_status(status: int, headers: Mapping[str, str]) -> Trouble:
    """The trouble that a status means."""
    if status == HTTPStatus.NO_CONTENT:
        return Trouble.EMPTY
    return Trouble.BLOCKED if status in _WALLS or "cf-mitigated" in headers else Trouble.STATUS
