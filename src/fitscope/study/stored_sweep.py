"""What the sweep of an examination adds to results.json, as types."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Len
from typing_extensions import TypedDict

StoredLevel = Annotated[list[float | None], Len(2, 2)]
"""A mean and its standard error."""


class StoredWidth(TypedDict):
    """A network of a sweep: each measure on training rows at the last epoch, and on validation
    rows at the last and at the best epochs, as pairs of a mean and its standard error."""

    model: str
    units: int
    parameters: int
    runs: int
    train: dict[str, float | None]
    last: dict[str, StoredLevel]
    best: dict[str, StoredLevel]


class StoredTurn(TypedDict):
    """The clearest rise that is followed by a fall, each with its standard error; a second descent
    where it is `seen`. Places are units, or epochs trained."""

    along: Literal["width", "epochs"]
    measure: str
    model: str | None
    first: int
    peak: int
    second: int
    levels: Annotated[list[float], Len(3, 3)]
    rise: Annotated[list[float], Len(2, 2)]
    fall: Annotated[list[float], Len(2, 2)]
    seen: bool


class StoredSweep(TypedDict):
    """Networks of rising width, trained without early stopping, and whether a second descent is
    seen. `threshold`: parameters that could fit every training row; `fits`: the narrowest network
    that does."""

    words: str
    measures: list[str]
    widths: list[StoredWidth]
    threshold: int
    fits: str | None
    turns: list[StoredTurn]
