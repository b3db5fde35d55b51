"""${NAME} comes from the environment and never stands in a message."""

from __future__ import annotations

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError
from tests.unit.config.conftest import Load, Refused, Write

SOURCE = "outlets: {{x: {{title: X, url: https://x.example, sources: [{{url: '{url}'}}]}}}}\n"


def test_an_unset_secret_is_an_error_when_strict(refused: Refused) -> None:
    assert refused(a=SOURCE.format(url="https://x.example/rss?key=${NO_KEY}")) == [
        "a.yaml:1:65: outlets.x.sources[0].url: the environment variable NO_KEY is not set"
    ]


def test_an_empty_secret_is_unset(refused: Refused) -> None:
    assert len(refused({"K": ""}, a=SOURCE.format(url="https://x.example/rss?key=${K}"))) == 1


def test_an_unset_secret_is_a_warning_when_not_strict(write: Write) -> None:
    folder = write(a=SOURCE.format(url="https://x.example/rss?key=${NO_KEY}"))
    found = load(folder, environment={}, strict_secrets=False)
    assert [warning.expected for warning in found.warnings] == ["the environment variable NO_KEY is not set"]
    assert found.newsroom.sources[0].private


@pytest.mark.parametrize("written", ["${my-token}", "${}", "${OPEN"])
def test_a_malformed_secret_is_an_error(refused: Refused, written: str) -> None:
    (said,) = refused(a=SOURCE.format(url=f"https://x.example/{written}"))
    assert f"expected a secret as ${{NAME}}, not {written}" in said


def test_a_whole_address_may_be_a_secret(loaded: Load) -> None:
    found = loaded({"FEED": "https://x.example/private"}, a=SOURCE.format(url="${FEED}"))
    source = found.newsroom.sources[0]
    assert (source.url, source.public_url, source.private) == ("https://x.example/private", "https://x.example", True)


@pytest.mark.parametrize("value", ["hunter2 no url", "https://hunter2:hunter2@x.example/"])
def test_an_address_that_is_wrong_once_filled_in_is_not_shown(write: Write, value: str) -> None:
    folder = write(a=SOURCE.format(url="${FEED}"))
    with pytest.raises(ConfigError, match="with its secrets filled in: expected") as caught:
        load(folder, environment={"FEED": value}, strict_secrets=True)
    assert "hunter2" not in str(caught.value)


def test_a_secret_with_a_line_break_cannot_add_a_header(refused: Refused) -> None:
    text = SOURCE.format(url="https://x.example/rss").replace("rss'", "rss', headers: {A: '${T}'}")
    (said,) = refused({"T": "hunter2\r\nX: y"}, a=text)
    assert said.endswith("headers.A: a secret has a line break or a control character in it")
    assert "hunter2" not in said


def test_default_headers_are_for_every_source(loaded: Load) -> None:
    text = SOURCE.format(url="https://x.example/rss") + "defaults: {headers: {Authorization: '${T}'}}\n"
    source = loaded({"T": "t"}, a=text).newsroom.sources[0]
    assert (source.headers, source.private) == ((("Authorization", "t"),), True)


def test_a_secret_has_no_place_where_readers_see_it(refused: Refused) -> None:
    (said,) = refused(a="outlets: {x: {title: X, url: 'https://x.example/${K}'}}\n")
    assert said == "a.yaml:1:30: outlets.x.url: expected a URL without ${…}: it is shown to readers"
