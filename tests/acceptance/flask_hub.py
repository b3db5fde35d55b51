"""An outlet whose hub is not ours: Flask-WebSub, with a feed that it names the hub of."""

from __future__ import annotations

import base64
import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.publisher import publisher
from werkzeug.serving import make_server

RSS = "application/rss+xml"


class _Threads:
    """In place of Celery: each task is a thread that is tried once."""

    def __init__(self) -> None:
        self.running: list[threading.Thread] = []

    def task(self, *, bind: bool = False, **_options: Any) -> Callable[[Callable[..., Any]], Any]:
        def made(function: Callable[..., Any]) -> Any:
            def delay(*args: Any) -> None:
                known = SimpleNamespace(request=SimpleNamespace(retries=0), retry=lambda **_: None)
                call = functools.partial(function, *((known,) if bind else ()), *args)
                thread = threading.Thread(target=call)
                self.running.append(thread)
                thread.start()

            return SimpleNamespace(delay=delay)

        return made

    def join(self) -> None:
        while self.running:
            self.running.pop().join()


@dataclass
class FlaskOutlet:
    """`url` is its feed's, which holds `body`; `asked` are the modes that were asked of its hub."""

    url: str
    hub: Any
    body: bytes = b""
    asked: list[str] = field(default_factory=list)

    def callbacks(self) -> list[str]:
        """Who is subscribed to the feed."""
        return [callback for callback, _secret in self.hub.storage.get_callbacks(self.url)]

    def publish(self, body: bytes) -> None:
        """Change the feed, and tell the hub, which pushes all of it."""
        self.body = body
        self.hub.send_change_notification.delay(self.url)

    def push(self, body: bytes) -> None:
        """Have the hub push this, whatever the feed shows."""
        links = f'<{self.url}>; rel="self", <{self.url}/hub>; rel="hub"'
        headers = {"Content-Type": RSS, "Link": links}
        self.hub.send_change_notification.delay(
            self.url, {"headers": headers, "content": base64.b64encode(body).decode()}
        )


@contextmanager
def flask_outlet(folder: Path, address: str, **config: Any) -> Iterator[FlaskOutlet]:
    """The outlet on an address of loopback while the block runs; `config` is the hub's."""
    app, threads = flask.Flask("outlet"), _Threads()
    hub = Hub(SQLite3HubStorage(str(folder / "hub.db")), threads, **config)
    app.config.update(config)
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    server = make_server(address, 0, app, threaded=True)
    base = f"http://{address}:{server.port}"
    outlet = FlaskOutlet(url=f"{base}/rss", hub=hub)

    @app.before_request
    def note() -> None:
        if "hub.mode" in flask.request.form:
            outlet.asked.append(flask.request.form["hub.mode"])

    def rss() -> flask.Response:
        return flask.Response(outlet.body, content_type=RSS)

    app.add_url_rule("/rss", view_func=publisher(self_url=outlet.url, hub_url=f"{base}/hub")(rss))

    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield outlet
    finally:
        threads.join()
        server.shutdown()
        thread.join()
        server.server_close()
