"""Panics and aborts of Polars: no `Exception`, and dozens of lines before anybody can ask."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from fitscope.names import plain


class Panic(Exception):
    """A library in Rust gave up."""


@contextmanager
def quiet_panics(last_words: str = "") -> Iterator[None]:
    """Turn a panic into `Panic`, and what it prints on standard error into nothing.

    Args:
        last_words: what is said where the block aborts, which nobody can catch: where damage asks
            for more memory than an address can name. The process then ends with status 2. Without
            words it ends as libraries in Rust do.

    Raises:
        Panic: the block panicked.
    """
    sys.stderr.flush()
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # there is no standard error
        kept, nowhere = -1, -1
    if kept >= 0:
        os.dup2(nowhere, 2)
    line = f"fitscope: {plain(last_words)}\n".encode()
    try:
        with _ending_with(line, kept) if last_words and kept >= 0 else nullcontext():
            yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Panic((str(error).splitlines() or [""])[0]) from None
    finally:
        if kept >= 0:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


@contextmanager
def _ending_with(line: bytes, stream: int) -> Iterator[None]:
    """Write a line where the process aborts, and end it with status 2.

    `signal.signal` would not do: what it calls waits for the interpreter, and an abort does not.

    Args:
        line: the line.
        stream: the descriptor of where it goes.
    """
    if sys.platform == "win32":
        yield
        return
    import ctypes

    def ended(_: int) -> None:
        os.write(stream, line)
        os._exit(2)

    called = ctypes.CFUNCTYPE(None, ctypes.c_int)(ended)
    handle = ctypes.CDLL(None).signal
    handle.restype, handle.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
    before = handle(signal.SIGABRT, ctypes.cast(called, ctypes.c_void_p))
    try:
        yield
    finally:
        handle(signal.SIGABRT, before)
