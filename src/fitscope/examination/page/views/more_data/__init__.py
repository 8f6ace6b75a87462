"""Whether more rows would help: the learning curve, and where it leads."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fitscope.examination.continuation import continuation, predicted
from fitscope.examination.lines import NORMAL, answer_of, lost_words
from fitscope.report.page.static import static_figures
from fitscope.report.page.view import View

if TYPE_CHECKING:
    from fitscope.study.answer import Gain, MoreData
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """The curve as a table, and the predictions; nothing where no curve was measured."""
    found = _found(stored)
    if found is None:
        return None
    rows = found.sizes[-1]
    return {
        "found": found,
        "metric": lost_words(stored.document.task, answer_of(stored).metric),
        "points": list(zip(found.sizes, found.losses, strict=True)),
        "predicted": [
            (times, rows * times, _loss(found, gain), gain) for times, gain in predicted(found)
        ],
        "static": static_figures(stored, "more_data"),
    }


def data(stored: StoredStudy) -> dict[str, Any]:
    """Measured points, predicted ones, and the line through them."""
    found = _found(stored)
    if found is None:
        return {}
    line = continuation(found)
    return {
        "metric": lost_words(stored.document.task, answer_of(stored).metric),
        "points": [
            {"rows": rows, "loss": mean, "error": None if error is None else NORMAL * error}
            for rows, (mean, error) in zip(found.sizes, found.losses, strict=True)
        ],
        "predicted": [
            {"times": times, "rows": found.sizes[-1] * times, **_loss(found, gain)}
            for times, gain in predicted(found)
        ],
        "line": None if line is None else asdict(line),
    }


def _found(stored: StoredStudy) -> MoreData | None:
    answer = stored.results.answer
    found = None if answer is None else answer.more_data
    return found if found is not None and found.sizes else None


def _loss(found: MoreData, gain: Gain) -> dict[str, float]:
    """The predicted loss and its 90 % interval."""
    last = found.losses[-1][0]
    return {
        "loss": last - gain.gain,
        "low": last - gain.interval[1],
        "high": last - gain.interval[0],
    }


VIEW = View(__name__, title="Would more rows help?", order=4, content=content, data=data)
