"""The lines of the ranked table: every model of the study, also one without a finished run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fitscope.report.scores import Score, scores

if TYPE_CHECKING:
    from fitscope.study.document import ModelEntry
    from fitscope.study.folder import StoredStudy


@dataclass(frozen=True)
class Line:
    """What is known of a model.

    Attributes:
        entry: its entry in study.json.
        runs: its finished runs.
        score: its scores and its verdict, None before the first finished run.
        rank: 1 is the lowest cross-entropy; None without one.
    """

    entry: ModelEntry
    runs: Sequence[Mapping[str, Any]]
    score: Score | None
    rank: int | None

    @property
    def verdict(self) -> Mapping[str, Any] | None:
        """The verdict as results.json has it, None where there is none."""
        return self.score.verdict if self.score else None


def ranked(stored: StoredStudy) -> list[Line]:
    """A line for every model of the study, best first, those without a score last."""
    entries = {entry.name: entry for entry in stored.document.models}
    runs: dict[str, list[Mapping[str, Any]]] = {name: [] for name in entries}
    for run in stored.results["runs"]:
        runs[run["model"]].append(run)
    found = [
        Line(
            entries[score.model],
            runs[score.model],
            score,
            number if math.isfinite(score.crossentropy.mean) else None,
        )
        for number, score in enumerate(scores(stored), 1)
    ]
    done = {line.entry.name for line in found}
    waiting = [entry for name, entry in entries.items() if name not in done]
    return found + [Line(entry, runs[entry.name], None, None) for entry in waiting]
