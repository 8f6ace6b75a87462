"""The mark in files of simulated events, by which they are known again."""

from __future__ import annotations

_BEGINNING = "simulated by fitscope"


def mark(seed: int) -> str:
    """What a file of simulated events says about itself.

    Example:
        >>> mark(7)
        'simulated by fitscope, seed 7; not measured, not from the published HIGGS file'
    """
    return f"{_BEGINNING}, seed {seed}; not measured, not from the published HIGGS file"


def is_marked(words: str | None) -> bool:
    """Whether a file that says these words about itself holds simulated events.

    Example:
        >>> is_marked(mark(7)), is_marked("made by gzip"), is_marked(None)
        (True, False, False)
    """
    return words is not None and words.startswith(_BEGINNING)
