"""An ONNX graph that grows node by node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

ML = "ai.onnx.ml"
OPSETS = {"": 17, ML: 3}
"""Old enough for programs of the last years, onnxruntime 1.12 among them."""
ROWS = "rows"  # the name of the axis whose length is free


class Graph:
    """Nodes, constants and inputs of a graph, in the order in which they were added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: dict[str, Any] = {}

    def input(self, name: str, kind: Any, width: int = 1, says: str = "") -> str:
        """A tensor [rows, width] that whoever runs the model gives; made when first asked for.

        Args:
            name: what it is called.
            kind: "double", "float" or "string".
            width: of the second axis.
            says: a sentence on what it holds.
        """
        from onnx import TensorProto, helper

        if name not in self.inputs:
            number = getattr(TensorProto, kind.upper())
            self.inputs[name] = helper.make_tensor_value_info(name, number, [ROWS, width], says)
        return name

    def constant(self, values: Any, dtype: Any) -> str:
        """A tensor that never changes; `dtype` is NumPy's, `object` for texts."""
        from onnx import TensorProto, helper, numpy_helper

        name = f"/constant {len(self.constants)}"
        array = np.asarray(values, dtype)
        if array.dtype == object:
            texts = [text.encode() for text in array.ravel()]
            made = helper.make_tensor(name, TensorProto.STRING, array.shape, texts)
        else:
            made = numpy_helper.from_array(np.ascontiguousarray(array), name)
        self.constants.append(made)
        return name

    def add(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node; returns the name of its output.

        Args:
            kind: the operator.
            inputs: names of what it takes.
            domain: "" or `ML`.
            attributes: settings of the operator.
        """
        from onnx import helper

        name = f"/{kind} {len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes)
        )
        return name

    def cast(self, what: str, kind: str) -> str:
        """The same as numbers of another type, such as "double"."""
        from onnx import TensorProto

        return self.add("Cast", what, to=getattr(TensorProto, kind.upper()))

    def join(self, parts: list[str]) -> str:
        """Tensors side by side."""
        return parts[0] if len(parts) == 1 else self.add("Concat", *parts, axis=1)

    def take(self, other: Any, inputs: Mapping[str, str]) -> list[str]:
        """The nodes of another graph; returns the names that its outputs have here.

        Args:
            other: an ONNX graph.
            inputs: its inputs, each with the name of what it takes here; those that are left out
                are called alike.
        """
        from onnx import compose, helper

        before = f"/part {len(self.nodes)}/"
        for one in other.input:
            ours = inputs.get(one.name, one.name)
            self.nodes.append(
                helper.make_node("Identity", [ours], [before + one.name], name=before + one.name)
            )
        part = compose.add_prefix_graph(other, before)
        self.nodes += part.node
        self.constants += part.initializer
        return [one.name for one in part.output]
