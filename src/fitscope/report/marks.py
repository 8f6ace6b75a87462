"""Epochs worth a mark on a validation curve: the best one, and where overfitting begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fitscope.study.results import Results

BEST, ONSET = "o", "^"  # told apart by shape: colour says which model it is
SAID = "Dots mark the best"
SAID_ONSET = "triangles where overfitting begins"


@dataclass(frozen=True)
class Mark:
    """Epochs of a model; medians over its runs if there are several.

    Attributes:
        best: best epoch of the validation trend.
        onset: where overfitting begins, None if it does not.
    """

    best: int
    onset: int | None


def marks(results: Results) -> dict[str, Mark]:
    """The marks of the models that have a verdict."""
    return {
        model.name: Mark(model.verdict.best_epoch, model.verdict.onset_shown)
        for model in results.models
        if model.verdict is not None
    }


def said(marked: list[Mark], runs: int, step: str = "epoch") -> str:
    """What the marks are, in a sentence; empty without any.

    Example:
        >>> said([Mark(20, None), Mark(9, 12)], runs=5)
        'Dots mark the best epoch, triangles where overfitting begins: medians over the runs.'
    """
    if not marked:
        return ""
    onset = f", {SAID_ONSET}" if any(mark.onset is not None for mark in marked) else ""
    return f"{SAID} {step}{onset}{': medians over the runs' if runs > 1 else ''}."


def draw_mark(ax: Axes, mark: Mark, curve: Float[np.ndarray, " epochs"], colour: str) -> None:
    """Put the marks of a model upon its validation curve."""
    for epoch, shape in ((mark.best, BEST), (mark.onset, ONSET)):
        if epoch is not None and epoch < len(curve) and np.isfinite(curve[epoch]):
            ax.scatter(
                [epoch],
                [curve[epoch]],
                s=46,
                marker=shape,
                color=colour,
                edgecolors="white",
                linewidths=1.1,
                zorder=4,
            )
