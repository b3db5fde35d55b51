"""Bylines with contacts, leftovers of templates and odd letters → names, and nothing else of what was printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Byline
from aggregator.normalize.byline_cleaning import as_evidence
from aggregator.normalize.bylines import credits_of, split_byline
from aggregator.normalize.mailboxes import without_addresses


def named(printed: str, language: str | None = None, outlet: str = "El Diario") -> list[str]:
    return [credit.name for credit in split_byline(printed, outlet_title=outlet, language=language)]


def kinds(printed: str) -> list[str]:
    return [credit.kind for credit in split_byline(printed, outlet_title="El Diario")]


@pytest.mark.parametrize(
    "contact",
    [
        "ana.gil@post.example",
        "ana.gil [at] post.example",
        "(ana.gil (at) post.example)",
        "ana.gil(at)post.example",
        "ANA.GIL AT POST DOT EXAMPLE",
        "<ana dot gil at post dot example>",
        "ana＠post.example",
        "ana@post",
        "- ana.gil arroba post.example",
        ", ana.gil{at}post{dot}example",
        "ana @ post . example",
        "ana&#64;post.example",
        "/ana@post.example?subject=x",
        "E-mail: ana@post.example",
        "[email\u00a0protected]",
        "a\u200bna@post\u200d.example",
        "+54 11 4567-8901",
        "(tel. 11 4567 8901)",
        "Tel: (55) 21 99999-1234",
        "555-123-4567 ext. 12",
        "WhatsApp +502 5555 1234",
        "https://post.example/ana",
        "ana.gil 'at' post.example",
        "ana.gil|at|post.example",
        "ana.gil%40post.example",
        "ana.gil@post。example",
        "ana.gil﹫post．example",
        "ana.gil @post.example",
        "ana.gil en post.example",
        "anagil en post punto example",
        "anagil(a)post.example",
        "anagil #at# post.example",
        "t.me/anapost",
    ],
)
def test_how_to_reach_somebody_is_no_part_of_the_name(contact: str) -> None:
    assert named(f"Ana Gil {contact}") == ["Ana Gil"]
    assert named(contact) == []
    assert "post" not in as_evidence([f"Ana Gil {contact}"]).lower()


@given(
    box=st.from_regex(r"[a-z]{3,9}[._][a-z]{3,9}", fullmatch=True),
    at=st.sampled_from(["@", " @ ", "[at]", " [at] ", "(at)", " AT ", "{at}", "＠", " arroba ", "<at>", " (arroba) "]),
    dot=st.sampled_from([".", " . ", " dot ", "[dot]", " DOT ", "(punto)", " [.] "]),
    around=st.sampled_from(
        ["Ana Gil {}", "Ana Gil ({})", "Ana Gil <{}>", "{} (Ana Gil)", "Ana Gil, {}", "Ana Gil | {}"]
    ),
)
def test_no_disguise_brings_an_address_into_a_name(box: str, at: str, dot: str, around: str) -> None:
    assert named(around.format(f"{box}{at}post{dot}example")) == ["Ana Gil"]


@pytest.mark.parametrize(
    "printed",
    [
        *("{{author.name}}", "{{ author }}", "${author}", "<%= author %>", "%author%", "$post->author", "{author}"),
        *("undefined", "Undefined Undefined", "null null", "None None", "NaN", "[object Object]", "First Last"),
    ],
)
def test_what_a_template_left_is_nobody(printed: str) -> None:
    assert named(printed) == []


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Ana Gil Ana Gil", "Ana Gil"),
        ("ANA GIL Ana Gil", "Ana Gil"),
        ("Ana GilAna Gil", "Ana Gil"),
        ("Ana Gil, Ana Gil", "Ana Gil"),
        ("Ali Ali", "Ali Ali"),
        ("Ana Gil undefined", "Ana Gil"),
        ("Jan Null", "Jan Null"),
        ("Ana Gil @ana_gil@post.example", "Ana Gil"),
        ("@ana@post.example", "ana"),
        ("Instagram: anagil", "anagil"),
        ("Ana Gil IG: anagil", "Ana Gil"),
        ("Bob Smith at post.example", "Bob Smith"),
        ("Ａｎａ　Ｇｉｌ", "Ana Gil"),
        ("𝐀𝐧𝐚 𝐆𝐢𝐥", "Ana Gil"),
        ("Jose\u0301 Gil", "José Gil"),
        ("\u202eAna\u200f Gil\u202c", "Ana Gil"),
    ],
)
def test_a_name_is_printed_once_in_usual_letters(printed: str, name: str) -> None:
    assert named(printed) == [name]


@pytest.mark.parametrize(
    "name",
    [
        *("Quino", "Pelé", "Cher", "Maitena", "El Roto", "Plantu"),
        *("Emily Post", "Marjorie Merriweather Post", "Laura Press", "Alfonso Armada", "Jordi Canal"),
    ],
)
def test_people_of_one_name_and_with_telling_surnames_are_people(name: str) -> None:
    assert (named(name), kinds(name)) == ([name], ["person"])


@pytest.mark.parametrize(
    "name", ["Washington Post", "New York Post", "Santiago Press", "Canal 13", "Europa Press", "Cinemanía"]
)
def test_papers_stay_organisations(name: str) -> None:
    assert (named(name), kinds(name)) == ([name], ["organisation"])


@pytest.mark.parametrize(
    "name",
    [
        *("University of the West Indies", "Ministry of the Environment", "Friends of the Earth", "Save the Children"),
        *("Médicos Sin Fronteras", "Instituto de Estudios para América Latina", "Trinidad and Tobago Newsday", "JIS"),
    ],
)
def test_names_of_organisations_are_not_cut(name: str) -> None:
    assert (named(name), kinds(name)) == ([name], ["organisation"])


def test_a_role_in_brackets_leaves_no_mark_in_a_name() -> None:
    (credit,) = split_byline("Ana Gil (Correspondent) Kingston")
    assert (credit.name, credit.role, credit.place) == ("Ana Gil", "Correspondent", "Kingston")


@pytest.mark.parametrize(
    ("printed", "language", "names"),
    [
        ("佐藤太郎、鈴木花子", "ja", ["佐藤太郎", "鈴木花子"]),
        ("佐藤 太郎", "ja", ["佐藤 太郎"]),
        ("王小明 李华", "zh", ["王小明", "李华"]),
        ("محمد علي وأحمد حسن", "ar", ["محمد علي", "أحمد حسن"]),
        ("محمد علي و أحمد حسن", "ar", ["محمد علي", "أحمد حسن"]),
        ("سارة محمود، أحمد حسن", "ar", ["سارة محمود", "أحمد حسن"]),
        ("محمد خالد وليد حسن", "ar", ["محمد خالد وليد حسن"]),
        ("דוד כהן ויעל לוי", "he", ["דוד כהן", "יעל לוי"]),
        ("Иван Петров и Анна Сидорова", "ru", ["Иван Петров", "Анна Сидорова"]),
        ("Jan Jansen en Piet de Vries", "nl", ["Jan Jansen", "Piet de Vries"]),
        ("Kari Nordmann og Per Hansen", "no", ["Kari Nordmann", "Per Hansen"]),
    ],
)
def test_lists_are_parted_as_their_language_parts_them(printed: str, language: str, names: list[str]) -> None:
    assert named(printed, language) == names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Escriba a ana.gil [at] post.example.", "Escriba a …."),
        ("<p>Ana Gil (agil(arroba)post.example)</p>", "<p>Ana Gil (…)</p>"),
        ("Tips: tips [at] post.example", "Tips: tips [at] post.example"),
        ("Meet at (at) noon", "Meet at (at) noon"),
    ],
)
def test_a_disguised_address_of_the_author_is_taken_out_of_texts(text: str, shown: str) -> None:
    by_ana = without_addresses((Byline(name="Ana Gil Ruiz"), Byline(name="", email="agil@post.example")))
    assert by_ana(text.replace("ana.gil", "ana.ruiz")) == shown


_PIECES = (
    "Ana Gil",
    "ANA GIL",
    "Reuters",
    "ana.gil [at] post.example",
    "+54 11 4567 8901",
    "{{author}}",
    "\u202e",
    "<b>",
    "a\u0301",
    "佐藤",
)
_BETWEEN = (" ", ", ", " y ", " / ", " | ", "\n", " — ", "、", " (", ") ", " por ", "\u200b", "@", ": ", " de ")


@given(st.lists(st.sampled_from(_PIECES + _BETWEEN), max_size=40).map("".join))
def test_whatever_is_printed_no_contact_markup_or_control_character_is_a_name(printed: str) -> None:
    for credit in split_byline(printed, outlet_title="El Diario", language="es"):
        assert credit.name == credit.name.strip() != ""
        assert "@post" not in credit.name
        assert "ana.gil" not in credit.name.lower()
        assert "4567" not in credit.name
        assert "{{" not in credit.name
        assert credit.name.isprintable()


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ('["Ana Gil","Luis Paz"]', ["Ana Gil", "Luis Paz"]),
        ('{"@type":"Person","name":"Ana Gil"}', ["Ana Gil"]),
        ('[{"name":"Ana Gil"},{"name":null}]', ["Ana Gil"]),
        ("{}", []),
        ("[Ana Gil", ["Ana Gil"]),
    ],
)
def test_names_that_a_template_left_in_json_are_names(printed: str, names: list[str]) -> None:
    assert named(printed) == names


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://post.example/by/ana", True),
        ("https://social.example/@ana@post.example", True),
        ("https://post.example/by?mail=ana@post.example", False),
        ("https://post.example/by?mail=ana%40post.example", False),
    ],
)
def test_an_address_is_no_part_of_an_author_s_page(url: str, kept: bool) -> None:
    (credit,) = credits_of((Byline(name="Ana Gil", url=url),), outlet_title="", language=None, known={})
    assert (credit.url == url) is kept


def test_five_hundred_authors_are_bounded() -> None:
    assert 0 < len(split_byline(", ".join(f"Ana Gil{n}" for n in range(500)))) <= 500
    assert len(named("Ana Gil, " * 2_000)) == 1
