"""Environment and flags → settings of the machine, or one line that says what was expected."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from aggregator.config.fields import expected
from aggregator.config.nearest import did_you_mean
from aggregator.config.origins import Origins, collect
from aggregator.errors import ConfigError, Problem

_DATABASES = ("sqlite", "postgresql", "postgres")
_RATE = re.compile(r"(\d+(?:\.\d+)?)(?:/s)?(?::(\d+))?\Z")
_PASSWORD = re.compile(r"(?<=[?&])((?:password|sslpassword|passfile)=)[^&]*", re.I)
SECRETS = ("admin_token",)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Requests a second that one client may make for long, and how many at once."""

    per_second: float
    burst: int

    def __str__(self) -> str:
        return f"{self.per_second:g}:{self.burst}"


def _networks(value: Any) -> tuple[str, ...]:
    """Address ranges between commas or spaces, in their usual form."""
    words = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value
    try:
        return tuple(str(ipaddress.ip_network(str(word), strict=False)) for word in words if word)
    except ValueError as error:
        raise expected(f"expected address ranges such as 10.0.0.0/8,::1 ({error})") from None


def _rate(value: Any) -> RateLimit | None:
    """`50` or `50:500`; `off` is no limit."""
    if value is None or isinstance(value, RateLimit):
        return value
    word = str(value).strip().lower()
    if word in ("off", "0", "none"):
        return None
    found = _RATE.match(word)
    if not found or float(found[1]) <= 0 or found[2] == "0":
        raise expected("expected requests a second and a burst, such as 50:500, or off")
    per_second = float(found[1])
    return RateLimit(per_second, int(found[2]) if found[2] else max(1, round(per_second * 10)))


def _database(value: Any) -> str:
    url = str(value).strip()
    scheme = url.partition("://")[0].partition("+")[0]
    if "://" not in url or scheme not in _DATABASES:
        raise expected("expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return url


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _token(value: Any) -> Any:
    if isinstance(value, str) and not value.isprintable():
        raise expected("expected a token on one line")
    return value


Networks = Annotated[tuple[str, ...], BeforeValidator(_networks)]


class Settings(BaseSettings):
    """Settings of the machine, not of the newsroom. `Settings(port=9000)` reads nothing; `Settings.read()` the environment."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    database_url: Annotated[str, BeforeValidator(_database)] = Field(
        "sqlite:///data/aggregator.db", repr=False, description="The database: sqlite:///FILE or postgresql://…"
    )
    config: Path = Field(Path("config"), description="Folder of the configuration.")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    concurrency: int = Field(32, ge=1, le=1000, description="Sources polled at the same time.")
    allow_networks: Networks = Field((), description="Private address ranges that may be fetched from, on any port.")
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = Field(
        "console", description="console for people, json for machines."
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        "info", description="debug, info, warning or error."
    )
    admin_token: Annotated[str | None, BeforeValidator(_token)] = Field(
        None, repr=False, min_length=1, description="Bearer token for what operators may do over HTTP."
    )
    public_status: bool = Field(False, description="Whether /status and /metrics answer to everybody.")
    trusted_proxies: Networks = Field((), description="Proxies whose X-Forwarded-For is believed.")
    rate_limit: Annotated[RateLimit | None, BeforeValidator(_rate)] = Field(
        RateLimit(50, 500), description="Requests a second per client, and the burst; off for none."
    )
    static_dir: Path | None = Field(None, description="Static mirror that `run` keeps current and `export` writes.")

    _origins: Origins = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given and nothing else: tests and commands see no environment that they did not ask for."""
        return (init_settings,)

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, /, **flags: Any) -> Settings:
        """Flags before environment before defaults; raises ConfigError, one line for each wrong value."""
        given, origins, problems = collect(os.environ if environment is None else environment, cls)
        given |= flags
        origins |= {name: f"flag --{name.replace('_', '-')}" for name in flags}
        try:
            settings = cls(**given)
        except ValidationError as error:
            problems += [_problem(details["loc"], details, origins) for details in error.errors()]
        if problems:
            raise ConfigError(*problems)
        settings._origins.update(origins)
        return settings

    @property
    def own_host(self) -> str:
        """Where a process of this machine finds the service: listening on every address includes this one."""
        return "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104

    def describe(self) -> tuple[tuple[str, str, str], ...]:
        """Name, value and origin of each; secrets and passwords hidden."""
        return tuple(
            (f"AGGREGATOR_{name.upper()}", self._shown(name), self._origins.get(name, "default"))
            for name in type(self).model_fields
        )

    def _shown(self, name: str) -> str:
        value = getattr(self, name)
        if name in SECRETS:
            return "(hidden)" if value else ""
        if name == "database_url":
            return without_password(value)
        if name == "rate_limit":
            return "off" if value is None else str(value)
        if isinstance(value, tuple):
            return ",".join(value)
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def without_password(url: str) -> str:
    """A database's URL as it may be shown."""
    rest = _PASSWORD.sub(r"\1***", url)
    if "@" not in rest.partition("://")[2]:
        return rest
    try:
        password = urlsplit(rest).password
    except ValueError:
        password = ""
    if password is None:
        return rest
    scheme, _, after = rest.partition("://")
    # The last @ ends the credentials: a password may hold one although it should be written %40.
    credentials, _, where = after.rpartition("@")
    return f"{scheme}://{credentials.partition(':')[0]}:***@{where}"


def unknown_variables(environment: Mapping[str, str]) -> tuple[Problem, ...]:
    """A warning for each AGGREGATOR_… that is no setting: most likely a slip of the pen."""
    known = {f"AGGREGATOR_{name.upper()}" for name in Settings.model_fields}
    return tuple(
        Problem(
            file="environment",
            line=0,
            column=0,
            key=name,
            expected=f"is no setting{did_you_mean(name.removesuffix('_FILE'), known)}",
            warning=True,
        )
        for name in sorted(environment)
        if name.startswith("AGGREGATOR_") and name.removesuffix("_FILE") not in known and name != "AGGREGATOR_TEST_DATA"
    )


def _problem(loc: tuple[int | str, ...], details: Any, origins: Mapping[str, str]) -> Problem:
    name = str(loc[0]) if loc else "settings"
    where, _, key = origins.get(name, "settings").partition(" ")
    sentence = {
        "int_parsing": "expected a whole number",
        "bool_parsing": "expected true or false",
        "extra_forbidden": "is no setting",
        "literal_error": f"expected {(details.get('ctx') or {}).get('expected')}",
    }.get(details["type"])
    said = sentence or details["msg"].replace("Input should be", "expected a value")
    return Problem(file=where, line=0, column=0, key=key or f"AGGREGATOR_{name.upper()}", expected=said)
