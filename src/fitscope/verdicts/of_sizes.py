"""The verdict on a learning curve: scores over numbers of training rows, not over training time."""

from __future__ import annotations

from dataclasses import replace

from fitscope.diagnosis.label import SUREST
from fitscope.history import History
from fitscope.verdicts.explain import figure
from fitscope.verdicts.verdict import Verdict

FEWEST = 8
"""Sizes below which one that is worse may be noise: how far folds differ, a curve does not tell."""
RICHER = "A richer model or better features may gain what more rows do not."


def of_sizes(verdict: Verdict, history: History) -> Verdict:
    """What the curve says about more rows; nothing here was trained for too long.

    A learning curve falls by its nature. Where it rises, that is no overfitting: rows are in an
    order, or too few folds were averaged (Viering and Loog, The Shape of Learning Curves, 2023).

    Args:
        verdict: on the validation curve alone, as if its sizes were epochs: training scores get
            worse with more rows by their nature.
        history: with the training curve.
    """
    e, best = verdict.evidence, verdict.best_epoch
    name = e.called.replace("_", " ")
    assert history.train is not None
    apart = abs(float(history.validation[-1] - history.train[-1]))
    gap = f" Training is {figure(apart)} better there." if apart > 0 else ""
    score = "" if e.last is None else f" ({figure(e.last)})"
    label = verdict.label
    if label in ("overfit", "unstable") and verdict.epochs < FEWEST:
        label = "too few"
    match label:
        case "overfit" | "unstable":
            return replace(
                verdict,
                label="unstable",
                onset_epoch=None,
                cost=None,
                explanation=(
                    f"Validation {name} is best at {best:,} training rows and worse with more"
                    f"{score}: a learning curve does not do that by itself.{gap}"
                    if verdict.label == "overfit"
                    else f"Validation {name} jumps from size to size: no trend holds.{gap}"
                ),
                advice=(
                    "Look whether the rows are shuffled, and average more folds or repeats of "
                    "each size.",
                ),
            )
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
                onset_epoch=None,
                cost=None,
                explanation=few,
                advice=(f"Try more sizes, {FEWEST} at the least, averaged over more folds.",),
            )
        case _:
            explained = f"Validation {name} no longer gains by more rows{score}.{gap}"
            advice = (RICHER,)
    return replace(verdict, cost=None, explanation=explained, advice=advice)
