"""Training and validation curves of every model, group by group, with one set of controls."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from fitscope.report.lines import ranked
from fitscope.report.page.static import static_figures
from fitscope.report.page.view import View
from fitscope.report.page.views.curves.packed import packed_runs, points
from fitscope.report.presentation import presentation_of
from fitscope.report.series import bins, usual_smoothing
from fitscope.report.words import shown, step_of
from fitscope.task import LOSS, Metric

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy
    from fitscope.study.results import Results

SMOOTHING = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100)  # epochs; the slider's stops
LONG = 400  # epochs; on a linear axis of more the first ones, where most happens, are a wall
SHOWN_AT_FIRST = 8  # models of a group; more would be a thicket, and so would bands of more


def content(stored: StoredStudy) -> dict[str, Any]:
    """Groups, controls and the drawn figures for pages without scripts."""
    document = stored.document
    presentation = presentation_of(document.kind)
    first = _first(stored)
    models = [
        {"name": entry.name, "number": number, "on": entry.name in first, "groups": entry.groups}
        for number, entry in enumerate(document.models)
    ]
    return {
        "groups": [
            {
                "name": name,
                "title": presentation.group(name).title,
                "text": presentation.group(name).text,
                "names": ", ".join(shown(entry.name) for entry in entries[:12]),
                "models": [model for model in models if name in model["groups"]],
            }
            for name, entries in document.groups().items()
        ],
        "models": models,
        "metrics": [(one.name, _short(one)) for one in _metrics(stored)],
        "step": step_of(document),
        "stops": SMOOTHING,
        "stop": SMOOTHING.index(_smoothing(stored)),
        "smoothing": _smoothing(stored),
        "log": _axis(stored) == "log",
        "repeats": document.most_runs,
        "bands": len(document.models) <= SHOWN_AT_FIRST,
        "static": static_figures(stored, "curves"),
    }


def _first(stored: StoredStudy) -> set[str]:
    """The best models of each group, which are drawn until somebody chooses others."""
    best = [line.name for line in ranked(stored)]
    found: set[str] = set()
    for entries in stored.document.groups().values():
        own = {entry.name for entry in entries}
        found.update([name for name in best if name in own][:SHOWN_AT_FIRST])
    return found


def data(stored: StoredStudy) -> dict[str, Any]:
    """The histories, packed; where each model was best and where it began to overfit."""
    import polars as pl

    document = stored.document
    histories = stored.histories
    metrics = _metrics(stored)
    longest = _count(histories["epoch"].max())
    runs = histories.select("model", "repeat").n_unique()
    edges = bins(longest, points(runs * 2 * len(metrics))).tolist()
    by_model = dict(histories.partition_by("model", as_dict=True).items())
    models = []
    for entry in document.models:
        frame = by_model.get((entry.name,), pl.DataFrame(schema=histories.schema))
        models.append(
            {
                "groups": entry.groups,
                "runs": packed_runs(frame, [one.name for one in metrics], edges),
                **_marks(stored.results, entry.name),
            }
        )
    return {
        "edges": edges,
        "longest": longest,
        "metrics": {
            one.name: {"label": one.title, "falling": not one.higher_is_better} for one in metrics
        },
        "step": step_of(document),
        "constant": {document.task.loss.name: document.data.constant},
        "models": models,
        "stops": SMOOTHING,
        "usual": {"stop": SMOOTHING.index(_smoothing(stored)), "axis": _axis(stored)},
        "ranges": dict(presentation_of(document.kind).ranges),
    }


def _smoothing(stored: StoredStudy) -> int:
    """The usual smoothing, as far as the slider has it."""
    usual = usual_smoothing(_count(stored.histories["epoch"].max()))
    return max(stop for stop in SMOOTHING if stop <= usual)


def _axis(stored: StoredStudy) -> str:
    return "log" if _count(stored.histories["epoch"].max()) > LONG else "linear"


def _count(last: Any) -> int:
    return 0 if last is None else int(last) + 1


def _metrics(stored: StoredStudy) -> list[Metric]:
    """The metrics to choose from: the task's, then the loss with penalties where it differs."""
    task = stored.document.task
    found = [task.loss, task.score, LOSS]
    return [one for one in found if one.name in stored.histories.columns]


def _short(metric: Metric) -> str:
    return metric.words[0].upper() + metric.words[1:]


def _marks(results: Results, name: str) -> dict[str, Any]:
    runs = results.runs_of(name)
    verdict = results.model(name).verdict if runs else None
    if verdict is not None:
        return {
            "best": verdict.best_epoch,
            "onset": verdict.onset_shown,
            "interval": verdict.evidence.onset_interval,
        }
    own = [run.best_epoch for run in runs]
    return {"best": median(own) if own else None, "onset": None, "interval": None}


VIEW = View(__name__, title="Training and validation curves", order=50, content=content, data=data)
