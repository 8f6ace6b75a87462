"""How a command that works for long is stopped from outside."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stoppable(told: str) -> Iterator[None]:
    """End the command with status 130 and a word on Ctrl-C, and on a scheduler's SIGTERM.

    Args:
        told: what is said then.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        print(told, file=sys.stderr)
        raise SystemExit(130) from None
