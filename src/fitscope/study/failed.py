"""Runs that failed: their process died, or its memory did not suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitscope.names import listed, shown

if TYPE_CHECKING:
    from fitscope.study.schema import StoredFailure

AGAIN = "--resume (resume=True) tries again"
SPELLED = 3  # runs that are named by their numbers


@dataclass(frozen=True)
class FailedRun:
    """A run that failed; the others of its study did not.

    Attributes:
        model: name of its model.
        repeat: number of the run among the model's, from 0.
        reason: why, in plain words.

    Example:
        >>> print(FailedRun("forest", 1, "it was killed"))
        forest, run 2: it was killed
    """

    model: str
    repeat: int
    reason: str

    def as_dict(self) -> StoredFailure:
        """The entry of results.json."""
        return {"model": self.model, "repeat": self.repeat, "reason": self.reason}

    def __str__(self) -> str:
        return f"{shown(self.model)}, run {self.repeat + 1}: {self.reason}"


def failures(failed: Sequence[FailedRun]) -> list[str]:
    """A sentence for each model of which runs have failed, and for each reason.

    Example:
        >>> failures([FailedRun("forest", run, "it was killed") for run in (0, 3)])
        ['failed: forest, runs 1 and 4: it was killed; --resume (resume=True) tries again']
    """
    found: dict[tuple[str, str], list[int]] = {}
    for one in failed:
        found.setdefault((one.model, one.reason), []).append(one.repeat + 1)
    return [
        f"failed: {shown(model)}, {listed_runs(runs)}: {reason}; {AGAIN}"
        for (model, reason), runs in found.items()
    ]


def listed_runs(runs: Sequence[int]) -> str:
    """Numbers of runs, in words.

    Example:
        >>> listed_runs([2]), listed_runs([1, 2, 3, 4, 5])
        ('run 2', '5 runs')
    """
    if len(runs) > SPELLED:
        return f"{len(runs)} runs"
    return f"run{'s' * (len(runs) > 1)} {listed([str(run) for run in sorted(runs)])}"
