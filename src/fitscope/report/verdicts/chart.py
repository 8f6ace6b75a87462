"""A small chart of a history for terminals, drawn with Braille dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from fitscope.history import History
from fitscope.report.frame import whole
from fitscope.report.series import compact
from fitscope.verdicts.figures import figure
from fitscope.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from jaxtyping import Float

    Floats = Float[np.ndarray, " n"]

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # four rows, two columns a sign
ROWS = 8  # lines
BEST, ONSET = "▲", "△"
VALIDATION, TRAIN = "cyan", "dim"


def chart(verdict: Verdict, width: int, rows: int = ROWS) -> list[Text]:
    """The curves with the best epoch and the onset marked below them, a line of text each.

    Args:
        verdict: with its history.
        width: columns.
        rows: lines of the drawing itself.
    """
    history = verdict.history
    if history is None:
        return []
    curves = [curve for curve in (history.train, history.validation) if curve is not None]
    shown = whole(curves, falling=not history.higher_is_better)
    if shown is None:
        return []
    low, high = shown
    margin = max(len(figure(low)), len(figure(high)))
    across = max(width - margin - 2, 10)
    layers = [
        (dots(curve, history.epochs, low, high, across, rows), style)
        for curve, style in ((history.train, TRAIN), (history.validation, VALIDATION))
        if curve is not None
    ]
    lines = []
    for row in range(rows):
        scale = figure(high) if row == 0 else figure(low) if row == rows - 1 else ""
        line = Text(no_wrap=True)
        line.append(f"{scale:>{margin}} ", "dim")
        for column in range(across):
            sign, style = 0, ""
            for layer, colour in layers:
                if layer[row, column]:
                    sign, style = sign | int(layer[row, column]), colour
            line.append(chr(BRAILLE + sign) if sign else " ", style)
        lines.append(line)
    lines.append(_marks(verdict, history, margin, across))
    return lines


def spark(verdict: Verdict, width: int) -> str:
    """The validation curve in one line of Braille dots."""
    history = verdict.history
    if history is None:
        return ""
    finite = history.validation[np.isfinite(history.validation)]
    if not finite.size or finite.min() == finite.max():
        return ""
    low, high = np.percentile(finite, [0, 98])
    layer = dots(history.validation, history.epochs, float(low), float(high), width, 1)
    return "".join(chr(BRAILLE + int(sign)) for sign in layer[0])


def legend(verdict: Verdict) -> Text:
    """What the lines and marks mean."""
    words = Text("━ ", style=VALIDATION)
    words.append("validation", "default")
    if verdict.history is not None and verdict.history.train is not None:
        words.append("   ━ ", TRAIN).append("training", "default")
    words.append(f"   {BEST} best {verdict.evidence.step}", "default")
    if verdict.onset_epoch is not None:
        words.append(f"   {ONSET} overfits from here", "default")
    return words


def dots(
    curve: Floats, epochs: np.ndarray, low: float, high: float, across: int, rows: int
) -> np.ndarray:
    """Braille patterns of a curve, one a sign, `[rows, across]`; values outside are cut off.

    A column of dots shows the mean of its epochs and is joined to the column before.
    """
    signs = np.zeros((rows, across), np.int64)
    height = 4 * rows
    at, means = compact(epochs, curve, 2 * across)
    level = np.clip((high - means) / (high - low) * (height - 1), 0, height - 1)
    for column, top, bottom in _strokes(at, level, height - 1):
        for dot in range(top, bottom + 1):
            signs[dot // 4, column // 2] |= DOTS[dot % 4][column % 2]
    return signs


def _strokes(at: np.ndarray, level: Floats, lowest: int) -> list[tuple[int, int, int]]:
    """Vertical strokes `(column, top, bottom)` along the curve of means."""
    if not at.size:
        return []
    columns = np.arange(at[0], at[-1] + 1)
    dots = np.round(np.interp(columns, at, level)).astype(int)
    # each stroke reaches half-way to its neighbours, so that a steep curve has no gaps
    joints = (dots[1:] + dots[:-1]) // 2
    before = np.concatenate([dots[:1], np.where(dots[1:] > dots[:-1], joints + 1, joints)])
    after = np.concatenate([np.where(dots[:-1] > dots[1:], joints + 1, joints), dots[-1:]])
    tops = np.minimum.reduce([before, dots, after])
    bottoms = np.maximum.reduce([before, dots, after])
    tops, bottoms = np.clip(tops, 0, lowest), np.clip(bottoms, 0, lowest)
    return [(int(c), int(t), int(b)) for c, t, b in zip(columns, tops, bottoms, strict=True)]


def _marks(verdict: Verdict, history: History, margin: int, across: int) -> Text:
    """The line below the drawing: first and last epoch, best epoch and onset at their places."""
    first, last = int(history.epochs[0]), int(history.epochs[-1])
    length = max(last - first, 1)
    line = [" "] * across

    def write(text: str, start: int) -> bool:
        start = min(max(start, 0), across - len(text))
        room = range(max(start - 1, 0), min(start + len(text) + 1, across))
        if start < 0 or any(line[at] != " " for at in room):
            return False
        line[start : start + len(text)] = text
        return True

    for sign, epoch in ((BEST, verdict.best_epoch), (ONSET, verdict.onset_epoch)):
        if epoch is not None:
            at = round((epoch - first) / length * (across - 1))
            text = f"{sign}{epoch:,}"
            if not write(text, at) and line[at] == " ":
                line[at] = sign
    write(f"{first:,}", 0)
    write(f"{last:,}", across)
    return Text(" " * (margin + 1) + "".join(line).rstrip(), no_wrap=True)
