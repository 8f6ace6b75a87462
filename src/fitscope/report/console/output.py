"""Plain text to a stream that may not know all of its signs."""

from __future__ import annotations

from typing import IO


def put(stream: IO[str], text: str) -> None:
    """Write and flush `text`; a sign that the stream's encoding lacks becomes a question mark."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()
