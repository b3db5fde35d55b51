"""Printed names → authors with slugs that last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, update

from aggregator.model import AuthorProfile, ChannelKind, Source, Title
from aggregator.store import Store
from aggregator.store import tables as t
from tests.making import NOW, credit, newsroom, outlet, publish, sighting, source

HERALD, TIMES = source("herald"), source("times")
LATER = NOW + timedelta(hours=1)


async def _slugs(store: Store, id: str) -> list[str | None]:
    article = await store.article(id)
    assert article is not None
    return [one.slug for one in article.credits]


async def test_one_name_in_one_outlet_is_one_author_however_it_is_spelled(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    written = await publish(store, HERALD, sighting("First", by=["Ana López"]), sighting("Second", by=["ANA LOPEZ"]))
    assert [article.credits[0].slug for article in written.new] == ["ana-lopez", "ana-lopez"]
    author = await store.author("ana-lopez")
    assert author is not None
    assert (author.name, author.outlet_id, author.count, author.aliases) == ("Ana López", "herald", 2, ("ana lopez",))


async def test_one_name_in_two_outlets_is_two_authors(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    (here,) = (await publish(store, HERALD, sighting("First", by=["Ana López"]))).new
    (there,) = (await publish(store, TIMES, sighting("Second", of=TIMES, by=["Ana López"]))).new
    assert (here.credits[0].slug, there.credits[0].slug) == ("ana-lopez", "ana-lopez-times")


async def test_slugs_are_numbered_when_all_else_is_taken(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    # Of people these would be spellings of one name.
    names = ["Ana Lopez", "Ana-Lopez", "Ana. Lopez", "None", "***"]
    seen = [sighting(f"Thing {n}", credits=(credit(name, kind="desk"),)) for n, name in enumerate(names)]
    written = await publish(store, HERALD, *seen)
    assert [article.credits[0].slug for article in written.new] == [
        "ana-lopez",
        "ana-lopez-herald",
        "ana-lopez-herald-2",
        "none-herald",
        "desk",
    ]


async def test_two_names_of_one_person_in_a_byline_are_one_credit(store: Store) -> None:
    profile = AuthorProfile(slug="ana", name="Ana López", aliases=("A. López",))
    await store.apply(newsroom(HERALD, authors=(profile,)), now=NOW)
    (article,) = (await publish(store, HERALD, sighting("First", by=["A. López", "Ana López"]))).new
    assert [(one.name, one.slug) for one in article.credits] == [("Ana López", "ana")]


async def test_a_profile_gathers_what_its_names_wrote_before(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    (here,) = (await publish(store, HERALD, sighting("First", by=["Dionys Duroc"]))).new
    (there,) = (await publish(store, TIMES, sighting("Second", of=TIMES, by=["D. Duroc"]))).new
    profile = AuthorProfile(
        slug="dionys-duroc",
        name="Dionys Duroc",
        aliases=("D. Duroc",),
        role=Title("Correspondent"),
        url="https://d.example",
    )
    await store.apply(newsroom(HERALD, TIMES, authors=(profile,)), now=LATER)
    assert await _slugs(store, here.id) == await _slugs(store, there.id) == ["dionys-duroc"]
    author = await store.author("dionys-duroc")
    assert author is not None
    assert (author.configured, author.role, author.count) == (True, Title("Correspondent"), 2)
    assert await store.redirect("author", "d-duroc") == "dionys-duroc"
    assert await store.channel(ChannelKind.AUTHOR, "d-duroc") is None
    carried = await store.articles(ChannelKind.AUTHOR, "dionys-duroc", limit=9)
    assert {article.id for article in carried} == {here.id, there.id}
    assert await store.known_authors(["dionys-duroc", "d-duroc", "x"]) == {"dionys-duroc", "d-duroc"}
    assert await store.moved_authors(["dionys-duroc", "d-duroc", "x"]) == {"d-duroc": "dionys-duroc"}


async def test_a_profile_of_one_outlet_leaves_the_namesake_elsewhere_alone(store: Store) -> None:
    await store.apply(newsroom(HERALD, TIMES), now=NOW)
    (here,) = (await publish(store, HERALD, sighting("First", by=["Ana López"]))).new
    (there,) = (await publish(store, TIMES, sighting("Second", of=TIMES, by=["Ana López"]))).new
    profile = AuthorProfile(slug="ana-lopez", name="Ana López", outlets=("times",))
    await store.apply(newsroom(HERALD, TIMES, authors=(profile,)), now=LATER)
    assert await _slugs(store, there.id) == ["ana-lopez"]
    assert await _slugs(store, here.id) == ["ana-lopez-herald"]
    assert await store.redirect("author", "ana-lopez-times") == "ana-lopez"
    for slug, id in (("ana-lopez", there.id), ("ana-lopez-herald", here.id)):
        assert [one.id for one in await store.articles(ChannelKind.AUTHOR, slug, limit=9)] == [id]


async def test_a_configured_name_wins_over_what_was_found(store: Store) -> None:
    profile = AuthorProfile(slug="ana", name="Ana López")
    await store.apply(newsroom(HERALD, authors=(profile,)), now=NOW)
    seen = sighting("First", credits=(credit("Ana LÓPEZ"), credit("Agence", kind="organisation")))
    (article,) = (await publish(store, HERALD, seen)).new
    assert [(one.name, one.slug, one.kind) for one in article.credits] == [
        ("Ana López", "ana", "person"),
        ("Agence", "agence", "organisation"),
    ]


async def test_a_profile_that_left_the_configuration_stays_as_an_author(store: Store) -> None:
    profile = AuthorProfile(slug="ana", name="Ana López")
    await store.apply(newsroom(HERALD, authors=(profile,)), now=NOW)
    (article,) = (await publish(store, HERALD, sighting("First", by=["Ana López"]))).new
    await store.apply(newsroom(HERALD), now=LATER)
    author = await store.author("ana")
    assert author is not None
    assert not author.configured
    assert await _slugs(store, article.id) == ["ana"]


async def test_a_profile_that_left_the_configuration_stays_as_an_author_without_what_it_said(store: Store) -> None:
    profile = AuthorProfile(
        slug="ana", name="Ana López", role=Title("Correspondent"), bio=Title("Writes."), url="https://ana.example"
    )
    await store.apply(newsroom(HERALD, authors=(profile,)), now=NOW)
    await publish(store, HERALD, sighting("Glaciers retreat", of=HERALD, by=("Ana López",)))
    before = await store.channel(ChannelKind.AUTHOR, "ana")
    await store.apply(newsroom(HERALD), now=LATER)
    author, after = await store.author("ana"), await store.channel(ChannelKind.AUTHOR, "ana")
    assert author is not None
    assert before is not None
    assert after is not None
    assert (author.name, author.configured, author.count) == ("Ana López", False, 1)
    assert (author.role, author.bio, author.url) == (Title(), Title(), None)
    assert after.version > before.version, "its feed says so"


async def test_the_old_slug_of_a_profile_forwards_to_its_new_one(store: Store) -> None:
    profile = AuthorProfile(slug="ana-profile", name="Ana López")
    await store.apply(newsroom(HERALD, authors=(profile,)), now=NOW)
    (article,) = (await publish(store, HERALD, sighting("First", of=HERALD, by=("Ana López",)))).new
    await store.apply(newsroom(HERALD, authors=(replace(profile, slug="ana"),)), now=LATER)
    assert await store.redirect("author", "ana-profile") == "ana"
    assert await _slugs(store, article.id) == ["ana"]
    channel = await store.channel(ChannelKind.AUTHOR, "ana")
    assert channel is not None
    assert channel.size == 1
    await store.apply(newsroom(HERALD, authors=(profile,)), now=LATER)
    assert await store.redirect("author", "ana") == "ana-profile"
    assert await store.redirect("author", "ana-profile") is None


async def test_an_alias_given_up_no_longer_means_the_profile(store: Store) -> None:
    before = AuthorProfile(slug="ana", name="Ana López", aliases=("A. L.",))
    await store.apply(newsroom(HERALD, authors=(before,)), now=NOW)
    await store.apply(newsroom(HERALD, authors=(AuthorProfile(slug="ana", name="Ana López"),)), now=LATER)
    (article,) = (await publish(store, HERALD, sighting("First", by=["A. L."]), now=LATER)).new
    assert [one.slug for one in article.credits] == ["a-l"]


async def test_who_signed_how_often_is_counted_and_who_is_configured(store: Store) -> None:
    profile = AuthorProfile(slug="ana", name="Ana López")
    await store.apply(newsroom(HERALD, authors=(profile,)), now=NOW)
    named = [["Ana López"], ["Bo Diaz"], ["Bo Diaz"], ["Cy Paz"]]
    await publish(store, HERALD, *(sighting(f"Thing {n}", by=by) for n, by in enumerate(named)))
    counted = await store.author_counts()
    assert [(one.name, one.count, one.outlet_id, one.configured) for one in counted] == [
        ("Bo Diaz", 2, "herald", False),
        ("Ana López", 1, "", True),
        ("Cy Paz", 1, "herald", False),
    ]
    assert {one.first for one in counted} == {NOW}


async def test_a_profile_shows_in_its_channel_before_it_wrote_anything(store: Store) -> None:
    profile = AuthorProfile(slug="ana", name="Ana López", outlets=("herald", "times"))
    await store.apply(newsroom(HERALD, source("times", of=outlet("times")), authors=(profile,)), now=NOW)
    (line,) = await store.listing(ChannelKind.AUTHOR)
    assert (line.slug, line.name, line.count) == ("ana", "Ana López", 0)


async def credited(store: Store, of: Source, name: str, **details: str) -> str:
    """The slug of who signs as `name`."""
    signed = sighting(f"By {name} {sorted(details)}", of=of, credits=(credit(name, **details),))
    (article,) = (await publish(store, of, signed)).new
    (found,) = article.credits
    assert found.slug is not None
    return found.slug


async def test_accents_particles_and_a_middle_initial_make_nobody_else(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    slugs = [await credited(store, HERALD, name) for name in ("Jesús A. Roble", "JESUS ROBLE", "Jesús de Roble")]
    assert slugs == ["jesus-a-roble"] * 3
    assert await credited(store, HERALD, "Jesús B. Roble") == "jesus-b-roble"
    # Both fit now: it means whom it meant before.
    assert await credited(store, HERALD, "Jesús Roble") == "jesus-a-roble"


async def test_spellings_within_one_document_are_one_author_too(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    names = ("Ana C. Roble", "Ana Roble", "Ana B. Roble")
    written = await publish(store, HERALD, *(sighting(f"By {name}", by=[name]) for name in names))
    assert [one.credits[0].slug for one in written.new] == ["ana-c-roble", "ana-c-roble", "ana-b-roble"]


async def test_the_same_page_joins_two_outlets_if_it_bears_the_name(store: Store) -> None:
    times = source("times")
    await store.apply(newsroom(HERALD, times), now=NOW)
    own = "https://roble.example/ana-roble"
    assert await credited(store, HERALD, "Ana Roble", url=own) == "ana-roble"
    assert await credited(store, times, "A. Roble", url=own + "/") == "ana-roble"
    staff = "https://herald.example/staff"
    assert await credited(store, HERALD, "Luis Tejo", url=staff) == "luis-tejo"
    assert await credited(store, HERALD, "Eva Sauce", url=staff) == "eva-sauce"


async def test_a_mail_address_is_recognised_and_never_kept(store: Store) -> None:
    times = source("times")
    await store.apply(newsroom(HERALD, times), now=NOW)
    assert await credited(store, HERALD, "Ana Roble", email="hola@anaroble.example") == "ana-roble"
    assert await credited(store, times, "A. Roble", email="Hola@AnaRoble.example") == "ana-roble"
    assert await credited(store, times, "Ana Roble", email="noticias@times.example") == "ana-roble-times"
    author = await store.author("ana-roble")
    assert "@" not in repr(author)


async def test_equal_names_in_two_outlets_stay_two_authors(store: Store) -> None:
    times = source("times")
    await store.apply(newsroom(HERALD, times), now=NOW)
    assert await credited(store, HERALD, "Ana Roble") == "ana-roble"
    assert await credited(store, times, "Ana Roble") == "ana-roble-times"


async def test_a_feed_adds_the_page_and_the_portrait_of_somebody_who_had_none(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    await credited(store, HERALD, "Ana Roble")
    await credited(store, HERALD, "Ana Roble", url="https://h.example/ana-roble", image="https://h.example/ana.jpg")
    author = await store.author("ana-roble")
    assert author is not None
    assert (author.url, author.image) == ("https://h.example/ana-roble", "https://h.example/ana.jpg")


async def test_an_agency_is_one_author_in_every_outlet(store: Store) -> None:
    times = source("times")
    await store.apply(newsroom(HERALD, times), now=NOW)
    assert await credited(store, HERALD, "AFP", kind="organisation") == "afp"
    assert await credited(store, times, "Agence France-Presse", kind="organisation") == "afp"
    assert await credited(store, times, "Redacción", kind="desk") == "redaccion"
    assert await credited(store, HERALD, "Redacción", kind="desk") == "redaccion-herald"
    author = await store.author("afp")
    assert author is not None
    assert (author.outlet_id, author.count) == ("", 2)


def _make_organisations(connection: Connection) -> None:
    for table in (t.author, t.credit):
        connection.execute(update(table).values(kind="organisation"))


async def test_agencies_stored_as_several_are_joined_and_a_profile_for_all_outlets_is_theirs(store: Store) -> None:
    times = source("times")
    await store.apply(newsroom(HERALD, times), now=NOW)
    # As it was before agencies were known: these two were no organisations.
    assert await credited(store, HERALD, "EFE", kind="desk") == "efe"
    assert await credited(store, times, "EFE", kind="desk") == "efe-times"
    await store._database.write(_make_organisations)
    await store.apply(newsroom(HERALD, times), now=LATER)
    assert await store.redirect("author", "efe-times") == "efe"
    assert len(await store.articles(ChannelKind.AUTHOR, "efe", limit=9)) == 2
    profile = AuthorProfile(slug="agencia-efe", name="Agencia EFE", kind="organisation")
    await store.apply(newsroom(HERALD, times, authors=(profile,)), now=LATER)
    assert await store.redirect("author", "efe-times") == "agencia-efe"
    await store.apply(newsroom(HERALD, times), now=LATER)
    assert len(await store.articles(ChannelKind.AUTHOR, "agencia-efe", limit=9)) == 2


async def test_another_letter_is_another_name(store: Store) -> None:
    await store.apply(newsroom(HERALD), now=NOW)
    slugs = [await credited(store, HERALD, name) for name in ("Сергей Иванов", "Сергеи Иванов")]
    assert slugs[0] != slugs[1]
    assert await credited(store, HERALD, "СЕРГЕЙ ИВАНОВ", url="https://herald.example/ivanov") == slugs[0]
