"""Every run: its curves, why it was judged so, what to try, what else was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.report.frame import whole
from fitscope.report.logs_page.notes import of_all
from fitscope.report.logs_page.sketch import sketch
from fitscope.report.series import compact
from fitscope.report.words import shown
from fitscope.verdicts.words import facts, headline, sentence

if TYPE_CHECKING:
    from fitscope.history import History
    from fitscope.verdicts.many import Verdicts
    from fitscope.verdicts.verdict import Verdict

MOST = 500  # runs with curves of their own; the table names the others
POINTS = 400  # of a curve
FEWEST = 60  # of a curve where there are many runs
BUDGET = 60_000  # points on a page
LONG = 400  # epochs; on a linear axis of more the first ones, where most happens, are a wall


def runs(found: Verdicts) -> dict[str, Any]:
    """What the template needs."""
    said = of_all(found)
    return {
        "hint": f"{len(found):,} runs, one by one",
        "cards": [
            {
                "number": number,
                "verdict": one,
                "source": shown(one.source, 300),
                "headline": headline(one),
                "facts": facts(one),
                "notes": [note for note in map(sentence, one.evidence.notes) if note not in said],
                "sketch": sketch(one),
            }
            for number, one in enumerate(found[:MOST])
        ],
        "more": max(len(found) - MOST, 0),
    }


def runs_data(found: Verdicts) -> dict[str, Any]:
    """What the script draws from."""
    drawn = found[:MOST]
    points = max(FEWEST, min(POINTS, BUDGET // max(len(drawn), 1)))
    return {"runs": [_drawn(one, points) for one in drawn]}


def _drawn(verdict: Verdict, points: int) -> dict[str, Any] | None:
    history = verdict.history
    if history is None:
        return None
    curves = [curve for curve in (history.train, history.validation) if curve is not None]
    first, last = int(history.epochs[0]), int(history.epochs[-1])
    return {
        "train": None if history.train is None else _curve(history, history.train, points),
        "validation": _curve(history, history.validation, points),
        "range": whole(curves, falling=not history.higher_is_better),
        "span": [first, last],
        "log": len(history.epochs) > LONG and first >= 0,
        "step": history.step,
        "metric": history.called,
        "best": verdict.best_epoch,
        "onset": verdict.onset_shown,
        "interval": verdict.evidence.onset_interval if verdict.onset_shown is not None else None,
    }


def _curve(history: History, values: np.ndarray, points: int) -> dict[str, list[float]]:
    """Epochs and values, as many as the eye can tell apart."""
    if len(values) <= points:
        kept = np.isfinite(values)
        return {"x": history.epochs[kept].tolist(), "y": _short(values[kept])}
    at, means = compact(history.epochs, values, points)
    first, last = float(history.epochs[0]), float(history.epochs[-1])
    return {"x": _short(first + at / (points - 1) * (last - first)), "y": _short(means)}


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{value:.6g}") for value in values]
