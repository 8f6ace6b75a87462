"""Curves from printed text."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from fitscope.logs.console.fields import Said, said
from fitscope.logs.console.tables import header, row
from fitscope.logs.direction import measures_nothing
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import Part, meaning
from fitscope.logs.table import EPOCHS, STEPS

MOST_NAMES = 500  # names that are followed; text without an end invents ever new ones
MOST_VALUES = 200_000  # values of a name, from which on neighbours are averaged
SHORT = {"train": "Train", "validation": "Val", "test": "Test"}


@dataclass
class _Told:
    """What an epoch said of one metric: its last whole value, and the means of its parts."""

    whole: float | None = None
    plain: bool = False  # that came without a counter: a progress bar's end does not replace it
    last: float = 0.0
    running: bool = False
    total: float = 0.0
    count: int = 0

    def value(self) -> float:
        if self.whole is not None:
            return self.whole
        return self.last if self.running or not self.count else self.total / self.count


@dataclass
class _Curve:
    values: array[float] = field(default_factory=lambda: array("d"))
    places: array[float] = field(default_factory=lambda: array("d"))
    rows: array[float] = field(default_factory=lambda: array("d"))

    def add(self, value: float, place: float, row: int) -> None:
        self.values.append(value)
        self.places.append(place)
        self.rows.append(row)
        if len(self.values) >= MOST_VALUES:
            self._halve()

    def _halve(self) -> None:
        values = np.asarray(self.values).reshape(-1, 2).mean(axis=1)
        self.values = array("d", values)
        self.places, self.rows = self.places[1::2], self.rows[1::2]


class Printed:
    """Gathers what printed lines say.

    Values belong to the epoch that was named last. A line about a part of an epoch counts only
    where no line speaks of the whole: then running means give their last value, others a mean.
    """

    def __init__(self) -> None:
        self.kind: str | None = None  # "epoch", "step" or "round"
        self._place: float | None = None
        self._part: Part | None = None
        self._headed = False  # the part was named by a line without values
        self._told: dict[str, _Told] = {}
        self._curves: dict[str, _Curve] = {}
        self._names: tuple[str, ...] | None = None
        self._row = 0
        self._whole: set[str] = set()  # what was told of whole epochs
        self._marks: list[float] = []
        self._repeats = False  # the next line says again what was best

    def add(self, bare: str, line: str) -> None:
        """Take in one more line: without colours, and cleaned."""
        self._row += 1
        if self._repeats or "Best iteration" in bare:
            self._repeats = not self._repeats
            return
        if self._names is not None and (cells := row(bare, self._names)) is not None:
            self._take(_as_said(cells))
            return
        if names := header(bare):
            self._names = names
            return
        if any(sign.isdigit() for sign in line) or "nan" in line:
            self._take(said(line))
        elif len(line) < 60 and (heading := said(line)).part is not None:
            self._part, self._headed = heading.part, True

    def log(self, source: str) -> Log:
        """The curves of all lines until now."""
        late = self._marks_are_late()
        self._flush()
        curves = {}
        for name, curve in self._curves.items():
            if self._is_of_parts(name):
                continue
            values, rows = np.array(curve.values), np.array(curve.rows)
            places = self._moved(curve) if late else np.array(curve.places)
            known = np.isfinite(places)
            if self.kind is not None and known.any():
                values, rows, places = values[known], rows[known], places[known]
                by_epoch = places if self.kind != "step" else None
                by_step = places if self.kind == "step" else None
                curves[name] = Logged(values, by_epoch, by_step, rows)
            elif self.kind is None:
                curves[name] = Logged(values, rows=rows)
        return Log(source, curves, "round" if self.kind == "round" else "epoch")

    def _is_of_parts(self, name: str) -> bool:
        """Whether a curve is of batches, and another one of the same is of whole epochs."""
        known = meaning(name)
        if name in self._whole or known.part not in ("train", None):
            return False
        return any(
            (other := meaning(one)).metric == known.metric and other.part in ("train", None)
            for one in self._whole
        )

    def _marks_are_late(self) -> bool:
        """Whether each epoch is named behind its values: some before the first, none at the end."""
        if self.kind != "epoch" or len(self._marks) < 2 or np.any(np.diff(self._marks) <= 0):
            return False
        measured = [n for n in self._curves if meaning(n).part in ("validation", "test")]
        before = any(np.isnan(self._curves[name].places[0]) for name in measured)
        return before and not any(name in self._told for name in measured)

    def _moved(self, curve: _Curve) -> np.ndarray:
        """Places of values that came before the name of their epoch."""
        following = dict(pairwise([np.inf, *self._marks]))
        places = np.nan_to_num(np.array(curve.places), nan=np.inf)
        return np.array([following.get(place, np.nan) for place in places.tolist()])

    def _take(self, found: Said) -> None:
        self._move(found)
        if not found.values:
            if found.part is not None:
                self._part, self._headed = found.part, True
            return
        inherits = self._part is not None and (self._headed or not found.progress)
        for name, (value, running) in found.values.items():
            known = meaning(name)
            if measures_nothing(known.metric):
                continue
            if known.part is None and inherits and self._part is not None:
                name = f"{SHORT[self._part]} {name}"
            name = name.strip()
            if name not in self._told and len(self._told) >= MOST_NAMES:
                continue
            told = self._told.setdefault(name, _Told())
            if found.progress:
                told.last, told.running = value, running or told.running
                told.total, told.count = told.total + value, told.count + 1
            elif not (told.plain and found.counted):
                told.whole, told.plain = value, not found.counted
                if len(self._whole) < MOST_NAMES:
                    self._whole.add(name)
        parts = {meaning(name).part for name in found.values} - {None}
        if found.part is not None and len(parts) < 2:
            self._part, self._headed = found.part, found.progress
        if self.kind is None:
            self._flush()

    def _move(self, found: Said) -> None:
        """Go to the epoch, round or step that a line names."""
        named = (("epoch", found.epoch), ("round", found.round), ("step", found.step))
        for kind, place in named:
            if place is None:
                continue
            if self.kind == kind or self.kind is None or (kind == "epoch" and self.kind == "step"):
                if kind != self.kind:
                    self._begin(kind)
                self._part = None
                if place != self._place:
                    self._flush()
                    self._place = place
                    self._marks.append(place)
                return
            if kind == "step":  # within an epoch
                found.progress = True
            if found.part is None:
                self._part = None
            return

    def _begin(self, kind: str) -> None:
        """What was told before anything was counted is of no epoch."""
        self._told.clear()
        if self.kind is not None or kind == "epoch":
            for curve in self._curves.values():
                curve.places = array("d", [np.nan] * len(curve.places))
        self.kind = kind

    def _flush(self) -> None:
        place = np.nan if self._place is None else self._place
        for name, told in self._told.items():
            if name in self._curves or len(self._curves) < MOST_NAMES:
                self._curves.setdefault(name, _Curve()).add(told.value(), place, self._row)
        self._told = {}


def read_printed(source: str, lines: Iterable[tuple[str, str]]) -> Log:
    """The curves of printed lines.

    Args:
        source: where they came from.
        lines: as `fitscope.logs.console.lines.lines` yields them.

    Example:
        >>> text = ["Epoch 1", "loss: 2.0 - val_loss: 2.1", "Epoch 2", "loss: 1.5 - val_loss: 1.8"]
        >>> log = read_printed("here", zip(text, text))
        >>> log.curves["val_loss"].values.tolist(), log.curves["val_loss"].epochs.tolist()
        ([2.1, 1.8], [1.0, 2.0])
    """
    printed = Printed()
    for bare, line in lines:
        printed.add(bare, line)
    return printed.log(source)


def _as_said(cells: dict[str, float]) -> Said:
    found = Said()
    for name, value in cells.items():
        lower = name.strip().lower()
        if lower in (*EPOCHS, "ep"):
            found.epoch = value
        elif lower in STEPS:
            found.step = value
        else:
            found.values[name] = (value, False)
    return found
