"""A request while it is under way → what its server saw of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.model import Request


@dataclass(slots=True, kw_only=True)
class Seen:
    """See `model.Request`."""

    host: str
    after: float
    what: str = "feed"
    own: bool = False
    status: int | None = None
    conditional: bool = False
    received: int = 0
    told_to_wait: bool = False

    @classmethod
    def of(cls, url: str, *, after: float, own: bool, what: str = "feed") -> Seen:
        """A request for `url` that begins `after` so many seconds."""
        return cls(host=urlsplit(url).hostname or "", after=after, own=own, what=what)

    def request(self, seconds: float) -> Request:
        """The request, over after so many seconds."""
        return Request(
            host=self.host,
            after=self.after,
            seconds=seconds,
            status=self.status,
            conditional=self.conditional,
            received=self.received,
            told_to_wait=self.told_to_wait,
            what=self.what,
            own=self.own,
        )
