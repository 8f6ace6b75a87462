"""FS107: equal rows with different targets, and what they leave to any model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt64

from fitscope.examination.checks.seen import Seen
from fitscope.numbers import percent
from fitscope.verdicts.check import Check

MATTERS = 0.01
"""Share of rows that no model can get right, or of the target's spread that none can explain, from
which on it is worth a line."""

MUCH = 0.1
"""Share from which on it is worth a warning: it bounds every score."""

FEWEST = 2


@dataclass(frozen=True)
class Contradictions:
    """Rows that equal others in every column and not in the target.

    Attributes:
        rows: how many there are.
        share: of all rows.
        wrong: the share of rows that the best rule on these columns gets wrong on these very
            rows; for a regression the share of the target's variance that it leaves.
        loss: the lowest mean loss that such a rule has on them: cross-entropy in nats, or squared
            error.
    """

    rows: int
    share: float
    wrong: float
    loss: float


def contradictions(
    keys: UInt64[np.ndarray, " rows"], y: Float[np.ndarray, " rows"], classes: int
) -> Contradictions:
    """What equal rows with different targets leave to any model.

    The best rule gives each group of equal rows the shares of their classes, or their mean; no
    model that is a function of these columns can have a lower loss on these rows.

    Args:
        keys: equal for rows that are equal.
        y: numbers of classes, or values.
        classes: how many there are; 0 for a regression.

    Example:
        >>> keys = np.array([7, 7, 7, 7, 8, 9], np.uint64)
        >>> found = contradictions(keys, np.array([1, 1, 1, 0, 0, 1.0]), 2)
        >>> found.rows, round(found.wrong, 3), round(found.loss, 3)
        (4, 0.167, 0.375)
    """
    _, group = np.unique(keys, return_inverse=True)
    size = np.bincount(group)
    rows = len(y)
    if classes:
        cells, count = np.unique(group * classes + y.astype(np.int64), return_counts=True)
        of = cells // classes
        most = np.zeros(len(size), np.int64)
        np.maximum.at(most, of, count)
        mixed = most < size
        wrong = float((size - most).sum() / rows)
        loss = float(-(count * np.log(count / size[of])).sum() / rows)
    else:
        mean = np.bincount(group, y) / size
        left = (y - mean[group]) ** 2
        mixed = np.bincount(group, left) > 1e-12 * max(float(np.var(y)), 1e-300) * size
        loss = float(left.mean())
        wrong = float(loss / np.var(y)) if np.var(y) > 0 else 0.0
    inside = int(size[mixed].sum())
    return Contradictions(inside, inside / rows, wrong, max(loss, 0.0))


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    keys = seen.blocks[seen.known].sum(axis=1)
    found = contradictions(keys, seen.y[seen.known], len(seen.labelled))
    if found.wrong < MATTERS or found.rows < FEWEST:
        return None
    if seen.labelled:
        bound = f"accuracy above {1 - found.wrong:.3f} or a cross-entropy below {found.loss:.3f}"
    else:
        bound = f"mean squared error below {found.loss:.4g} ({percent(found.wrong)} of the spread)"
    return Check(
        "FS107",
        "warning" if found.wrong >= MUCH else "note",
        "Equal rows have different targets",
        f"{found.rows:,} rows ({percent(found.share)}) equal others in every column and not in "
        f"the target. On these rows no model can have an {bound}".replace("an mean", "a mean")
        + ", whatever is done: another column, or better labels, would have to tell them apart.",
    )
