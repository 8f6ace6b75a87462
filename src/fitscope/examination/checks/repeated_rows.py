"""FS103: rows that stand in training and validation, or in training and test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt64

from fitscope.examination.checks.equal_rows import by_chance, row_blocks
from fitscope.examination.checks.seen import Seen
from fitscope.names import joined
from fitscope.verdicts.check import Check

MATTERS = 0.01
"""Share of a part's rows, beyond what chance gives, from which on repeated ones matter: a model
that learns rows by heart gains no more than that share of its loss."""

MANY = 0.1
"""Share from which on the scores are worth nothing."""

FEWEST = 2
"""One row that stands twice is no pattern."""

SURE = 2.0
"""Standard errors of a count by which it must lie above what chance gives."""

MOST_ROWS = 1_000_000
"""Of more rows those are compared whose keys fall into one class, so that equal ones stay
together."""


@dataclass(frozen=True)
class Repeated:
    """Rows of a part that training has, too.

    Attributes:
        part: "validation" or "test".
        rows: rows of the part that were looked at.
        equal: of these, those equal to a training row in every column.
        same: of these, those of which a training row has the same target, too.
        beyond: equal ones beyond what chance gives, as a share of the part's different rows.
    """

    part: str
    rows: int
    equal: int
    same: int
    beyond: float

    @property
    def matters(self) -> bool:
        """There are enough of them to change a score."""
        return self.beyond >= MATTERS


def repeated(
    blocks: UInt64[np.ndarray, "rows blocks"],
    y: Float[np.ndarray, " rows"],
    train: Int[np.ndarray, " train"],
    other: Int[np.ndarray, " other"],
    part: str,
) -> Repeated:
    """Count the rows of a part that training has, too.

    Args:
        blocks: as `row_blocks` gives them.
        y: the target of each row.
        train: numbers of the training rows.
        other: numbers of the part's rows.
        part: what it is called.
    """
    keys = blocks.sum(axis=1)
    share = -(-len(keys) // MOST_ROWS)
    if share > 1:
        train, other = (rows[keys[rows] % np.uint64(share) == 0] for rows in (train, other))
    with_target = keys ^ (np.asarray(y, np.float64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    equal = np.isin(keys[other], keys[train])
    same = np.isin(with_target[other], with_target[train])
    different, chance = by_chance(blocks, train, other)
    more = different - chance
    surely = different >= FEWEST and more >= SURE * np.sqrt(chance + 1)
    of = max(len(np.unique(keys[other])), 1)
    beyond = more / of if surely else 0.0
    return Repeated(part, len(other), int(equal.sum()), int((same & equal).sum()), beyond)


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    used = seen.used
    blocks = row_blocks(
        seen.frame.select(column.name for column in used), [column.distinct for column in used]
    )
    parts = {"validation": seen.validation, "test": seen.test}
    found = [
        one
        for part, rows in parts.items()
        if len(rows) and (one := repeated(blocks, seen.y, seen.train, rows, part)).matters
    ]
    if not found:
        return None
    told = joined(
        [
            f"{one.equal:,} of {one.rows:,} {one.part} rows equal a training row in every column, "
            f"{one.same:,} of them with the same target; chance explains "
            f"{100 * max(one.equal / one.rows - one.beyond, 0):.2g} %, not "
            f"{100 * one.equal / one.rows:.2g} %"
            for one in found
        ]
    )
    worst = max(one.beyond for one in found)
    return Check(
        "FS103",
        "problem" if worst >= MANY else "warning",
        f"Rows stand in training and in {joined([one.part for one in found])}, too",
        f"{told}. What was learnt by heart is rewarded there. Drop the copies before, or, if one "
        "thing gives several rows, keep them in one part with --group COLUMN.",
    )
