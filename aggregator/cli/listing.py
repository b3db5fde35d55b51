"""A kind of channel → its rows, for the list commands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from aggregator.cli.output import NOTHING_IN_FORCE, show

if TYPE_CHECKING:
    from aggregator.app import App


def listing(kind: str, *, as_json: bool, limit: int) -> Callable[[App], Coroutine[Any, Any, None]]:
    """Work that prints the channels of `kind`: slug, title, articles, latest, subscribers by WebSub, feed."""

    async def work(app: App) -> None:
        from aggregator.model import ChannelKind

        chosen = ChannelKind(kind)
        site = app.newsroom.site
        followed = {(one.kind, one.slug): one.count for one in await app.store.followed_channels(now=app.now())}
        lines = await app.store.listing(chosen, private=True)
        rows = [
            {
                "slug": line.slug,
                "title": app.syndicate.title(chosen, line.slug, line.name),
                "articles": line.count,
                "latest": line.latest,
                "private": line.private,
                "subscribers": followed.get((line.kind, line.slug), 0),
                "feed": f"{site.url}/{chosen.folder}/{line.slug}.atom",
            }
            for line in lines[:limit]
        ]
        show(
            rows,
            as_json=as_json,
            columns=("slug", "title", "articles", "latest", "subscribers", "feed"),
            total=len(lines),
            empty="none" if lines or await app.store.source_statuses() else NOTHING_IN_FORCE,
        )

    return work
