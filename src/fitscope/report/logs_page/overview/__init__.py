"""How many logs show what, and a line for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.names import joined
from fitscope.report.logs_page.notes import of_all
from fitscope.report.logs_page.sketch import sketch
from fitscope.report.look import label_counts
from fitscope.report.sources import short_sources
from fitscope.report.words import shown
from fitscope.verdicts.words import headline, plus_minus

if TYPE_CHECKING:
    from fitscope.verdicts.many import Verdicts
    from fitscope.verdicts.verdict import Verdict

ROWS = 2_000  # of the table; more would make the page too slow to open


def overview(found: Verdicts) -> dict[str, Any]:
    """What the template needs."""
    names = short_sources([one.source for one in found[:ROWS]])
    single = found[0] if len(found) == 1 and not found.unread else None
    severe = sum(check.severity == "problem" for one in found for check in one.checks)
    return {
        "heading": _heading(single, found),
        "source": shown(single.source, 300) if single else "",
        "problems": severe,
        "notices": of_all(found),
        "lines": [
            {
                "number": number,
                "verdict": one,
                "source": name,
                "sketch": sketch(one, alone=True),
                "best": plus_minus(one.evidence.best_corrected, one.evidence.best_corrected_error),
                "codes": [check.code for check in one.checks],
            }
            for number, (one, name) in enumerate(zip(found[:ROWS], names, strict=True))
        ],
        "more": max(len(found) - ROWS, 0),
        "unread": [
            {"source": shown(one.source, 300), "error": shown(one.error, 600), "checks": one.checks}
            for one in found.unread[:ROWS]
        ],
    }


def _heading(single: Verdict | None, found: Verdicts) -> str:
    if single is not None:
        said = headline(single)
        return said[:1].upper() + said[1:]
    if not found:
        return "Nothing could be judged"
    counts = [*label_counts(found).values()]
    if found.unread:
        counts.append(f"{len(found.unread):,} not judged")
    told = joined([count.replace(" ", "\u00a0") for count in counts])
    return f"{len(found):,} run{'' if len(found) == 1 else 's'}: {told}"
