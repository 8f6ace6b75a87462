"""The lines of printed text as a reader sees them: no colours, bars, times or logging prefixes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

LONGEST = 1 << 16  # signs of a line that are looked at together
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")
OVERWRITTEN = re.compile(r"[\r\x08\n]+")
TORN = re.compile(r"(?<=[0-9a-z\])])(?=Epoch\s+\d)")  # "loss: 0.3120Epoch 1/5"
TIMES = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ,_]+\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?"
    r"|\d{1,2}/\d{1,2}/\d{4}"
    r"|\b\d{8}[-_]\d{4,6}\b"
    r"|(?:\d+ days?,? )?\b\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?=[\s\],;|)<]|$)"
)
PREFIXES = re.compile(
    r"\b(?:INFO|DEBUG|WARNING|WARN|NOTICE|ERROR|INF)\b\s*[:\-|\]]*"
    r"|\b[\w./-]+\.py:\d+\]?:?"
    r"|^\s*[IWE]\d{4}\s"
    r"|\(\w+ pid=\d+(?:, ip=[\d.]+)?\)"
    r"|\b__\w+__\b(?::\w+:\d+)?\s*-*"
)
BARS = re.compile(r"\[[=>.#\- ]{3,}\]|\|[^|\w]{3,}\||[\u2500-\u259f]{2,}|={4,}|-{4,}|#{3,}")
EMPTY = re.compile(r"^\s*\[[\s:,]*\]:?")  # where a time stood
CHECKPOINTS = re.compile(
    r"(?:Epoch \d+: )?\S+ (?:improved from|did not improve|was not in top|reached)\b.*"
    r"|\bsaving (?:model|checkpoint).*|\bearly stopping\b.*",
    re.IGNORECASE,
)


def lines(stream: BinaryIO, encoding: str = "utf-8") -> Iterator[tuple[str, str]]:
    """Printed lines without colours, and cleaned; a carriage return ends a line, too.

    However large the stream is, little of it is held; a line without an end is cut.

    Args:
        stream: the bytes.
        encoding: of the bytes; what is not in it becomes a question mark.

    Example:
        >>> import io
        >>> text = b"2024-01-01 10:00:00,123 - INFO - Epoch 1 \\x1b[32mloss: 0.5\\x1b[0m\\n"
        >>> list(lines(io.BytesIO(text)))
        [('2024-01-01 10:00:00,123 - INFO - Epoch 1 loss: 0.5', 'Epoch 1 loss: 0.5')]
    """
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    while block := text.readline(LONGEST):
        for piece in OVERWRITTEN.split(block):
            for line in TORN.split(piece):
                bare = ESCAPES.sub("", line) if "\x1b" in line else line
                if cleaned := clean(bare):
                    yield bare, cleaned


def clean(line: str) -> str:
    """A line without what surrounds its words and numbers."""
    if not line or line.isspace():
        return ""
    line = CHECKPOINTS.sub("", line)
    line = TIMES.sub(" ", line)
    line = PREFIXES.sub(" ", line)
    line = EMPTY.sub("", BARS.sub(" ", line))
    return line.replace("\ufeff", "").strip(" -:,;\x00")
