"""Panics of Polars: they are no `Exception`, and print dozens of lines before anybody can ask."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Panic(Exception):
    """A library in Rust gave up."""


@contextmanager
def quiet_panics() -> Iterator[None]:
    """Turn a panic into `Panic`, and what it prints on standard error into nothing.

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
    try:
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
