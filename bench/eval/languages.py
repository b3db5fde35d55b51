"""Labelled articles → how often `normalize.language_of` tells their language from title and summary alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from aggregator.normalize import language_of
from bench.eval.labelled import REQUIRED
from bench.eval.measures import share

KEYS = {"title": "", "summary": "", "lang": REQUIRED}


def measure(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`{"accuracy": share, "by": {language: {"precision", "recall"}}}`; beside it, how often it was right when it was sure,
    and the same from titles alone, by how sure it was."""
    said = [_said(line) for line in lines]
    meant = [_base(line["lang"]) for line in lines]
    right = Counter(label for (tag, _), label in zip(said, meant, strict=True) if tag == label)
    said_of, meant_of = Counter(tag for tag, _ in said), Counter(meant)
    headlines = [_said(line, of="title") for line in lines]
    sure = [tag == label for (tag, confidence), label in zip(said, meant, strict=True) if confidence >= 0.9]
    return {
        "accuracy": share(sum(right.values()), len(lines)),
        "by": {
            language: {
                "precision": share(right[language], said_of[language]),
                "recall": share(right[language], meant_of[language]),
            }
            for language in sorted(meant_of)
        },
        "of_titles": {
            "accuracy": share(sum(tag == label for (tag, _), label in zip(headlines, meant, strict=True)), len(lines)),
            "by_confidence": _by_confidence(headlines, meant),
        },
        "sure": {"share": share(len(sure), len(lines)), "accuracy": share(sum(sure), len(sure))},
    }


def errors(lines: Sequence[dict[str, Any]]) -> Iterable[str]:
    """A line for each article whose language is told otherwise."""
    for line in lines:
        tag, confidence = _said(line)
        if tag != _base(line["lang"]):
            yield f"{tag or 'nothing'} ({confidence:.2f}), labelled {line['lang']}: {line['title']} | {line['summary'][:120]}"


def _by_confidence(said: Sequence[tuple[str, float]], meant: Sequence[str]) -> dict[str, dict[str, float]]:
    """How often what was so sure was right: as often as it was sure, or oftener."""
    found: dict[str, list[bool]] = {}
    for (tag, confidence), label in zip(said, meant, strict=True):
        found.setdefault(f"{int(confidence * 5) / 5:.1f}" if confidence < 1 else "0.8", []).append(tag == label)
    return {
        floor: {"items": len(right), "accuracy": share(sum(right), len(right))}
        for floor, right in sorted(found.items())
    }


def _said(line: dict[str, Any], *, of: str = "") -> tuple[str, float]:
    """The service's own answer where neither entry, feed nor outlet states a language, from all that is there or one part."""
    found = language_of(None, None, None, line[of] if of else f"{line['title']} {line['summary']}")
    return _base(found.tag or ""), found.confidence


def _base(tag: str) -> str:
    return tag.partition("-")[0].lower()
