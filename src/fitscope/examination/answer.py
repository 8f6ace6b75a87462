"""The answer of an examination, from what its folder holds: nothing here trains or searches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fitscope.diagnosis.mean_interval import mean_interval
from fitscope.examination.lines import lost_words
from fitscope.examination.measured import Measured, averaging, measure, members
from fitscope.examination.more_data import more_data
from fitscope.examination.outputs import Outputs, of_members
from fitscope.examination.pairs import pair
from fitscope.examination.recommend import families_of, plainness, why, why_averaged
from fitscope.examination.record import Record
from fitscope.examination.refit import refitted
from fitscope.examination.remedied import Tried, bought
from fitscope.examination.rungs import rungs
from fitscope.examination.select import Selected, select
from fitscope.examination.served import (
    Cooled,
    cooled,
    losses,
    of_averaging,
    stopped_early,
)
from fitscope.examination.stopping import where_to_stop
from fitscope.examination.swept import swept
from fitscope.examination.words import EARLY, Findings, paragraph
from fitscope.learners.base import is_reference, keeps_best
from fitscope.learners.knobs import is_plainer
from fitscope.serving.ensemble import predicted
from fitscope.study.answer import Answer, Interval, Part, Recommended, Rows
from fitscope.study.failed import failures
from fitscope.study.rounds import whole_rounds
from fitscope.verdicts.versions import Version

if TYPE_CHECKING:
    from fitscope.data.prepared import Prepared
    from fitscope.learners.base import Learner
    from fitscope.study.answer import Rung
    from fitscope.study.folder import StoredStudy
    from fitscope.study.results import Results
    from fitscope.task import Metric, Task
    from fitscope.verdicts.check import Check
    from fitscope.verdicts.verdict import Verdict

TEMPERATURE, AVERAGE = "temperature scaling", "averaging its runs"


def answer(
    stored: StoredStudy,
    prepared: Prepared,
    record: Record,
    checks: Sequence[Check],
    known: Outputs | None = None,
) -> Answer:
    """What an examination says. The test part is looked at here, and here alone.

    Args:
        stored: the study, complete and judged.
        prepared: its table.
        record: what was asked and tried.
        checks: what was found in the table.
        known: predictions that were made before, so that they need not be made again.
    """
    document, results = stored.document, stored.results
    task, seed = document.task, document.seed
    metric = metric_of(prepared, record.options.metric)
    made = {} if known is None else known.made
    outputs = Outputs(stored.folder, document, prepared.splits, made, prepared.groups)
    learners = {entry.name: entry.learner for entry in document.models}
    ladder = [name for name in record.ladder if name in learners]
    names = plainness(ladder, record.tried, learners)
    names += [name for name in learners if name not in names]
    found = {name: measure(outputs, results, name, metric) for name in names}
    measured = {name: one for name, one in found.items() if one is not None}
    cool = {name: cooled(one, outputs, seed) for name, one in measured.items()}

    versions = {name: _versions(name, measured, learners, cool.get(name)) for name in measured}
    folds = document.data.folds
    judged = [
        name for name in names if whole_rounds([run.repeat for run in results.runs_of(name)], folds)
    ]
    listed = rungs(document, results, judged, versions)
    verdicts = {model.name: one for model in results.models if (one := model.verdict) is not None}
    remedies = bought(_tried(task, measured, cool, verdicts, record, metric))

    units = {name: measured[name].units for name in names if name in measured}
    average = averaging(measured, outputs, metric)
    selected = select(units, families_of(learners), lambda names: average(names).units, seed)
    recommended = None
    if selected is not None and not is_reference(learners[selected.taken[0]]):
        first, *others = selected.taken
        cooler = cooled(average(selected.taken), outputs, seed) if others else cool.get(first)
        parts = [
            refitted(_part(measured[name], folds), document, results) for name in selected.taken
        ]
        lost = "loss" if metric.name == task.loss.name else lost_words(task, metric.name)
        recommended = _recommended(selected, parts, cooler, learners, measured, lost)
    test = {}
    if recommended is not None and len(prepared.y_test) > 1:
        test = _tested(outputs, prepared, results, recommended)
    needed = {name: one.evidence.needed for name, one in verdicts.items()}
    curve = more_data(
        document, (*results.runs, *results.subsets), stored.folder, metric, outputs.group_of, seed
    )
    sweep = None
    if record.options.sweep:
        sweep = swept(outputs, results, stored.histories, ladder)
    by_name = {rung.model: rung for rung in listed}
    words = paragraph(
        Findings(
            task=task,
            ladder=[by_name[name] for name in ladder if name in by_name],
            needed=needed,
            recommended=recommended,
            test=test,
            metric=metric.name,
            remedies=remedies,
            more_data=curve,
            checks=checks,
            looks=record.looks,
            stopped=[name for name in ladder if keeps_best(learners[name], document.training_plan)],
            own=record.own_model,
            stopping=where_to_stop(verdicts.get(record.own_model or ""), task.loss.words),
            sweep="" if sweep is None else sweep.words,
        )
    )
    parts = prepared.parts[0]
    return Answer(
        words=words,
        metric=metric.name,
        rows=Rows(
            len(parts.train), len(parts.validation), len(prepared.y_test), len(prepared.parts)
        ),
        rungs=_ordered(listed, ladder),
        recommended=recommended,
        validation=None if selected is None else _told(selected.score, metric),
        test=test,
        remedies=tuple(remedies),
        more_data=curve,
        checks=tuple(checks),
        columns=prepared.columns,
        left_out=(*record.left_out, *failures(results.failed)),
        looks=record.looks,
        sweep=sweep,
    )


def metric_of(prepared: Prepared, name: str) -> Metric:
    """The metric that decides.

    Args:
        prepared: the table.
        name: of the task's loss or score; "loss" is its loss.

    Raises:
        UserError: the task has no such metric.
    """
    task = prepared.task
    return task.loss if name == "loss" else task.metric(name)


def _told(score: Interval, metric: Metric) -> Interval:
    """A score by the metric itself, of an accuracy no longer by its misses.

    Example:
        >>> from fitscope.task import ACCURACY
        >>> _told(Interval(0.25, 0.125, 0.5), ACCURACY)
        Interval(value=0.75, low=0.5, high=0.875)
    """
    if not metric.higher_is_better:
        return score
    ends = (None if one is None else 1.0 - one for one in (score.value, score.high, score.low))
    return Interval(*ends)


def _ordered(listed: Sequence[Rung], ladder: Sequence[str]) -> tuple[Rung, ...]:
    """The ladder, then what was tried."""
    return (
        *(rung for rung in listed if rung.model in ladder),
        *(rung for rung in listed if rung.model not in ladder),
    )


def _versions(
    name: str,
    measured: Mapping[str, Measured],
    learners: Mapping[str, Learner],
    cool: Cooled | None,
) -> list[Version]:
    """Plainer, regularized and recalibrated versions of a model, with what it loses to them."""
    found = [
        Version(other, pair(measured[name], measured[other]))
        for other in measured
        if other != name and is_plainer(learners[other], learners[name])
    ]
    if cool is not None:
        found.append(Version("itself at another temperature", cool.difference))
    return found


def _tried(
    task: Task,
    measured: Mapping[str, Measured],
    cool: Mapping[str, Cooled | None],
    verdicts: Mapping[str, Verdict],
    record: Record,
    metric: Metric,
) -> list[Tried]:
    """Every remedy with the difference that it made: those without training come first."""
    loss = task.loss
    tried = []
    for name in record.mended:
        one = measured.get(name)
        if one is None:
            continue
        cooler = cool.get(name)
        if cooler is not None and metric.name == loss.name:
            remedy = f"{TEMPERATURE}, {cooler.temperature:.2f}"
            tried.append(Tried(name, remedy, TEMPERATURE, None, cooler.difference))
        stopped = stopped_early(verdicts.get(name))
        if stopped is not None and metric.name == loss.name:
            tried.append(Tried(name, EARLY, EARLY, None, stopped))
        averaging = of_averaging(one)
        if averaging is not None:
            remedy = f"{AVERAGE}, {one.rounds}"
            tried.append(Tried(name, remedy, AVERAGE, None, averaging))
        for change in record.tried:
            if change.over == name and change.model in measured:
                made = pair(one, measured[change.model])
                tried.append(Tried(name, change.remedy, change.kind, change.model, made))
    return tried


def _part(one: Measured, folds: int) -> Part:
    """A model by all its rounds that differ."""
    return Part(one.name, folds * (one.rounds if one.vary else 1))


def _recommended(
    selected: Selected,
    parts: Sequence[Part],
    cooler: Cooled | None,
    learners: Mapping[str, Learner],
    measured: Collection[str],
    lost: str,
) -> Recommended:
    helps = cooler is not None and cooler.difference.value > 0 and cooler.difference.sure
    first, *beside = parts
    if selected.gained is not None:
        reason = why_averaged(first.model, selected.gained)
    else:
        others = set(measured) - {first.model}
        alone = all(is_reference(learners[name]) for name in others)
        reason = why(first.model, selected.best, selected.alike, only=alone, lost=lost)
    return Recommended(
        first.model,
        reason,
        first.members,
        round(cooler.temperature, 4) if helps and cooler is not None else 1.0,
        first.refit,
        tuple(beside),
        first.validated,
    )


def _tested(
    outputs: Outputs, prepared: Prepared, results: Results, taken: Recommended
) -> dict[str, Interval]:
    """Each metric of the recommended model on the test part."""
    document, task, folds = outputs.document, outputs.document.task, len(prepared.parts)
    found = [
        np.concatenate(
            [
                of_members(outputs.folder, document, name, numbers, prepared.encode_test)
                for name, numbers in members(results, part, folds).items()
            ]
        )
        for part in taken.parts
    ]
    served = predicted(found, taken.temperature, task)
    rows_of = losses(served, prepared.y_test, task, prepared.test_weights)
    return {
        name: Interval(float(np.mean(rows)), *mean_interval(rows, groups=prepared.test_groups))
        for name, rows in rows_of.items()
    }
