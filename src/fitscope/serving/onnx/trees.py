"""Decision trees of any library as one list of nodes, and these as a node of an ONNX graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int

from fitscope.serving.onnx.graph import ML, Graph


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes of a tree, the root first; those of leaves say nothing but their values.

    Attributes:
        feature: number of the feature that a node looks at.
        threshold: what it is compared with.
        true: the node to go to where the comparison holds.
        false: the node to go to where it does not.
        missing: whether a missing value goes where it holds.
        leaf: whether it is a leaf.
        values: of each node what a leaf adds to each output.
    """

    feature: Int[np.ndarray, " nodes"]
    threshold: Float64[np.ndarray, " nodes"]
    true: Int[np.ndarray, " nodes"]
    false: Int[np.ndarray, " nodes"]
    missing: Bool[np.ndarray, " nodes"]
    leaf: Bool[np.ndarray, " nodes"]
    values: Float64[np.ndarray, "nodes outputs"]


@dataclass(frozen=True, eq=False)
class Trees:
    """An ensemble whose trees are summed.

    Attributes:
        mode: how features are compared with thresholds: "LT", "LEQ" or "GT".
        trees: one after the other.
        start: what is added to their sum, one value an output.
        scale: what the sum is multiplied by before.
    """

    mode: str
    trees: tuple[Tree, ...]
    start: Float64[np.ndarray, " outputs"]
    scale: float = 1.0


def add_trees(graph: Graph, found: Trees, features: str) -> str:
    """Sums of leaves, float64 [rows, outputs].

    Features, thresholds and leaves are float64, so that no row falls to the other side of a
    threshold by rounding; ONNX has the sums in float32.

    Args:
        graph: grows by it.
        found: the ensemble.
        features: name of the features, [rows, features].
    """
    from onnx import numpy_helper

    sizes = [len(one.leaf) for one in found.trees]
    tree = np.repeat(np.arange(len(sizes)), sizes)
    node = np.concatenate([np.arange(size) for size in sizes])
    every = {
        name: np.concatenate([getattr(one, name) for one in found.trees])
        for name in ("feature", "threshold", "true", "false", "missing", "leaf", "values")
    }
    leaf, values = every["leaf"], every["values"]
    row, output = np.nonzero(leaf[:, None] & (values != 0))
    if not len(row):  # nothing is ever added
        row, output = np.flatnonzero(leaf)[:1], np.zeros(1, int)
    sums = graph.add(
        "TreeEnsembleRegressor",
        graph.cast(features, "double"),
        domain=ML,
        n_targets=len(found.start),
        aggregate_function="SUM",
        post_transform="NONE",
        nodes_treeids=tree.tolist(),
        nodes_nodeids=node.tolist(),
        nodes_featureids=np.where(leaf, 0, every["feature"]).tolist(),
        nodes_modes=["LEAF" if one else f"BRANCH_{found.mode}" for one in leaf],
        nodes_values_as_tensor=numpy_helper.from_array(
            np.where(leaf, 0.0, every["threshold"]).astype(np.float64)
        ),
        nodes_truenodeids=np.where(leaf, 0, every["true"]).tolist(),
        nodes_falsenodeids=np.where(leaf, 0, every["false"]).tolist(),
        nodes_missing_value_tracks_true=np.where(leaf, 0, every["missing"]).astype(int).tolist(),
        target_treeids=tree[row].tolist(),
        target_nodeids=node[row].tolist(),
        target_ids=output.tolist(),
        target_weights_as_tensor=numpy_helper.from_array(
            (found.scale * values[row, output]).astype(np.float64)
        ),
    )
    start = graph.constant(found.start[None], np.float64)
    return graph.add("Add", graph.cast(sums, "double"), start)
