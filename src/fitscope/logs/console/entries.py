"""The lines of printed text, and what a line is parted into that tells of several epochs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TextIO

from fitscope.logs.console.counted import EPOCH, NOT_NOW, STEP

LONGEST = 1 << 16  # signs that are looked at together
LONGEST_SAID = 1 << 13  # signs of an entry that say something; the rest is a dump
FEWEST = 3  # rising epochs that a line of usual length must name to be parted
SEVERAL = 200  # signs in which so many epochs may be named
BEFORE = 20  # signs before a number that tell whether it is where the line stands
BESIDE = 30  # signs behind an epoch in which its step is named
ROUND = re.compile(r"(?<!\S)\[\d+\](?=\s+[\w-]+:)")
TORN = re.compile(r"(?<=[0-9a-z\])])(?=Epoch\s+\d)")  # "loss: 0.3120Epoch 1/5"


def blocks(text: TextIO) -> Iterator[str]:
    """Lines; one without an end in pieces that are cut where an entry begins, if one does.

    Args:
        text: the text, whose line ends are left as they are.
    """
    held = ""
    while block := text.readline(LONGEST):
        whole = len(block) < LONGEST or block.endswith(("\n", "\r"))
        block, held = held + block, ""
        if not whole:
            end = len(block) - LONGEST_SAID  # what begins before it has said what it says
            cut = max((end + at for at in _entries(block[end:])), default=len(block))
            block, held = block[:cut], block[cut:]
        yield block
    if held:
        yield held


def parted(line: str) -> list[str]:
    """The entries of a line that names one epoch after another, otherwise the line.

    Example:
        >>> parted("Epoch 1: loss 0.5 Epoch 2: loss 0.4 Epoch 3: loss 0.3")[1]
        'Epoch 2: loss 0.4 '
        >>> parted("Epoch 9: loss 0.5, best epoch 3, Epoch 9: val loss 0.6")[1:]
        []
    """
    if len(line) < SEVERAL and line.count("Epoch ") < FEWEST:
        return [line]
    torn = TORN.split(line) if "Epoch" in line else [line]
    return [entry for piece in torn for entry in _of_piece(piece)]


def _of_piece(piece: str) -> list[str]:
    if len(piece) > LONGEST_SAID:
        begun = _entries(piece)
    else:
        named = [found for found in EPOCH.finditer(piece) if _is_now(piece, found)]
        rising = all(float(a["epoch"]) < float(b["epoch"]) for a, b in pairwise(named))
        begun = [found.start() for found in named] if rising and len(named) >= FEWEST else []
    edges = sorted({0, *begun, len(piece)})
    return [piece[start:end] for start, end in pairwise(edges)]


def _entries(text: str) -> list[int]:
    """Where a line that is too long for one tells of the next epoch, round or step."""
    epochs = [found for found in EPOCH.finditer(text) if _is_now(text, found)]
    behind = {at for found in epochs for at in range(found.start(), found.end() + BESIDE)}
    steps = (found for found in STEP.finditer(text) if _is_now(text, found))
    begun = [found.start() for found in (*epochs, *ROUND.finditer(text))]
    return sorted([*begun, *(one.start() for one in steps if one.start() not in behind)])


def _is_now(text: str, found: re.Match[str]) -> bool:
    """Whether a number says where a line stands, and is not "best epoch 3"."""
    return NOT_NOW.search(text, max(0, found.start() - BEFORE), found.start()) is None
