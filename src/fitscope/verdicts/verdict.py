"""`Verdict`: what a history shows, how sure that is, why, and what to try next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitscope.diagnosis.label import Label
from fitscope.diagnosis.rules import UNDECIDED
from fitscope.history import History
from fitscope.verdicts.check import Check
from fitscope.verdicts.cost import Cost
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.shown import as_html


@dataclass(frozen=True, eq=False, repr=False)
class Verdict:
    """What a history shows.

    It prints as a few lines of text, and as a small chart with its figures in a notebook.

    Attributes:
        source: where the history came from.
        label: "underfit", "good", "overfit", "improving", "unstable" or "too few".
        confidence: how sure the label is, 0 to 1.
        best_epoch: epoch of the lowest (for accuracies highest) point of the validation trend.
        onset_epoch: epoch where overfitting begins, None without overfitting.
        epochs: number of epochs.
        evidence: the figures behind the label.
        explanation: one or two plain sentences.
        advice: what to try next, most promising first.
        history: the curves that were judged, where they are still at hand.
        cost: what overfitting costs on rows that nobody has seen, where that can be said.
        checks: what else the curves tell.

    Example:
        >>> import fitscope as fs
        >>> falls = [0.9**epoch for epoch in range(60)]
        >>> verdict = fs.diagnose({"loss": falls, "val_loss": [0.4 + loss for loss in falls]})
        >>> verdict.label, verdict.onset_epoch, verdict.evidence.gap > 0.3
        ('good', None, True)
    """

    source: str
    label: Label
    confidence: float
    best_epoch: int
    onset_epoch: int | None
    epochs: int
    evidence: Evidence
    explanation: str
    advice: tuple[str, ...]
    history: History | None = field(default=None)
    cost: Cost | None = None
    checks: tuple[Check, ...] = ()

    @property
    def undecided(self) -> bool:
        """Whether the label is less likely than not."""
        return self.confidence < UNDECIDED

    @property
    def onset_shown(self) -> int | None:
        """Where overfitting begins, as far as it is likelier than not that there is any."""
        return None if self.undecided else self.onset_epoch

    def as_dict(self) -> dict[str, Any]:
        """The object that `fitscope diagnose --json` prints, plain values only."""
        return {
            "source": self.source,
            "verdict": self.label,
            "confidence": self.confidence,
            "best_epoch": self.best_epoch,
            "onset_epoch": self.onset_epoch,
            "epochs": self.epochs,
            "evidence": self.evidence.as_dict(),
            "cost": None if self.cost is None else self.cost.as_dict(),
            "explanation": self.explanation,
            "advice": list(self.advice),
            "checks": [check.as_dict() for check in self.checks],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Verdict:
        """The verdict that `as_dict` was called on, without its history.

        Raises:
            KeyError: a key is missing that every version has written.
        """
        cost = stored.get("cost")
        return cls(
            source=stored["source"],
            label=stored["verdict"],
            confidence=stored["confidence"],
            best_epoch=stored["best_epoch"],
            onset_epoch=stored["onset_epoch"],
            epochs=stored["epochs"],
            evidence=Evidence.from_dict(stored["evidence"]),
            explanation=stored["explanation"],
            advice=tuple(stored["advice"]),
            cost=None if cost is None else Cost.from_dict(cost),
            checks=tuple(Check.from_dict(check) for check in stored.get("checks") or ()),
        )

    def __repr__(self) -> str:
        from fitscope.verdicts.words import headline

        return f"<Verdict on {self.source}: {headline(self)}>"

    def __str__(self) -> str:
        from fitscope.verdicts.words import paragraph

        return paragraph(self)

    def _repr_html_(self) -> str | None:
        return as_html(self)
