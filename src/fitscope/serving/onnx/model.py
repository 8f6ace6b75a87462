"""A model in use as an ONNX model: columns in, predictions and probabilities out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.raw import Raw
from fitscope.errors import UserError
from fitscope.serving.onnx.columns import Columns, add_columns
from fitscope.serving.onnx.encoding import add_encoding
from fitscope.serving.onnx.graph import OPSETS, ROWS, Graph
from fitscope.serving.onnx.learners import add_member

if TYPE_CHECKING:
    from fitscope.serving.served import Member, Served
    from fitscope.task import Task

FEATURES = "features"
"""The input of a model that was trained on features."""
IR = 8  # what programs of the opsets' age read


def make_model(served: Served, about: Mapping[str, str]) -> Any:
    """The ONNX model.

    It takes a tensor [rows, 1] a column, or one [rows, features] where models were trained on
    features; and gives `prediction` [rows] and, of labels, `probabilities` [rows, labels].

    Args:
        served: the model.
        about: what is written down beside it.

    Raises:
        UserError: a learner that cannot be written as ONNX.
    """
    from onnx import helper

    graph = Graph()
    names = served.trained.document.data.feature_names
    given: dict[int, str | Columns] = {}
    for fold in dict.fromkeys(member.fold for member in served.members):
        encoding = served.encodings[fold] if served.encodings else None
        if encoding is None:
            given[fold] = graph.input(FEATURES, "float", len(names), "; ".join(names))
        elif isinstance(encoding, Raw):
            given[fold] = add_columns(graph, encoding)
        else:
            given[fold] = add_encoding(graph, encoding)
    outputs = [_added(graph, member, given[member.fold], served) for member in served.members]
    combined = _combined(graph, served.by_part(outputs), served)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "fitscope",
            list(graph.inputs.values()),
            combined,
            graph.constants,
            doc_string=about.get("verdict", ""),
        ),
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSETS.items()],
        producer_name="fitscope",
        producer_version=version("fitscope"),
        ir_version=IR,
    )
    said = {one.name: one.doc_string for one in graph.inputs.values()}
    helper.set_model_props(model, {"inputs": json.dumps(said, ensure_ascii=False), **about})
    return model


def _added(graph: Graph, member: Member, given: str | Columns, served: Served) -> str:
    """Outputs of a run; what is wrong with it names its model where there are several."""
    try:
        return add_member(graph, member, given, served.task)
    except UserError as error:
        if len(served.taken.parts) == 1:
            raise
        raise UserError(f"{served.taken.named(member.part)}: {error}") from None


def _combined(graph: Graph, parts: list[list[str]], served: Served) -> list[Any]:
    """Outputs of the graph: the average of its parts, each that of its members, tempered."""
    from onnx import TensorProto, helper

    task = served.task
    prediction, probabilities = output_names(graph.inputs)
    if task.kind == "regression":
        _renamed(graph, _flat(graph, _mean_of_parts(graph, parts)), prediction)
        return [helper.make_tensor_value_info(prediction, TensorProto.DOUBLE, [ROWS])]
    shares = _shares(graph, parts, served.taken.temperature, task)
    place = graph.add("ArgMax", shares, axis=1, keepdims=0)
    kind = TensorProto.INT64
    if task.truths:
        kind, place = TensorProto.BOOL, graph.cast(place, "bool")
    elif task.labels:
        texts = graph.constant(list(task.labels), object)
        kind, place = TensorProto.STRING, graph.add("Gather", texts, place, axis=0)
    _renamed(graph, place, prediction)
    _renamed(graph, graph.cast(shares, "float"), probabilities)
    labels = [ROWS, len(served.labels)]
    return [
        helper.make_tensor_value_info(prediction, kind, [ROWS]),
        helper.make_tensor_value_info(probabilities, TensorProto.FLOAT, labels),
    ]


def output_names(columns: Mapping[str, Any]) -> tuple[str, str]:
    """What predictions and probabilities are called, beside columns of any names.

    Example:
        >>> output_names({"prediction": 0})
        ('prediction_', 'probabilities')
    """
    found = []
    for name in ("prediction", "probabilities"):
        while name in columns:
            name += "_"
        found.append(name)
    return found[0], found[1]


def _shares(graph: Graph, parts: list[list[str]], temperature: float, task: Task) -> str:
    """Probabilities, float64; see `fitscope.serving.ensemble`."""
    share = "Softmax"
    if task.kind == "binary":
        share = "Sigmoid"
        parts = [[graph.join([graph.add("Neg", one), one]) for one in part] for part in parts]
    (first, *more), *others = parts
    if not more and not others:
        logits = first if temperature == 1 else _divided(graph, first, temperature)
        return _share(graph, logits, share)
    shares = [[_share(graph, one, share) for one in part] for part in parts]
    mean = _mean_of_parts(graph, shares)
    if temperature == 1:
        return mean
    # the softmax of log-probabilities is that of their logits, of two labels as of several
    return _share(graph, _divided(graph, graph.add("Log", mean), temperature), "Softmax")


def _share(graph: Graph, outputs: str, kind: str) -> str:
    return graph.add(kind, outputs, axis=1) if kind == "Softmax" else graph.add(kind, outputs)


def _divided(graph: Graph, what: str, by: float) -> str:
    return graph.add("Div", what, graph.constant(by, np.float64))


def _mean_of_parts(graph: Graph, parts: list[list[str]]) -> str:
    return _mean(graph, [_mean(graph, part) for part in parts])


def _mean(graph: Graph, parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return _divided(graph, graph.add("Sum", *parts), len(parts))


def _flat(graph: Graph, what: str) -> str:
    return graph.add("Reshape", what, graph.constant([-1], np.int64))


def _renamed(graph: Graph, what: str, name: str) -> None:
    from onnx import helper

    graph.nodes.append(helper.make_node("Identity", [what], [name], name=f"/{name}"))
