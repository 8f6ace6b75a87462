"""A check on the validation curves beside the judged one: they are judged, too."""

from __future__ import annotations

from fitscope.errors import UserError
from fitscope.logs.checks.seen import Seen
from fitscope.logs.reading import reading
from fitscope.names import shown
from fitscope.verdicts.check import Check
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import headline

MOST = 6  # curves that are judged beside the first one
LEAST = 0.8
"""How sure both verdicts are where they are called different: of 150 simulated runs with two sets
of one truth labels differed in 17, and in 3 with both as sure as this."""


def others(seen: Seen, verdict: Verdict) -> Check | None:
    """FS222: other validation sets, or the parts of a summed loss, with a verdict on each.

    Args:
        seen: the run.
        verdict: on the curve that was judged.
    """
    read = seen.reading
    if read is None or not read.others:
        return None
    found = {name: one for name in read.others[:MOST] if (one := _judged(seen, name)) is not None}
    if not found:
        return None
    apart = [name for name, one in found.items() if _differ(one, verdict)]
    told = "; ".join(f"{shown(name, 60)} is {headline(one)}" for name, one in found.items())
    more = len(read.others) - MOST
    return Check(
        "FS222",
        "warning" if apart else "note",
        "Other validation curves say otherwise" if apart else "Other validation curves agree",
        f"{shown(read.validation, 60)} was judged: {headline(verdict)}. {told}."
        f"{f' {more:,} more were not judged.' if more > 0 else ''} --val KEY chooses another one.",
        (read.validation, *found),
    )


def _judged(seen: Seen, name: str) -> Verdict | None:
    try:
        return diagnose(reading(seen.log, None, name).history)
    except UserError:
        return None


def _differ(one: Verdict, other: Verdict) -> bool:
    return one.label != other.label and min(one.confidence, other.confidence) >= LEAST
