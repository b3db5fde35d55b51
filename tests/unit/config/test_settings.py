"""Settings come from flags, the environment and files, and say where they came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from aggregator.config import RateLimit, Settings, unknown_variables
from aggregator.errors import ConfigError


def described(settings: Settings) -> dict[str, tuple[str, str]]:
    return {name: (value, origin) for name, value, origin in settings.describe()}


def test_defaults_are_those_of_the_contract() -> None:
    settings = Settings.read({})
    assert (settings.database_url, settings.config) == ("sqlite:///data/aggregator.db", Path("config"))
    assert (settings.host, settings.port, settings.allow_networks) == ("127.0.0.1", 8000, ())
    assert (settings.rate_limit, settings.public_status, settings.admin_token) == (RateLimit(50, 500), False, None)
    assert {origin for _, origin in described(settings).values()} == {"default"}


def test_a_flag_goes_before_the_environment() -> None:
    settings = Settings.read({"AGGREGATOR_PORT": "9000", "AGGREGATOR_HOST": "::"}, port=9001)
    shown = described(settings)
    assert (settings.port, shown["AGGREGATOR_PORT"]) == (9001, ("9001", "flag --port"))
    assert shown["AGGREGATOR_HOST"] == ("::", "environment AGGREGATOR_HOST")


def test_settings_made_by_hand_read_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_PORT", "9000")
    assert (Settings().port, Settings.read().port) == (8000, 9000)


def test_settings_made_by_hand_are_checked_too() -> None:
    with pytest.raises(ValidationError):
        Settings(port=-1)


def test_an_empty_variable_is_unset() -> None:
    assert Settings.read({"AGGREGATOR_PORT": ""}).port == 8000


def test_a_plain_database_url_is_taken_and_ours_goes_before_it() -> None:
    plain = {"DATABASE_URL": "postgres://u@h/plain"}
    assert Settings.read(plain).database_url == "postgres://u@h/plain"
    assert Settings.read(plain | {"AGGREGATOR_DATABASE_URL": "sqlite:///x.db"}).database_url == "sqlite:///x.db"


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n", encoding="utf-8")
    settings = Settings.read({"AGGREGATOR_ADMIN_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.admin_token == "s3cret"
    assert described(settings)["AGGREGATOR_ADMIN_TOKEN"] == ("(hidden)", "file AGGREGATOR_ADMIN_TOKEN_FILE")


def test_a_value_and_its_file_contradict() -> None:
    with pytest.raises(ConfigError, match="expected one of AGGREGATOR_ADMIN_TOKEN and AGGREGATOR_ADMIN_TOKEN_FILE"):
        Settings.read({"AGGREGATOR_ADMIN_TOKEN": "a", "AGGREGATOR_ADMIN_TOKEN_FILE": "/b"})


def test_every_wrong_value_is_one_line() -> None:
    wrong = {
        "AGGREGATOR_ADMIN_TOKEN_FILE": "/nowhere/at/all",
        "AGGREGATOR_ALLOW_NETWORKS": "10.0.0.0/99",
        "AGGREGATOR_CONCURRENCY": "0",
        "AGGREGATOR_DATABASE_URL": "mysql://u:hunter2@h/d",
        "AGGREGATOR_LOG_FORMAT": "xml",
        "AGGREGATOR_LOG_LEVEL": "loud",
        "AGGREGATOR_PORT": "http",
        "AGGREGATOR_PUBLIC_STATUS": "perhaps",
        "AGGREGATOR_RATE_LIMIT": "fast",
    }
    with pytest.raises(ConfigError) as caught:
        Settings.read(wrong)
    lines = str(caught.value).splitlines()
    assert sorted(line.split(": ")[1] for line in lines) == sorted(wrong)
    assert all(line.startswith("environment: AGGREGATOR_") and ": expected " in line for line in lines)
    assert "hunter2" not in str(caught.value)


def test_a_wrong_flag_is_named_as_it_was_given() -> None:
    with pytest.raises(ConfigError, match=r"^flag: --port: expected a whole number$"):
        Settings.read({}, port="http")


@pytest.mark.parametrize(
    ("written", "limit"),
    [("20", RateLimit(20, 200)), ("20:40", RateLimit(20, 40)), ("0.5/s:1", RateLimit(0.5, 1)), ("off", None)],
)
def test_a_rate_limit_is_a_rate_and_a_burst(written: str, limit: RateLimit | None) -> None:
    assert Settings.read({"AGGREGATOR_RATE_LIMIT": written}).rate_limit == limit


def test_networks_stand_between_commas_or_spaces() -> None:
    given = {"AGGREGATOR_ALLOW_NETWORKS": "10.1.2.3/8, ::1 192.168.0.7", "AGGREGATOR_TRUSTED_PROXIES": "127.0.0.1"}
    settings = Settings.read(given)
    assert settings.allow_networks == ("10.0.0.0/8", "::1/128", "192.168.0.7/32")
    assert settings.trusted_proxies == ("127.0.0.1/32",)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///data/aggregator.db", "sqlite:///data/aggregator.db"),
        ("postgresql://u:hunter2@h:5432/d", "postgresql://u:***@h:5432/d"),
        ("postgresql://u:hunter2@with@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        (
            "postgresql://h/d?user=u&password=hunter2&sslmode=require",
            "postgresql://h/d?user=u&password=***&sslmode=require",
        ),
        ("postgresql://u:hunter2@[bad/d", "postgresql://u:***@[bad/d"),
    ],
)
def test_the_password_of_a_database_is_hidden(url: str, shown: str) -> None:
    settings = Settings.read({"AGGREGATOR_DATABASE_URL": url})
    assert described(settings)["AGGREGATOR_DATABASE_URL"][0] == shown
    assert "hunter2" not in repr(settings)


def test_an_unknown_variable_is_a_warning_with_the_nearest_setting() -> None:
    found = unknown_variables({"AGGREGATOR_PROT": "1", "AGGREGATOR_PORT": "2", "PORT": "3"})
    assert [str(one) for one in found] == [
        "environment: AGGREGATOR_PROT: is no setting (did you mean AGGREGATOR_PORT?)"
    ]
