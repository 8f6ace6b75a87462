"""Verdicts, corrected scores, comparisons and advice of a study, from what its folder holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.diagnosis.around_best import AroundBest, around_best
from fitscope.diagnosis.compare import Comparison, RowScores, compare_all, difference
from fitscope.diagnosis.measure import measure
from fitscope.diagnosis.underfit import Score, fitting
from fitscope.errors import UserError
from fitscope.study.advise import SURE, advise, is_regularized
from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.folder import Folder, StoredStudy
from fitscope.study.lock import locked
from fitscope.study.results import mean_and_error, summarize, write_results
from fitscope.study.run_history import METRIC, run_history
from fitscope.task import BINARY
from fitscope.verdicts.beside import beside
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.pooled import pooled
from fitscope.verdicts.verdict import Verdict

if TYPE_CHECKING:
    import polars as pl

CROSSENTROPY = f"val_{METRIC}"
Key = tuple[str, int]


@dataclass(frozen=True)
class Judged:
    """A run and what was found out about it.

    Attributes:
        verdict: None for a curve of which nothing can be said, such as a single epoch.
        scores: those of single validation rows around the best epoch, where known.
    """

    verdict: Verdict | None
    scores: AroundBest | None


def judge(
    document: StudyDocument,
    folder: Folder,
    runs: Sequence[Mapping[str, Any]],
    histories: pl.DataFrame,
) -> dict[str, Any]:
    """The whole of results.json, verdicts, comparisons and advice included.

    Args:
        document: study.json.
        folder: the study folder; row losses are read from it, nothing is written.
        runs: one entry a finished run.
        histories: their curves.

    Returns:
        The contract's document.
    """
    results = summarize(document, runs)
    curves = histories.partition_by("model", "repeat", as_dict=True)
    judged = {
        (run["model"], run["repeat"]): judge_run(
            document, folder, run, curves.get((run["model"], run["repeat"]))
        )
        for run in results["runs"]
    }
    scores = {
        model["name"]: _row_scores(model["name"], _of(judged, model["name"]))
        for model in results["models"]
    }
    comparisons = _compare(list(scores.values()))
    stands = {model["name"]: _stands(model, judged, results["runs"]) for model in results["models"]}
    for model in results["models"]:
        name = model["name"]
        own = _of(judged, name)
        model["best_corrected"] = _corrected(scores[name], own)
        verdicts = [one.verdict for one in own if one.verdict is not None]
        if verdicts:
            verdict = _beside(document.entry(name), pooled(name, verdicts), stands, comparisons)
            model["verdict"] = _and_lost(verdict, own).as_dict()
    runs_of_results = []
    for run in results["runs"]:
        verdict = judged[run["model"], run["repeat"]].verdict
        if verdict is not None:
            verdict = _beside(document.entry(run["model"]), verdict, stands, comparisons)
        runs_of_results.append({**run, "verdict": verdict and verdict.as_dict()})
    results["runs"] = runs_of_results
    results["comparisons"] = [one.as_dict() for one in comparisons]
    results["advice"] = advise(document, results)
    return results


def _and_lost(verdict: Verdict, own: Sequence[Judged]) -> Verdict:
    """The verdict of a model, with runs in its explanation of which nothing can be said."""
    lost = sum(one.verdict is None for one in own)
    if not lost:
        return verdict
    said = f"{lost} of {len(own)} runs left nothing to judge (they ended at once). "
    return replace(verdict, explanation=said + verdict.explanation)


def judge_run(
    document: StudyDocument,
    folder: Folder,
    run: Mapping[str, Any],
    curves: pl.DataFrame | None,
) -> Judged:
    """The verdict on one run by itself, and its scores row by row.

    Args:
        document: study.json.
        folder: the study folder.
        run: the run's entry in results.json.
        curves: the run's rows of histories.parquet.
    """
    if curves is None:
        return Judged(None, None)
    history = run_history(document, folder, run, curves)
    try:
        accuracy = curves["val_accuracy"].to_numpy().astype(np.float64)
        scores = around_best(history, BINARY, measure(history), accuracy)
        return Judged(diagnose(history), scores)
    except UserError:
        return Judged(None, None)


def judge_stored(stored: StoredStudy) -> StoredStudy:
    """A stored study with its verdicts, comparisons and advice made anew; nothing is written."""
    results = judge(stored.document, stored.folder, stored.results["runs"], stored.histories)
    return replace(stored, results=results)


def store_judged(stored: StoredStudy) -> StoredStudy:
    """The same, written to results.json.

    While another program trains in the folder, or if it has since, nothing is written.
    """
    folder, judged = stored.folder, judge_stored(stored)
    if judged.results != stored.results:
        idle = not folder.checkpoints.exists()
        with suppress(UserError), locked(folder):
            try:
                if json.loads(folder.results.read_bytes()) == stored.results:
                    write_results(folder, judged.results)
            finally:
                if idle:  # the lock made it; who takes it after this keeps what it holds then
                    shutil.rmtree(folder.checkpoints, ignore_errors=True)
    return judged


def is_judged(results: Mapping[str, Any]) -> bool:
    """Whether results.json holds verdicts: folders of earlier versions do not."""
    return all(model.get("verdict") for model in results["models"])


def _of(judged: Mapping[Key, Judged], name: str) -> list[Judged]:
    return [one for (model, _), one in judged.items() if model == name]


def _row_scores(name: str, runs: Sequence[Judged]) -> RowScores | None:
    """Scores of all runs of a model; None if one of them has none."""
    found = [run.scores for run in runs if run.scores is not None]
    if not found or len(found) < len(runs):
        return None
    return RowScores(
        name,
        {metric: np.stack([one.rows[metric] for one in found]) for metric in found[0].rows},
        {metric: np.array([one.errors[metric] for one in found]) for metric in found[0].errors},
    )


def _compare(models: Sequence[RowScores | None]) -> list[Comparison]:
    usable = [one for one in models if one is not None and one.metrics[CROSSENTROPY].shape[1] > 1]
    rows = {one.metrics[CROSSENTROPY].shape[1] for one in usable}
    return compare_all(usable) if len(rows) == 1 else []


def _corrected(
    scores: RowScores | None, runs: Sequence[Judged]
) -> dict[str, list[float | None]] | None:
    """Mean and standard error of each metric around the best epochs, over rows and runs."""
    if scores is not None:
        found = {
            name: difference(values, level=scores.level_variance(name))
            for name, values in scores.metrics.items()
        }
        return {name: [one.value, _plain(one.error)] for name, one in found.items()}
    verdicts = [run.verdict for run in runs]
    if not verdicts or any(verdict is None for verdict in verdicts):
        return None
    values = [one.evidence["best_corrected"] for one in verdicts if one is not None]
    return {CROSSENTROPY: mean_and_error(values)}


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _stands(
    model: Mapping[str, Any], judged: Mapping[Key, Judged], runs: Sequence[Mapping[str, Any]]
) -> Score | None:
    """Where a model stands: on training rows at its best epochs, and on validation rows."""
    name = model["name"]
    fits = [run["best"].get(f"fit_{METRIC}") for run in runs if run["model"] == name]
    values = [run.verdict.evidence["best_corrected"] for run in _of(judged, name) if run.verdict]
    train, train_error = mean_and_error(fits)
    if train is None or len(values) < len(fits):
        return None
    validation, _ = mean_and_error(values)
    assert validation is not None
    return Score(name, train, train_error or 0.0, validation, 0.0)


def _beside(
    entry: ModelEntry,
    verdict: Verdict,
    stands: Mapping[str, Score | None],
    comparisons: Sequence[Comparison],
) -> Verdict:
    """The verdict in the light of the models that are surely better or worse than this one."""
    name = entry.name
    own = stands[name]
    others = []
    for pair in comparisons:
        found = pair.metrics[CROSSENTROPY]
        if name in (pair.a, pair.b) and found.sign_chance_corrected >= SURE:
            other = stands[pair.b if pair.a == name else pair.a]
            if other is not None:
                others.append(replace(other, validation_error=found.error))
    verdict = verdict if own is None else beside(verdict, own, others, METRIC)
    if verdict.label == "underfit":
        verdict = replace(verdict, advice=fitting(verdict.advice, is_regularized(entry)))
    return verdict
