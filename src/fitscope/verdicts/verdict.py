"""`Verdict`: what a history shows, how sure that is, why, and what to try next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitscope.diagnosis.label import Label
from fitscope.history import History


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(frozen=True, eq=False, repr=False)
class Verdict:
    """What a history shows.

    It prints as a few lines of text, and as a small chart with its figures in a notebook.

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
        history: the curves that were judged, where they are still at hand.

    Example:
        >>> import fitscope as fs
        >>> falls = [0.9**epoch for epoch in range(60)]
        >>> verdict = fs.diagnose({"loss": falls, "val_loss": [0.4 + loss for loss in falls]})
        >>> verdict.label, verdict.onset_epoch, verdict.evidence["gap"] > 0.3
        ('good', None, True)
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
    history: History | None = field(default=None)

    def as_dict(self) -> dict[str, Any]:
        """The object that `fitscope diagnose --json` prints, plain values only.

        JSON has no NaN and no infinity: they become None.
        """
        return {
            "source": self.source,
            "verdict": self.label,
            "confidence": self.confidence,
            "best_epoch": self.best_epoch,
            "onset_epoch": self.onset_epoch,
            "epochs": self.epochs,
            "evidence": {name: _finite(value) for name, value in self.evidence.items()},
            "explanation": self.explanation,
            "advice": list(self.advice),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Verdict:
        """The verdict that `as_dict` was called on, without its history.

        Raises:
            KeyError: a key is missing.
        """
        others = {name: value for name, value in stored.items() if name != "verdict"}
        return cls(**{**others, "label": stored["verdict"], "advice": tuple(stored["advice"])})

    def __repr__(self) -> str:
        from fitscope.verdicts.words import headline

        return f"<Verdict on {self.source}: {headline(self)}>"

    def __str__(self) -> str:
        from fitscope.verdicts.words import paragraph

        return paragraph(self)

    def _repr_html_(self) -> str:
        from fitscope.report.notebook.verdicts import verdict_html

        return verdict_html(self)
