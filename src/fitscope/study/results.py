"""results.json: what came out, for each run and for each model over its repeats."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fitscope.files import write_text
from fitscope.study.document import StudyDocument
from fitscope.study.folder import Folder


def summarize(document: StudyDocument, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole of results.json.

    Args:
        document: study.json.
        runs: one entry a finished run: model, repeat, epochs, best_epoch, best, final, stopped,
            seconds, verdict.

    Returns:
        The contract's document, without verdicts and what follows from them: `judge` adds those.
        `best` of a model holds the mean over repeats of each metric at
        the best epoch and the standard error of that mean, None with a single repeat.
    """
    order = {entry.name: number for number, entry in enumerate(document.models)}
    runs = sorted(runs, key=lambda run: (order[run["model"]], run["repeat"]))
    models = []
    for entry in document.models:
        mine = [run for run in runs if run["model"] == entry.name]
        if mine:
            models.append(
                {
                    "name": entry.name,
                    "groups": entry.groups,
                    "parameters": entry.size.count,
                    "repeats": len(mine),
                    "best": {
                        name: mean_and_error([run["best"][name] for run in mine])
                        for name in mine[0]["best"]
                    },
                    "best_corrected": None,
                    "verdict": None,
                }
            )
    return {"models": models, "runs": list(runs), "comparisons": [], "advice": []}


def write_results(folder: Folder, results: Mapping[str, Any]) -> None:
    """Write results.json, whole or not at all.

    Raises:
        UserError: it cannot be written.
    """
    write_text(folder.results, json.dumps(results, indent=1) + "\n")


def mean_and_error(values: Sequence[float | None]) -> list[float | None]:
    """Mean and standard error of the mean: sample standard deviation / sqrt(n).

    Values that are missing (a run that diverged) make both None.

    Example:
        >>> mean_and_error([1.0, 3.0])
        [2.0, 1.0]
        >>> mean_and_error([1.0])
        [1.0, None]
    """
    if any(value is None for value in values):
        return [None, None]
    array = np.asarray(values, float)
    error = float(array.std(ddof=1) / np.sqrt(len(array))) if len(array) > 1 else None
    return [float(array.mean()), error]
