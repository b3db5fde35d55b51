"""A folder of files → nginx that serves them with one worker on loopback: what a web server without a thought can do."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# As an operator who reads nginx's manual would have it: files and their times held open, gzip made beforehand.
_CONFIGURATION = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=60s; gzip_static on; gzip_vary on;
  types {{ application/atom+xml atom; application/rss+xml rss; application/feed+json json; }}
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {server}
}}
"""
_SERVER = 'server { listen 80; root www; add_header Cache-Control "public, max-age=300"; }'


def program() -> str | None:
    """Where nginx is, None where it is not installed."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def serving(folder: Path, server: str = _SERVER) -> Iterator[int]:
    """The port on which nginx serves `folder`/www, while the block runs; by the `server` given, whose port 80 becomes it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = server.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("root www;", f"root {folder}/www;")
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, server=server))
    command = [str(program()), "-c", str(configuration), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise SystemExit(f"nginx ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.05)
    raise SystemExit("nginx does not answer")
