"""Operators' decisions ↔ JSON, and a person's words for one → the decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from aggregator.errors import DecisionError
from aggregator.model import Action, Article, Decision, Key, KeyKind, Newsroom, OwnedKey
from aggregator.normalize import Rules, reread
from aggregator.store import Retelling, Store

_FORM = "kind, scope and value, as `aggregator explain` prints them"


def plain(decision: Decision) -> dict[str, Any]:
    """What is exported; `keys` are [outlet, kind, scope, value, article]."""
    return {
        "at": decision.at.isoformat().replace("+00:00", "Z"),
        "action": decision.action.value,
        "articles": list(decision.articles),
        "reason": decision.reason,
        "operator": decision.operator,
        "keys": [
            [one.outlet_id, one.key.kind.value, one.key.scope, one.key.value, one.article_id] for one in decision.keys
        ],
    }


def write_decisions(decisions: Iterable[Decision]) -> str:
    """A file of decisions, the latest first."""
    return json.dumps([plain(decision) for decision in decisions], ensure_ascii=False, indent=1) + "\n"


def read_decisions(text: str) -> tuple[Decision, ...]:
    """What such a file holds; raises DecisionError where it is none."""
    try:
        return tuple(map(_decision, json.loads(text)))
    except (ValueError, KeyError, TypeError) as error:
        raise DecisionError(
            f"this is no file of decisions as `aggregator export --decisions` writes them: {error}"
        ) from error


def _decision(stated: dict[str, Any]) -> Decision:
    return Decision(
        action=Action(stated["action"]),
        articles=tuple(map(str, stated["articles"])),
        at=datetime.fromisoformat(stated["at"].replace("Z", "+00:00")),
        reason=str(stated["reason"]),
        operator=str(stated["operator"]),
        keys=tuple(
            OwnedKey(outlet, Key(KeyKind(kind), value, scope), id) for outlet, kind, scope, value, id in stated["keys"]
        ),
    )


async def decided(
    store: Store,
    action: Action,
    ids: Sequence[str],
    *,
    reason: str,
    now: datetime,
    keys: Sequence[str] = (),
    operator: str = "",
    selects: Callable[[Article], Collection[str]] | None = None,
    newsroom: Newsroom | None = None,
) -> Decision:
    """Decide so of the articles; `keys` name what a split takes out, `selects` the operator's channels that carry an article,
    `newsroom` is what tells it again. Raises DecisionError where that cannot be."""
    named: list[OwnedKey] = []
    if keys:
        held = [owned for id in ids for owned, _rule, _at in await store.owned_keys(id)]
        printed = {key_text(owned.key): owned for owned in held}
        if unknown := [key for key in keys if key not in printed]:
            raise DecisionError(f"the article is not known by {unknown[0]!r}: expected {_FORM}")
        named = [printed[key] for key in keys]
    decision = Decision(action=action, articles=tuple(ids), at=now, reason=reason, operator=operator, keys=tuple(named))
    means = retelling(newsroom) if newsroom is not None else None
    return await store.decide(decision, selects=selects, retelling=means, now=now)


def retelling(newsroom: Newsroom) -> Retelling:
    """How what was kept of a split article is told by the rules in force."""
    return Retelling(
        sources=newsroom.source_by_id,
        reread=lambda sighting, source: reread(sighting, source=source, rules=Rules.of(newsroom)),
    )


def key_text(key: Key) -> str:
    """A key as it is printed and named."""
    return " ".join(part for part in (key.kind.value, key.scope, key.value) if part)
