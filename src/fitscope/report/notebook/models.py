"""What a study is going to train, as a notebook shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fitscope.report.look import colours
from fitscope.report.notebook.table import dotted, html_table, quiet

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.mlp.description import MLP
    from fitscope.learners.mlp.plan import Plan

REMEDIES = {
    "l1": "L1 {:g}",
    "l2": "L2 {:g}",
    "weight_decay": "weight decay {:g}",
    "dropout": "dropout {:g}",
    "batch_norm": "batch normalization",
}


def models_html(models: Mapping[str, tuple[MLP, Sequence[str]]], split: Split, plan: Plan) -> str:
    """One line a model, and what they are trained on and how.

    Args:
        models: name to model and groups, in order.
        split: the rows.
        plan: how every model is trained.

    Returns:
        HTML.
    """
    simulated = ", simulated" if split.source.simulated else ""
    rows = (
        f"{len(split.y_train):,} training and {len(split.y_validation):,} validation rows of "
        f"{split.features} features{simulated}"
    )
    said = quiet(f"Study on {rows}") + quiet(how(plan))
    if not models:
        return said + quiet("no models yet: study.add(name, model)")
    palette = colours(models)
    lines = [
        (
            dotted(name, palette[name]),
            " · ".join(map(str, model.hidden)) or "none",
            remedies(model) or "none",
            f"{model.parameters(split.features):,}",
            ", ".join(groups),
        )
        for name, (model, groups) in models.items()
    ]
    headings = ("Model", "Hidden units", "Remedies", "Parameters", "Groups")
    return html_table(headings, lines, words=(0, 1, 2, 4)) + said


def remedies(model: MLP) -> str:
    """What is done against overfitting in a model, in words.

    Example:
        >>> from fitscope.learners.mlp.description import MLP
        >>> remedies(MLP(64, l2=1e-4, dropout=0.5))
        'L2 0.0001, dropout 0.5'
    """
    chosen = {name: getattr(model, name) for name in REMEDIES}
    return ", ".join(REMEDIES[name].format(value) for name, value in chosen.items() if value)


def how(plan: Plan) -> str:
    """The plan in one line."""
    rule = plan.patience
    if rule is None:
        stop = "no early stopping"
    else:
        kind = "early stopping" if rule is plan.stopping else "stopping by verdict"
        stop = f"{kind} on {rule.monitor}, patience {rule.patience:,}"
    return (
        f"{plan.optimizer}, learning rate {plan.schedule.at(0):g} at first, batches of "
        f"{plan.batch_size:,}, at most {plan.max_epochs:,} epochs, {stop}"
    )
