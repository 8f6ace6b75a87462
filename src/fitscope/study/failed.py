"""Runs that failed: their process died, or its memory did not suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitscope.names import shown

if TYPE_CHECKING:
    from fitscope.study.schema import StoredFailure

AGAIN = "--resume (resume=True) tries it again"
SPELLED = 3  # failures that are told in full


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
    """A sentence for each of the first runs that failed, and one for all others.

    Example:
        >>> failures([FailedRun("forest", 0, "it was killed")])
        ['failed: forest, run 1: it was killed; --resume (resume=True) tries it again']
    """
    found = [f"failed: {one}; {AGAIN}" for one in failed[:SPELLED]]
    rest = len(failed) - SPELLED
    return [*found, f"failed, too: {rest} more run{'s' * (rest > 1)}"] if rest > 0 else found
