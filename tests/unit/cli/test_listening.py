"""What `run` and `serve` listen on."""

from __future__ import annotations

import socket

import pytest

from aggregator.cli.listening import listening
from aggregator.config import Settings
from aggregator.errors import ConfigError


def test_an_address_that_another_holds_is_one_line_that_names_the_settings() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as refused, listening(Settings(host="127.0.0.1", port=port)):
            raise AssertionError("nothing is served")
    assert str(refused.value) == (
        "environment: AGGREGATOR_HOST, AGGREGATOR_PORT: expected an address to listen on, "
        f"not 127.0.0.1 port {port} (Address already in use)"
    )


def test_a_host_that_does_not_exist_is_refused() -> None:
    with (
        pytest.raises(ConfigError, match="not nowhere"),
        listening(Settings(host="nowhere.invalid", port=0)),
    ):
        raise AssertionError("nothing is served")


def test_what_is_listened_on_is_let_go_at_the_end() -> None:
    with listening(Settings(host="localhost", port=0)) as sockets:
        assert sockets
    assert all(one.fileno() == -1 for one in sockets)
