"""The models of an examination as the answer lists them: loss, gap, verdict, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fitscope.examination.measured import Measured
from fitscope.examination.served import Cooled
from fitscope.learners.base import has_steps, keeps_best
from fitscope.study.answer import Rung
from fitscope.study.results import Estimate
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.versions import Version, richness

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument
    from fitscope.study.results import ModelResult, Results

RECALIBRATED = "itself at another temperature"


def rungs(
    document: StudyDocument,
    results: Results,
    names: Sequence[str],
    versions: Mapping[str, Sequence[Version]],
) -> tuple[Rung, ...]:
    """A rung for each model, as far as it was judged.

    Args:
        document: study.json.
        results: judged.
        names: the models, in the order of the answer.
        versions: name to plainer, regularized and recalibrated versions of the model.
    """
    known = {model.name: model for model in results.models}
    return tuple(
        _rung(document, results, known[name], versions.get(name, ()))
        for name in names
        if name in known
    )


def recalibrated(one: Measured, cooled: Cooled | None) -> list[Version]:
    """The model at a better temperature, as another version of it; none where there is none.

    Args:
        one: the model.
        cooled: what a temperature does to it.
    """
    del one
    return [] if cooled is None else [Version(RECALIBRATED, cooled.difference)]


def _rung(
    document: StudyDocument, results: Results, model: ModelResult, versions: Sequence[Version]
) -> Rung:
    task = document.task
    fit = f"fit_{task.loss.name}"
    runs = results.runs_of(model.name)
    train = Estimate.over([run.best.get(fit) for run in runs]).mean
    corrected = (model.best_corrected or {}).get(task.loss.validation, Estimate(None))
    single = not has_steps(document.entry(model.name).learner)
    verdict = None if single else model.verdict
    cost = None if single else _cost(document, model, versions)
    return Rung(
        model=model.name,
        train=train,
        validation=corrected.mean,
        error=corrected.error,
        label=None if verdict is None else verdict.label,
        confidence=None if verdict is None else verdict.confidence,
        cost=None if cost is None else cost.value,
        cost_error=None if cost is None else cost.error,
        cost_chance=None if cost is None else cost.chance,
    )


def _cost(document: StudyDocument, model: ModelResult, versions: Sequence[Version]) -> Cost | None:
    """The verdict's cost, its richness measured against recalibrated versions, too."""
    verdict = model.verdict
    if verdict is None or verdict.label == "unstable":
        return None
    paid = None if verdict.cost is None else verdict.cost.training_on
    learner = document.entry(model.name).learner
    if paid is not None and keeps_best(learner, document.training_plan):
        paid = Price(0.0, 0.0, 0.0, paid.against)
    found = richness(versions)
    cost = Cost(paid, found)
    return replace(cost) if cost.parts else None
