"""Addresses of feeds → what real feed readers show of them. A reader that is missing is an error."""

from __future__ import annotations

import email.policy
import email.utils
import json
import mailbox
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

COMMANDS = {
    "newsboat": "newsboat",
    "sfeed": "sfeed_update",
    "rss2email": "r2e",
}  # `reader` is locked with our own tests


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One article as a reader shows it; `published` in seconds since 1970."""

    title: str
    author: str
    link: str
    published: int
    id: str
    files: str = ""


Shelf = dict[str, list[Shown]]


def newsboat(urls: Sequence[str], folder: Path) -> Shelf:
    (folder / "urls").write_text("\n".join([*urls, ""]))
    (folder / "config").write_text("")
    files = ["-u", folder / "urls", "-C", folder / "config", "-c", folder / "cache.db"]
    subprocess.run(
        ["newsboat", *map(str, files), "-x", "reload"], check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}, timeout=60
    )
    shelf: Shelf = defaultdict(list)
    with closing(sqlite3.connect(folder / "cache.db")) as rows:
        for url, title, author, link, at, guid, files in rows.execute(
            "select feedurl, title, author, url, pubDate, guid, enclosure_url || ' ' || content from rss_item"
        ):
            shown = Shown(title=title, author=author, link=link, published=int(at), id=guid, files=files or "")
            shelf[url].append(shown)
    return shelf


def sfeed(urls: Sequence[str], folder: Path) -> Shelf:
    feeds = "".join(f' feed "{number}" "{url}"\n' for number, url in enumerate(urls))
    (folder / "sfeedrc").write_text(f'sfeedpath="{folder}/feeds"\nfeeds() {{\n{feeds}}}\n')
    quiet = subprocess.DEVNULL
    subprocess.run(["sfeed_update", folder / "sfeedrc"], check=True, stdout=quiet, stderr=quiet, timeout=60)
    return {url: [*_lines(folder / "feeds" / str(number))] for number, url in enumerate(urls)}


def _lines(path: Path) -> Iterator[Shown]:
    for line in path.read_text().splitlines():
        at, title, link, content, _, guid, author, file, *_ = line.split("\t")
        yield Shown(title=title, author=author, link=link, published=int(at), id=guid, files=f"{file} {content}")


def rss2email(urls: Sequence[str], folder: Path) -> Shelf:
    for name in ("new", "cur", "tmp"):
        (folder / "Maildir" / name).mkdir(parents=True)
    feeds = "".join(f"[feed.number-{number}]\nurl = {url}\n" for number, url in enumerate(urls))
    (folder / "config").write_text(
        "[DEFAULT]\nfrom = rss@localhost\nto = me@localhost\nemail-protocol = maildir\n"
        f"maildir-path = {folder}/Maildir\nmaildir-mailbox =\nuse-publisher-email = False\ndate-header = True\n{feeds}"
    )
    r2e = ["r2e", "-c", folder / "config", "-d", folder / "data.json"]
    # rss2email is Debian's and runs on Debian's Python, not on the one of this environment.
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run([*map(str, r2e), "run"], check=True, env=env, stdout=subprocess.DEVNULL, timeout=120)
    shelf: Shelf = defaultdict(list)
    for raw in mailbox.Maildir(folder / "Maildir", factory=None):
        mail = email.message_from_bytes(bytes(raw), policy=email.policy.default)
        shelf[str(mail["X-RSS-Feed"])].append(_mailed(mail))
    return shelf


def _mailed(mail: Message) -> Shown:
    return Shown(
        title=str(mail["Subject"]),
        author=str(mail["From"]),
        link=str(mail["X-RSS-URL"]),
        published=int(email.utils.parsedate_to_datetime(str(mail["Date"])).timestamp()),
        id=str(mail["X-RSS-ID"]),
        files="".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"),  # type: ignore[attr-defined]
    )


LIBRARY = """
import json, sys
from reader import make_reader
library = make_reader(sys.argv[1])
for url in sys.argv[2:]:
    library.add_feed(url)
    library.update_feed(url)
for entry in library.get_entries():
    shown = {"title": entry.title, "author": entry.authors_str or "", "link": entry.link, "id": entry.id}
    files = " ".join([*(file.href for file in entry.enclosures), *(part.value for part in entry.content), entry.summary or ""])
    shown |= {"published": int(entry.published.timestamp()), "files": files}
    print(json.dumps([entry.feed_url, shown]))
"""


def reader(urls: Sequence[str], folder: Path) -> Shelf:
    # In a process of its own: what it warns of is not about us.
    call = [sys.executable, "-W", "ignore", "-c", LIBRARY, str(folder / "reader.db"), *urls]
    shelf: Shelf = defaultdict(list)
    for line in subprocess.run(call, check=True, capture_output=True, text=True, timeout=120).stdout.splitlines():
        url, shown = json.loads(line)
        shelf[url].append(Shown(**shown))
    return shelf


READERS = {"newsboat": newsboat, "sfeed": sfeed, "rss2email": rss2email, "reader": reader}
