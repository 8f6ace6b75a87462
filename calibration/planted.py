"""Leaks, copies and drift, planted in a table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

Frame = pl.DataFrame
Random = np.random.Generator
PLANTED, LATER = "planted", "when"  # names of a planted column, and of one that orders the rows
NUMBERS = 10  # different values from which on a column can be moved


def _codes(frame: Frame, target: str) -> np.ndarray:
    return np.unique(frame[target].cast(pl.String).to_numpy(), return_inverse=True)[1]


def _is_number(frame: Frame, target: str) -> bool:
    return frame[target].dtype.is_numeric()


def copied(share: float) -> Callable[[Frame, str, Random], Frame]:
    """The target under other names, wrong in a share of rows; a number with that much noise."""

    def plant(frame: Frame, target: str, random: Random) -> Frame:
        if _is_number(frame, target):
            y = frame[target].to_numpy().astype(float)
            values = 3 * (y + share * y.std() * random.normal(size=len(y)))
            return frame.with_columns(pl.Series(PLANTED, values))
        codes = _codes(frame, target)
        wrong = random.random(len(codes)) < share
        codes = np.where(wrong, random.permutation(codes), codes)
        return frame.with_columns(pl.Series(PLANTED, [f"code {code}" for code in codes]))

    return plant


def derived(frame: Frame, target: str, random: Random) -> Frame:
    """A number that follows from the target: a class's own range, or the target in 20 steps."""
    if _is_number(frame, target):
        steps = (frame[target].rank("average") / len(frame) * 20).round().to_numpy()
        return frame.with_columns(pl.Series(PLANTED, steps**2))
    codes = _codes(frame, target)
    place = random.permutation(codes.max() + 1)[codes]
    return frame.with_columns(pl.Series(PLANTED, 10 * place + 1.5 * random.normal(size=len(codes))))


def missing(frame: Frame, target: str, random: Random) -> Frame:
    """Noise that is there for one class only, but for one row in a hundred."""
    codes = _codes(frame, target)
    there = codes == random.integers(codes.max() + 1)
    there ^= random.random(len(codes)) < 0.01
    values = np.where(there, random.normal(size=len(codes)), np.nan)
    return frame.with_columns(pl.Series(PLANTED, values).fill_nan(None))


def with_copies(share: float) -> Callable[[Frame, Frame, Random], Frame]:
    """Rows of a test file replaced by training rows."""

    def plant(rows: Frame, test: Frame, random: Random) -> Frame:
        count = int(np.ceil(share * len(test)))
        kept = test[random.permutation(len(test))[count:]]
        return pl.concat([kept, rows[random.choice(len(rows), count, replace=False)]])

    return plant


def twice(share: float) -> Callable[[Frame, str, Random], Frame]:
    """A share of the rows stands once more in the table."""

    def plant(frame: Frame, _: str, random: Random) -> Frame:
        count = int(np.ceil(share * len(frame)))
        return pl.concat([frame, frame[random.choice(len(frame), count, replace=False)]])

    return plant


def numbers_of(frame: Frame, target: str) -> list[str]:
    """Columns of numbers that can be moved."""
    return [
        name
        for name in frame.columns
        if name != target
        and frame[name].dtype.is_numeric()
        and frame[name].drop_nulls().n_unique() >= NUMBERS
    ]


def in_random_order(frame: Frame, _: str, random: Random) -> Frame:
    """A column that orders the rows and says nothing."""
    return frame.with_columns(pl.Series(LATER, random.permutation(len(frame))))


def moved(by: float) -> Callable[[Frame, str, Random], Frame]:
    """From the 60 % mark of a random order on, one column has higher values of its own.

    Its ranks are moved up by a share, so that no value is new.
    """

    def plant(frame: Frame, target: str, random: Random) -> Frame:
        frame = in_random_order(frame, target, random)
        name = str(random.choice(numbers_of(frame.drop(LATER), target)))
        later = frame[LATER].to_numpy() >= 0.6 * len(frame)
        values = frame[name].to_numpy().astype(float).copy()
        some = later & np.isfinite(values)
        ordered = np.sort(values[np.isfinite(values)])
        place = np.searchsorted(ordered, values[some]) + round(by * len(ordered))
        values[some] = ordered[np.minimum(place, len(ordered) - 1)]
        return frame.with_columns(pl.Series(name, values).fill_nan(None))

    return plant


def selected(odds: float) -> Callable[[Frame, str, Random], Frame]:
    """Rows above the median of one column come later, with so many times the odds."""

    def plant(frame: Frame, target: str, random: Random) -> Frame:
        name = str(random.choice(numbers_of(frame, target)))
        high = (frame[name] > frame[name].median()).fill_null(False).to_numpy()
        # Of two exponential waiting times the shorter one decides; rates are to each other as odds.
        when = random.exponential(size=len(frame)) * np.where(high, odds, 1.0)
        return frame.with_columns(pl.Series(LATER, np.argsort(np.argsort(when))))

    return plant
