"""Kills at random moments while rows are fetched from a slow server and packed."""

from __future__ import annotations

import contextlib
import gzip
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import numpy as np

from torture.kills import LIMIT, taken, tormented
from torture.pen import Case

__all__ = ["LIMIT", "attempt", "whole"]
WORDS = ("data", "fetch")
ROWS = 10_000
SECONDS = 1.0  # that the server takes for all of them


def attempt(case: Case, folder: Path) -> str:
    """Kill `fitscope data fetch` some times; it goes on where it was, to the same rows."""
    cache_folder = folder / "cache"
    with _served() as url:
        random = Random(case["number"])
        settings = _settings(cache_folder, url)
        if found := tormented(random, lambda: WORDS, folder, _seconds(), settings):
            return found
    files = [one for one in cache_folder.rglob("*") if one.is_file() and one.suffix != ".lock"]
    if len(files) != 1:
        return f"left behind: {sorted(one.name for one in files)}"
    return "" if np.array_equal(_rows(files[0]), whole()) else "other rows than were served"


@cache
def _seconds() -> float:
    """How long it takes when nobody kills it."""
    with _served() as url, tempfile.TemporaryDirectory(prefix="torture-whole-") as folder:
        return taken(*WORDS, environment=_settings(Path(folder), url))


def _settings(folder: Path, url: str) -> dict[str, str]:
    return {"FITSCOPE_CACHE": str(folder), "FITSCOPE_HIGGS_URL": url}


def _rows(file: Path) -> np.ndarray:
    from fitscope.higgs.rows import higgs

    split = higgs(ROWS - 10, 10, data=str(file))
    x = np.concatenate([split.x_validation, split.x_train])
    y = np.concatenate([split.y_validation, split.y_train])
    return np.column_stack([y, x])


@cache
def whole() -> np.ndarray:
    """The rows that are served."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(ROWS, 29)).astype(np.float32)
    rows[:, 0] = rows[:, 0] > 0
    return rows


@cache
def _packed() -> bytes:
    lines = ("%.18e," * 29)[:-1] + "\n"
    return gzip.compress("".join(lines % tuple(row) for row in whole().tolist()).encode(), 1)


class _Slow(BaseHTTPRequestHandler):
    """Serves the packed rows from any byte on, in small pieces."""

    def log_message(self, *_: object) -> None:
        """Nothing is said."""

    def do_GET(self) -> None:
        """Answer a request for all, or for all from a byte on."""
        data = _packed()
        asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        piece = len(data) // 100
        with contextlib.suppress(OSError):
            for place in range(start, len(data), piece):
                self.wfile.write(data[place : place + piece])
                time.sleep(SECONDS / 100)


@contextlib.contextmanager
def _served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/HIGGS.csv.gz"
        server.shutdown()
