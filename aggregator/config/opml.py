"""An OPML file of another reader → a YAML file of outlets and sources."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from aggregator.config.identifiers import default_id
from aggregator.model import Newsroom
from aggregator.publish import Outline, walk
from aggregator.text import tokens

_HEADER = """\
# Imported from OPML: one outlet a web site.
# Give each its country (ISO 3166) and language, then run `aggregator check`.
"""


def sources_yaml(outlines: Sequence[Outline], newsroom: Newsroom) -> tuple[str, int]:
    """The feeds that `newsroom` does not poll yet, as YAML, and their number."""
    known = {source.url for source in newsroom.sources}
    taken = {outlet.id for outlet in newsroom.outlets}
    outlets: dict[str, dict[str, Any]] = {}
    by_host: dict[str, str] = {}
    for _, outline in walk(outlines):
        url = outline.xml_url
        if url is None or url in known:
            continue
        known.add(url)
        host = (urlsplit(outline.html_url or url).hostname or "").removeprefix("www.")
        if host not in by_host:
            by_host[host] = _free_id(host, taken)
            outlets[by_host[host]] = _outlet(outline, host)
        outlets[by_host[host]]["sources"].append({"url": url})
    _name_sources(outlets, {source.id for source in newsroom.sources})
    count = sum(len(outlet["sources"]) for outlet in outlets.values())
    out = io.StringIO()
    out.write(_HEADER)
    YAML().dump({"outlets": outlets}, out)
    return out.getvalue(), count


def _outlet(outline: Outline, host: str) -> dict[str, Any]:
    outlet: dict[str, Any] = {"title": outline.text or host, "url": outline.html_url or f"https://{host}/"}
    if outline.language:
        outlet["language"] = outline.language
    return outlet | {"sources": []}


def _name_sources(outlets: dict[str, dict[str, Any]], taken: set[str]) -> None:
    """An explicit id where the default one is taken: what we write loads."""
    for outlet_id, outlet in outlets.items():
        for number, source in enumerate(outlet["sources"]):
            default = default_id(outlet_id, number, source["url"])
            source_id = _free_id_like(default, taken)
            if source_id != default:
                source["id"] = source_id


def _free_id(host: str, taken: set[str]) -> str:
    """A slug of the host that no outlet has."""
    return _free_id_like("-".join(tokens(host.rpartition(".")[0] or host)) or "outlet", taken)


def _free_id_like(base: str, taken: set[str]) -> str:
    """`base`, or with a number where it is taken; it is then taken."""
    number, slug = 1, base
    while slug in taken or slug == "none":
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug
