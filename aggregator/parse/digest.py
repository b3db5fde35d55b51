"""Entry → the same entry with the hash of what was stated."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, replace

from aggregator.model import Entry


def with_hash(entry: Entry) -> Entry:
    """`raw_hash`: hex SHA-256 over all stated fields in their order, as JSON: alike on every machine."""
    stated = json.dumps(astuple(replace(entry, raw_hash="")), ensure_ascii=True, separators=(",", ":"))
    return replace(entry, raw_hash=hashlib.sha256(stated.encode("ascii")).hexdigest())
