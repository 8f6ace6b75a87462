"""Double descent: validation measures against width and against epochs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fitscope.examination.lines import NORMAL, metric_words
from fitscope.examination.sweep_lines import epoch_lines
from fitscope.report.look import COLOURS
from fitscope.report.page.static import static_figures
from fitscope.report.page.view import View

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy
    from fitscope.study.sweep import Sweep


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """What is seen and the widths as a table; nothing where no sweep was asked for."""
    sweep = _found(stored)
    if sweep is None:
        return None
    task = stored.document.task
    return {
        "sweep": sweep,
        "words": {measure: metric_words(task, measure) for measure in sweep.measures},
        "static": static_figures(stored, "sweep"),
    }


def data(stored: StoredStudy) -> dict[str, Any]:
    """Points by width for each measure, and a line along epochs for some networks."""
    sweep = _found(stored)
    if sweep is None:
        return {}
    task = stored.document.task
    fits = next((width.units for width in sweep.widths if width.model == sweep.fits), None)
    return {
        "fits": fits,
        "measures": [
            {
                "words": metric_words(task, measure),
                "points": [
                    {
                        "units": width.units,
                        "train": width.train[measure],
                        "last": width.last[measure][0],
                        "error": _reach(width.last[measure][1]),
                        "best": width.best[measure][0],
                    }
                    for width in sweep.widths
                ],
            }
            for measure in sweep.measures
        ],
        "epochs": [
            {**asdict(line), "colour": COLOURS[place % len(COLOURS)]}
            for place, line in enumerate(epoch_lines(stored, sweep, sweep.measures[0]))
        ],
    }


def _found(stored: StoredStudy) -> Sweep | None:
    return None if stored.results.answer is None else stored.results.answer.sweep


def _reach(error: float | None) -> float | None:
    return None if error is None else NORMAL * error


VIEW = View(__name__, title="Double descent?", order=1, content=content, data=data)
