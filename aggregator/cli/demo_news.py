"""The made-up newsroom of `aggregator demo` → stories, by number and by time: the same numbers always tell the same story."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

BACKLOG = 10  # stories an outlet has told before the demo starts
BACKLOG_STEP = timedelta(minutes=170)
LIVE_STEP = timedelta(seconds=5)  # one outlet after the other publishes
SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One made-up outlet; `number` is its place in the round of publishing."""

    number: int
    id: str
    title: str
    language: str
    country: str
    format: str
    republish: str
    bylines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One made-up article as its outlet states it."""

    number: int
    title: str
    summary: str
    text: str
    caption: str
    credit: str
    byline: str
    category: str
    published: datetime


@cache
def _material() -> Mapping[str, Any]:
    source = resources.files("aggregator.cli").joinpath("demo_news.yaml").read_text(encoding="utf-8")
    material: Mapping[str, Any] = YAML(typ="safe", pure=True).load(source)
    return material


def papers() -> tuple[Paper, ...]:
    """The outlets, in the order in which they publish."""
    return tuple(
        Paper(number=number, **{**fields, "bylines": tuple(fields["bylines"])})
        for number, fields in enumerate(_material()["outlets"])
    )


def configuration_files() -> Mapping[str, str]:
    """File name → YAML of the demo's newsroom but for its outlets; `{site_url}` is to be filled."""
    files: Mapping[str, str] = _material()["configuration"]
    return files


def told(paper: Paper, *, started: datetime, now: datetime) -> tuple[Story, ...]:
    """What `paper` shows at `now`, newest first, when the demo was `started`."""
    newest = BACKLOG - 1
    while _published(paper, newest + 1, started) <= now:
        newest += 1
    numbers = range(newest, max(-1, newest - SHOWN), -1)
    return tuple(story(paper, number, started=started) for number in numbers)


def _published(paper: Paper, number: int, started: datetime) -> datetime:
    if number < BACKLOG:
        return started - (BACKLOG - number) * BACKLOG_STEP - paper.number * timedelta(minutes=11)
    rounds = (number - BACKLOG) * len(papers()) + paper.number + 1
    return started + rounds * LIVE_STEP


def story(paper: Paper, number: int, *, started: datetime) -> Story:
    """Story `number` of `paper`: one of two events, so that an event has one to six outlets that tell it."""
    material = _material()
    event = 2 * number + _taste(paper, number)
    plots, places, photographers = material["plots"], material["places"], material["photographers"]
    plot = plots[event % len(plots)]
    city, country = places[(7 * event + event // len(plots)) % len(places)][paper.language]
    title, summary, text, caption = (
        _elided(words.format(city=city, country=country), paper.language) for words in plot[paper.language]
    )
    return Story(
        number=number,
        title=title[0].upper() + title[1:],
        summary=summary,
        text=text,
        caption=caption,
        credit=photographers[(number + paper.number) % len(photographers)],
        byline=paper.bylines[number % len(paper.bylines)],
        category=plot["category"][paper.language],
        published=_published(paper, number, started),
    )


def _taste(paper: Paper, number: int) -> int:
    """Which of two events the outlet tells: 0 or 1, for each outlet in a round of its own."""
    return (number * (paper.number + 1) // 2 + paper.number) % 2


def _elided(words: str, language: str) -> str:
    """As French writes it: d’Arequipa, and a country within brackets without its article."""
    if language != "fr":
        return words
    return re.sub(r"\((l’|l[ae] )", "(", re.sub(r"\bde (?=[AEIOUÉ])", "d’", words))
