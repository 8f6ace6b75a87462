"""Rows of a part that other rows repeat, beyond what chance explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt64

from fitscope.data.equal_rows import by_chance
from fitscope.numbers import percent

MATTERS = 0.01
"""Share of a part's rows, beyond what chance gives, from which on repeated ones matter: a model
that learns rows by heart gains no more than that share of its loss."""

FEWEST = 2
"""One row that stands twice is no pattern."""

SURE = 2.0
"""Standard errors of a count by which it must lie above what chance gives."""

MOST_ROWS = 300_000
"""Of more rows those are compared whose keys fall into one class, so that equal ones stay
together."""


@dataclass(frozen=True)
class Repeated:
    """Rows of a part that others have, too: validation rows that train, test rows that do either.

    Attributes:
        part: "validation" or "test".
        rows: rows of the part that were looked at.
        equal: of these, those equal to one of the others in every column.
        same: of these, those of which one of the others has the same target, too.
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

    def __str__(self) -> str:
        other = "training" if self.part == "validation" else "training or validation"
        return (
            f"{self.equal:,} of {self.rows:,} {self.part} rows looked at equal a {other} row in "
            f"every column, {self.same:,} of them with the same target; chance explains "
            f"{percent(max(self.equal / self.rows - self.beyond, 0))}, not "
            f"{percent(self.equal / self.rows)}"
        )


def repeated(
    blocks: UInt64[np.ndarray, "rows blocks"],
    y: Float[np.ndarray, " rows"],
    known: Int[np.ndarray, " known"],
    rows: Int[np.ndarray, " rows_of_part"],
    part: str,
) -> Repeated:
    """Count the rows of a part that others have, too.

    Args:
        blocks: as `row_blocks` gives them.
        y: the target of each row.
        known: numbers of the other rows.
        rows: numbers of the part's rows.
        part: what it is called.
    """
    keys = blocks.sum(axis=1)
    share = -(-len(keys) // MOST_ROWS)
    if share > 1:
        known, rows = (some[keys[some] % np.uint64(share) == 0] for some in (known, rows))
    with_target = keys ^ (np.asarray(y, np.float64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    equal = np.isin(keys[rows], keys[known])
    same = np.isin(with_target[rows], with_target[known])
    different, chance = by_chance(blocks, known, rows)
    more = different - chance
    surely = different >= FEWEST and more >= SURE * np.sqrt(chance + 1)
    of = max(len(np.unique(keys[rows])), 1)
    beyond = more / of if surely else 0.0
    return Repeated(part, len(rows), int(equal.sum()), int((same & equal).sum()), beyond)
