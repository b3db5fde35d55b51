"""Patterns of addresses (as in robots.txt, RFC 9309 §2.2.3) → whether they cover one; signals of a site → those of an article."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from aggregator.model import Signal, Standard

_LONGEST = 200


def covered(pattern: str, url: str) -> int:
    """How long the path is by which `pattern` covers `url`, 0 where it does not: patterns are paths, or addresses of one host."""
    parts, asked = urlsplit(pattern), urlsplit(url)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if parts.netloc and _host(parts.netloc) != _host(asked.netloc):
        return 0
    return len(path) if matches(path, f"{asked.path or '/'}{f'?{asked.query}' if asked.query else ''}") else 0


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def matches(location: str, path: str) -> bool:
    """A beginning, `*` for anything, `$` for the end."""
    if not location.startswith("/") or len(location) > _LONGEST:
        return False
    whole = location.endswith("$")
    parts = location.removesuffix("$").split("*")
    at = 0
    for number, part in enumerate(parts):
        found = path.find(part, at)
        if found < 0 or (number == 0 and found > 0):
            return False
        at = found + len(part)
    if not whole:
        return True
    # The last part, at the end and not over what is before it; without a `*` there is nothing between.
    start = len(path) - len(parts[-1])
    return path.endswith(parts[-1]) and (start == 0 if len(parts) == 1 else start >= at - len(parts[-1]))


def concerning(signals: Iterable[Signal], url: str | None) -> tuple[Signal, ...]:
    """Of `signals` those that speak of everything, and of each file's parts the one whose pattern covers `url` by most."""
    said = tuple(signals)
    longest: dict[tuple[Standard, str], int] = {}
    lengths = [covered(signal.about, url) if signal.about and url else 0 for signal in said]
    for signal, length in zip(said, lengths, strict=True):
        file = (signal.standard, signal.where)
        longest[file] = max(length, longest.get(file, 0))
    return tuple(
        signal
        for signal, length in zip(said, lengths, strict=True)
        if not signal.about or 0 < length == longest[signal.standard, signal.where]
    )
