"""The static mirror, served by a real Caddy by the sample configuration: the same answers as the service's."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from aggregator.model import Newsroom
from aggregator.store import Store
from aggregator.web.mirroring import Mirror
from tests.integration.test_mirror import (
    answers_like_the_service,
    below_a_path,
    edited,
    news,
    refuses_like_the_service,
    stand,
)
from tests.newsstand import desk_of

__all__ = ["news", "stand"]  # fixtures
CADDY = shutil.which("caddy")
SAMPLE = Path(__file__).parents[2] / "docs/mirror/Caddyfile"
pytestmark = pytest.mark.skipif(CADDY is None and "CI" not in os.environ, reason="needs caddy")


@contextmanager
def served(folder: Path, site: Path, *edits: tuple[str, str]) -> Iterator[str]:
    """The address at which Caddy serves `site`, while the block runs; without certificates, which need a name."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        base = f"http://127.0.0.1:{probe.getsockname()[1]}"
    own = (("/srv/aggregator/site", str(site)), ("feeds.example.org {", f"{base} {{"))
    sample = edited(SAMPLE, *own, *edits)
    file = folder / "Caddyfile"
    file.write_text(f"{{\n\tadmin off\n\tauto_https off\n}}\n{sample}")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    checked = subprocess.run(
        [str(CADDY), "validate", "--config", str(file)], capture_output=True, text=True, check=False, env=environment
    )
    assert checked.returncode == 0, checked.stderr
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([str(CADDY), "run", "--config", str(file)], stdout=quiet, stderr=quiet, env=environment)
    try:
        _wait_for(base, process)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(base: str, process: subprocess.Popen[bytes]) -> None:
    waiting = threading.Event()
    for _ in range(200):
        assert process.poll() is None
        try:
            httpx.get(f"{base}/robots.txt")
        except httpx.TransportError:
            waiting.wait(0.05)
        else:
            return
    raise AssertionError("Caddy does not answer")


async def test_caddy_serves_it_by_the_sample_configuration(stand: Store, news: Newsroom, tmp_path: Path) -> None:
    desk, site = desk_of(stand, news), tmp_path / "www"
    await Mirror(desk, site).refresh()
    with served(tmp_path, site) as base:
        async with httpx.AsyncClient(base_url=base) as client:
            await answers_like_the_service(client, site)
            await refuses_like_the_service(client, desk)


async def test_caddy_serves_a_site_below_a_path(stand: Store, news: Newsroom, tmp_path: Path) -> None:
    desk, site = desk_of(stand, below_a_path(news)), tmp_path / "www"
    await Mirror(desk, site).refresh()
    with served(tmp_path, site, ("# uri strip_prefix", "uri strip_prefix")) as base:
        async with httpx.AsyncClient(base_url=base) as client:
            await refuses_like_the_service(client, desk)
