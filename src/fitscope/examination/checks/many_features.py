"""FS113: more features than rows to learn from."""

from __future__ import annotations

from fitscope.examination.checks.seen import Seen
from fitscope.verdicts.check import Check


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    features, rows = len(seen.column_of), len(seen.train)
    if features <= rows:
        return None
    return Check(
        "FS113",
        "note",
        "There are more features than training rows",
        f"{features:,} features of {len(seen.used):,} columns, {rows:,} training rows: even a "
        "linear model can fit all of them exactly. Trust only what regularized models reach on "
        "validation rows, and choose columns on training rows alone.",
    )
