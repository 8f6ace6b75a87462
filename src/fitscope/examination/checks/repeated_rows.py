"""FS103: rows that stand in training and validation, or in training and test."""

from __future__ import annotations

from fitscope.data.repeated_rows import repeated
from fitscope.examination.checks.seen import Seen
from fitscope.names import joined
from fitscope.verdicts.check import Check

MANY = 0.1
"""Share from which on the scores are worth nothing."""


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    parts = (
        ("validation", seen.train, seen.validation),
        ("test", seen.known, seen.test),
    )
    found = [
        one
        for part, known, rows in parts
        if len(rows) and (one := repeated(seen.blocks, seen.y, known, rows, part)).matters
    ]
    if not found:
        return None
    told = joined([str(one) for one in found])
    worst = max(one.beyond for one in found)
    return Check(
        "FS103",
        "problem" if worst >= MANY else "warning",
        f"Rows that train stand in {joined([one.part for one in found])}, too",
        f"{told}. What was learnt by heart is rewarded there. Drop the copies before, or, if one "
        "thing gives several rows, keep them in one part with --group COLUMN.",
    )
