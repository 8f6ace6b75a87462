"""FS109: a column without values in nearly all rows."""

from __future__ import annotations

from fitscope.examination.checks.seen import Seen
from fitscope.names import listed
from fitscope.verdicts.check import Check

NEARLY_ALL = 0.95
"""Share of rows without a value: with fewer than one in twenty left a column says next to nothing
but which rows have one."""


def check(seen: Seen) -> Check | None:
    """The finding about a table."""
    rows = seen.frame.height
    found = [column for column in seen.used if column.missing >= NEARLY_ALL * rows]
    if not found:
        return None
    worst = max(found, key=lambda column: column.missing)
    names = tuple(column.name for column in found)
    return Check(
        "FS109",
        "note",
        f"Hardly any values: {listed(names)}",
        f"{worst.missing:,} of {rows:,} rows have none in {listed([worst.name])}. That a row has "
        "one may tell something, its value hardly can. Make sure that it will be filled in as "
        "rarely for new rows.",
        names,
    )
