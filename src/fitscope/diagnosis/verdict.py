"""`Verdict`: what a history shows, how sure that is, why, and what to try next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Label = Literal["underfit", "good", "overfit", "improving", "unstable"]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a history shows.

    Attributes:
        source: where the history came from.
        label: "underfit", "good", "overfit", "improving" or "unstable".
        confidence: how sure the label is, 0 to 1.
        best_epoch: epoch of the lowest (for accuracies highest) point of the validation trend.
        onset_epoch: epoch where overfitting begins, None without overfitting.
        epochs: number of epochs.
        evidence: the figures behind the label, each a number, text, list or None.
        explanation: one or two plain sentences.
        advice: what to try next, most promising first.
    """

    source: str
    label: Label
    confidence: float
    best_epoch: int
    onset_epoch: int | None
    epochs: int
    evidence: Mapping[str, Any]
    explanation: str
    advice: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The object that `fitscope diagnose --json` prints, plain values only."""
        return {
            "source": self.source,
            "verdict": self.label,
            "confidence": self.confidence,
            "best_epoch": self.best_epoch,
            "onset_epoch": self.onset_epoch,
            "epochs": self.epochs,
            "evidence": dict(self.evidence),
            "explanation": self.explanation,
            "advice": list(self.advice),
        }
