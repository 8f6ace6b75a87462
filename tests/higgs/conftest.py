"""Rows in the published layout, an empty cache, and a web server on loopback that misbehaves."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from fitscope.higgs import published, remote, simulation
from fitscope.higgs.published import PackedFile


def _csv(table: np.ndarray, newline: str = "\n") -> bytes:
    template = ",".join(["%.18e"] * table.shape[1]) + newline
    return "".join(template % tuple(row) for row in table.tolist()).encode()


def _table(rows: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    table = rng.standard_normal((rows, 29)).astype(np.float32)
    table[:, 0] = table[:, 0] > 0
    return table


@pytest.fixture(scope="session")
def as_csv() -> Callable[..., bytes]:
    """Turns a table into text in the published layout: 24 or 25 characters a number."""
    return _csv


@pytest.fixture(scope="session")
def random_table() -> Callable[..., np.ndarray]:
    """Makes a table of a label and 28 random features."""
    return _table


@pytest.fixture(scope="session")
def thousands() -> tuple[np.ndarray, bytes]:
    """11,000 random rows, and the same as gzip CSV."""
    table = _table(11_000)
    return table, gzip.compress(_csv(table), 6)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Has this process simulate random numbers, 64 a block, where only the plumbing matters."""

    def block(number: int, seed: int) -> np.ndarray:
        return _table(64, seed=1_000 * seed + number)

    monkeypatch.setattr(simulation, "BLOCK", 64)
    monkeypatch.setattr(simulation, "block", block)
    return 64


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of its own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FITSCOPE_CACHE", str(folder))
    monkeypatch.delenv("FITSCOPE_HIGGS_URL", raising=False)
    return folder


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the published file be at other addresses, of any size unless one is given."""
    return lambda *urls, **known: monkeypatch.setattr(
        published, "PUBLISHED", PackedFile(urls, **known)
    )


@dataclass
class Loopback:
    """What the server serves, how it misbehaves, and what it saw.

    Attributes:
        content: the file.
        ranges: False ignores Range headers.
        length: False does not tell how long the file is.
        breaks: how many bytes of the body the first, second ... request gets before the
            connection breaks off; None, or none left, sends all.
        statuses: error statuses for the first, second ... request; 0 is none.
        pause: seconds to wait before every body.
        asked: the Range header of every request.
        sent: bytes of bodies handed to the network.
    """

    url: str
    content: bytes
    ranges: bool = True
    length: bool = True
    breaks: list[int | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    pause: float = 0.0
    asked: list[str | None] = field(default_factory=list)
    sent: int = 0


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Loopback]]:
    """Starts a server on loopback for the given content and misbehaviour; there is a network."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(remote, "_FIRST_WAIT_SECONDS", 0.001)
    servers = []

    def start(content: bytes, **behaviour) -> Loopback:
        server = _Server(("127.0.0.1", 0), _handler(loop := Loopback("", content)))
        for name, value in behaviour.items():
            setattr(loop, name, value)
        loop.url = f"http://127.0.0.1:{server.server_port}/HIGGS.csv.gz"
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return loop

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that has enough hangs up, which is no error."""


def _handler(loop: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            loop.asked.append(self.headers.get("Range"))
            if status := loop.statuses.pop(0) if loop.statuses else 0:
                self.send_error(status)
                return
            # Bytes in a large send buffer would count as sent and never cross the network.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
            body, size = loop.content, len(loop.content)
            asked = self.headers.get("Range") if loop.ranges else None
            if asked:
                first, _, last = asked.removeprefix("bytes=").partition("-")
                if int(first) >= size:
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{size}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = body[int(first) : int(last) + 1 if last else size]
                self.send_response(206)
                self.send_header(
                    "Content-Range", f"bytes {first}-{int(first) + len(body) - 1}/{size}"
                )
            else:
                self.send_response(200)
            if loop.length:
                self.send_header("Content-Length", str(len(body)))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            time.sleep(loop.pause)
            limit = loop.breaks.pop(0) if loop.breaks else None
            if limit is not None:
                body = body[:limit]
                self.close_connection = True
            try:
                for start in range(0, len(body), 1 << 14):
                    piece = body[start : start + (1 << 14)]
                    self.wfile.write(piece)
                    loop.sent += len(piece)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler
