"""A channel's state → its editions in every format, with their bytes in every coding; one that fails takes no other along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from aggregator import publish
from aggregator.errors import StoreError
from aggregator.model import Site
from aggregator.publish import PLAIN, Publication
from aggregator.store import ChannelState, Edition, Rendered
from aggregator.syndicate.channels import Syndicate, etag

log = structlog.get_logger(__name__)

# Renderings side by side, each in a thread: what they need of memory is a few feeds, however many channels changed.
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Rendering:
    """What became of a channel. `errors` has a line for each format that could not be written."""

    rendered: tuple[Rendered, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders channels. `now` is asked for a new Last-Modified where the configuration, and not the channel, changed."""

    syndicate: Syndicate
    now: Callable[[], datetime]
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def render(self, state: ChannelState, digest: str, held: Mapping[str, Edition]) -> Rendering:
        """`state` in every format; of `held`, what is kept of it, bytes that did not change are not made again."""
        async with self._places:
            try:
                publications = await self.syndicate.publications(state)
            except StoreError:
                raise
            except Exception as error:  # whatever is wrong with one channel, the others go on
                return Rendering((), (_said(error),))
            site = self.syndicate.newsroom().site
            made = await asyncio.to_thread(_written, publications, site)
        rendered, errors = [], []
        for format, output in made.items():
            if isinstance(output, publish.Output):
                rendered.append(await self._edition(state, digest, format, output, held.get(format)))
            else:
                errors.append(f"{format}: {_said(output)}")
        return Rendering(tuple(rendered), tuple(errors))

    async def _edition(
        self, state: ChannelState, digest: str, format: str, output: publish.Output, held: Edition | None
    ) -> Rendered:
        channel = f"{state.kind}:{state.slug}"
        for article in output.omitted:
            log.warning("article.omitted", article=article, channel=channel, format=format)
        tag = etag(output.body)
        if held is not None and held.etag == tag:
            return Rendered(edition=replace(held, version=state.version, digest=digest, omitted=output.omitted))
        bodies = await asyncio.to_thread(publish.encoded, output.body)
        edition = Edition(
            kind=state.kind,
            slug=state.slug,
            format=format,
            version=state.version,
            digest=digest,
            etag=tag,
            last_modified=self._last_modified(state, held),
            sizes={**{coding: len(body) for coding, body in bodies.items()}, PLAIN: len(output.body)},
            omitted=output.omitted,
        )
        return Rendered(edition=edition, bodies=bodies)

    def _last_modified(self, state: ChannelState, held: Edition | None) -> datetime:
        """When the channel changed; now where it did not: new bytes are news to a client that knows nothing but our date."""
        return state.changed if held is None or state.changed > held.last_modified else self.now()


def _written(publications: Mapping[str, Publication], site: Site) -> dict[str, publish.Output | Exception]:
    """Each format's output, or what went wrong."""
    made: dict[str, publish.Output | Exception] = {}
    drafted = publish.drafts(next(iter(publications.values())), site=site)  # formats differ in their address alone
    for format, publication in publications.items():
        try:
            made[format] = publish.render(publication, format, site=site, drafted=drafted)
        except Exception as error:
            made[format] = error
    return made


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
