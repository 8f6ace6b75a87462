"""Which rows train, validate and test."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Int, Shaped

from fitscope.errors import UserError

FEWEST = 50
PLENTY = 5_000
VALIDATION = 0.25
MOST_VALIDATION = 50_000
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Parts:
    """Numbers of the rows of each part, ascending.

    Attributes:
        train: rows that models learn from.
        validation: rows that choose among models.
        test: rows that no decision sees; the same in every fold. None stand in two parts.
    """

    train: Int[np.ndarray, " train"]
    validation: Int[np.ndarray, " validation"]
    test: Int[np.ndarray, " test"]


def cut(
    rows: int,
    *,
    labels: Shaped[np.ndarray, " rows"] | None = None,
    groups: Shaped[np.ndarray, " rows"] | None = None,
    order: Shaped[np.ndarray, " rows"] | None = None,
    test: float = 0.2,
    folds: int | Literal["auto"] = "auto",
    seed: int = 0,
) -> tuple[Parts, ...]:
    """Cut rows into parts, one `Parts` a fold.

    Args:
        rows: how many there are.
        labels: the class of each row; every part then holds its share of each class.
        groups: rows of one value stay in one part.
        order: training rows are then the first, validation rows later and test rows the last.
        test: share of the rows that test; 0 for none.
        folds: how many validation parts; "auto" takes one where rows are plenty.
        seed: other numbers, other parts.

    Raises:
        UserError: too few rows, groups or folds.
    """
    if rows < FEWEST:
        raise UserError(f"{rows} rows are too few to train, validate and test; give {FEWEST}")
    random = np.random.default_rng(np.random.SeedSequence([seed, 0]))
    usable = rows - round(rows * test)
    if order is not None:
        return (_ordered(order, test),)
    count = folds if isinstance(folds, int) else (1 if usable >= PLENTY else FOLDS)
    units = np.arange(rows) if groups is None else np.unique(groups, return_inverse=True)[1]
    shuffled = random.permutation(int(units.max()) + 1)[units]
    if labels is not None and groups is None:
        by = np.lexsort((shuffled, labels))
        place = np.empty(rows, int)
        place[by] = np.arange(rows)
    else:
        place = np.unique(shuffled, return_inverse=True)[1]
    last = int(place.max()) + 1
    tests = np.floor((np.arange(last) + 1) * test) > np.floor(np.arange(last) * test)
    is_test = tests[place]
    rest = np.flatnonzero(~is_test)
    number = np.unique(place[rest], return_inverse=True)[1]
    every = max(round(1 / VALIDATION), math.ceil(usable / MOST_VALIDATION)) if count == 1 else count
    chosen = np.flatnonzero(is_test)
    return tuple(
        Parts(rest[number % every != fold], rest[number % every == fold], chosen)
        for fold in range(count)
    )


def _ordered(order: np.ndarray, test: float) -> Parts:
    by = np.argsort(order, kind="stable")
    rows = len(by)
    end = rows - round(rows * test)
    begin = end - round(end * VALIDATION)
    return Parts(np.sort(by[:begin]), np.sort(by[begin:end]), np.sort(by[end:]))
