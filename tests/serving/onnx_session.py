"""A graph that runs, to be held against what it was made from."""

from __future__ import annotations

from typing import Any

import pytest

from fitscope.serving.onnx.graph import OPSETS, Graph


def session_of(graph: Graph, last: str, kind: str) -> Any:
    """A session of onnxruntime that gives one of the graph's tensors.

    Args:
        graph: the graph.
        last: the tensor's name.
        kind: what it holds, "FLOAT" or "DOUBLE".
    """
    onnx = pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    helper = onnx.helper
    gives = helper.make_tensor_value_info(last, getattr(onnx.TensorProto, kind), None)
    made = helper.make_graph(
        graph.nodes, "g", list(graph.inputs.values()), [gives], graph.constants
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(made, opset_imports=opsets, ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString())
