"""What was said of one metric: within an epoch, and from epoch to epoch."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import numpy as np

MOST_VALUES = 200_000  # values of a name, from which on neighbours are averaged


@dataclass
class Told:
    """What an epoch said of one metric: its last whole value, and the means of its parts."""

    whole: float | None = None
    plain: bool = False  # that came without a counter: a progress bar's end does not replace it
    last: float = 0.0
    named: bool = False  # that came with a word for its rows
    final: bool = False  # that came with a value of validation rows
    step: float = 0.0  # that was named last before the whole value
    running: bool = False
    total: float = 0.0
    count: int = 0

    def value(self) -> float:
        if self.whole is not None:
            return self.whole
        return self.last if self.running or not self.count else self.total / self.count


@dataclass
class Points:
    """The values of one metric, each with its epoch, its step and its line."""

    values: array[float] = field(default_factory=lambda: array("d"))
    places: array[float] = field(default_factory=lambda: array("d"))
    steps: array[float] = field(default_factory=lambda: array("d"))
    rows: array[float] = field(default_factory=lambda: array("d"))

    def add(self, value: float, place: float, step: float, row: int) -> None:
        self.values.append(value)
        self.places.append(place)
        self.steps.append(step)
        self.rows.append(row)
        if len(self.values) >= MOST_VALUES:
            self._halve()

    def _halve(self) -> None:
        values = np.asarray(self.values).reshape(-1, 2).mean(axis=1)
        self.values = array("d", values)
        self.places, self.steps = self.places[1::2], self.steps[1::2]
        self.rows = self.rows[1::2]
