"""Hostile servers: rows, or one line, within the deadlines; a server is a few lines of bytes."""

from __future__ import annotations

import contextlib
import gzip
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from torture.pen import Case, called, wrong

ROWS = "".join(f"{at % 2}," + ",".join(["0.5"] * 28) + "\n" for at in range(60)).encode()
PACKED = gzip.compress(ROWS)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
Answer = Callable[[socket.socket], None]


def _sent(*parts: bytes) -> Answer:
    return lambda peer: [peer.sendall(part) for part in parts] and None


def _slowly(begin: bytes, again: bytes, pause: float) -> Answer:
    def answer(peer: socket.socket) -> None:
        peer.sendall(begin)
        while True:
            peer.sendall(again)
            time.sleep(pause)

    return answer


def _reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def _silent(peer: socket.socket) -> None:
    del peer
    time.sleep(60)


SERVERS: dict[str, Answer] = {
    "all is well": _sent(OK % len(PACKED), PACKED),
    "nothing": _sent(b""),
    "silence": _silent,
    "a reset": _reset,
    "no HTTP": _sent(b"220 mail ready\r\n"),
    "zeros": _sent(bytes(1 << 16)),
    "headers byte by byte": _slowly(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.5),
    "headers without end": _slowly(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1_000, 0.0),
    "a status line without end": _slowly(b"HTTP/1.1 200 ", b"O" * 4_096, 0.0),
    "a body byte by byte": _slowly(OK % 10_000 + PACKED[:2], b"\x08", 0.5),
    "a body of zeros": _slowly(OK % (1 << 40) + PACKED, bytes(1 << 16), 0.0),
    "a body that stops": _slowly(OK % 10_000 + PACKED[:60], b"", 60.0),
    "escapes in the reason": _sent(b"HTTP/1.1 404 \x1b[31mred\x1b[0m\r\nContent-Length: 0\r\n\r\n"),
    "a redirect to itself": _sent(
        b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    ),
    "a redirect to a file": _sent(
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"
    ),
    "another range": _sent(
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 7-9/10\r\n",
        b"Content-Length: 3\r\n\r\nabc",
    ),
    "a negative length": _sent(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
    "two lengths": _sent(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nabc"),
    "a huge length": _sent(OK % 10**30, PACKED),
    "chunks of nonsense": _sent(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"),
    "packed twice": _sent(OK % len(gzip.compress(PACKED)), gzip.compress(PACKED)),
    "a page": _sent(OK % 15, b"<html>no</html>"),
    "rows without labels": _sent(OK % len(gzip.compress(ROWS[2:])), gzip.compress(ROWS[2:])),
    **{
        f"status {status}": _sent(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)
        for status in (100, 204, 301, 304, 400, 401, 403, 407, 416, 429, 500, 503, 599, 999)
    },
}


def cases(seed: int, count: int) -> Iterator[Case]:
    """Each server once, then whole answers with random damage."""
    for number in range(count):
        named = list(SERVERS)[number] if number < len(SERVERS) else "damage"
        yield {"name": named, "number": seed * 1_000_000 + number}


def attempt(case: Case, folder: Path) -> str:
    """Look at the first rows that a hostile server gives."""
    from torture.mutate import spoil

    answer = SERVERS.get(case["name"])
    if answer is None:
        answer = _sent(spoil(OK % len(PACKED) + PACKED, Random(case["number"])))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ.pop(name, None)
    os.environ["FITSCOPE_CACHE"] = str(folder)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, answer), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/HIGGS.csv.gz"
        sys.argv = ["fitscope", "data", "describe", url, "--rows", "50"]
        from fitscope.cli.main import main

        began = time.monotonic()
        status, out, err = called(main)
        found = wrong(status, out, err)
    if not found and time.monotonic() - began > 20:
        found = "more than 20 s"
    return found and f"{case['name']}: {found}"


def _serve(server: socket.socket, answer: Answer) -> None:
    with contextlib.suppress(OSError):
        while True:
            peer, _ = server.accept()
            threading.Thread(target=_answer, args=(peer, answer), daemon=True).start()


def _answer(peer: socket.socket, answer: Answer) -> None:
    with contextlib.suppress(OSError), peer:
        peer.recv(1 << 16)
        answer(peer)
