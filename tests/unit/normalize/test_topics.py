"""The shipped headings: what news is about, by its words, its address and its tags, in four languages."""

from __future__ import annotations

import pytest

from aggregator.config import load, shipped
from aggregator.model import Category, Content, Outlet
from aggregator.normalize import Rules, classify
from bench.eval.sections import TOPICS

RULES = Rules.of(load(shipped(), environment={}, strict_secrets=False).newsroom)
OUTLET = Outlet(id="x", title="X", url="https://x.example")


def topics(title: str, *tags: str, language: str = "es", path: str = "/n/1") -> set[str]:
    content = Content(title=title, url=f"https://x.example{path}", language=language)
    slugs, _, _ = classify(content, [Category(term=tag) for tag in tags], source=None, outlet=OUTLET, rules=RULES)
    return {TOPICS[slug] for slug in slugs if slug in TOPICS}


def test_there_is_a_heading_for_each_of_the_seventeen_top_level_media_topics() -> None:
    assert set(TOPICS) <= {section.slug for section in RULES.sections}
    assert len(TOPICS) == 17


@pytest.mark.parametrize(
    ("title", "language", "topic"),
    [
        ("El gobierno presenta su gabinete", "es", "politics"),
        ("Senado aprova indicação", "pt", "politics"),
        ("Copper exports fall", "en", "economy"),
        ("Grève générale lundi", "fr", "labour"),
        ("Detienen a dos sicarios", "es", "crime"),
        ("Sismo de magnitud 6", "es", "disaster"),
        ("Ola de calor hasta el viernes", "es", "weather"),
        ("Alerta por surto de dengue", "pt", "health"),
        ("Scientists name a new species", "en", "science"),
        ("Novo disco da cantora", "pt", "arts"),
        ("Goleada y golazo en el clásico", "es", "sport"),
        ("Cessez-le-feu rompu", "fr", "conflict"),
        ("Obispos piden diálogo", "es", "religion"),
        ("Docentes vuelven a las aulas", "es", "education"),
        ("Deforestación récord", "es", "environment"),
        ("Pueblos indígenas marchan", "es", "society"),
        ("Las mejores playas del año", "es", "lifestyle"),
        ("Lottery winner found", "en", "human-interest"),
    ],
)
def test_words_of_a_title_tell_its_topic(title: str, language: str, topic: str) -> None:
    assert topic in topics(title, language=language)


@pytest.mark.parametrize(
    ("path", "topic"),
    [("/empresas/retail/a-b", "economy"), ("/news/business-52400911", "economy"), ("/mundo/noticias/a-b", None)],
)
def test_an_outlet_s_own_headings_tell_it_too(path: str, topic: str | None) -> None:
    assert topics("Hoy", path=path) == ({topic} if topic else set())


def test_words_that_mean_many_things_tell_nothing() -> None:
    assert topics("El niño que esperaba") == set()
    assert topics("Who was first?", language="en") == set()
    assert topics("Uma meia no chão", language="pt") == set()
