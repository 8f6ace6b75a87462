"""Standard output of a command that works on when nobody reads it any more (`... | head -1`)."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO


def keep_writing() -> None:
    """Let what nobody reads be lost, and nothing else: a study still leaves figures and page."""
    sys.stdout = _Unbroken(sys.stdout)


class _Unbroken:
    """A stream that writes to nowhere once its reader has gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._to_nowhere()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._to_nowhere()

    def _to_nowhere(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
