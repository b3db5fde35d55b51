"""JSON that hurts: depth, numbers, keys, wrong types in every place."""

from __future__ import annotations

from collections.abc import Iterator

from bench.hostile.made import JSON, Hostile, json_feed, one

_M = 1_000_000
_WRONG = (
    "null",
    "true",
    "0",
    "-1e400",
    '""',
    "[]",
    "{}",
    "[[]]",
    '[{"name": []}]',
    '{"a": {"a": {}}}',
    '"\\u0000\\ud800"',
)
_KEYS = (
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image", "date_published",
    "date_modified", "author", "authors", "tags", "language", "attachments",
)  # fmt: skip


def documents() -> Iterator[Hostile]:
    """Monsters, then every key with every wrong type."""
    for name, body in _monsters():
        yield Hostile(name=f"json {name}", body=body, content_type=JSON)
    for key in _KEYS:
        items = "[" + ", ".join(one(**{key: value})[1:-1] for value in _WRONG) + "]"
        yield Hostile(name=f"json wrong types of {key}", body=json_feed(items), content_type=JSON)


def _monsters() -> Iterator[tuple[str, bytes]]:
    yield "100000 arrays in each other", b"[" * 100_000
    yield "a million arrays in an item", json_feed(one(tags="[" * _M + "]" * _M))
    yield "100000 objects in each other", json_feed(one(_x='{"a":' * 100_000 + "1" + "}" * 100_000))
    yield "900 arrays in an item", json_feed(one(tags="[" * 900 + "]" * 900))
    yield "a number of a million digits", json_feed(one(id="9" * _M))
    yield "a fraction of a million digits", json_feed(one(id=f"0.{'9' * _M}"))
    yield "numbers beyond numbers", json_feed(one(id="1e999999", size="NaN", other="-Infinity"))
    yield "one key 100000 times", json_feed(one(_x="{" + ", ".join(['"a": 1'] * 100_000) + "}"))
    yield "100000 keys", json_feed(one(_x="{" + ", ".join(f'"k{n}": 1' for n in range(100_000)) + "}"))
    yield (
        "half letters",
        json_feed(one(title='"\\ud800 \\udfff \\udc00"', id='"\\ud800"', url='"http://h.example/\\ud800"')),
    )
    yield "nothing", json_feed(one(title='"\\u0000"', content_html='"\\u0000<b>\\u0000"'))
    yield "a title of nine megabytes", json_feed(one(title='"' + "word " * 1_800_000 + '"'))
    yield "a title of a million references", json_feed(one(title='"' + "\\u0041" * _M + '"'))
    yield "content of nested elements", json_feed(one(content_html='"' + "<div>" * 200_000 + '"'))
    yield "100000 items", json_feed("[" + ", ".join(["{}"] * 100_000) + "]")
    yield "items of every type", json_feed('[1, null, "x", [], {}, true, {"id": 1}]')
    yield "5000 authors", json_feed(one(authors="[" + ", ".join(['{"name": "Ana Ruiz"}'] * 5_000) + "]"))
    yield (
        "20000 attachments",
        json_feed(one(attachments="[" + ", ".join(['{"url": "/a", "mime_type": "image/png"}'] * 20_000) + "]")),
    )
    yield "20000 tags", json_feed(one(tags="[" + ", ".join(f'"{n:0100}"' for n in range(20_000)) + "]"))
    yield "hubs", json_feed(one(), head='"hubs": [' + ", ".join(['{"type": "WebSub", "url": "/x"}'] * 20_000) + "], ")
    yield "items that are none", b'{"version": "https://jsonfeed.org/version/1.1", "items": {"a": 1}}'
    yield "a string that never ends", b'{"version": "https://jsonfeed.org/version/1.1", "title": "' + b"x" * _M
    yield "escapes that never end", b'{"version": "https://jsonfeed.org/version/1.1", "title": "' + b"\\u" * 500_000
    yield "comments", b'/* x */ {"version": "https://jsonfeed.org/version/1.1", "items": []}'
    yield "white space", b" " * 5 * _M + json_feed("[]")
    yield "version of a megabyte", b'{"version": "' + b"https://jsonfeed.org/version/" * 30_000 + b'", "items": []}'
