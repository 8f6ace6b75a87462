"""What lines that are alike tell of where they stand: their rows, and the epoch in the first."""

from __future__ import annotations

import io
import re
from typing import NamedTuple

from fitscope.logs.console.counted import epoch_in
from fitscope.logs.console.fields import said
from fitscope.logs.console.lines import lines
from fitscope.logs.direction import measures_nothing
from fitscope.logs.names import meaning

WORD = re.compile(r"[^\W\d_]{3}|[^\W\d_\x00-\u02ff]")  # a unit is none, a sign of Chinese is one


class Place(NamedTuple):
    """Where a line stands.

    Attributes:
        held_back: it is about validation or test rows.
        training: it is about training rows.
        step: it names a step.
        progress: it is about a part of an epoch.
        heads: what it says of its rows goes for such parts below it, too.
        epoch: the bytes that name its epoch, and the one behind them; none where it names none.
        stays: it is a table's row, or it cannot be told whether it names another epoch.
    """

    held_back: bool = False
    training: bool = False
    step: bool = False
    progress: bool = False
    heads: bool = False
    epoch: bytes = b""
    stays: bool = False


def place_of(line: bytes, encoding: str = "utf-8") -> Place:
    """Where a line stands.

    Args:
        line: the line, its end included.
        encoding: of the bytes.

    Example:
        >>> place_of(b"12:00:01 Epoch 3 [7/400] loss: 0.5\\n").epoch
        b'Epoch 3 '
        >>> place_of(b"step 7, val_loss: 0.5\\n").held_back
        True
    """
    entries = list(lines(io.BytesIO(line), encoding))
    if len(entries) != 1:
        return Place(stays=len(entries) > 1)
    cleaned = entries[0][1]
    found = said(cleaned)
    told = [meaning(name) for name in found.values]
    parts = {found.part, *(one.part for one in told if not measures_nothing(one.metric))}
    epoch = b"" if found.epoch is None else _named(cleaned, line, encoding)
    return Place(
        held_back=bool(parts & {"validation", "test"}),
        training="train" in parts,
        step=found.step is not None,
        progress=found.progress,
        heads=found.progress or not found.values,
        epoch=epoch,
        stays=not WORD.search(cleaned) or (found.epoch is not None and not epoch),
    )


def _named(cleaned: str, line: bytes, encoding: str) -> bytes:
    """The bytes of a line that name its epoch; none where they are not as in the cleaned line."""
    found = epoch_in(cleaned)
    if found is None:
        return b""
    before = cleaned[found.start() : found.start("epoch")]
    words = f"{before}{found['epoch'].partition('.')[0]}".encode(encoding, errors="replace")
    at = line.find(words)
    return line[at : at + len(words) + 1] if at >= 0 else b""
