"""WebSub with somebody else's programs: Flask-WebSub subscribes at our hub, and is the hub that we tell of news.

Flask-WebSub hands its work to Celery. A queue is more than these tests need: `Tasks` offers what of Celery it uses, `task` and
`delay`, and does the work in a thread. Nothing else of it is touched.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import feedparser
import pytest
import requests
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from werkzeug.serving import make_server

from tests.acceptance.service import Installation, free_port, origin_thread, wait_for
from tests.origin import Origin, Reply

HOST = "127.0.0.9"
# A loaded machine takes its time; what is delivered is delivered by an event, and not by waiting for so long.
PATIENCE = 90.0


def document(*titles: str) -> Reply:
    items = "".join(
        f"<item><title>{title}</title><link>https://andes.example/{title}</link><guid>{title}</guid></item>"
        for title in titles
    )
    text = f'<rss version="2.0"><channel><title>Andes</title><link>https://andes.example/</link>{items}</channel></rss>'
    return Reply(headers=(("Content-Type", "application/rss+xml"),), body=text.encode())


@contextmanager
def flask(app: Flask) -> Iterator[str]:
    """The app on a free port while the block runs; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["SERVER_NAME"] = f"127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Tasks:
    """What Flask-WebSub uses of Celery."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(4)

    def task(self, bind: bool = False, **_options: Any) -> Callable[[Callable[..., Any]], Any]:
        def wrap(work: Callable[..., Any]) -> Any:
            made = SimpleNamespace()

            def delay(*args: Any) -> None:
                self._threads.submit(work, *((made, *args) if bind else args))

            made.delay = delay
            return made

        return wrap

    def close(self) -> None:
        self._threads.shutdown()


class Heard:
    """What came, in order, and a wait for more of it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._more = threading.Condition()

    def put(self, body: bytes) -> None:
        with self._more:
            self.bodies.append(body)
            self._more.notify_all()

    def wait_for(self, count: int) -> list[bytes]:
        with self._more:
            assert self._more.wait_for(lambda: len(self.bodies) >= count, PATIENCE), (
                f"{len(self.bodies)} of {count} came"
            )
            return list(self.bodies)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with origin_thread([HOST]) as origin:
        yield origin


def installation(folder: Path, origin: Origin, hub: str) -> Installation:
    made = Installation(folder=folder, port=free_port())
    made.write(
        "all.yaml",
        f"""
site: {{title: T, url: 'http://127.0.0.1:{made.port}', contact: ops@example.org, hub: '{hub}'}}
outlets:
  andes:
    title: Andes
    url: https://andes.example
    sources: [{{url: 'http://{HOST}:{origin.port}/rss'}}]
""",
    )
    return made


def subscriber_in(folder: Path, heard: Heard, confirmed: Heard) -> tuple[Flask, Subscriber]:
    app = Flask("subscriber")
    app.config["AUTO_SET_SECRET"] = False  # it sends secrets to hubs with https alone
    subscriber = Subscriber(
        SQLite3SubscriberStorage(str(folder / "subscriber.db")),
        SQLite3TempSubscriberStorage(str(folder / "asked.db")),
    )
    app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))
    subscriber.add_listener(lambda _topic, _callback, body: heard.put(body))
    subscriber.add_success_handler(lambda _topic, _callback, mode: confirmed.put(mode.encode()))
    return app, subscriber


def wait_for_subscription(aggregator: Installation) -> None:
    """The subscriber confirmed; until the hub has written that down."""
    well = b'aggregator_websub_subscriptions{state="well"} 1.0'
    wait_for(lambda: well in aggregator.get("/metrics").body, aggregator.log)


def titles(body: bytes) -> set[str]:
    return {entry.title for entry in feedparser.parse(body).entries}


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_a_subscriber_that_is_not_ours_finds_our_hub_and_is_sent_the_news(
    tmp_path: Path, origin: Origin, format: str
) -> None:
    origin.serve("/rss", document("One"), host=HOST)
    aggregator = installation(tmp_path, origin, "own")
    heard, confirmed = Heard(), Heard()
    app, subscriber = subscriber_in(tmp_path, heard, confirmed)
    assert aggregator.run("poll").returncode == 0
    with flask(app), aggregator.serving():
        found = discover(f"http://127.0.0.1:{aggregator.port}/outlets/andes.{format}")
        assert found["hub_url"] == f"http://127.0.0.1:{aggregator.port}/websub/hub"
        with app.app_context():
            id = subscriber.subscribe(**found)
        assert confirmed.wait_for(1) == [b"subscribe"]
        wait_for_subscription(aggregator)
        origin.serve("/rss", document("Two", "One"), host=HOST)
        assert aggregator.run("poll", "--all", days=0.1).returncode == 0
        (first,) = heard.wait_for(1)
        assert titles(first) == {"Two"}
        with app.app_context():
            subscriber.unsubscribe(id)
        assert confirmed.wait_for(2)[1] == b"unsubscribe"


def test_what_was_not_delivered_when_the_service_was_killed_is_delivered_by_the_next(
    tmp_path: Path, origin: Origin
) -> None:
    origin.serve("/rss", document("One"), host=HOST)
    aggregator = installation(tmp_path, origin, "own")
    heard, confirmed = Heard(), Heard()
    app, subscriber = subscriber_in(tmp_path, heard, confirmed)
    assert aggregator.run("poll").returncode == 0
    with flask(app):
        process = aggregator.start("serve")
        aggregator.wait_until_ready(process)
        with app.app_context():
            subscriber.subscribe(**discover(f"http://127.0.0.1:{aggregator.port}/outlets/andes.atom"))
        confirmed.wait_for(1)
        wait_for_subscription(aggregator)
        process.kill()
        process.wait()
        origin.serve("/rss", document("Two", "One"), host=HOST)
        assert aggregator.run("poll", "--all", days=0.1).returncode == 0
        assert heard.bodies == []
        with aggregator.serving():
            (first,) = heard.wait_for(1)
    assert titles(first) == {"Two"}


def test_a_hub_that_is_not_ours_is_told_of_changes_and_passes_them_on(tmp_path: Path, origin: Origin) -> None:
    tasks = Tasks()
    hub = Hub(SQLite3HubStorage(str(tmp_path / "hub.db")), tasks, PUBLISH_SUPPORTED=True)
    app = Flask("hub")
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    heard, confirmed = Heard(), Heard()
    reader, subscriber = subscriber_in(tmp_path, heard, confirmed)
    origin.serve("/rss", document("One"), host=HOST)
    with flask(app) as address, flask(reader):
        aggregator = installation(tmp_path, origin, f"{address}/hub")
        assert aggregator.run("poll").returncode == 0
        with aggregator.serving():
            found = discover(f"http://127.0.0.1:{aggregator.port}/outlets/andes.atom")
            assert found["hub_url"] == f"{address}/hub"
            with reader.app_context():
                subscriber.subscribe(**found)
            confirmed.wait_for(1)
            topic = requests.get(found["topic_url"], timeout=30)
            assert 'rel="hub"' in topic.headers["Link"]
            origin.serve("/rss", document("Two", "One"), host=HOST)
            assert aggregator.run("poll", "--all", days=0.1).returncode == 0
            (first,) = heard.wait_for(1)
    tasks.close()
    assert titles(first) == {"One", "Two"}
