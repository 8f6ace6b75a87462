"""FS115: rows have a time, and parts were drawn at random."""

from __future__ import annotations

from fitscope.examination.checks.seen import Seen
from fitscope.names import shown, typed
from fitscope.verdicts.check import Check

FEWEST = 10
"""Different times below which rows are not ordered by them."""


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    if not (seen.validation_drawn or seen.test_drawn):
        return None
    names = [
        column.name
        for column in seen.columns
        if column.kind == "date" and column.distinct >= FEWEST and column.name in seen.frame.columns
    ]
    if not names:
        return None
    return Check(
        "FS115",
        "note",
        f"Rows have a time ({shown(names[0])}), and parts were drawn at random",
        "Models are then judged on rows among those they learnt from. If they shall predict later "
        f"rows, judge them on later rows: --order-by {typed(names[:1])}.",
        tuple(names[:1]),
    )
