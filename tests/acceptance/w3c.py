"""Feeds → what the W3C's feed validator says of them.

The validator is on no package index: AGGREGATOR_FEEDVALIDATOR names a checkout of its repository (w3c/feedvalidator).
It runs in a process of its own: it warns of itself, and it changes defaults of its process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(os.environ.get("AGGREGATOR_FEEDVALIDATOR", ""))
ABSENT = f"the W3C's feed validator is absent: AGGREGATOR_FEEDVALIDATOR names no checkout of it ({CHECKOUT or 'unset'})"
# What we accept, and argue in docs/feeds.md.
ACCEPTED = frozenset({"DuplicateUpdated", "MissingTextualContent"})

_VALIDATE = """
import io, json, sys
sys.path.insert(0, sys.argv[1])
import feedvalidator
from feedvalidator import compatibility
from feedvalidator.logging import Error, Warning
for line in sys.stdin:
    feed = json.loads(line)
    media_type = feed["media_type"] + "; charset=utf-8"
    try:
        events = feedvalidator.validateStream(io.BytesIO(feed["body"].encode()), 1, media_type, feed["url"])["loggedEvents"]
    except feedvalidator.logging.ValidationFailure as failure:
        events = [failure.event]
    said = [event for event in compatibility.AA(events) if isinstance(event, (Error, Warning))]
    print(json.dumps([[type(event).__name__, isinstance(event, Error), str(event.params)[:300]] for event in said]))
"""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the validator says of the feed at `url`: its own name for it, and where."""

    url: str
    name: str
    error: bool
    where: str


def installed() -> bool:
    return (CHECKOUT / "src" / "feedvalidator").is_dir()


def complaints(feeds: Iterable[tuple[str, str, bytes]]) -> list[Complaint]:
    """Of each feed, given as address, media type and body."""
    asked = list(feeds)
    lines = [json.dumps({"url": url, "media_type": type, "body": body.decode()}) for url, type, body in asked]
    call = [sys.executable, "-W", "ignore", "-c", _VALIDATE, str(CHECKOUT / "src")]
    done = subprocess.run(call, input="\n".join(lines), check=True, capture_output=True, text=True, timeout=600)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [Complaint(url, *said) for (url, _, _), answer in zip(asked, answers, strict=True) for said in answer]
