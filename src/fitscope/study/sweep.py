"""`Sweep`: what an examination says of networks of rising width, trained far past their best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from fitscope.study.stored_sweep import StoredSweep
from fitscope.verdicts.plain import plain

Level = tuple[float | None, float | None]
"""A mean and its standard error."""


@dataclass(frozen=True)
class Width:
    """A network of a sweep.

    Every measure is such that less is better; `error` is the share of rows predicted wrongly.

    Attributes:
        model: its name in the study.
        units: of its hidden layer.
        parameters: how many it has.
        runs: how many of it were trained.
        train: measure to its mean on training rows at the last epoch, regularization off.
        last: measure to its mean on validation rows at the last epoch, and the standard error.
        best: the same around the best epochs.
    """

    model: str
    units: int
    parameters: int
    runs: int
    train: Mapping[str, float | None]
    last: Mapping[str, Level]
    best: Mapping[str, Level]


@dataclass(frozen=True)
class Turn:
    """The clearest rise of a measure, along widths or epochs, that is followed by a fall.

    Attributes:
        along: "width", at the last epoch, or "epochs" of one network.
        measure: what rises and falls.
        model: the network; None along widths.
        first: units, or epochs trained, where the measure is lowest before the peak.
        peak: the same where it turns.
        second: the same where it is lowest behind the peak.
        levels: validation means at these three.
        rise: how far the peak lies above the first, and the standard error, in pairs of rows.
        fall: how far it lies above the second, likewise.
        seen: whether both are sure together and large enough to matter: a second descent.
    """

    along: Literal["width", "epochs"]
    measure: str
    model: str | None
    first: int
    peak: int
    second: int
    levels: tuple[float, float, float]
    rise: tuple[float, float]
    fall: tuple[float, float]
    seen: bool


@dataclass(frozen=True)
class Sweep:
    """Validation measures against width and against epochs, without early stopping.

    Attributes:
        words: what is seen, in sentences.
        measures: what was looked at, the one that is told first.
        widths: the networks, narrow ones first.
        threshold: parameters that could fit every training row: rows times outputs.
        fits: the narrowest network that does fit its training rows; None where none does.
        turns: the clearest rise and fall of each measure along widths, and along the epochs of the
            network that shows them most clearly; none where it only falls, only rises, or both
            once.

    Example:
        >>> width = Width("mlp 4", 4, 49, 5, {"error": 0.1}, {"error": (0.3, 0.01)},
        ...     {"error": (0.28, 0.01)})
        >>> turn = Turn("width", "error", None, 2, 16, 64, (0.3, 0.4, 0.35), (0.1, 0.01),
        ...     (0.05, 0.01), True)
        >>> sweep = Sweep("A second descent.", ("error",), (width,), 400, None, (turn,))
        >>> Sweep.from_dict(sweep.as_dict()) == sweep
        True
    """

    words: str
    measures: tuple[str, ...]
    widths: tuple[Width, ...] = ()
    threshold: int = 0
    fits: str | None = None
    turns: tuple[Turn, ...] = ()

    @property
    def seen(self) -> tuple[Turn, ...]:
        """The second descents that are there."""
        return tuple(turn for turn in self.turns if turn.seen)

    def as_dict(self) -> StoredSweep:
        """As results.json holds it."""
        return cast("StoredSweep", plain(asdict(self)))

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Sweep:
        """The sweep that `as_dict` was called on.

        Raises:
            KeyError: a key is missing.
        """
        return cls(
            **{
                **stored,
                "measures": tuple(stored["measures"]),
                "widths": tuple(_width(width) for width in stored["widths"]),
                "turns": tuple(_turn(turn) for turn in stored["turns"]),
            }
        )


def _width(stored: Mapping[str, Any]) -> Width:
    levels = {
        at: {measure: tuple(level) for measure, level in stored[at].items()}
        for at in ("last", "best")
    }
    return Width(**{**stored, **levels})


def _turn(stored: Mapping[str, Any]) -> Turn:
    pairs = {name: tuple(stored[name]) for name in ("levels", "rise", "fall")}
    return Turn(**{**stored, **pairs})
