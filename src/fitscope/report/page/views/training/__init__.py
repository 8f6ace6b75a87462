"""How every model is trained: the learning rate and the rule that stops a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.learners.mlp.schedules import InverseTimeDecay
from fitscope.report.page.static import static_figures
from fitscope.report.page.view import View
from fitscope.report.presentation import presentation_of
from fitscope.report.record import record
from fitscope.report.words import planned_models
from fitscope.stopping.early import EarlyStopping

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy

POINTS = 200


def content(stored: StoredStudy) -> dict[str, Any] | None:
    """The plan in words, and the drawn schedule for pages without scripts; nothing where no model
    follows it."""
    planned = planned_models(stored.document)
    if not planned:
        return None
    plan = stored.document.training_plan
    schedule = plan.schedule
    longest = _longest(stored)
    return {
        "plan": plan,
        "others": len(stored.document.models) - len(planned),
        "own_batches": any(
            knob.name == "batch_size" and knob.value != knob.off
            for entry in stored.document.models
            for knob in entry.learner.knobs()
        ),
        "patient": isinstance(plan.stopping, EarlyStopping),
        "stopping": dict(record(stored))["Stopping"],
        "schedule": schedule,
        "decays": isinstance(schedule, InverseTimeDecay),
        "longest": longest,
        "start": float(schedule.at(0)),
        "end": float(schedule.at(longest)),
        "static": static_figures(stored, "training"),
    }


def data(stored: StoredStudy) -> dict[str, Any]:
    """The schedule at evenly spaced epochs, and the length of the longest run."""
    longest = _longest(stored)
    last = max(longest, presentation_of(stored.document.kind).schedule_epochs)
    epochs = [last * number / (POINTS - 1) for number in range(POINTS)]
    schedule = stored.document.training_plan.schedule
    return {
        "epochs": epochs,
        "rates": [float(schedule.at(epoch)) for epoch in epochs],
        "longest": longest,
    }


def _longest(stored: StoredStudy) -> int:
    planned = planned_models(stored.document)
    return max((run.epochs for run in stored.results.runs if run.model in planned), default=1)


VIEW = View(__name__, title="Training", order=90, folded=True, content=content, data=data)
