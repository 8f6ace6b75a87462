"""The live page's server: what it answers, and whom."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from report.made_up import GUIDE, document, write_study

from fitscope.errors import UserError
from fitscope.files import locked
from fitscope.report.live_page import PageServer, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_study(tmp_path / "study", document({name: GUIDE[name] for name in ("Tiny", "L2")}))
    return tmp_path / "study"


@pytest.fixture
def server(folder: Path) -> Iterator[PageServer]:
    with serving(folder) as server:
        yield server
        server.told_the_end = True  # there is no page to wait for


def ask(
    server: PageServer, path: str, method: str = "GET", **headers: str
) -> tuple[int, str, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer


def test_the_page_and_its_news_are_served(server: PageServer) -> None:
    status, page, answer = ask(server, "/")
    assert status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Tiny" in page
    status, news, answer = ask(server, "/data.json?again")
    assert status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(news)["live"] is False
    assert [model["name"] for model in json.loads(news)["models"]] == ["Tiny", "L2"]
    status, nothing, answer = ask(server, "/", method="HEAD")
    assert (status, nothing) == (200, "")
    assert abs(int(answer.headers["Content-Length"]) - len(page.encode())) < 1_000


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/study.json",
        "/data.json/../study.json",
        "/..\\study.json",
        "/%00",
    ],
)
def test_no_other_path_is_there(server: PageServer, path: str) -> None:
    status, text, _ = ask(server, path)
    assert status == 404
    assert "root:" not in text
    assert "fingerprint" not in text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", ""])
def test_another_name_for_this_machine_is_refused(server: PageServer, host: str) -> None:
    assert ask(server, "/data.json", Host=host)[0] == 403


def test_another_site_is_refused_and_this_one_is_not(server: PageServer) -> None:
    assert ask(server, "/data.json", Origin="http://evil.example")[0] == 403
    assert ask(server, "/data.json", Origin="null")[0] == 403
    assert ask(server, "/data.json", Origin=server.address.rstrip("/"))[0] == 200
    local = f"localhost:{server.server_port}"
    assert ask(server, "/data.json", Host=local)[0] == 200
    assert "Access-Control-Allow-Origin" not in ask(server, "/data.json")[2].headers


def test_nothing_can_be_changed(server: PageServer) -> None:
    assert ask(server, "/", method="POST")[0] == 501
    assert ask(server, "/data.json", method="DELETE")[0] == 501


def test_it_listens_on_loopback_only(server: PageServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_a_damaged_file_is_said_and_mended_later(server: PageServer, folder: Path) -> None:
    whole = (folder / "results.json").read_bytes()
    (folder / "results.json").write_bytes(whole[:40])
    status, text, _ = ask(server, "/data.json")
    assert status == 503
    assert "results.json: damaged" in text
    (folder / "results.json").write_bytes(whole)
    assert ask(server, "/data.json")[0] == 200


def test_a_stopped_study_says_so_and_a_running_one_is_live(tmp_path: Path) -> None:
    made = document({"Tiny": GUIDE["Tiny"]}, repeats=2)
    (tmp_path / "study.json").write_text(made.model_dump_json())
    with serving(tmp_path) as server:
        news = json.loads(ask(server, "/data.json")[1])
        assert news["live"] is True
        assert "--resume" in news["status"]["note"]
        with locked(tmp_path):
            news = json.loads(ask(server, "/data.json")[1])
        assert news["live"] is True
        assert news["status"]["note"] == ""
        assert news["status"]["wanted"] == 2
        server.told_the_end = True


def test_the_end_waits_for_an_open_page_to_hear_of_it(folder: Path) -> None:
    began = time.monotonic()
    with serving(folder) as server:
        pass  # nobody looked
    assert time.monotonic() - began < 2
    with serving(folder) as server:
        server.asked = time.monotonic()  # somebody did, before the end
        began = time.monotonic()
        ask(server, "/data.json")
    assert server.told_the_end
    assert time.monotonic() - began < 3


def test_a_browser_that_goes_away_is_no_trouble(
    server: PageServer, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", server.server_port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            line.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode())
    assert ask(server, "/data.json")[0] == 200
    assert capfd.readouterr().err == ""


def test_a_taken_port_is_one_line(server: PageServer, folder: Path) -> None:
    with pytest.raises(UserError, match=f"port {server.server_port} cannot be opened"):
        PageServer(folder, server.server_port)


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    place = tmp_path / "study"
    write_study(place, document({"Tiny": GUIDE["Tiny"]}), epochs=5)
    command = [sys.executable, "-m", "fitscope.cli.main", "watch", str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "Ctrl-C ends it" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize("what", ["missing", "a file", "empty"])
def test_the_command_refuses_what_is_no_study(tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    if what == "a file":
        place.write_text("x")
    elif what == "empty":
        place.mkdir()
    command = [sys.executable, "-m", "fitscope.cli.main", "watch", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "no study here" in done.stderr
