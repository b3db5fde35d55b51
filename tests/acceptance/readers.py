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
from collections.abc import Iterator
from dataclasses import dataclass
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


def newsboat(url: str, folder: Path) -> Iterator[Shown]:
    (folder / "urls").write_text(f"{url}\n")
    (folder / "config").write_text("")
    files = ["-u", folder / "urls", "-C", folder / "config", "-c", folder / "cache.db"]
    subprocess.run(
        ["newsboat", *map(str, files), "-x", "reload"], check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}, timeout=60
    )
    rows = sqlite3.connect(folder / "cache.db")
    try:
        for title, author, link, at, guid, files in rows.execute(
            "select title, author, url, pubDate, guid, enclosure_url || ' ' || content from rss_item"
        ):
            yield Shown(title=title, author=author, link=link, published=int(at), id=guid, files=files or "")
    finally:
        rows.close()


def sfeed(url: str, folder: Path) -> Iterator[Shown]:
    (folder / "sfeedrc").write_text(f'sfeedpath="{folder}/feeds"\nfeeds() {{\n feed "one" "{url}"\n}}\n')
    quiet = subprocess.DEVNULL
    subprocess.run(["sfeed_update", folder / "sfeedrc"], check=True, stdout=quiet, stderr=quiet, timeout=60)
    for line in (folder / "feeds" / "one").read_text().splitlines():
        at, title, link, content, _, guid, author, file, *_ = line.split("\t")
        yield Shown(title=title, author=author, link=link, published=int(at), id=guid, files=f"{file} {content}")


def rss2email(url: str, folder: Path) -> Iterator[Shown]:
    for name in ("new", "cur", "tmp"):
        (folder / "Maildir" / name).mkdir(parents=True)
    (folder / "config").write_text(
        "[DEFAULT]\nfrom = rss@localhost\nto = me@localhost\nemail-protocol = maildir\n"
        f"maildir-path = {folder}/Maildir\nmaildir-mailbox =\nuse-publisher-email = False\ndate-header = True\n"
    )
    r2e = ["r2e", "-c", folder / "config", "-d", folder / "data.json"]
    # rss2email is Debian's and runs on Debian's Python, not on the one of this environment.
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    for words in (["add", "one", url], ["run"]):
        subprocess.run([*map(str, r2e), *words], check=True, env=env, stdout=subprocess.DEVNULL, timeout=60)
    for raw in mailbox.Maildir(folder / "Maildir", factory=None):
        mail = email.message_from_bytes(bytes(raw), policy=email.policy.default)
        at = email.utils.parsedate_to_datetime(str(mail["Date"])).timestamp()
        yield Shown(
            title=str(mail["Subject"]),
            author=str(mail["From"]),
            link=str(mail["X-RSS-URL"]),
            published=int(at),
            id=str(mail["X-RSS-ID"]),
            files="".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"),
        )


LIBRARY = """
import json, sys
from reader import make_reader
library = make_reader(sys.argv[1])
library.add_feed(sys.argv[2])
library.update_feed(sys.argv[2])
for entry in library.get_entries():
    shown = {"title": entry.title, "author": entry.authors_str or "", "link": entry.link, "id": entry.id}
    files = " ".join([*(file.href for file in entry.enclosures), *(part.value for part in entry.content), entry.summary or ""])
    print(json.dumps({**shown, "published": int(entry.published.timestamp()), "files": files}))
"""


def reader(url: str, folder: Path) -> Iterator[Shown]:
    # In a process of its own: what it warns of is not about us.
    call = [sys.executable, "-W", "ignore", "-c", LIBRARY, str(folder / "reader.db"), url]
    for line in subprocess.run(call, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines():
        yield Shown(**json.loads(line))


READERS = {"newsboat": newsboat, "sfeed": sfeed, "rss2email": rss2email, "reader": reader}
