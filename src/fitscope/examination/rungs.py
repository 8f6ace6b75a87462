"""The models of an examination as the answer lists them: loss, gap, verdict, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fitscope.learners.base import has_steps, is_reference, keeps_best
from fitscope.study.answer import Rung
from fitscope.study.estimate import Estimate
from fitscope.verdicts.versions import Version, priced

if TYPE_CHECKING:
    from fitscope.study.document import StudyDocument
    from fitscope.study.results import ModelResult, Results
    from fitscope.verdicts.cost import Cost


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


def _rung(
    document: StudyDocument, results: Results, model: ModelResult, versions: Sequence[Version]
) -> Rung:
    task = document.task
    fit = f"fit_{task.loss.name}"
    runs = results.runs_of(model.name)
    train = Estimate.over([run.best.get(fit) for run in runs]).mean
    corrected = (model.best_corrected or {}).get(task.loss.validation, Estimate(None))
    learner = document.entry(model.name).learner
    reference = is_reference(learner)
    verdict = None if reference else model.verdict
    if verdict is not None and verdict.label == "too few" and not has_steps(learner):
        verdict = None  # it has no curve, and too few versions of it were measured to say more
    cost = None if reference else _cost(document, model, versions)
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
    if model.verdict is None:
        return None
    kept = keeps_best(document.entry(model.name).learner, document.training_plan)
    return priced(model.verdict, kept, versions).cost
