"""Verdicts and comparisons as HTML for notebooks, the curves as a small drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from fitscope.history import History
from fitscope.report.look import LOOKS
from fitscope.report.series import compact
from fitscope.report.templates import render
from fitscope.verdicts.words import facts, headline

if TYPE_CHECKING:
    from fitscope.verdicts.comparisons import Comparisons
    from fitscope.verdicts.many import Verdicts
    from fitscope.verdicts.verdict import Verdict

WIDTH, HEIGHT = 360, 120
POINTS = 300  # of a curve at most: a drawing this small shows no more


@dataclass(frozen=True)
class Upright:
    """An upright line in a drawing, and what it stands for."""

    x: str
    colour: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """Polylines within `width` and `height`, y downwards.

    Attributes:
        validation: points of the validation curve.
        train: points of the training curve; empty without one.
        marks: best epoch, and where overfitting begins.
        scale: what spans the drawing, in words.
    """

    validation: str
    train: str
    marks: tuple[Upright, ...]
    scale: str
    width: int = WIDTH
    height: int = HEIGHT


def verdict_html(verdict: Verdict) -> str:
    """One verdict: headline, drawing, explanation, figures, advice."""
    return render(
        "fitscope.report.notebook/verdict.html.j2",
        verdict=verdict,
        headline=headline(verdict),
        drawing=drawing(verdict),
        facts=facts(verdict),
    )


def verdicts_html(verdicts: Verdicts) -> str:
    """Several verdicts as a table, and what could not be judged below it."""
    return render(
        "fitscope.report.notebook/verdicts.html.j2",
        verdicts=verdicts,
        unread=verdicts.unread,
        headline=headline,
    )


def comparisons_html(pairs: Comparisons) -> str:
    """A line a pair and metric, and what must be read beside them."""
    return render("fitscope.report.notebook/comparisons.html.j2", pairs=pairs)


def drawing(verdict: Verdict) -> Drawing | None:
    """The curves of a verdict with its epochs marked; None where there is nothing to draw."""
    history = verdict.history
    if history is None:
        return None
    curves = [c for c in (history.validation, history.train) if c is not None]
    finite = np.concatenate([c[np.isfinite(c)] for c in curves])
    if finite.size == 0:
        return None
    low, high = np.percentile(finite, [0, 99])  # a first epoch far above would flatten the rest
    first, last = int(history.epochs[0]), int(history.epochs[-1])
    best, onset = LOOKS["good"], LOOKS["overfit"]
    marks = [(verdict.best_epoch, best, f"best {history.step}")]
    if verdict.onset_epoch is not None:
        marks.append((verdict.onset_epoch, onset, "overfits from here"))
    return Drawing(
        validation=_points(history, history.validation, low, high),
        train="" if history.train is None else _points(history, history.train, low, high),
        marks=tuple(
            Upright(f"{(epoch - first) / max(last - first, 1) * WIDTH:.1f}", look.anywhere, text)
            for epoch, look, text in marks
        ),
        scale=f"{history.step}s {first:,} to {last:,}",
    )


def _points(history: History, values: Float[np.ndarray, " n"], low: float, high: float) -> str:
    at, means = compact(history.epochs, values, POINTS)
    across = at / (POINTS - 1) * WIDTH
    span = max(float(high - low), 1e-300)
    down = np.clip(4 + (high - means) / span * (HEIGHT - 8), 0, HEIGHT)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
