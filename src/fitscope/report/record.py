"""How a study was run, as pairs of a term and what is to be said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.data.source import Source
from fitscope.names import listed
from fitscope.report.precision import precision_note
from fitscope.report.target import target_words
from fitscope.report.words import duration
from fitscope.stopping.evidence import EvidenceStopping
from fitscope.study.jobs import goes_alone

if TYPE_CHECKING:
    from fitscope.learners.mlp.plan import Plan
    from fitscope.study.document import StudyDocument
    from fitscope.study.folder import StoredStudy


def record(stored: StoredStudy) -> list[tuple[str, str]]:
    """Data, plan, seed, machine, versions and command: what somebody needs to run it again."""
    document = stored.document
    data, plan = document.data, document.training_plan
    seconds = sum(run.seconds for run in stored.results.runs)
    found = [
        ("Data", str(Source(data.kind, data.location, data.simulated))),
        (
            "Rows",
            f"{data.train_rows:,} training, {data.validation_rows:,} validation, "
            f"{len(data.feature_names):,} features",
        ),
        ("Target", target_words(data)),
        ("Fingerprint", data.fingerprint),
        ("Training", _training(plan)),
        ("Learning rate", str(plan.schedule)),
        ("Stopping", stopping_words(plan, data.task.kind == "regression")),
        ("Runs", f"{_runs(document)} a model, seed {document.seed}"),
        ("Precision", _precision(document)),
        ("Training time", f"{duration(seconds)}, summed over runs, on {_device(document)}"),
        ("Machine", ", ".join(f"{key} {value}" for key, value in document.machine.items())),
        ("Versions", ", ".join(f"{key} {value}" for key, value in document.versions.items())),
    ]
    return [*found, ("Command", document.command)] if document.command else found


def _device(document: StudyDocument) -> str:
    """Where it was trained; beside a GPU the small networks were on the processor."""
    on_cores = [one.name for one in document.models if not goes_alone(document, one)]
    if document.device == "cpu" or not on_cores:
        return document.device
    return f"gpu, {listed(on_cores)} on cpu"


def _precision(document: StudyDocument) -> str:
    note = precision_note(document)
    return document.precision if note is None else note.removeprefix("precision: ")


def _runs(document: StudyDocument) -> str:
    """How many runs a model has; models may differ in that."""
    counts = {len(document.runs_of(entry)) for entry in document.models} or {document.repeats}
    return " to ".join(str(count) for count in sorted({min(counts), max(counts)}))


def _training(plan: Plan) -> str:
    options = "".join(f", {key} {value}" for key, value in plan.optimizer_options.items())
    return f"{plan.optimizer}{options}, batches of {plan.batch_size:,}"


def stopping_words(plan: Plan, regression: bool) -> str:
    """What ends a run.

    Args:
        plan: how it is trained.
        regression: whether numbers are learnt.

    Example:
        >>> from fitscope.learners.mlp.plan import Plan
        >>> stopping_words(Plan(max_epochs=40, stopping=None), regression=False)
        'after 40 epochs'
    """
    if plan.stopping is None:
        return f"after {plan.max_epochs:,} epochs"
    if isinstance(plan.stopping, EvidenceStopping):
        rule = plan.stopping
        of = " of what a constant prediction reaches" if regression else ""
        return (
            f"overfitting established at {100 * rule.confidence:g} %, or less than "
            f"{rule.worth:g}{of} to be gained in {rule.patience:,} epochs ({rule.monitor}), "
            f"or as many without a better one, {plan.max_epochs:,} epochs at most"
        )
    return (
        f"{plan.stopping.patience:,} epochs without a better {plan.stopping.monitor}, "
        f"{plan.max_epochs:,} epochs at most"
    )
