"""`aggregator run` and an outlet's hub that is not ours: subscribed, pushed to, killed, renewed, and gone again."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.acceptance.flask_hub import flask_outlet
from tests.acceptance.service import Installation, free_port, wait_for

OUTLETS = """
site: {title: Wire, url: 'http://127.0.0.1:PORT', contact: ops@example.org}
outlets:
  andes-post: {title: Andes Post, url: 'https://andes.example/', country: PE, language: en,
    sources: [{url: 'URL', push: PUSH}]}
"""


def feed(*titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://andes.example/{title.lower().replace(' ', '-')}</link></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>Andes Post</title>{items}</channel></rss>".encode()


def test_flask_websub_pushes_to_us(tmp_path: Path) -> None:
    here = Installation(folder=tmp_path, port=free_port())

    def shows(title: str) -> Callable[[], bool]:
        return lambda: title.encode() in here.get("/sources/andes-post.atom").body

    def source() -> dict[str, Any]:
        (row,) = json.loads(here.run("sources", "--json").stdout)
        return dict(row)

    with flask_outlet(tmp_path, "127.0.0.9") as outlet:
        outlet.body = feed("Lima votes again")

        def configure(*, push: bool) -> None:
            text = OUTLETS.replace("PORT", str(here.port)).replace("URL", outlet.url)
            here.write("site.yaml", text.replace("PUSH", str(push).lower()))

        configure(push=True)
        process = here.start("run")
        try:
            here.wait_until_ready(process)
            wait_for(lambda: len(outlet.callbacks()) == 1, here.log)
            wait_for(lambda: source()["push"]["state"] == "active", here.log)
            outlet.publish(feed("Rains close the pass", "Lima votes again"))
            wait_for(shows("Rains close the pass"), here.log)
            said = here.run("sources", "andes-post").stdout
            assert "Its hub 127.0.0.9 pushes its news until " in said
            assert "(1 push brought 1 article before any poll)" in said
            assert "secret" not in here.run("sources", "--json").stdout
            metrics = here.get("/metrics").body.decode()
            assert 'aggregator_hub_leases{state="active"} 1.0' in metrics
            assert 'aggregator_hub_pushes{what="brought"} 1.0' in metrics
            assert "Its hub 127.0.0.9 pushes its news" in here.get("/status").body.decode()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(30)
        process = here.start("run")
        try:
            here.wait_until_ready(process)
            outlet.push(feed("Copper rises"))
            wait_for(shows("Copper rises"), here.log)
            assert outlet.asked == ["subscribe"], "a restart asks for nothing that it has"
            assert (source()["push"]["brought"], source()["health"]) == (2, "well")
            configure(push=False)
            wait_for(lambda: outlet.callbacks() == [], here.log)
            wait_for(lambda: source()["push"] is None, here.log)
            assert outlet.asked == ["subscribe", "unsubscribe"]
        finally:
            process.terminate()
            assert process.wait(30) == 0, here.log()


def test_what_an_outlets_hub_pushes_arrives_at_another_instance_by_ours(tmp_path: Path) -> None:
    first, second = (Installation(folder=tmp_path / name, port=free_port()) for name in ("first", "second"))

    def log() -> str:
        return first.log() + second.log()

    def subscribed(here: Installation) -> Callable[[], bool]:
        return lambda: 'aggregator_hub_leases{state="active"} 1.0' in here.get("/metrics").body.decode()

    def ids(here: Installation) -> set[str]:
        return {article["id"] for article in json.loads(here.run("search", "*", "--json").stdout)}

    with flask_outlet(tmp_path, "127.0.0.9") as outlet, ExitStack() as running:
        outlet.body = feed("Lima votes again", "Copper rises")
        ours = f"http://127.0.0.1:{first.port}/sources/andes-post.atom"
        for here, url in ((first, outlet.url), (second, ours)):
            text = OUTLETS.replace("PORT", str(here.port)).replace("URL", url).replace("PUSH", "true")
            here.write("site.yaml", text)
            running.enter_context(here.serving("run"))
            wait_for(lambda here=here: b"Lima votes again" in here.get("/sources/andes-post.atom").body, log)  # type: ignore[misc]
        wait_for(subscribed(first), log)
        wait_for(subscribed(second), log)
        outlet.push(feed("Snow closes the pass"))
        wait_for(lambda: b"Snow closes the pass" in second.get("/sources/andes-post.atom").body, log)
        assert ids(first) == ids(second)
        assert len(ids(second)) == 3
