"""Fitted estimators in an ONNX graph: boosting libraries' trees, and what skl2onnx converts."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError
from fitscope.learners.estimator.described import BOOSTING, library_of
from fitscope.learners.estimator.prepared import parted
from fitscope.learners.estimator.staged import staged
from fitscope.serving.onnx.boosted import hgb_trees, trees_of
from fitscope.serving.onnx.columns import Columns
from fitscope.serving.onnx.convert import predicted, prepared
from fitscope.serving.onnx.trees import add_trees

if TYPE_CHECKING:
    from fitscope.learners.estimator.fitted import Fitted
    from fitscope.serving.onnx.graph import Graph
    from fitscope.serving.served import Member
    from fitscope.task import Task

LOGS = {"count:poisson", "reg:gamma", "reg:tweedie", "poisson", "gamma", "tweedie"}
"""Losses of numbers whose trees add up to a logarithm."""


def add_estimator(graph: Graph, member: Member, given: str | Columns, task: Task) -> str:
    """Outputs of a fitted estimator, float64 [rows, outputs]; see `fitscope.task.Task`.

    Args:
        graph: grows by it.
        member: the run.
        given: name of the features, or a table's columns as they are.
        task: what was learnt.

    Raises:
        UserError: one that cannot be written as ONNX.
    """
    state: Fitted = member.state
    name = type(parted(state.estimator)[1]).__name__
    try:
        return _added(graph, state, given, task)
    except UserError as error:
        raise UserError(
            f"{name} cannot be written as ONNX: {error}; name another model by --model, or use "
            "fitscope predict, which serves every model"
        ) from None


def _added(graph: Graph, state: Fitted, given: str | Columns, task: Task) -> str:
    before, final = parted(state.estimator)
    library, histograms = library_of(final), hasattr(final, "_predictors")
    if before is not None:
        features = prepared(graph, before, given)
    else:
        features = given if isinstance(given, str) else given.joined(graph)
    if library not in BOOSTING and not histograms:
        found, are_shares = predicted(graph, _shortened(final, state.rounds), features, task)
        return _as_outputs(graph, found, final, state.certain, task) if are_shares else found
    if not state.rounds:
        raise UserError("its trees are not summed up one by one")
    if library in ("xgboost", "catboost"):
        features = graph.cast(features, "float")  # as they see them
    if histograms:
        trees = hgb_trees(final, state.rounds, task.outputs)
    else:
        trees = trees_of(final, library, state.rounds, task.outputs)
    sums = add_trees(graph, trees, features)
    return graph.add("Exp", sums) if _adds_logs(final, task) else sums


def _adds_logs(final: Any, task: Task) -> bool:
    settings = final.get_params()
    names = (settings.get(name) for name in ("objective", "loss_function", "loss"))
    loss = str(next(filter(None, names), "")).lower()
    return task.kind == "regression" and (loss in LOGS or loss.partition(":")[0] in LOGS)


def _shortened(final: Any, rounds: int) -> Any:
    """The estimator with the rounds that count alone."""
    watched = staged(final) if rounds else None
    if watched is None:
        return final
    short = copy(final)
    for name in ("estimators_", "estimator_weights_", "estimator_errors_"):
        if hasattr(final, name):
            setattr(short, name, getattr(final, name)[:rounds])
    if hasattr(final, "n_estimators_"):
        short.n_estimators_ = rounds
    return short


def _as_outputs(graph: Graph, shares: str, final: Any, certain: float, task: Task) -> str:
    """Log-odds or logits of probabilities, as `fitscope.learners.estimator.outputs` has them."""
    count = max(len(task.labels), 2)
    classes = np.asarray(getattr(final, "classes_", np.arange(count))).astype(int)
    if not np.array_equal(classes, np.arange(count)):
        places = np.eye(count)[classes]
        shares = graph.add("MatMul", shares, graph.constant(places, np.float64))
    none = graph.add("LessOrEqual", shares, graph.constant(0.0, np.float64))
    logs = graph.add("Log", graph.add("Where", none, graph.constant(certain, np.float64), shares))
    if task.kind != "binary":
        return logs
    return graph.add("MatMul", logs, graph.constant([[-1.0], [1.0]], np.float64))
