"""A redirect and the way so far → where to ask next."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from aggregator.errors import FetchError

MAX_HOPS = 5
_PERMANENT = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
# RFC 3986: what may stand in a path or a query, and the sign of what is encoded.
_LEGAL = "!$%&'()*+,/:;=?@[]~\\"
REDIRECTS = (*_PERMANENT, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The URL to ask now, those that led to it, and of these the first that did not say that it is for good, if any."""

    url: str
    hops: tuple[str, ...] = ()
    left_for_now: str | None = None

    @property
    def permanent(self) -> bool:
        """Whether every hop said that it is for good."""
        return self.left_for_now is None

    @property
    def lasting(self) -> str:
        """The last address that only permanent redirects led to."""
        return self.left_for_now or self.url

    @property
    def moved_to(self) -> str | None:
        """The new address of the source, when it moved for good."""
        return self.url if self.hops and self.permanent else None

    def follow(self, status: int, location: str) -> Trail:
        """RFC 9110 §15.4: never in circles, never further than a few hops. Giving up TLS is never for good."""
        if not location.strip():
            raise FetchError(f"HTTP {status} without saying where to", status=status)
        try:
            url = urljoin(self.url, _encoded(location.strip())).partition("#")[0]
        except ValueError:
            raise FetchError(f"HTTP {status} to an address that cannot be read", status=status) from None
        hops = (*self.hops, self.url)
        if url in hops:
            raise FetchError("redirects in a circle", status=status)
        if len(hops) > MAX_HOPS:
            raise FetchError(f"redirects more than {MAX_HOPS} times", status=status)
        downgrade = self.url.startswith("https:") and not url.startswith("https:")
        here = None if status in _PERMANENT and not downgrade else self.url
        return Trail(url=url, hops=hops, left_for_now=self.left_for_now or here)


def _encoded(location: str) -> str:
    """A Location with what no address may hold percent-encoded, as browsers do, but for its host: what is asked, shown and
    adopted is one address. aiohttp hands raw bytes over as surrogates."""
    parts = urlsplit(location.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return urlunsplit(parts._replace(path=quote(parts.path, safe=_LEGAL), query=quote(parts.query, safe=_LEGAL)))
