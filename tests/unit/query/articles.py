"""An article to ask about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aggregator.model import Article, Category, Content, Credit, Outlet

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTENT = Content(
    title="Lítio: el nuevo oro del Cono Sur",
    summary="<p>Chile y <b>Bolivia</b> negocian.</p><p>Covid-19 ya no frena.</p>",
    text="<div>El salar de Uyuni</div>",
    url="https://www.herald.example/south-america/litio-2026?id=7",
    language="es-AR",
)
_ARTICLE = Article(
    id="abcdefgh2345672a",
    key=1,
    outlet=Outlet(id="herald", title="Herald", url="https://herald.example"),
    source_id="herald",
    source_title="Herald",
    source_url="https://herald.example/rss",
    sources=("herald", "herald-world"),
    content=CONTENT,
    credits=(Credit(name="Dionys Duroc", slug="dionys-duroc", names=("dionys duroc", "d. duroc")),),
    categories=(Category(term="Economía", label="Economy & Trade"),),
    sections=("south-america",),
    countries=("CL", "BO"),
    published=datetime(2026, 2, 25, 8, tzinfo=UTC),
    updated=datetime(2026, 2, 26, 8, tzinfo=UTC),
    listed=datetime(2026, 2, 25, 9, tzinfo=UTC),
    story="storystory234567",
)


def article(**changes: Any) -> Article:
    """The article, with other values where given; those of its content by name too."""
    content = {name: changes.pop(name) for name in list(changes) if name in Content.__dataclass_fields__}
    return replace(_ARTICLE, content=replace(CONTENT, **content), **changes)
