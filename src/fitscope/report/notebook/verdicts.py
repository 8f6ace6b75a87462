"""Verdicts as HTML for notebooks: figures in a table, the curves as a small drawing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from fitscope.history import History
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import facts, headline

if TYPE_CHECKING:
    from fitscope.verdicts.many import Verdicts

WIDTH, HEIGHT = 360, 120
POINTS = 300  # of a curve at most: a drawing this small shows no more
COLOURS = {
    "overfit": "#d1242f",
    "underfit": "#b06c00",
    "good": "#1a7f37",
    "improving": "#0969da",
    "unstable": "#8250df",
}


def verdict_html(verdict: Verdict) -> str:
    """One verdict: headline, drawing, explanation, figures, advice. Every name is escaped."""
    rows = "".join(
        f"<tr><td style='text-align:left'>{escape(name)}</td>"
        f"<td style='text-align:left'>{escape(value)}</td></tr>"
        for name, value in facts(verdict)
    )
    advice = "".join(f"<li>{escape(text)}</li>" for text in verdict.advice)
    return (
        f"<div><div><b>{escape(verdict.source)}</b>: {_label(verdict, headline(verdict))}</div>"
        f"{_drawing(verdict)}<p style='margin:.4em 0'>{escape(verdict.explanation)}</p>"
        f"{f'<ul>{advice}</ul>' if advice else ''}"
        f"<details><summary>figures</summary><table>{rows}</table></details></div>"
    )


def verdicts_html(verdicts: Verdicts) -> str:
    """Several verdicts as a table, and what could not be judged below it."""
    rows = "".join(
        f"<tr><td style='text-align:left'>{escape(one.source)}</td>"
        f"<td style='text-align:left'>{_label(one, headline(one))}</td>"
        f"<td>{one.best_epoch:,}</td><td>{one.epochs:,}</td>"
        f"<td style='text-align:left'>{escape(one.explanation)}</td></tr>"
        for one in verdicts
    )
    unread = "".join(
        f"<li>{escape(one.source)}: not judged: {escape(one.error)}</li>" for one in verdicts.unread
    )
    headings = "<th>source</th><th>verdict</th><th>best epoch</th><th>epochs</th><th>why</th>"
    table = f"<table><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div>{table if rows else ''}{f'<ul>{unread}</ul>' if unread else ''}</div>"


def _label(verdict: Verdict, text: str) -> str:
    return f"<span style='color:{COLOURS[verdict.label]}'>■</span> {escape(text)}"


def _drawing(verdict: Verdict) -> str:
    history = verdict.history
    if history is None:
        return ""
    curves = [c for c in (history.validation, history.train) if c is not None]
    finite = np.concatenate([c[np.isfinite(c)] for c in curves])
    if finite.size == 0:
        return ""
    low, high = np.percentile(finite, [0, 99])  # a first epoch far above would flatten the rest
    epochs = np.asarray(history.epochs, np.float64)

    def place(epoch: float) -> float:
        return (epoch - epochs[0]) / max(float(epochs[-1] - epochs[0]), 1.0) * WIDTH

    def down(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        span = max(float(high - low), 1e-300)
        return np.clip(4 + (high - values) / span * (HEIGHT - 8), 0, HEIGHT)

    lines = ""
    for curve, style in ((history.train, "opacity='.45'"), (history.validation, "")):
        if curve is not None:
            kept = _thinned(curve)
            points = " ".join(
                f"{place(epoch):.1f},{y:.1f}"
                for epoch, y in zip(epochs[kept], down(curve[kept]), strict=True)
            )
            lines += f"<polyline points='{points}' {style} stroke='currentColor' fill='none'/>"
    lines += _mark(place(verdict.best_epoch), COLOURS["good"])
    if verdict.onset_epoch is not None:
        lines += _mark(place(verdict.onset_epoch), COLOURS["overfit"])
    said = escape(f"{headline(verdict)}; best epoch {verdict.best_epoch:,}")
    return (
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}' role='img' "
        f"aria-label='{said}'>{lines}</svg>"
        "<div style='font-size:smaller'>validation, training (faint) · "
        f"<span style='color:{COLOURS['good']}'>┃</span> best epoch"
        + (
            f" · <span style='color:{COLOURS['overfit']}'>┃</span> overfits from here"
            if verdict.onset_epoch is not None
            else ""
        )
        + f" · {escape(_scale(history))}</div>"
    )


def _mark(x: float, colour: str) -> str:
    return f"<line x1='{x:.1f}' x2='{x:.1f}' y1='0' y2='{HEIGHT}' stroke='{colour}'/>"


def _thinned(curve: Float[np.ndarray, " n"]) -> np.ndarray:
    kept = np.flatnonzero(np.isfinite(curve))
    if len(kept) <= POINTS:
        return kept
    return kept[np.unique(np.linspace(0, len(kept) - 1, POINTS).astype(int))]


def _scale(history: History) -> str:
    return f"epochs {history.epochs[0]:,} to {history.epochs[-1]:,}"
