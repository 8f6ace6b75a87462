"""The page of a study that is still running, served on loopback and following it."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError, unforeseen
from fitscope.names import joined, shown

if TYPE_CHECKING:
    from fitscope.study.snapshot import RunningStudy, Stamp

HOST = "127.0.0.1"
SPELLED = 24  # runs whose machines are told one by one
LOOK = 5.0  # seconds after a page's last question for which it counts as open


class PageServer(ThreadingHTTPServer):
    """Serves the page of one study folder, and nothing else, to this machine alone.

    Args:
        folder: the study folder.
        port: 0 takes any free one.

    Raises:
        UserError: the port is taken.
    """

    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.asked = -LOOK  # when a page last asked for news
        self.told_the_end = False
        self._reading = threading.Lock()
        self._seen: tuple[Stamp, RunningStudy] | None = None
        self._news: tuple[Stamp, bytes] | None = None
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            reason = error.strerror or error
            raise UserError(
                f"port {port} cannot be opened ({reason}); choose another with --port, 0 for any"
            ) from None

    @property
    def address(self) -> str:
        """Where a browser finds the page."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def hosts(self) -> set[str]:
        """What a browser on this machine calls us. A page from elsewhere that has its own name
        point here (DNS rebinding) calls us by that name."""
        return {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    def page(self) -> bytes:
        """The page as it is now."""
        from fitscope.report.page import render_page

        with self._reading:
            _, now = self._look()
            return render_page(now.stored, live=True).encode()

    def news(self) -> bytes:
        """What an open page asks for: everything that it shows, as JSON."""
        from fitscope.report.page import page_data

        with self._reading:
            seen, now = self._look()
            if self._news is None or self._news[0] != seen:
                data = page_data(now.stored, live=not now.complete)
                data["status"]["note"] = _note(now)
                self._news = seen, json.dumps(data, allow_nan=False).encode()
            self.asked = time.monotonic()
            self.told_the_end = now.complete
            return self._news[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is nothing to talk about."""
        del request, client_address
        if not isinstance(sys.exception(), ConnectionError):
            raise

    def _look(self) -> tuple[Stamp, RunningStudy]:
        from fitscope.study.snapshot import read_running, stamp

        now = stamp(self.folder)
        if self._seen is None or self._seen[0] != now:
            self._seen = now, read_running(self.folder)
        return self._seen


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "fitscope"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, PageServer)
        # Whatever is not one of these two is not there: no path of a request is ever opened.
        answers = {
            "/": (server.page, "text/html"),
            "/data.json": (server.news, "application/json"),
        }
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in server.hosts:
            return self._answer(HTTPStatus.FORBIDDEN, b"this page answers to 127.0.0.1 only\n")
        if origin is not None and origin.removeprefix("http://") not in server.hosts:
            return self._answer(HTTPStatus.FORBIDDEN, b"another site asked for this page\n")
        path = self.path.partition("?")[0]
        if path == "/favicon.ico":
            return self._answer(HTTPStatus.NO_CONTENT, b"")
        if path not in answers:
            return self._answer(HTTPStatus.NOT_FOUND, b"there is only the page here: /\n")
        make, kind = answers[path]
        try:
            body = make()
        except UserError as error:
            return self._answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n".encode())
        except Exception as error:  # whatever it is, the next look may find the folder mended
            said = f"{unforeseen(error)}\n".encode(errors="replace")
            return self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, said)
        return self._answer(HTTPStatus.OK, body, kind)

    do_HEAD = do_GET

    def _answer(self, status: HTTPStatus, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are no news."""


def watch(folder: Path, port: int, open_browser: bool) -> None:
    """Serve the page of a study until Ctrl-C, whether it runs, waits or is complete.

    Args:
        folder: the study folder.
        port: 0 takes any free one.
        open_browser: show the page in a browser, too.

    Raises:
        UserError: no study there, or the port is taken.
    """
    from fitscope.study.snapshot import read_running

    read_running(folder)  # says what is wrong before anything is served
    with serving(folder, port, open_browser) as server:
        try:
            print(f"{folder}: {server.address} (Ctrl-C ends it)", flush=True)
            while True:  # a wait without an end does not hear Ctrl-C once Polars is loaded
                time.sleep(0.2)
        except KeyboardInterrupt:
            server.asked = -LOOK  # nobody is to be waited for
            print()


@contextmanager
def serving(folder: Path, port: int = 0, open_browser: bool = False) -> Iterator[PageServer]:
    """Serve the page of a study in the background; at the end open pages get the last news.

    Raises:
        UserError: the port is taken.
    """
    with PageServer(folder, port) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        thread.start()
        try:
            if open_browser:
                import webbrowser

                webbrowser.open(server.address)
            yield server
            while not server.told_the_end and time.monotonic() - server.asked < LOOK:
                time.sleep(0.05)
        finally:
            server.shutdown()
            thread.join()


def machines_line(machines: Mapping[tuple[str, int], str]) -> str:
    """Which machine trains what just now.

    Args:
        machines: name of the machine by model and number of the run; none where there is one.

    Example:
        >>> machines_line({("Tiny", 0): "b", ("Large", 1): "a", ("Tiny", 4): "b"})
        'Training now: a: Large, run 2; b: Tiny, runs 1 and 5.'
        >>> machines_line({("Tiny", run): f"node {run % 9}" for run in range(90)})
        'Training now: 90 runs on 9 machines.'
    """
    if not machines:
        return ""
    on: dict[str, dict[str, list[int]]] = {}
    for (model, run), machine in sorted(machines.items()):
        on.setdefault(machine, {}).setdefault(model, []).append(run + 1)
    if len(machines) > SPELLED:
        return f"Training now: {len(machines)} runs on {len(on)} machines."
    told = [
        f"{shown(machine)}: "
        + ", ".join(
            f"{shown(model)}, run{'s' * (len(runs) > 1)} {joined([str(run) for run in runs])}"
            for model, runs in models.items()
        )
        for machine, models in sorted(on.items())
    ]
    return f"Training now: {'; '.join(told)}."


def _note(now: RunningStudy) -> str:
    if now.complete or now.training:
        return machines_line(now.machines)
    return "Nothing is training in this folder now; go on with the study's command and --resume."
