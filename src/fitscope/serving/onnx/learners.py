"""What a run has learnt as nodes of an ONNX graph: features in, outputs [rows, outputs] out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError
from fitscope.serving.onnx.boosted import hgb_trees
from fitscope.serving.onnx.columns import Columns
from fitscope.serving.onnx.estimators import add_estimator
from fitscope.serving.onnx.graph import Graph
from fitscope.serving.onnx.trees import add_trees

if TYPE_CHECKING:
    from fitscope.learners.hgb import Boosted
    from fitscope.learners.mlp.network import MLP
    from fitscope.serving.served import Member
    from fitscope.task import Task

PLAIN = {
    "elu": "Elu",
    "relu": "Relu",
    "selu": "Selu",
    "softplus": "Softplus",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
}
"""Activations that ONNX has under one name, with the same constants."""


def add_member(graph: Graph, member: Member, given: str | Columns, task: Task) -> str:
    """Outputs of a run, float64 [rows, outputs]; see `fitscope.task.Task`.

    Args:
        graph: grows by it.
        member: the run.
        given: name of the features, or a table's columns as they are.
        task: what was learnt.

    Raises:
        UserError: a learner that cannot be written as ONNX.
    """
    kind = member.learner.kind
    if kind not in KINDS:
        raise UserError(
            f"{member.learner.sort} cannot be written as ONNX: it is a network of your own, which "
            "its own library exports; name another model by --model, or use fitscope predict"
        )
    return KINDS[kind](graph, member, given, task)


def _network(graph: Graph, member: Member, features: str, task: Task) -> str:
    from fitscope.learners.mlp.numpy_forward import folded

    del task
    learner: MLP = member.learner
    params, state = member.state
    values = features
    for number in range(len(learner.hidden) + 1):
        kernel, bias = folded(learner, params, state, number)
        weights = graph.constant(kernel, np.float32), graph.constant(bias, np.float32)
        values = graph.add("Gemm", values, *weights)
        if number < len(learner.hidden):
            values = _activated(graph, learner.activation, values)
    return graph.cast(values, "double")


def _activated(graph: Graph, name: str, x: str) -> str:
    if name in PLAIN:
        return graph.add(PLAIN[name], x)
    if name == "leaky_relu":
        return graph.add("LeakyRelu", x, alpha=0.2)
    if name == "silu":
        return graph.add("Mul", x, graph.add("Sigmoid", x))
    if name == "gelu":
        turned = graph.add("Mul", x, graph.constant(0.5**0.5, np.float32))
        share = graph.add("Add", graph.add("Erf", turned), graph.constant(1.0, np.float32))
        half = graph.add("Mul", x, graph.constant(0.5, np.float32))
        return graph.add("Mul", half, share)
    return x  # linear


def _constant(graph: Graph, member: Member, given: str | Columns, task: Task) -> str:
    del task
    features = given if isinstance(given, str) else given.names[0]
    outputs = graph.constant(np.asarray(member.state)[None], np.float64)
    rows = graph.add("Slice", graph.add("Shape", features), *_first_axis(graph))
    width = graph.constant([np.shape(member.state)[0]], np.int64)
    return graph.add("Expand", outputs, graph.add("Concat", rows, width, axis=0))


def _first_axis(graph: Graph) -> tuple[str, str]:
    return graph.constant([0], np.int64), graph.constant([1], np.int64)


def _trees(graph: Graph, member: Member, features: str, task: Task) -> str:
    state: Boosted = member.state
    return add_trees(graph, hgb_trees(state.estimator, state.rounds, task.outputs), features)


KINDS: Mapping[str, Callable[[Graph, Any, Any, Any], str]] = {
    "mlp": _network,
    "hgb": _trees,
    "constant": _constant,
    "estimator": add_estimator,
}
