"""What a run has learnt as nodes of an ONNX graph: features in, outputs [rows, outputs] out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Float32

from fitscope.errors import UserError
from fitscope.serving.onnx.graph import ML, Graph

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


def add_member(graph: Graph, member: Member, features: str, task: Task) -> str:
    """Outputs of a run, float64 [rows, outputs]; see `fitscope.task.Task`.

    Args:
        graph: grows by it.
        member: the run.
        features: name of the features.
        task: what was learnt.

    Raises:
        UserError: a learner that cannot be written as ONNX.
    """
    kind = member.learner.kind
    if kind not in KINDS:
        raise UserError(
            f"{member.learner.sort} cannot be written as ONNX; {', '.join(KINDS)} can: name such a "
            "model by --model, or use fitscope predict, which serves every model"
        )
    return KINDS[kind](graph, member, features, task)


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


def _constant(graph: Graph, member: Member, features: str, task: Task) -> str:
    del task
    outputs = graph.constant(np.asarray(member.state)[None], np.float64)
    rows = graph.add("Slice", graph.add("Shape", features), *_first_axis(graph))
    width = graph.constant([np.shape(member.state)[0]], np.int64)
    return graph.add("Expand", outputs, graph.add("Concat", rows, width, axis=0))


def _first_axis(graph: Graph) -> tuple[str, str]:
    return graph.constant([0], np.int64), graph.constant([1], np.int64)


def _trees(graph: Graph, member: Member, features: str, task: Task) -> str:
    """Sums of leaves, as scikit-learn's private `_predictors` hold them."""
    state: Boosted = member.state
    width = task.outputs
    rounds = state.estimator._predictors[: state.rounds]
    trees = [(target, one.nodes) for trees in rounds for target, one in enumerate(trees)]
    sums = graph.add(
        "TreeEnsembleRegressor",
        features,
        domain=ML,
        n_targets=width,
        aggregate_function="SUM",
        post_transform="NONE",
        **_ensemble(trees),
    )
    start = np.asarray(state.estimator._baseline_prediction, np.float64).reshape(1, width)
    return graph.add("Add", graph.cast(sums, "double"), graph.constant(start, np.float64))


def _ensemble(trees: list[tuple[int, np.ndarray]]) -> dict[str, Any]:
    """Attributes of an ensemble, one after the other the nodes of all trees."""
    sizes = [len(nodes) for _, nodes in trees]
    every = np.concatenate([nodes for _, nodes in trees])
    tree = np.repeat(np.arange(len(trees)), sizes)
    target = np.repeat([target for target, _ in trees], sizes)
    number = np.concatenate([np.arange(size) for size in sizes])
    leaf = every["is_leaf"].astype(bool)
    threshold = np.where(leaf, 0.0, every["num_threshold"])
    return {
        "nodes_treeids": tree.tolist(),
        "nodes_nodeids": number.tolist(),
        "nodes_featureids": np.where(leaf, 0, every["feature_idx"]).tolist(),
        "nodes_modes": ["LEAF" if one else "BRANCH_LEQ" for one in leaf],
        "nodes_values": rounded_down(threshold).tolist(),
        "nodes_truenodeids": np.where(leaf, 0, every["left"]).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, every["right"]).tolist(),
        "nodes_missing_value_tracks_true": np.where(leaf, 0, every["missing_go_to_left"]).tolist(),
        "target_treeids": tree[leaf].tolist(),
        "target_nodeids": number[leaf].tolist(),
        "target_ids": target[leaf].tolist(),
        "target_weights": every["value"][leaf].astype(np.float32).tolist(),
    }


def rounded_down(values: Float[np.ndarray, " n"]) -> Float32[np.ndarray, " n"]:
    """The largest float32 that is not above each value.

    A feature in float32 is below or at a threshold in float64 just if it is below or at this.

    Example:
        >>> rounded_down(np.array([0.5, 0.1])).astype(float).tolist()
        [0.5, 0.09999999403953552]
    """
    near = values.astype(np.float32)
    below = np.nextafter(near, np.float32(-np.inf))
    return np.where(near > values, below, near)


KINDS: Mapping[str, Callable[[Graph, Any, str, Any], str]] = {
    "mlp": _network,
    "hgb": _trees,
    "constant": _constant,
}
