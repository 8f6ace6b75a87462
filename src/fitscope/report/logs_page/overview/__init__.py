"""How many logs show what, and a line for each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fitscope.names import joined
from fitscope.report.logs_page.sketch import sketch
from fitscope.report.look import LOOKS, OPEN
from fitscope.report.words import shown
from fitscope.verdicts.words import headline, plus_minus

if TYPE_CHECKING:
    from fitscope.verdicts.many import Verdicts
    from fitscope.verdicts.verdict import Verdict

ROWS = 2_000  # of the table; more would make the page too slow to open


def overview(found: Verdicts) -> dict[str, Any]:
    """What the template needs."""
    labels = Counter("open" if one.undecided else one.label for one in found)
    told = [
        f"{labels[label]} {look.word.lower()}"
        for label, look in {**LOOKS, "open": OPEN}.items()
        if labels[label]
    ]
    single = found[0] if len(found) == 1 and not found.unread else None
    severe = sum(check.severity == "problem" for one in found for check in one.checks)
    return {
        "heading": _heading(single, len(found), told),
        "source": shown(single.source, 300) if single else "",
        "problems": severe,
        "lines": [
            {
                "number": number,
                "verdict": one,
                "source": shown(one.source, 300),
                "sketch": sketch(one, alone=True),
                "best": plus_minus(one.evidence.best_corrected, one.evidence.best_corrected_error),
                "codes": [check.code for check in one.checks],
            }
            for number, one in enumerate(found[:ROWS])
        ],
        "more": max(len(found) - ROWS, 0),
        "unread": [
            {"source": shown(one.source, 300), "error": shown(one.error, 600), "checks": one.checks}
            for one in found.unread[:ROWS]
        ],
    }


def _heading(single: Verdict | None, runs: int, told: list[str]) -> str:
    if single is not None:
        said = headline(single)
        return said[:1].upper() + said[1:]
    if not runs:
        return "Nothing could be judged"
    return f"{runs:,} run{'' if runs == 1 else 's'}: {joined(told)}"
