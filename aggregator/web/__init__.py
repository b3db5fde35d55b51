"""HTTP: what we know → feeds, pages, API, and the same as files.

desk        what the web serves from
door        the outermost layers: prefix, rate, headers, counts
feed_routes the hot path: stored bytes → conditional answers
protocol    what is at hand → sent where it was asked for, without a task
pages       the store → HTML, for routes and for the static mirror
api         the store → documented JSON
operators   status, metrics, health: `status_page`, `charts`, `status_feed` and `metrics` make them
files       everything above that is public → the files of a mirror
mirroring   these files → a folder, kept up to date
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.web.desk import Desk

if TYPE_CHECKING:
    from aggregator.web.door import Door
    from aggregator.web.mirroring import Mirror

__all__ = ["Desk", "create_app", "mirror", "opml_document"]

# FastAPI and Jinja take half a second to import: commands that serve nothing shall not wait for them.


def create_app(desk: Desk) -> Door:
    """The web application that serves from `desk`."""
    from aggregator.web.application import create_app as create

    return create(desk)


async def opml_document(desk: Desk) -> bytes:
    """Every public channel as OPML 2.0."""
    from aggregator.web.opml import everything

    return await everything(desk)


def mirror(desk: Desk, folder: Path) -> Mirror:
    """A static mirror in `folder`: every public channel in every format with its archives, the pages and the OPML."""
    from aggregator.web.mirroring import Mirror

    return Mirror(desk, folder)
