"""Which entries are one article, and which changes a reader would notice. Numbers are those of the field's bug trackers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.dedupe import Habits, Known, changes, decide, identity_keys
from aggregator.dedupe.articles import _Desk
from aggregator.model import Content, Key, KeyKind, New, Picture, Revised, Sighting, Unchanged, Verdict
from aggregator.urls import clean_url
from tests.unit.dedupe.archive import Archive

THEN = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TITLE = "Lluvias dejan daños en Arequipa"


def seen(
    title: str = TITLE, *, guid: str | None = "1", url: str | None = "https://p.example/1", **changes: Any
) -> Sighting:
    content = Content(title=title, url=clean_url(url) if url else None, summary=changes.pop("summary", "Cayeron."))
    plain = Sighting(
        source_id="p",
        outlet_id="p",
        position=0,
        guid=guid,
        content=content,
        published=THEN,
        updated=None,
        credits=(),
        categories=(),
        sections=(),
        countries=(),
        evidence=(),
        bylines=(),
        raw_published=None,
        raw_updated=None,
        raw_hash="",
    )
    return replace(plain, **changes)


def kinds(verdicts: Sequence[Verdict]) -> list[str]:
    return [type(verdict).__name__ for verdict in verdicts]


def test_keys_are_the_guid_in_its_source_then_the_canonical_link() -> None:
    guid, link, day = identity_keys(seen(url="http://www.p.example/1/"))
    assert guid == Key(KeyKind.GUID, "1", "p")
    assert link == Key(KeyKind.LINK, "https://p.example/1")
    assert day == Key(KeyKind.LINK, "https://p.example/1 2026-03-10")


def test_case_3_without_guid_and_link_what_it_says_is_the_key() -> None:
    (key,) = identity_keys(seen(guid=None, url=None))
    assert key.kind is KeyKind.HASH
    assert identity_keys(seen("Otra", guid=None, url=None)) != (key,)


def test_a_first_sight_is_new_and_a_second_unchanged() -> None:
    archive = Archive()
    (first,) = archive.poll(seen())
    (second,) = archive.poll(seen())
    assert isinstance(first, New)
    assert isinstance(second, Unchanged)
    assert (first.id, first.rule, second.rule) == (second.id, "new", "same guid")


def test_ids_are_the_same_on_every_machine() -> None:
    assert Archive().poll(seen())[0].id == Archive().poll(seen())[0].id


@pytest.mark.parametrize(
    "again",
    [
        seen(guid=None),
        seen(guid="http://p.example/1"),
        seen(guid="other"),
        seen(url="http://p.example/1"),
        seen(url="https://www.p.example/1/?utm_source=rss"),
        seen(url="https://m.p.example/1.html"),
        seen(url=None),
        seen(published=THEN + timedelta(days=3)),
        seen(source_id="world"),
    ],
)
def test_cases_6_to_15_an_article_is_recognised_by_guid_or_link(again: Sighting) -> None:
    archive = Archive()
    assert kinds([*archive.poll(seen()), *archive.poll(again)]) == ["New", "Unchanged"]
    assert len(archive.articles) == 1


def test_a_guid_wins_over_a_link() -> None:
    archive = Archive()
    one, two = archive.poll(seen(), seen("Sequía en Puno y Cusco", guid="2", url="https://p.example/2"))
    (mixed,) = archive.poll(seen(guid="1", url="https://p.example/2"))
    assert (mixed.id, mixed.rule) == (one.id, "same guid")
    assert one.id != two.id


def test_case_4_one_guid_for_all_entries_is_no_identity() -> None:
    archive = Archive()
    entries = [seen(f"Noticia número {n} de hoy", guid="N/A", url=f"https://p.example/{n}") for n in range(3)]
    assert kinds(archive.poll(*entries)) == ["New", "New", "New"]
    assert kinds(archive.poll(*entries)) == ["Unchanged", "Unchanged", "Unchanged"]
    assert len(archive.articles) == 3


def test_case_2_one_link_for_all_entries_is_no_identity() -> None:
    archive = Archive()
    entries = [seen(f"Noticia {n}", guid=str(n), url="https://p.example/") for n in range(5)]
    assert kinds(archive.poll(*entries)) == ["New"] * 5
    bare = [seen(f"Noticia {n}", guid=None, url="https://p.example/") for n in range(5)]
    assert kinds(Archive().poll(*bare)) == ["New"] * 5


def test_case_5_an_entry_that_stands_twice_is_one_article() -> None:
    archive = Archive()
    assert sorted(kinds(archive.poll(seen(), seen(), seen(guid=None)))) == ["New", "Unchanged", "Unchanged"]
    assert len(archive.articles) == 1


def test_case_12_a_guid_used_again_a_month_later_is_another_article() -> None:
    archive = Archive()
    first = archive.poll(seen(guid="alerta", url="https://p.example/alerta"))
    later = seen("Choque de trenes cerca de Puno", guid="alerta", url="https://p.example/alerta")
    later = replace(later, published=THEN + timedelta(days=30))
    second, third = archive.poll(later), archive.poll(later)
    assert kinds([*first, *second, *third]) == ["New", "New", "Unchanged"]
    assert first[0].id != second[0].id == third[0].id


def test_a_page_written_anew_at_its_old_address_is_another_article() -> None:
    archive = Archive()
    archive.poll(seen("El dólar abre al alza", guid=None))
    other = replace(seen("Sismo sacude Tacna y Moquegua", guid=None), published=THEN + timedelta(days=3))
    assert kinds([*archive.poll(other), *archive.poll(other)]) == ["New", "Unchanged"]


def test_a_live_page_that_keeps_its_headline_is_one_article() -> None:
    archive = Archive()
    archive.poll(seen("En vivo: elecciones en Perú", guid=None))
    moved = replace(seen("En vivo: elecciones en Perú, resultados", guid=None), published=THEN + timedelta(days=3))
    assert kinds(archive.poll(moved)) == ["Revised"]


def test_case_13_an_edited_title_is_a_revision() -> None:
    archive = Archive()
    archive.poll(seen())
    (edited,) = archive.poll(seen("Lluvias dejan dos muertos en Arequipa"))
    assert isinstance(edited, Revised)
    assert edited.changes == ("title",)


def test_case_86_a_purged_article_never_comes_back() -> None:
    known = {
        key: Known(article_id="x", content=None, published=None, updated=THEN) for key in identity_keys(seen())[:2]
    }
    (verdict,) = decide([seen("Otra cosa")], known)
    assert isinstance(verdict, Unchanged)
    assert verdict.id == "x"


def test_another_source_s_telling_does_not_revise() -> None:
    archive = Archive()
    archive.poll(seen())
    shorter = seen(summary="Corto.", source_id="world")
    assert kinds([*archive.poll(shorter), *archive.poll(seen())]) == ["Unchanged", "Unchanged"]


def test_an_alias_never_changes_its_owner() -> None:
    archive = Archive()
    one, two = archive.poll(seen(), seen("Sequía en Puno y Cusco", guid="2", url="https://p.example/2"))
    (moved,) = archive.poll(seen(guid="1", url="https://p.example/2"))
    assert [key.kind for key in moved.keys] == [KeyKind.GUID]
    assert archive.aliases[Key(KeyKind.LINK, "https://p.example/2")] == two.id != one.id


@pytest.mark.parametrize(
    ("changed", "noticed"),
    [
        ({"title": "LLUVIAS dejan danos en Arequipa!"}, ()),
        ({"title": "Lluvias dejan 3 muertos en Arequipa"}, ("title",)),
        ({"summary": "<p>Cayeron.</p>"}, ()),
        ({"summary": "Cayeron. 12"}, ()),
        ({"summary": "Cayeron mucho."}, ("summary",)),
        ({"summary": ""}, ()),
        ({"text": "<p>Todo.</p>"}, ("text",)),
        ({"url": "https://p.example/otra"}, ()),
        ({"language": "es"}, ()),
        ({"picture": Picture(url="https://p.example/1.jpg")}, ("picture",)),
    ],
)
def test_only_what_a_reader_would_notice_is_a_change(changed: dict[str, Any], noticed: tuple[str, ...]) -> None:
    old = Content(title=TITLE, summary="Cayeron.", url="https://p.example/1")
    assert changes(old, replace(old, **changed)) == noticed


def test_a_picture_of_another_size_is_no_change() -> None:
    old = Content(title=TITLE, picture=Picture(url="https://p.example/1.jpg?w=90"))
    assert changes(old, replace(old, picture=Picture(url="https://p.example/1.jpg?w=900"))) == ()


SAID = "La tormenta dejó 4 muertos en Puno."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Compartida 2 veces", "Compartida 19 veces"),
        ("The river rose.", "The river rose. Compartido 1.204 veces"),
        ("2 min ago", "1 hour ago"),
        ("hace 1 hora", "hace 2 horas"),
        ("há 5 minutos", "há 3 horas"),
        ("", "Updated 3 hours ago."),
        ("Actualizado hace 3 horas.", "Actualizado hace 1 día."),
        ("1 comment", "12 comments"),
        ("Comentarios: 3", "Comentarios: 14"),
        ("Leído 1.234 veces.", "Leído 1.240 veces."),
        ("Actualizado: 10 de marzo de 2026, 14:32", "Actualizado: 11 de abril de 2026, 09:01"),
        ("Last updated at 14:32 GMT", "Last updated at 15:01 GMT"),
        ("Atualizado em 10/03/2026 às 14h32", "Atualizado em 11/03/2026 às 15h00"),
        ("12", "15"),
        ("", "Publicidad: compre ya su auto."),
        ("<p>Suscríbete a nuestro boletín</p>", ""),
        ("Otros dos…", "Otros dos cayeron al río en Cusco."),
    ],
)
def test_what_moves_by_itself_is_no_change(before: str, after: str) -> None:
    old, new = (Content(title=TITLE, summary=f"{SAID} {end}") for end in (before, after))
    assert changes(old, new) == ()
    assert changes(new, old) == ()


def test_a_toll_in_the_summary_is_a_change() -> None:
    old = Content(title=TITLE, summary=SAID)
    assert changes(old, replace(old, summary=SAID.replace("4", "6"))) == ("summary",)


def test_thousands_of_entries_made_alike_are_not_compared_in_pairs() -> None:
    made = [seen(f"Item number {n}", guid=f"g{n}", url=f"https://p.example/{n}", summary="") for n in range(400)]
    desk = _Desk({}, {}, Habits(), made)
    verdicts = [desk.verdict(one, desk.keys_of(one)) for one in made]
    assert len({verdict.id for verdict in verdicts}) == 400
    assert max(map(len, desk.fresh.values())) == 12, "what all share tells none apart"
