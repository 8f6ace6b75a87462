"""What a study is going to train, and what a model is made of, as a notebook shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fitscope.report.look import colours
from fitscope.report.templates import render
from fitscope.stopping.early import AUTO

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.base import Knob, Learner
    from fitscope.learners.mlp.plan import Plan
    from fitscope.learners.mlp.summary import Summary
    from fitscope.task import Task


def models_html(
    models: Mapping[str, tuple[Learner, Sequence[str]]], split: Split, plan: Plan
) -> str:
    """One line a model, and what they are trained on and how.

    Args:
        models: name to model and groups, in order.
        split: the rows.
        plan: how every model is trained.

    Returns:
        HTML.
    """
    palette = colours(models)
    lines = [
        {
            "name": name,
            "colour": palette[name],
            "shape": shape(learner) or "none",
            "remedies": remedies(learner) or "none",
            "size": learner.size(split.features, split.task),
            "groups": ", ".join(groups),
        }
        for name, (learner, groups) in models.items()
    ]
    simulated = ", simulated" if split.source.simulated else ""
    rows = (
        f"{len(split.y_train):,} training and {len(split.y_validation):,} validation rows of "
        f"{split.features} features{simulated}"
    )
    said = [f"Study on {rows}", how(plan, split.task)]
    if not models:
        said.append("no models yet: study.add(name, model)")
    return render("fitscope.report.notebook/models.html.j2", lines=lines, said=said)


def layers_html(summary: Summary) -> str:
    """A line a layer, then the counts of parameters."""
    return render("fitscope.report.notebook/layers.html.j2", summary=summary)


def shape(learner: Learner) -> str:
    """What sets a learner's size, in words.

    Example:
        >>> from fitscope.learners.mlp.network import MLP
        >>> shape(MLP(64, 32))
        'units 64 · 32'
    """
    return ", ".join(_set(knob) for knob in learner.knobs() if not knob.remedy and _limits(knob))


def remedies(learner: Learner) -> str:
    """What is done against overfitting in a learner, in words.

    Example:
        >>> from fitscope.learners.mlp.network import MLP
        >>> remedies(MLP(64, l2=1e-4, dropout=0.5))
        'L2 0.0001, dropout 0.5'
    """
    chosen = [knob for knob in learner.knobs() if knob.remedy and knob.value != knob.off]
    return ", ".join(_set(knob) for knob in chosen)


def _set(knob: Knob) -> str:
    if knob.value is True:
        return knob.words
    if isinstance(knob.value, tuple):
        return f"{knob.words} {' · '.join(map(str, knob.value)) or 'none'}"
    return f"{knob.words} {knob.value:g}"


def _limits(knob: Knob) -> bool:
    return knob.value != float("inf")


def how(plan: Plan, task: Task) -> str:
    """The plan in one line."""
    rule = plan.patience
    if rule is None:
        stop = "no early stopping"
    else:
        kind = "early stopping" if rule is plan.stopping else "stopping by verdict"
        monitor = task.loss.validation if rule.monitor == AUTO else rule.monitor
        stop = f"{kind} on {monitor}, patience {rule.patience:,}"
    return (
        f"{plan.optimizer}, learning rate {plan.schedule.at(0):g} at first, batches of "
        f"{plan.batch_size:,}, at most {plan.max_epochs:,} epochs, {stop}"
    )
