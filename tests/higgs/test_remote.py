import socket
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from fitscope.errors import UserError
from fitscope.higgs import remote
from fitscope.higgs.gzip_csv import read_rows
from fitscope.higgs.remote import Unreachable, remote_chunks

NAMES = tuple(f"column {i}" for i in range(29))


def download(url, **how):
    return b"".join(data for data, _ in remote_chunks(url, **how))


def read(url, rows=None):
    return read_rows((data for data, _ in remote_chunks(url)), url, NAMES, rows)


class TestHowMuchIsDrawn:
    @pytest.mark.parametrize("ranges", [True, False])
    def test_11000_rows_take_at_most_4_megabytes(self, serve, thousands, ranges):
        table, packed = thousands
        assert len(packed) / 11_000 > 256  # so many bytes a row has the published file
        loop = serve(packed * 8, ranges=ranges)
        x, y = read(loop.url, 11_000)
        np.testing.assert_array_equal(np.column_stack([y, x]), table)
        assert len(packed) <= loop.sent <= 4_000_000

    def test_more_rows_take_larger_ranges(self, serve, thousands):
        loop = serve(thousands[1] * 8)
        assert len(read(loop.url)[1]) == 88_000
        assert len(loop.asked) < 20

    def test_the_whole_takes_one_request(self, serve, thousands):
        loop = serve(thousands[1])
        assert download(loop.url, whole=True) == thousands[1]
        assert loop.asked == ["bytes=0-"]

    def test_from_the_middle(self, serve, thousands):
        loop = serve(thousands[1])
        assert download(loop.url, start=1_000_000) == thousands[1][1_000_000:]
        assert download(loop.url, start=len(thousands[1])) == b""


class TestItGoesOn:
    @pytest.mark.parametrize("whole", [True, False])
    def test_after_a_break(self, serve, thousands, whole):
        loop = serve(thousands[1], breaks=[100_000, 1, 0, None, 0, 300_000])
        assert download(loop.url, whole=whole) == thousands[1]
        assert not whole or loop.asked[:4] == [
            f"bytes={at}-" for at in (0, 100_000, 100_001, 100_001)
        ]

    def test_after_a_break_without_ranges(self, serve, thousands):
        loop = serve(thousands[1], ranges=False, breaks=[100_000, 900_000, 50_000])
        assert download(loop.url) == thousands[1]

    def test_without_a_length(self, serve, thousands):
        loop = serve(thousands[1], ranges=False, length=False)
        assert download(loop.url) == thousands[1]

    def test_when_the_server_is_busy_for_a_moment(self, serve, thousands):
        loop = serve(thousands[1], statuses=[503, 500])
        assert download(loop.url) == thousands[1]

    def test_when_it_is_slow_but_steady(self, serve, thousands):
        loop = serve(thousands[1], pause=0.05)
        assert len(read(loop.url, 100)[1]) == 100


class TestItSaysWhatIsWrong:
    def fails(self, url, message, **how):
        with pytest.raises(Unreachable, match=message) as caught:
            download(url, **how)
        assert str(caught.value).startswith(f"{url}: ")
        assert "\n" not in str(caught.value)

    @pytest.mark.usefixtures("serve")
    def test_no_such_host(self):
        self.fails("http://nowhere.invalid/HIGGS.csv.gz", r"cannot connect \(.+\); check the net")

    def test_nobody_listens(self, serve):
        url = serve(b"").url.replace("127.0.0.1", "127.0.0.2")
        self.fails(url, "cannot connect .*; check the network")

    @pytest.mark.parametrize("url", ["ftp://127.0.0.1/HIGGS", "HIGGS", "http://", "http://[/"])
    def test_not_an_address(self, url):
        self.fails(url, r"check the network and the address")

    def test_no_such_file(self, serve, thousands):
        loop = serve(thousands[1], statuses=[404])
        self.fails(loop.url, "the server answers 404 Not Found; check the address")

    def test_a_server_that_stays_busy(self, serve, thousands):
        loop = serve(thousands[1], statuses=[503] * 3)
        self.fails(loop.url, "answers 503 .* after 0 bytes, 3 times in a row; try again later")

    def test_a_server_that_always_breaks_off(self, serve, thousands):
        loop = serve(thousands[1], ranges=False, breaks=[100_000] * 9)
        self.fails(loop.url, "the connection broke off after 100,000 bytes, 3 times in a row")
        assert len(loop.asked) == 4

    @pytest.mark.parametrize("content", [b"<!DOCTYPE html><html>", b"1.0,2.0\n"])
    def test_something_else_than_gzip(self, serve, content):
        self.fails(serve(content).url, "sends something other than a gzip file, beginning with")

    def test_an_empty_file(self, serve):
        with pytest.raises(UserError, match="is empty; get the file again"):
            read(serve(b"").url)

    def test_a_server_that_says_nothing(self, serve, thousands, monkeypatch):
        monkeypatch.setattr(remote, "_READ_SECONDS", 0.1)
        loop = serve(thousands[1], pause=1.0)
        self.fails(loop.url, r"nothing came for 0.1 s after 0 bytes, 3 times")

    def test_a_trickle(self, serve, thousands, monkeypatch):
        monkeypatch.setattr(remote, "_PATIENCE_SECONDS", 0.1)
        monkeypatch.setattr(remote, "_SLOWEST_RATE", 1e12)
        loop = serve(thousands[1], pause=0.2)
        self.fails(loop.url, "sends only [0-9,]+ bytes a second")

    def test_headers_that_come_byte_by_byte_without_end(self, serve, monkeypatch):
        monkeypatch.setattr(remote, "_PATIENCE_SECONDS", 0.3)
        serve(b"")  # there is a network
        listener = socket.create_server(("127.0.0.1", 0))

        def drip() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                for _ in range(200):
                    connection.sendall(b"a")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/HIGGS.csv.gz"
        self.fails(address, "does not begin to answer within 0.3 s; try again later")
        assert time.monotonic() - began < 3
        listener.close()

    def test_an_unusable_proxy(self, monkeypatch):
        monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1")
        self.fails("http://nowhere.invalid/HIGGS.csv.gz", "proxy .* is unusable .*mend or unset")
