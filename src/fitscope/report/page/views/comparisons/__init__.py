"""What was better than what, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import floor
from typing import TYPE_CHECKING, Any

from fitscope.learners.knobs import is_plain, same_shape
from fitscope.numbers import signed
from fitscope.report.lines import ranked
from fitscope.report.page.view import View
from fitscope.task import ACCURACY

if TYPE_CHECKING:
    from fitscope.study.document import ModelEntry
    from fitscope.study.folder import StoredStudy
    from fitscope.verdicts.comparison import Comparison

MOST_PAIRS = 200  # shown; all of them are in results.json


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """Remedies against what they were tried on, then all pairs."""
    pairs, task = stored.results.comparisons, stored.document.task
    if not pairs:
        return None
    known = {(pair.a, pair.b): pair for pair in pairs}
    remedies = [
        {"base": base, "role": role, "pairs": found}
        for base, role, others in _questions(stored.document.models)
        if (found := [pair for other in others if (pair := _of(known, other, base.name))])
    ]
    best = ranked(stored)[0].name
    many = len(pairs) > MOST_PAIRS
    shown = [pair for pair in pairs if not many or best in (pair.a, pair.b)][:MOST_PAIRS]
    shown = [pair if pair.better() == pair.a else pair.turned() for pair in shown]
    # all models differ much from a constant: on its scale nothing else could be told apart
    constants = {entry.name for entry in stored.document.models if entry.learner.kind == "constant"}
    drawn = [pair for group in remedies for pair in group["pairs"]] + shown
    return {
        **({} if remedies else {"heading": "Comparisons"}),
        "remedies": remedies,
        "pairs": sorted(shown, key=lambda pair: -abs(pair.loss.value)),
        "count": len(pairs),
        "many": many,
        "best": best,
        "networks": pairs[0].about == "networks",
        "points": lambda value: signed(100 * value, 100),
        "hint": f"{len(pairs):,} pairs",
        "at_least": lambda chance: floor(100 * chance) / 100,
        "scale": _scale([pair for pair in drawn if not constants & {pair.a, pair.b}] or drawn),
        "task": task,
        "percent": task.score == ACCURACY,
    }


def _of(known: Mapping[tuple[str, str], Comparison], a: str, b: str) -> Comparison | None:
    if (a, b) in known:
        return known[a, b]
    return known[b, a].turned() if (b, a) in known else None


def _questions(models: Sequence[ModelEntry]) -> Iterator[tuple[ModelEntry, str, list[str]]]:
    """Models to ask about: each one that remedies were tried on, then the smallest of its kind."""
    plain = [entry for entry in models if is_plain(entry.learner)]
    treated: list[ModelEntry] = []
    for base in plain:
        others = [
            entry
            for entry in models
            if not is_plain(entry.learner) and same_shape(entry.learner, base.learner)
        ]
        if others:
            treated += others
            yield base, "what they were tried on", [entry.name for entry in others]
    for sort in dict.fromkeys(entry.learner.sort for entry in treated):
        alike = [entry for entry in plain if entry.learner.sort == sort]
        if not alike:
            continue
        smallest = min(alike, key=lambda entry: entry.size.count)
        names = [entry.name for entry in treated if entry.learner.sort == sort]
        yield smallest, "the smallest of its kind", names


def _scale(drawn: Sequence[Comparison]) -> float:
    """Half the width that the drawn intervals need, so that zero stands in the middle."""
    ends = [abs(end) for pair in drawn for end in (*pair.loss.interval_corrected, pair.loss.value)]
    return max(ends, default=0.0) or 1.0


VIEW = View(__name__, title="What each remedy bought", order=70, content=content)
