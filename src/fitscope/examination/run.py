"""An examination from its options to its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError
from fitscope.examination.options import Options

if TYPE_CHECKING:
    from fitscope.data.prepared import Prepared
    from fitscope.examination.again import Again
    from fitscope.learners.base import Learner
    from fitscope.study.folder import Folder, StoredStudy
    from fitscope.study.training import Watch
    from fitscope.verdicts.check import Check

CONSTANT = "constant"
"""The lowest rung: what any model must beat."""


@dataclass(frozen=True)
class Listener:
    """Who is told what happens meanwhile.

    Attributes:
        read: told of the table before anything is trained.
        checked: told of what was found in it.
        stage: told in a few words what is done now.
        watch: see `fitscope.study.training.training`.
    """

    read: Callable[[Prepared], None] = lambda _: None
    checked: Callable[[Sequence[Check]], None] = lambda _: None
    stage: Callable[[str], None] = lambda _: None
    watch: Watch | None = None


def run_examination(
    options: Options,
    folder: Path,
    *,
    given: Any = None,
    learner: Any = None,
    knobs: Mapping[str, str] | None = None,
    again: Again | None = None,
    resume: bool = False,
    command: str | None = None,
    listener: Listener | None = None,
    drawn: bool = True,
) -> StoredStudy:
    """Examine a table and leave everything in `folder`.

    Args:
        options: what was chosen.
        folder: the study folder.
        given: the table, where `options.table` names none.
        learner: a learner of the caller's that is examined, see `fitscope.learners.as_learner`.
        knobs: which of its settings move its capacity; see `fitscope.learners.estimator`.
        again: an examination that is run again, instead of being searched anew.
        resume: go on with the examination in `folder`, with its options; one that has its answer
            goes on where `options.budget` is longer than what it was granted so far, and has
            runs trained again of which files are damaged or missing.
        command: the command line, to be stored.
        listener: who is told what happens.
        drawn: whether figures and page are made, too.

    Returns:
        The complete study, with its answer.

    Raises:
        UserError: anything a user can mend.
        KeyboardInterrupt: Ctrl-C; `resume` goes on.
    """
    from fitscope.examination.again import Again
    from fitscope.examination.answer import answer, metric_of
    from fitscope.examination.checks.table import check_table
    from fitscope.examination.course import begin
    from fitscope.examination.families import rungs_around
    from fitscope.examination.ladder import rungs
    from fitscope.examination.plan import plan_for
    from fitscope.examination.record import KIND, Record, record_of
    from fitscope.examination.rows import as_it_takes_them, large_file, prepare_table
    from fitscope.examination.stages.search import search
    from fitscope.examination.stages.sweep import sweep
    from fitscope.examination.widths import widths
    from fitscope.files import locked
    from fitscope.learners.constant import Constant
    from fitscope.process import one_thread
    from fitscope.serving.encodings import store_encodings
    from fitscope.study.definition import Definition
    from fitscope.study.device import choose_device
    from fitscope.study.executors import check_executor
    from fitscope.study.finished import lost_of_runs
    from fitscope.study.folder import Folder, read_document, read_study, write_results
    from fitscope.study.training import training, unwatched
    from fitscope.study.training_folder import check_folder, remove_leftovers

    began = time.monotonic()
    told = listener or Listener()
    check_folder(folder, resume)
    choose_device(options.device)
    check_executor(options.executor)
    if Folder(folder).study.exists():
        document = read_document(folder)
        record = record_of(document)
        again = Again(document, record) if record.again else None
        more = options.budget > record.seconds
        if more and record.again:
            raise UserError(f"{folder}: was run again without a clock; examine its table itself")
        if answered(folder) and not more and not _failed(folder):
            stored = read_study(folder)
            if not any(lost_of_runs(stored)):
                if drawn and _undrawn(stored.folder):
                    with locked(folder):
                        remove_leftovers(folder)
                        _report(stored)
                return stored
            again = Again(document, record)  # its runs, no others: the answer stays what it is
        if more:
            record = record.with_more(options.budget)
            told.stage("more time for what was left out")
        # jobs and executor are no part of what it is
        now = {"jobs": options.jobs, "executor": options.executor}
        options = record.options.model_copy(update=now)
        if not again:
            record = record.model_copy(update={"left_out": ()})  # as the stages find it this time
        plan = document.training_plan
    else:
        record = again.record if again else Record(options=options)
        plan = again.document.training_plan if again else None
    if learner is not None and options.sweep:
        raise UserError("sweep: trains networks of rising width alone; leave out learner")
    if file := large_file(options, given):
        told.stage(f"going through {file.name}, from which rows are drawn")
    prepared = prepare_table(options, given)
    metric = metric_of(prepared, options.metric)  # before anything is trained
    told.read(prepared)
    with one_thread():  # workers have the cores later
        checks = check_table(prepared, options.ignore)
    told.checked(checks)
    if learner is not None:
        own = _own(learner, knobs, prepared)
        record = record.with_own(own)
    if (own := record.own_learner) is not None:
        prepared = as_it_takes_them(prepared, own, given, options.drop)
    split = prepared.splits[0]
    shape = len(split.y_train), split.features, prepared.task
    definition = Definition(
        prepared.splits,
        plan
        or replace(plan_for(shape[0], options.quick, options.sweep), precision=options.precision),
        seed=options.seed,
        kind=KIND,
        quick=options.quick,
        command=command,
        places=tuple(parts.validation for parts in prepared.parts),
        groups=prepared.groups,
        application=record.stored(),
    )
    opened = training(
        definition,
        folder,
        device=options.device,
        resume=resume,
        jobs=options.jobs,
        executor=options.executor,
        watch=told.watch or unwatched,
    )
    known = None
    with one_thread(), opened as study:
        if record.granted != record_of(study.document).granted:
            _forget_answer(study.folder)
            study.note(record.stored())
        if again:
            again.check(study.document)
            told.stage(f"{len(again.planned())} models, as they were trained before")
            study.train(again.planned())
        else:
            course = begin(study, prepared, record, metric, began, told.stage)
            if options.sweep:
                sweep(course, {CONSTANT: Constant(), **widths(*shape, options.quick)})
            else:
                usual = rungs_around(own) if own else rungs(*shape, options.learners, options.quick)
                search(course, {CONSTANT: Constant(), **usual})
            record, known = course.record, course.outputs
        told.stage("the answer")
        stored = study.complete()
        found = answer(stored, prepared, record, checks, known)
        stored = replace(stored, results=replace(stored.results, answer=found))
        store_encodings(prepared.taken, stored.folder, stored.document)
        write_results(stored.folder, stored.results)
        if drawn:
            _report(stored)
    return stored


def _own(given: Any, knobs: Mapping[str, str] | None, prepared: Prepared) -> Learner:
    """The caller's learner, with the knobs that are named."""
    from fitscope.learners import as_learner
    from fitscope.learners.estimator.estimator import Estimator

    features = len(prepared.encodings[0].names)
    taken = Estimator(given, knobs) if knobs else given
    return as_learner(taken, prepared.task, features, prepared.weights is not None)


def answered(folder: Path) -> bool:
    """Whether a folder holds an examination that has its answer."""
    from fitscope.study.folder import Folder, read_results

    file = Folder(folder).results
    return file.exists() and read_results(file).answer is not None


def _failed(folder: Path) -> bool:
    """Whether runs of a folder's examination have failed, which are to be tried again."""
    from fitscope.study.folder import Folder, read_results

    return bool(read_results(Folder(folder).results).failed)


def _forget_answer(folder: Folder) -> None:
    """Without its answer an examination that was granted more time is one that goes on."""
    from fitscope.study.folder import read_results, write_results

    write_results(folder, replace(read_results(folder.results), answer=None))


def _undrawn(folder: Folder) -> bool:
    """Whether a program was ended while it drew the page of an answer."""
    page, results = folder.page, folder.results
    stale = not page.exists() or page.stat().st_mtime_ns < results.stat().st_mtime_ns
    return stale or any(folder.path.rglob(".*.part"))


def _report(stored: StoredStudy) -> None:
    from fitscope.report.rebuild import write_report  # imports Matplotlib: training came first

    write_report(stored)
