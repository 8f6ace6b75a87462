"""Verdicts, corrected scores, comparisons and advice of a study, from what its folder holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.around_best import AroundBest, around_best
from fitscope.diagnosis.compare import RowScores, difference
from fitscope.diagnosis.underfit import Score, fitting
from fitscope.errors import UserError
from fitscope.files import locked
from fitscope.study.advise import advise, is_regularized
from fitscope.study.document import ModelEntry, StudyDocument
from fitscope.study.folder import Folder, StoredStudy, read_results, write_results
from fitscope.study.results import Estimate, Results, RunResult
from fitscope.study.run_history import METRIC, run_history
from fitscope.study.summarize import summarize
from fitscope.verdicts.beside import beside
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.comparisons import compare_all
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
    runs: Sequence[RunResult],
    histories: pl.DataFrame,
) -> Results:
    """Verdicts, corrected scores, comparisons and advice.

    Args:
        document: study.json.
        folder: the study folder; row losses are read from it, nothing is written.
        runs: the finished runs.
        histories: their curves.
    """
    results = summarize(document, runs)
    curves = histories.partition_by("model", "repeat", as_dict=True)
    judged = {
        (run.model, run.repeat): judge_run(
            document, folder, run, curves.get((run.model, run.repeat))
        )
        for run in results.runs
    }
    names = [model.name for model in results.models]
    scores = {name: _row_scores(name, _of(judged, name)) for name in names}
    comparisons = tuple(_compare(list(scores.values())))
    stands = {name: _stands(name, judged, results) for name in names}
    models = []
    for model in results.models:
        own = _of(judged, model.name)
        verdicts = [one.verdict for one in own if one.verdict is not None]
        verdict = None
        if verdicts:
            alone = pooled(model.name, verdicts)
            verdict = _and_lost(
                _beside(document.entry(model.name), alone, stands, comparisons), own
            )
        corrected = _corrected(scores[model.name], own)
        models.append(replace(model, best_corrected=corrected, verdict=verdict))
    told = []
    for run in results.runs:
        verdict = judged[run.model, run.repeat].verdict
        if verdict is not None:
            verdict = _beside(document.entry(run.model), verdict, stands, comparisons)
        told.append(replace(run, verdict=verdict))
    results = replace(results, models=tuple(models), runs=tuple(told), comparisons=comparisons)
    return replace(results, advice=tuple(advise(document, results)))


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
    run: RunResult,
    curves: pl.DataFrame | None,
) -> Judged:
    """The verdict on one run by itself, and its scores row by row.

    Args:
        document: study.json.
        folder: the study folder.
        run: the run.
        curves: the run's rows of histories.parquet.
    """
    if curves is None:
        return Judged(None, None)
    history = run_history(document, folder, run, curves)
    try:
        scores = around_best(history, curves["val_accuracy"].to_numpy().astype(np.float64))
        return Judged(diagnose(history), scores)
    except UserError:
        return Judged(None, None)


def judge_stored(stored: StoredStudy) -> StoredStudy:
    """A stored study with its verdicts, comparisons and advice made anew; nothing is written."""
    results = judge(stored.document, stored.folder, stored.results.runs, stored.histories)
    return replace(stored, results=results)


def store_judged(stored: StoredStudy) -> StoredStudy:
    """The same, written to results.json.

    While another program trains in the folder, or if it has since, nothing is written.
    """
    folder, judged = stored.folder, judge_stored(stored)
    if judged.results != stored.results:
        with suppress(UserError), locked(folder.path):
            if read_results(folder.results) == stored.results:
                write_results(folder, judged.results)
    return judged


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


def _corrected(scores: RowScores | None, runs: Sequence[Judged]) -> dict[str, Estimate] | None:
    """Each metric around the best epochs, with its error over rows and runs."""
    if scores is not None:
        found = {
            name: difference(values, level=scores.level_variance(name))
            for name, values in scores.metrics.items()
        }
        return {
            name: Estimate(one.value, one.error if np.isfinite(one.error) else None)
            for name, one in found.items()
        }
    verdicts = [run.verdict for run in runs if run.verdict is not None]
    if not verdicts or len(verdicts) < len(runs):
        return None
    return {CROSSENTROPY: Estimate.over([one.evidence["best_corrected"] for one in verdicts])}


def _stands(name: str, judged: Mapping[Key, Judged], results: Results) -> Score | None:
    """Where a model stands: on training rows at its best epochs, and on validation rows."""
    fits = [run.best.get(f"fit_{METRIC}") for run in results.runs_of(name)]
    values = [run.verdict.evidence["best_corrected"] for run in _of(judged, name) if run.verdict]
    train, validation = Estimate.over(fits), Estimate.over(values)
    if train.mean is None or validation.mean is None or len(values) < len(fits):
        return None
    return Score(name, train.mean, train.error or 0.0, validation.mean, 0.0)


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
        if name in (pair.a, pair.b) and pair.loss.sure:
            other = stands[pair.b if pair.a == name else pair.a]
            if other is not None:
                others.append(replace(other, validation_error=pair.loss.error))
    verdict = verdict if own is None else beside(verdict, own, others, METRIC)
    if verdict.label == "underfit":
        verdict = replace(verdict, advice=fitting(verdict.advice, is_regularized(entry)))
    return verdict
