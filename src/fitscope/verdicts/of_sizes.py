"""The verdict on a learning curve: scores over numbers of training rows, not over training time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fitscope.diagnosis.chances import matters
from fitscope.diagnosis.label import SUREST, bounded
from fitscope.diagnosis.rules import UNDECIDED
from fitscope.history import History
from fitscope.verdicts.figures import figure, share
from fitscope.verdicts.verdict import Verdict

FEWEST = 8
"""Sizes below which one that is worse may be noise: how far folds differ, a curve does not tell."""
WIDE_SCORE = 0.2
"""Share of a training score that is missing on other rows, from which on rows were memorized."""
WIDE_LOSS = 0.5
"""Share of a validation loss that training does not have, from which on rows were memorized."""
CLOSED = 0.1
"""Share of what validation misses, below which its distance to training leaves nothing to gain."""
RICHER = "A richer model or better features may gain what more rows do not."
PLAINER = "Make the model plainer: less depth, fewer features, stronger regularization."


@dataclass(frozen=True)
class Apart:
    """How far training and validation lie apart at the last size.

    Attributes:
        is_score: whether these are scores of at most 1, and no losses.
        gap: by how much training is better.
        share: the gap as a share of the training score, or of the validation loss.
        missed: the gap as a share of what validation misses.
        noise: standard error of `share`.
    """

    is_score: bool
    gap: float
    share: float
    missed: float
    noise: float

    @property
    def memorized(self) -> float:
        """Chance that the rows were memorized, as far as people agree what that is."""
        return matters(self.share, WIDE_SCORE if self.is_score else WIDE_LOSS, self.noise)

    @property
    def met(self) -> float:
        """Chance that both curves have met: more rows gain no more than lies between them."""
        return matters(CLOSED - self.missed, 0.0, CLOSED / 2)


def apart(history: History, noise: float) -> Apart:
    """Measure it.

    A score at most 1 is set against the training score, and misses what it lacks of 1; a loss, and
    a score that is a loss with its sign turned, against itself.

    Args:
        history: with the training curve.
        noise: standard deviation of the noise of validation.

    Example:
        >>> import numpy as np
        >>> tree = History("", "score", np.array([100, 200]), np.array([1.0, 1.0]),
        ...                np.array([0.7, 0.72]), higher_is_better=True)
        >>> found = apart(tree, 0.01)
        >>> round(found.share, 2), found.memorized > 0.8, found.met < 0.01
        (0.28, True, True)
    """
    assert history.train is not None
    train, validation = float(history.train[-1]), float(history.validation[-1])
    gap = train - validation if history.higher_is_better else validation - train
    is_score = history.higher_is_better and 0 < train <= 1
    whole = max(abs(train if is_score else validation), 1e-12)
    missed = max(1 - validation if is_score else abs(validation), 1e-12)
    return Apart(is_score, gap, gap / whole, gap / missed, noise / whole)


def of_sizes(verdict: Verdict, history: History) -> Verdict:
    """What the curve says about more rows; nothing here was trained for too long.

    With more rows training gets worse and validation better, and both lead to the same value. So
    rows that are fitted far better than others are predicted were memorized, and more rows gain at
    most what lies between the curves. Where validation gets worse, that is no overfitting: rows
    are in an order, or too few folds were averaged (Viering and Loog, The Shape of Learning Curves,
    2023).

    Args:
        verdict: on the validation curve alone, as if its sizes were epochs: training scores get
            worse with more rows by their nature.
        history: with the training curve.
    """
    assert history.train is not None
    found = apart(history, verdict.evidence.noise or 0.0)
    e = replace(verdict.evidence, gap=found.gap)
    verdict = replace(verdict, evidence=e, onset_epoch=None, cost=None)
    name = e.called
    score = "" if e.last is None else f" ({figure(e.last)})"
    gap = f" Training is {figure(found.gap)} better there." if found.gap > 0 else ""
    worse = verdict.label in ("overfit", "unstable")
    if worse and verdict.epochs >= FEWEST:
        return _disordered(verdict, name, score, gap)
    if found.memorized > UNDECIDED:
        return _memorized(verdict, found, history, name)
    if found.met > UNDECIDED and verdict.label != "underfit":
        return replace(
            verdict,
            label="good",
            confidence=bounded(found.met),
            explanation=(
                f"Training and validation {name} have met{score}: more rows gain at most the "
                f"{figure(max(found.gap, 0.0))} between them."
            ),
            advice=(RICHER,),
        )
    match "too few" if worse else verdict.label:
        case "improving":
            explained = f"Validation {name} still improves at the last size{score}.{gap}"
            advice = ("Train on more rows: they still help.",)
        case "underfit":
            explained = f"Validation {name} is no better than without learning{score}.{gap}"
            advice = (RICHER,)
        case "too few":
            few = f"{verdict.epochs} sizes are too few to tell a trend from noise{score}.{gap}"
            return replace(
                verdict,
                label="too few",
                confidence=SUREST,
                explanation=few,
                advice=(f"Try more sizes, {FEWEST} at the least, averaged over more folds.",),
            )
        case _:
            explained = f"Validation {name} no longer gains by more rows{score}.{gap}"
            advice = (RICHER,)
    return replace(verdict, explanation=explained, advice=advice)


def _memorized(verdict: Verdict, found: Apart, history: History, name: str) -> Verdict:
    assert history.train is not None
    train, validation = float(history.train[-1]), float(history.validation[-1])
    of = (
        f"of training's {name} is missing on other rows"
        if found.is_score
        else f"of validation's {name} is not there in training"
    )
    more = {
        "improving": "Train on more rows: they still help.",
        "good": "More rows hardly help any more at these sizes.",
    }
    advice = (PLAINER, more.get(verdict.label, "Whether more rows help, these sizes do not tell."))
    return replace(
        verdict,
        label="overfit",
        confidence=bounded(found.memorized),
        explanation=(
            f"Training {name} is {figure(train)} at the last size and validation "
            f"{figure(validation)}: {share(found.share)} {of}, which is high variance."
        ),
        advice=advice[::-1] if verdict.label == "improving" else advice,
    )


def _disordered(verdict: Verdict, name: str, score: str, gap: str) -> Verdict:
    return replace(
        verdict,
        label="unstable",
        explanation=(
            f"Validation {name} is best at {verdict.best_epoch:,} training rows and worse with more"
            f"{score}: a learning curve does not do that by itself.{gap}"
            if verdict.label == "overfit"
            else f"Validation {name} jumps from size to size: no trend holds.{gap}"
        ),
        advice=(
            "Look whether the rows are shuffled, and average more folds or repeats of each size.",
        ),
    )
