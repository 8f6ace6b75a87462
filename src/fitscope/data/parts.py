"""Which rows train, validate and test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from fitscope.errors import UserError

FEWEST = 50
"""With fewer rows a fold of five has less than ten, and nothing can be told of anything."""
PLENTY = 5_000
"""Rows that do not test, from which on one validation part does. The losses of two models on a row
differ with a standard deviation of about 0.2 nats (0.04 to 0.6 among scikit-learn's linear model,
network and boosted trees on six tables), so a quarter of 5,000 rows tells differences of
2 * 0.2 / sqrt(1,250) = 0.011 nats, which is about what remedies buy. Five folds tell half of that,
for five times the time. Halved, small tables lose that; doubled, middling ones wait."""
VALIDATION = 0.25
"""Share of these rows that a single validation part takes."""
MOST_VALIDATION = 50_000
"""A single validation part is no larger: it tells 0.002 nats, and every epoch looks at it."""
FOLDS = 5
MOST_TEST = 0.5
TEST, KEPT = -1, -2  # parts beside the folds: rows that test, rows that always train


@dataclass(frozen=True, eq=False)
class Parts:
    """Numbers of the rows of each part, ascending; none stands in two.

    Attributes:
        train: rows that models learn from.
        validation: rows that choose among models.
        test: rows that no decision sees; the same in every fold.
    """

    train: Int[np.ndarray, " train"]
    validation: Int[np.ndarray, " validation"]
    test: Int[np.ndarray, " test"]


def cut(
    rows: int,
    *,
    classes: Int[np.ndarray, " rows"] | None = None,
    groups: Int[np.ndarray, " rows"] | None = None,
    order: Int[np.ndarray, " rows"] | None = None,
    test: float = 0.2,
    folds: int | Literal["auto"] = "auto",
    seed: int = 0,
) -> tuple[Parts, ...]:
    """Cut rows into parts, one `Parts` a fold.

    Each part holds its share of every class, as nearly as whole rows allow. The single row of a
    class that has no other beside those that test stays in training in every fold, and so do the
    few rows that folds of equal size leave over: a network is compiled for a number of rows, which
    takes longer than to train it.

    Args:
        rows: how many there are.
        classes: number of the class of each row; None for a regression.
        groups: number of the group of each row; a group stays in one part.
        order: training rows are then the first, validation rows later and test rows the last;
            rows of equal order stay in one part. There is one fold.
        test: share of the rows that test, up to a half; 0 for none.
        folds: how many validation parts; "auto" takes one from 5,000 rows on that do not test,
            else five.
        seed: other numbers, other parts; the same on every machine.

    Raises:
        UserError: too few rows, groups or steps of the order; a share or number that cannot be.

    Example:
        >>> (parts,) = cut(100, order=np.arange(100))
        >>> len(parts.train), parts.validation[[0, -1]], parts.test[[0, -1]]
        (60, array([60, 79]), array([80, 99]))
        >>> len(cut(100)), len(cut(10_000)), len(cut(10_000)[0].validation)
        (5, 1, 2000)
    """
    if rows < FEWEST:
        raise UserError(f"{rows} rows are too few to train, validate and test; give {FEWEST}")
    if not 0 <= test <= MOST_TEST:
        raise UserError(f"a test share of {test:g} cannot be; give one from 0 to {MOST_TEST:g}")
    usable = rows - round(rows * test)
    if folds == "auto":
        folds = 1 if usable >= PLENTY or order is not None else FOLDS
        if groups is not None and folds > 1:
            folds = max(2, min(folds, int(groups.max()) + (test == 0)))
    if not 1 <= folds <= usable // 2:
        raise UserError(f"{folds} folds of {usable:,} rows cannot be; give 1 to {usable // 2:,}")
    single = folds == 1 or order is not None
    share = min(VALIDATION, MOST_VALIDATION / usable) if single else 1 / folds
    if order is not None:
        return (_in_order(order, test, share),)
    random = np.random.default_rng(np.random.SeedSequence([seed, rows]))
    if groups is not None:
        part = _of_groups(random, groups, classes, test, folds, share)
    else:
        part = _of_rows(random, rows, classes, test, folds, share)
    return tuple(
        Parts(
            np.flatnonzero((part != TEST) & (part != one)),
            np.flatnonzero(part == one),
            np.flatnonzero(part == TEST),
        )
        for one in range(folds)
    )


def _of_rows(
    random: np.random.Generator,
    rows: int,
    classes: np.ndarray | None,
    test: float,
    folds: int,
    share: float,
) -> Int[np.ndarray, " rows"]:
    """Rows in random order, class by class, are dealt out like cards."""
    shuffled = random.permutation(rows)
    if classes is not None:
        shuffled = shuffled[np.argsort(classes[shuffled], kind="stable")]
    part = np.full(rows, KEPT)
    tests = _every(rows, test)
    if classes is not None:
        tests &= np.bincount(classes)[classes[shuffled]] > 2
    part[shuffled[tests]] = TEST
    rest = shuffled[~tests]
    if classes is not None:
        rest = rest[np.bincount(classes[rest])[classes[rest]] > 1]
    if folds == 1:
        part[rest] = np.where(_every(len(rest), share), 0, KEPT)
        return part
    if over := len(rest) % folds:
        kinds = np.zeros(len(rest), int) if classes is None else classes[rest]
        rest = np.delete(rest, np.argsort(-np.bincount(kinds)[kinds], kind="stable")[:over])
    part[rest] = np.arange(len(rest)) % folds
    return part


def _every(rows: int, share: float) -> Bool[np.ndarray, " rows"]:
    """True for that share of places, evenly spaced."""
    steps = np.floor(np.arange(rows + 1) * share + 1e-9)
    return np.diff(steps) > 0


def _of_groups(
    random: np.random.Generator,
    groups: np.ndarray,
    classes: np.ndarray | None,
    test: float,
    folds: int,
    share: float,
) -> Int[np.ndarray, " rows"]:
    """Groups, large ones first, each to the part that lacks most of what the group holds."""
    wanted = np.array([test, *((1 - test) * share for _ in range(folds))])
    parts = np.arange(-1, folds)
    if folds == 1:
        wanted = np.append(wanted, (1 - test) * (1 - share))
        parts = np.append(parts, KEPT)
    wanted, parts = wanted[wanted > 0], parts[wanted > 0]
    kinds = np.zeros_like(groups) if classes is None else classes
    held = np.zeros((groups.max() + 1, kinds.max() + 1))
    np.add.at(held, (groups, kinds), 1)
    if len(held) < len(parts):
        raise UserError(
            f"{len(held)} groups are too few for {len(parts)} parts; give more, or fewer folds"
        )
    held /= held.sum(axis=0)
    given = np.zeros((len(parts), held.shape[1]))
    chosen = np.empty(len(held), int)
    shuffled = random.permutation(len(held))
    for group in shuffled[np.argsort(-held[shuffled].sum(axis=1), kind="stable")]:
        lacking = (wanted[:, None] - given) / wanted[:, None]
        best = int(np.argmax(lacking @ held[group]))
        given[best] += held[group]
        chosen[group] = parts[best]
    return chosen[groups]


def _in_order(order: np.ndarray, test: float, share: float) -> Parts:
    """Borders lie between rows of different order, nearest to where the shares want them."""
    rows = len(order)
    ends = np.cumsum(np.unique(order, return_counts=True)[1])
    last = rows if test == 0 else _nearest(ends[1:-1], rows * (1 - test))
    first = _nearest(ends[ends < last], last * (1 - share))
    by = np.argsort(order, kind="stable")
    return Parts(np.sort(by[:first]), np.sort(by[first:last]), np.sort(by[last:]))


def _nearest(ends: Float[np.ndarray, " ends"] | Int[np.ndarray, " ends"], wanted: float) -> int:
    if not len(ends):
        raise UserError(
            "the column that orders rows has too few different values for parts of their own; "
            "order by a finer one"
        )
    return int(ends[np.argmin(np.abs(ends - wanted))])
