"""A folder that is well becomes a newsroom."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.model import Every, Order, Republish, Stories
from tests.unit.config.conftest import Load, Write

OUTLETS = """\
outlets:
  mercopress:
    title: MercoPress
    url: https://en.mercopress.com
    country: UY
    language: en
    sources:
      - url: https://en.mercopress.com/rss/
      - url: https://en.mercopress.com/rss/politics
"""


def test_files_are_merged_by_id(loaded: Load) -> None:
    other = (
        "outlets: {other: {title: Other, url: https://other.example, sources: [{url: https://other.example/rss}]}}\n"
    )
    newsroom = loaded(a=OUTLETS, b=other).newsroom
    assert [outlet.id for outlet in newsroom.outlets] == ["mercopress", "other"]
    assert newsroom.source_by_id["other"].outlet.title == "Other"


def test_the_keys_of_site_may_be_spread_over_files(loaded: Load) -> None:
    site = loaded(a="site: {title: Wire}\n", b="site: {url: https://news.example.org/wire/}\n").newsroom.site
    assert (site.title.text(), site.url, site.id_domain) == (
        "Wire",
        "https://news.example.org/wire",
        "news.example.org",
    )


def test_a_site_has_defaults_for_everything(loaded: Load) -> None:
    site = loaded(a="channels: {}\n").newsroom.site
    assert (site.url, site.id_domain, site.id_since) == ("http://localhost:8000", "localhost", date(2026, 1, 1))


def test_an_id_domain_outlives_a_move(loaded: Load) -> None:
    site = loaded(a="site: {url: https://new.example, id_domain: Old.Example}\n").newsroom.site
    assert site.id_domain == "old.example"


def test_sources_are_named_by_their_outlet_and_the_last_words_of_their_address(loaded: Load) -> None:
    assert [source.id for source in loaded(a=OUTLETS).newsroom.sources] == ["mercopress", "mercopress-politics"]


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://x.example/arc/outboundfeeds/rss/category/politica/?outputType=xml", "x-politica"),
        ("https://x.example/mundo/rss.xml", "x-mundo"),
        ("https://x.example/fr/am%C3%A9riques/rss", "x-ameriques"),
        ("https://x.example/Ciencia_e_Saude.rss", "x-ciencia-e-saude"),
        ("https://espanol.x.example/feed/", "x-espanol-x-example"),
    ],
)
def test_words_that_mean_any_feed_are_no_name(loaded: Load, url: str, id: str) -> None:
    text = f"outlets: {{x: {{title: X, url: https://x.example, sources: [{{url: https://x.example/rss}}, {{url: '{url}'}}]}}}}\n"
    assert loaded(a=text).newsroom.sources[1].id == id


def test_defaults_apply_where_a_source_says_nothing_else(loaded: Load) -> None:
    defaults = "defaults: {republish: title, keep: 30d, every: {min: 30m, max: 6h}, pages: true}\n"
    own = OUTLETS.replace("rss/politics", "rss/politics\n        republish: full\n        every: 1h")
    first, second = loaded(a=own, b=defaults).newsroom.sources
    assert (first.republish, first.keep, first.pages) == (Republish.TITLE, timedelta(days=30), True)
    assert first.every == Every(min=timedelta(minutes=30), max=timedelta(hours=6))
    assert (second.republish, second.every.fixed, second.every.min) == (Republish.FULL, True, timedelta(hours=1))


def test_what_nobody_says_is_built_in(loaded: Load) -> None:
    source = loaded(a=OUTLETS).newsroom.sources[0]
    assert (source.republish, source.every, source.keep) == (Republish.SUMMARY, Every(), timedelta(days=90))
    assert (source.private, source.pages, source.enabled, source.withdrawn) == (False, False, True, False)


@pytest.mark.parametrize(
    ("every", "bounds"),
    [("{min: 5m}", (5, 360)), ("{max: 10m}", (10, 10)), ("{min: 12h}", (720, 720)), ("1h30m", (90, 90))],
)
def test_a_bound_that_is_left_out_comes_from_the_defaults_unless_it_contradicts(
    loaded: Load, every: str, bounds: tuple[int, int]
) -> None:
    text = OUTLETS.replace("rss/politics", f"rss/politics\n        every: {every}")
    made = loaded(a=text, b="defaults: {every: {min: 30m, max: 6h}}\n").newsroom.sources[1].every
    assert (made.min, made.max) == tuple(timedelta(minutes=bound) for bound in bounds)


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ("{max: 10m}", ["beside the default min this max makes a fixed interval of 10 min: write both bounds"]),
        ("{min: 12h}", ["beside the default max this min makes a fixed interval of 12 h: write both bounds"]),
        ("{min: 10m, max: 10m}", []),
        ("{max: 2h}", []),
        ("10m", []),
    ],
)
def test_a_lone_bound_that_makes_a_fixed_interval_is_a_warning(loaded: Load, every: str, said: list[str]) -> None:
    text = OUTLETS.replace("rss/politics", f"rss/politics\n        every: {every}")
    warnings = loaded(a=text, b="defaults: {every: {min: 30m, max: 6h}}\n").warnings
    assert [one.expected for one in warnings if one.key.endswith("sources[1].every")] == said


def test_a_port_that_is_never_asked_is_a_warning(write: Write) -> None:
    folder = write(a=OUTLETS.replace("en.mercopress.com/rss/politics", "en.mercopress.com:22/rss"))
    (warning,) = load(folder, environment={}, strict_secrets=True, ports=(80, 443)).warnings[-1:]
    assert warning.expected.startswith("port 22 is none of 80, 443, so this is never asked")
    assert "port 22" not in str(load(folder, environment={}, strict_secrets=True).warnings)


def test_a_secret_in_headers_makes_a_source_private(loaded: Load) -> None:
    text = OUTLETS.replace("rss/politics", 'rss/politics\n        headers: {Authorization: "Bearer ${TOKEN}"}')
    source = loaded({"TOKEN": "s3cret"}, a=text).newsroom.sources[1]
    assert source.headers == (("Authorization", "Bearer s3cret"),)
    assert (source.private, source.public_url) == (True, "https://en.mercopress.com/rss/politics")
    assert "s3cret" not in repr(source)


def test_a_source_with_a_secret_in_its_address_is_named_by_its_outlet(loaded: Load) -> None:
    source = loaded({"KEY": "s3cret"}, a=OUTLETS.replace("rss/politics", "rss/politics?key=${KEY}")).newsroom.sources[1]
    assert (source.url, source.public_url) == (
        "https://en.mercopress.com/rss/politics?key=s3cret",
        "https://en.mercopress.com",
    )
    assert (source.id, source.private) == ("mercopress-politics", True)


def test_a_source_with_a_secret_may_be_public_by_the_operators_word(loaded: Load) -> None:
    text = OUTLETS.replace("rss/politics", "rss/politics?key=${KEY}\n        private: false")
    assert loaded({"KEY": "x"}, a=text).newsroom.sources[1].private is False


def test_a_title_is_a_string_or_a_map_of_languages(loaded: Load) -> None:
    sections = "sections: {a: {title: News}, b: {title: {en: Sport, es: Deportes}}}\n"
    a, b = loaded(a=sections).newsroom.sections
    assert (a.title.text("es"), b.title.text("es"), b.title.text("fr")) == ("News", "Deportes", "Sport")


def test_a_section_has_all_that_speaks_for_it(loaded: Load) -> None:
    text = """\
        sections:
          latin-america: {title: Latin America}
          south-america:
            title: South America
            countries: ["005", 32, br]
            categories: [Sudamérica]
            paths: [/sudamerica/]
            keywords: {es: [Mercosur], "*": [Unasur]}
            exclude: {keywords: [tour]}
            parent: latin-america
    """
    with pytest.raises(Exception, match="032"):
        loaded(a=text)
    section = loaded(a=text.replace("32", "419")).newsroom.sections[1]
    assert (section.countries, section.categories) == (("005", "419", "BR"), ("Sudamérica",))
    assert section.keywords.words("es") == ("Mercosur", "Unasur")
    assert section.exclude.words("pt") == ("tour",)
    assert section.parent == "latin-america"


def test_an_unquoted_region_is_the_region_it_looks_like(loaded: Load) -> None:
    assert loaded(a="sections: {a: {title: A, countries: [005, NO]}}\n").newsroom.sections[0].countries == ("005", "NO")


def test_an_author_is_known_by_aliases_in_its_outlets(loaded: Load) -> None:
    text = """\
        authors:
          dionys-duroc:
            name: Dionys Duroc
            role: {en: Correspondent, es: Corresponsal}
            aliases: [D. Duroc]
            outlets: [mercopress]
    """
    author = loaded(a=text, b=OUTLETS).newsroom.authors[0]
    assert (author.slug, author.kind, author.aliases, author.outlets) == (
        "dionys-duroc",
        "person",
        ("D. Duroc",),
        ("mercopress",),
    )
    assert author.role.text("es") == "Corresponsal"


def test_a_channel_has_all_its_keys(loaded: Load) -> None:
    text = """\
        channels:
          lithium:
            title: Lithium
            where: lithium OR litio
            stories: {prefer: [mercopress]}
            limit: 20
            order: published
            republish: title
            token: ${T}
    """
    channel = loaded({"T": "tok"}, a=text, b=OUTLETS).newsroom.channels[0]
    assert (channel.where, channel.limit, channel.order) == ("lithium OR litio", 20, Order.PUBLISHED)
    assert channel.stories == Stories(mode="prefer", prefer=("mercopress",))
    assert (channel.within.republish, channel.tokens, channel.private) == (Republish.TITLE, ("tok",), True)


def test_a_channel_may_have_an_old_token_beside_the_new_one(loaded: Load) -> None:
    text = "channels: {a: {title: A, where: b, token: ['${NEW}', '${OLD}']}}\n"
    assert loaded({"NEW": "n", "OLD": "o"}, a=text).newsroom.channels[0].tokens == ("n", "o")


def test_a_removed_channel_needs_nothing_else(loaded: Load) -> None:
    channel = loaded(a="channels: {gone: {removed: true, where: 'section:nowhere'}}\n").newsroom.channels[0]
    assert channel.removed


def test_an_outlet_may_have_no_source_yet(loaded: Load) -> None:
    assert not loaded(a="outlets: {x: {title: X, url: https://x.example}}\n").newsroom.sources


def test_aliases_and_merge_keys_of_yaml_work(loaded: Load) -> None:
    text = """\
        outlets:
          x:
            title: X
            url: https://x.example
            sources:
              - &rare {url: https://x.example/a, every: 6h}
              - {<<: *rare, url: https://x.example/b}
    """
    assert [source.every.min for source in loaded(a=text).newsroom.sources] == [timedelta(hours=6)] * 2


def test_a_key_with_nothing_behind_it_is_as_good_as_absent(loaded: Load) -> None:
    newsroom = loaded(a="site:\n  title: Wire\n  id_domain:\noutlets:\n", b="# all commented out\n").newsroom
    assert (newsroom.site.id_domain, newsroom.outlets) == ("localhost", ())


def test_the_digest_is_that_of_the_files(write: Write, tmp_path: Path) -> None:
    def digest(text: str) -> str:
        return load(write(a=text), environment={}, strict_secrets=True).newsroom.digest

    assert digest(OUTLETS) == digest(OUTLETS) != digest(OUTLETS + "\n# changed\n")
    assert len(digest(OUTLETS)) == 64


def test_files_that_an_editor_leaves_behind_are_not_read(write: Write) -> None:
    folder = write(a=OUTLETS)
    (folder / ".a.yaml").write_text("outlets: [", encoding="utf-8")
    (folder / "a.yaml~").write_text("outlets: [", encoding="utf-8")
    assert load(folder, environment={}, strict_secrets=True).newsroom.sources
