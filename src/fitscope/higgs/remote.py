"""Bytes of a file over HTTP: no more than are needed, and on after a broken connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager

from fitscope.errors import UserError
from fitscope.names import shown

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 4.0
_FIRST_WAIT_SECONDS = 0.5
_FIRST_RANGE = 1 << 19
_RECEIVE_BUFFER = 1 << 17
# Over this long a reply must bring at least this many bytes a second.
_PATIENCE_SECONDS = 15.0
_SLOWEST_RATE = 4_000
# What a proxy answers that lets nothing through, or has no network itself.
_OF_PROXIES = (403, 407, 502, 503, 504)


class Unreachable(UserError):
    """An address gave no gzip file: no network, no such file, too slow, or something else."""


class NoNetwork(Unreachable):
    """No name was resolved and no connection made, or a proxy lets none through."""


def remote_chunks(
    url: str, *, start: int = 0, whole: bool = False, tries: int = 3
) -> Generator[tuple[bytes, int | None], None, None]:
    """Yield the bytes of the gzip file at `url`, in order, whatever the server supports.

    Args:
        url: an http or https address.
        start: how many bytes at the beginning are here already.
        whole: True asks for all the rest in one request. False asks for ranges, at first of
            512 kB, later a quarter of what has come so far, so that a reader who stops has
            not drawn much more than it used.
        tries: how many times in a row a connection may break without bringing anything. One
            that cannot be made at all in the beginning is not tried again.

    Yields:
        Bytes, and the size of the whole file in bytes, or None if the server does not tell.
        A server without ranges sends the file from its beginning after a break; what is here
        already is skipped.

    Raises:
        Unreachable: an error status, nothing for some seconds, or what comes is not gzip.
        NoNetwork: no connection.
    """
    import httpx

    at, failures, connected, size = start, 0, False, None
    late = threading.Event()
    with _client(url) as client:
        while size is None or at < size:
            before = at
            last = "" if whole else str(at + max(_FIRST_RANGE, at // 4) - 1)
            # Compression on the way would change what a range means.
            headers = {"Range": f"bytes={at}-{last}", "Accept-Encoding": "identity"}
            try:
                with ExitStack() as stack:
                    with _begun_in_time(client) as late:
                        reply = stack.enter_context(client.stream("GET", url, headers=headers))
                    connected = True
                    if reply.status_code == 416:  # there is nothing behind what has come
                        return
                    skip, size = _begin(reply, at, url)
                    if reply.status_code == 200 and not whole:
                        _receive_little(reply)
                    began, received = time.monotonic(), 0
                    for data in reply.iter_raw():
                        received += len(data)
                        _refuse_trickle(url, received, time.monotonic() - began)
                        data, skip = data[skip:], max(skip - len(data), 0)
                        if not data:
                            continue
                        if at == 0:
                            _refuse_all_but_gzip(url, data)
                        yield data, size
                        at += len(data)
                if size is None and reply.status_code == 200:
                    return
                trouble = "the connection broke off"
            except Exception as error:
                known = (httpx.RequestError, httpx.InvalidURL, UnicodeError, _Busy)
                if late.is_set():
                    raise Unreachable(
                        f"{url}: does not begin to answer within {_PATIENCE_SECONDS:g} s; "
                        "try again later"
                    ) from error
                if not isinstance(error, known):
                    raise
                trouble = _trouble(error)
                if not connected:
                    kind = NoNetwork if _is_offline(error) else Unreachable
                    raise kind(f"{url}: {trouble}; check the network and the address") from error
            failures = 0 if at > before else failures + 1
            if failures == tries:
                raise Unreachable(
                    f"{url}: {trouble} after {at:,} bytes, {tries} times in a row; try again later"
                )
            if failures:
                time.sleep(_FIRST_WAIT_SECONDS * 2 ** (failures - 1))


@contextmanager
def _begun_in_time(client) -> Iterator[threading.Event]:
    """Close the connection of a server that sends its headers byte by byte, as if without end.

    Yields:
        Is set if that was necessary.
    """
    late = threading.Event()

    def close() -> None:
        late.set()
        client.close()

    timer = threading.Timer(_PATIENCE_SECONDS, close)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _client(url: str):
    import httpx

    timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    try:
        return httpx.Client(timeout=timeout, follow_redirects=True)
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise Unreachable(
            f"{url}: the proxy that the environment names is unusable ({_line(error)}); mend or "
            "unset it"
        ) from error


class _Busy(Exception):
    """The server answers that it has a problem of its own, which may pass."""


def _begin(reply, at: int, url: str) -> tuple[int, int | None]:
    """How many bytes of this reply are here already, and the size of the whole file."""
    status = reply.status_code
    if at == 0 and status in _OF_PROXIES and _is_proxied(url):
        raise NoNetwork(
            f"{url}: the proxy answers {status} {shown(reply.reason_phrase)}; check the network"
        )
    if status >= 500:
        raise _Busy(f"the server answers {status} {shown(reply.reason_phrase)}")
    if status == 206:
        unit_range, _, total = reply.headers.get("Content-Range", "").partition("/")
        if not unit_range.startswith(f"bytes {at}-"):
            raise Unreachable(f"{url}: the server sends another range than asked; try again later")
        return 0, int(total) if total.isdecimal() else None
    if status == 200:
        length = reply.headers.get("Content-Length", "")
        return at, int(length) if length.isdecimal() else None
    raise Unreachable(
        f"{url}: the server answers {status} {shown(reply.reason_phrase)}; check the address"
    )


def _refuse_trickle(url: str, received: int, seconds: float) -> None:
    if seconds > _PATIENCE_SECONDS and received < _SLOWEST_RATE * seconds:
        rate = received / seconds
        raise Unreachable(f"{url}: sends only {rate:,.0f} bytes a second; try again later")


def _refuse_all_but_gzip(url: str, data: bytes) -> None:
    if not b"\x1f\x8b".startswith(data[:2]):
        raise Unreachable(
            f"{url}: sends something other than a gzip file, beginning with "
            f"{data[:16].decode(errors='replace')!r}; check the address"
        )


def _receive_little(reply) -> None:
    """Keep the kernel from drawing megabytes ahead of a reader who is going to stop."""
    import socket

    stream = reply.extensions.get("network_stream")
    connection = stream and stream.get_extra_info("socket")
    if connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)


def _is_offline(error: Exception) -> bool:
    """Whether there was no way to a server; one that hangs up or shows a bad certificate is one."""
    import ssl

    import httpx

    if not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)):
        return False
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    return not any(isinstance(cause, (ssl.SSLError, ConnectionResetError)) for cause in causes)


def _is_proxied(url: str) -> bool:
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    proxies = getproxies()
    return bool(
        (proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.hostname or "")
    )


def _trouble(error: Exception) -> str:
    import httpx

    match error:
        case httpx.ConnectTimeout():
            return f"no connection within {_CONNECT_SECONDS:g} s"
        case httpx.TimeoutException():
            return f"nothing came for {_READ_SECONDS:g} s"
        case httpx.ConnectError():
            return f"cannot connect ({_line(error)})"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return f"is no http or https address ({_line(error)})"
        case httpx.TooManyRedirects():
            return "the server redirects without end"
        case httpx.RequestError():
            return "the connection broke off"
        case _:
            return _line(error)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
