"""What kind of trouble an error or a status is."""

from __future__ import annotations

import errno
import ssl

import aiohttp
import pytest

from aggregator.errors import Trouble
from aggregator.fetch.trouble import of_error, of_status
from aggregator.net.guard import RefusedAddressError


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(errno.ECONNREFUSED, ""), Trouble.UNREACHABLE),
        (OSError(errno.ENETUNREACH, ""), Trouble.UNREACHABLE),
        (aiohttp.ConnectionTimeoutError(), Trouble.UNREACHABLE),
        (RefusedAddressError("so it is"), Trouble.FORBIDDEN),
        (ssl.SSLError(), Trouble.INSECURE),
        (TimeoutError(), Trouble.LATE),
        (aiohttp.SocketTimeoutError(), Trouble.LATE),
        (aiohttp.ServerDisconnectedError(), Trouble.BROKEN),
        (OSError(errno.ECONNRESET, ""), Trouble.BROKEN),
        (ValueError(), Trouble.BROKEN),
    ],
)
def test_an_error_is_of_a_kind(error: Exception, trouble: Trouble) -> None:
    assert of_error(error) is trouble


def test_the_kind_is_that_of_the_cause() -> None:
    error = aiohttp.ClientConnectionError()
    error.__cause__ = OSError(errno.EHOSTUNREACH, "")
    assert of_error(error) is Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "headers", "trouble"),
    [
        (403, {}, Trouble.BLOCKED),
        (401, {}, Trouble.BLOCKED),
        (429, {}, Trouble.BLOCKED),
        (503, {"cf-mitigated": "challenge"}, Trouble.BLOCKED),
        (503, {}, Trouble.STATUS),
        (404, {}, Trouble.STATUS),
    ],
)
def test_a_status_is_of_a_kind(status: int, headers: dict[str, str], trouble: Trouble) -> None:
    assert of_status(status, headers) is trouble
