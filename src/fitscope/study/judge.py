"""Verdicts, corrected scores, comparisons and advice of a study, from what its folder holds."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.around_best import AroundBest, around_best, at_only_epoch
from fitscope.diagnosis.compare import RowScores, difference
from fitscope.errors import Notice, UserError
from fitscope.files import locked
from fitscope.learners.base import is_reference
from fitscope.study import checksums
from fitscope.study.advise import advise
from fitscope.study.document import StudyDocument
from fitscope.study.estimate import Estimate
from fitscope.study.finished import lost_of_runs
from fitscope.study.folder import Folder, StoredStudy, read_results, write_results
from fitscope.study.means import means_of
from fitscope.study.results import Results, RunResult
from fitscope.study.rounds import read_rounds, row_scores
from fitscope.study.run_history import aside, run_history
from fitscope.study.standing import Standing
from fitscope.study.summarize import summarize
from fitscope.task import Task
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.comparisons import compare_all
from fitscope.verdicts.judge import diagnose_measured
from fitscope.verdicts.pooled import pooled
from fitscope.verdicts.verdict import Verdict

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Judged:
    """A run and what was found out about it.

    Attributes:
        verdict: by itself; None for a curve of which nothing can be said, and for what is there
            to be compared with only.
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
        runs: the finished runs; those on fewer rows are not judged.
        histories: their curves.
    """
    results, rounds = summarize(document, runs), read_rounds(document, folder)
    curves = histories.partition_by("model", "repeat", as_dict=True)
    judged: dict[str, list[Judged]] = {model.name: [] for model in results.models}
    for run in results.runs:
        mine = curves.get((run.model, run.repeat))
        judged[run.model].append(judge_run(document, folder, run, mine))
    scores = {}
    for name, own in judged.items():
        known = {
            run.repeat: one.scores for run, one in zip(results.runs_of(name), own, strict=True)
        }
        scores[name] = row_scores(name, known, document.data.folds, rounds)
    comparisons = tuple(_compare(list(scores.values()), document.task))
    alone = {name: [run.verdict for run in own] for name, own in judged.items()}
    standing = Standing.of(document, results, alone, comparisons)
    models = tuple(
        replace(
            model,
            best_corrected=_corrected(scores[model.name], alone[model.name], document.task),
            verdict=_told(_of_model(model.name, alone[model.name], standing), model.name, document),
        )
        for model in results.models
    )
    told = tuple(
        replace(run, verdict=_told(one and standing.beside(run.model, one), model.name, document))
        for model in results.models
        for run, one in zip(results.runs_of(model.name), alone[model.name], strict=True)
    )
    results = replace(results, models=models, runs=told, comparisons=comparisons)
    return replace(results, advice=tuple(advise(document, results)))


def judge_run(
    document: StudyDocument, folder: Folder, run: RunResult, curves: pl.DataFrame | None
) -> Judged:
    """The verdict on one run by itself, and its scores row by row.

    Args:
        document: study.json.
        folder: the study folder.
        run: the run.
        curves: its rows of histories.parquet.
    """
    if curves is None:
        return Judged(None, None)
    history = run_history(document, folder, run, curves)
    learner = document.entry(run.model).learner
    if is_reference(learner):
        return Judged(None, at_only_epoch(history, document.task))
    means = means_of(learner)
    try:
        verdict, found = diagnose_measured(history, means)
    except UserError:
        return Judged(None, None)
    if found is None:
        return Judged(verdict, at_only_epoch(history, document.task))
    score = history.scores[document.task.score.name]
    return Judged(verdict, around_best(history, document.task, found, score))


def judge_stored(stored: StoredStudy) -> StoredStudy:
    """A stored study with its verdicts, comparisons and advice made anew; nothing is written.

    Warns:
        Notice: files that verdicts rest on are missing or damaged; not of folders that never had
            checksums, such as copies without row losses.
    """
    return _judged_without(stored, lost_files(stored))


def lost_files(stored: StoredStudy) -> list[Path]:
    """Files that verdicts and comparisons rest on, and that are missing or damaged."""
    document, folder = stored.document, stored.folder
    files = [folder.rows(document.entry(run.model).slug, run.repeat) for run in stored.results.runs]
    if document.data.folds > 1 or checksums.is_known(folder.path, folder.folds):
        files.insert(0, folder.folds)
    return [file for file in files if checksums.is_lost(folder.path, file)]


def store_judged(stored: StoredStudy) -> StoredStudy:
    """The same, written to results.json.

    Where files are missing or damaged, the verdicts stay that were made when they were there,
    and nothing is written; nor is it while another program trains in the folder.

    Warns:
        Notice: files are missing or damaged, those that verdicts rest on, or others.
    """
    folder, lost = stored.folder, lost_files(stored)
    others = [file for file in lost_of_runs(stored) if checksums.is_known(folder.path, file)]
    if others := [file for file in others if file not in lost]:
        _say(stored, others, "the verdicts need none of it")
    if lost and stored.results.judged:
        _say(stored, lost, "the verdicts are those of before")
        return stored
    judged = _judged_without(stored, lost)
    if judged.results != stored.results and not lost:
        with suppress(UserError), locked(folder.path):
            if read_results(folder.results) == stored.results:
                write_results(folder, judged.results)
    return judged


def _judged_without(stored: StoredStudy, lost: Sequence[Path]) -> StoredStudy:
    """The study judged by the files that are there."""
    if known := [file for file in lost if checksums.is_known(stored.folder.path, file)]:
        _say(stored, known, "judged without them, by the curves alone")
    runs = (*stored.results.runs, *stored.results.subsets)
    results = judge(stored.document, stored.folder, runs, stored.histories)
    # the test part is looked at once, so an examination's answer stays as it is
    kept = {"answer": stored.results.answer, "failed": stored.results.failed}
    return replace(stored, results=replace(results, **kept))


def _say(stored: StoredStudy, lost: Sequence[Path], what: str) -> None:
    names = checksums.listed_in(stored.folder.path, lost)
    advice = "put copies back, or train them again with --resume"
    warnings.warn(f"{names}: missing or damaged; {what} ({advice})", Notice)


def _of_model(name: str, runs: Sequence[Verdict | None], standing: Standing) -> Verdict | None:
    """The verdict on a model; runs of which nothing can be said stand in its explanation."""
    verdicts = [one for one in runs if one is not None]
    if not verdicts:
        return None
    verdict = standing.beside(name, pooled(name, verdicts))
    lost = len(runs) - len(verdicts)
    if not lost:
        return verdict
    said = f"{lost} of {len(runs)} runs left nothing to judge (they ended at once). "
    return replace(verdict, explanation=said + verdict.explanation)


def _told(verdict: Verdict | None, name: str, document: StudyDocument) -> Verdict | None:
    """A verdict that says where the loss is no measure of its model."""
    said = aside(document.entry(name).learner, document.task)
    if verdict is None or not said:
        return verdict
    return replace(verdict, explanation=f"{verdict.explanation} {said}")


def _compare(models: Sequence[RowScores | None], task: Task) -> list[Comparison]:
    loss = task.loss.validation
    usable = [one for one in models if one is not None and one.metrics[loss].shape[1] > 1]
    rows = {one.metrics[loss].shape[1] for one in usable}
    return compare_all(usable, task) if len(rows) == 1 else []


def _corrected(
    scores: RowScores | None, verdicts: Sequence[Verdict | None], task: Task
) -> Mapping[str, Estimate] | None:
    """Each metric around the best epochs, with its error over rows and runs."""
    if scores is not None:
        found = {
            name: difference(values, None, scores.level_variance(name), scores.folds, scores.groups)
            for name, values in scores.metrics.items()
        }
        return {
            name: Estimate(one.value, one.error if np.isfinite(one.error) else None)
            for name, one in found.items()
        }
    best = [None if one is None else one.evidence.best_corrected for one in verdicts]
    estimate = Estimate.over(best)
    return None if estimate.mean is None else {task.loss.validation: estimate}
