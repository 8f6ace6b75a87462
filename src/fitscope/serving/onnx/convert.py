"""What skl2onnx makes of a fitted estimator, as a part of a graph of ours."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.serving.onnx.columns import Columns
from fitscope.serving.onnx.graph import OPSETS
from fitscope.serving.onnx.imputer import convert_imputer

if TYPE_CHECKING:
    from fitscope.serving.onnx.graph import Graph
    from fitscope.task import Task

FEATURES = "features"
LOGISTIC = ("LogisticRegression", "LogisticRegressionCV")
TREES = ("sklearn.ensemble", "sklearn.tree")
"""Packages whose estimators look at features in float32."""
Types = list[tuple[str, str, int | None]]
"""Name, kind and width of each input."""


def prepared(graph: Graph, before: Any, given: str | Columns) -> str:
    """Rows as the steps of a pipeline before its last one make them ready: name of the features.

    Args:
        graph: grows by it.
        before: these steps, fitted.
        given: name of the features that they take, or a table's columns.

    Raises:
        UserError: they cannot be converted.
    """
    before = deepcopy(before)
    for one in _parts(before):
        _without_none(one)
    if isinstance(given, str) or not given.frame:
        name = given if isinstance(given, str) else given.joined(graph)
        return _taken(graph, before, {FEATURES: name}, {}, "float")
    texts = {name for name, text in zip(given.names, given.texts, strict=True) if text}
    return _taken(graph, before, {name: name for name in given.names}, {}, "double", texts)


def predicted(graph: Graph, final: Any, features: str, task: Task) -> tuple[str, bool]:
    """What an estimator says of features.

    Args:
        graph: grows by it.
        final: the estimator, fitted.
        features: their name.
        task: what was learnt.

    Returns:
        Name of what comes out, float64 [rows, any], and whether these are probabilities.

    Raises:
        UserError: it cannot be converted.
    """
    classes, chances = task.kind != "regression", hasattr(final, "predict_proba")
    logistic = type(final).__name__ in LOGISTIC
    options: dict[int, Any] = {}
    if classes:
        options[id(final)] = {
            **({"zipmap": False} if chances else {}),
            **({"raw_scores": True} if logistic or not chances else {}),
        }
    kind = "float" if type(final).__module__.startswith(TREES) else "double"
    found = _taken(graph, final, {FEATURES: features}, options, kind)
    if task.outputs == 1 and (logistic or not (classes and chances)):
        # one column, of two decision values the one of the second label
        found = graph.add("Gather", found, graph.constant([-1], np.int64), axis=1)
    if logistic and task.outputs == 1:
        # as scikit-learn computes it, which decides what is exactly 0; onnxruntime's Sigmoid is 0
        # at -37 already
        one = graph.constant(1.0, np.float64)
        grown = graph.add("Exp", graph.add("Neg", found))
        second = graph.add("Div", one, graph.add("Add", one, grown))
        found = graph.join([graph.add("Sub", one, second), second])
    elif logistic:
        found = graph.add("Softmax", found, axis=1)
    return found, classes and chances


def _taken(
    graph: Graph,
    estimator: Any,
    given: dict[str, str],
    options: dict[int, Any],
    kind: str,
    texts: Collection[str] = (),
) -> str:
    """The estimator as nodes of the graph: name of its last output, in float64.

    Where onnxruntime has not every operator in float64, numbers are float32.
    """
    width = None if FEATURES in given else 1
    types: Types = [(name, "string" if name in texts else kind, width) for name in given]
    model = _model(estimator, types, options)
    if kind == "double" and not _runs(model):
        return _taken(graph, estimator, given, options, "float", texts)
    inputs = {
        name: ours if name in texts else graph.cast(ours, kind) for name, ours in given.items()
    }
    return graph.cast(graph.take(model.graph, inputs)[-1], "double")


def _model(estimator: Any, types: Types, options: dict[int, Any]) -> Any:
    try:
        import skl2onnx
        from skl2onnx.common import data_types
        from sklearn.impute import SimpleImputer
    except ImportError:
        raise UserError(
            "that takes skl2onnx; install it with: pip install 'fitscope[onnx]'"
        ) from None
    kinds = {
        "double": data_types.DoubleTensorType,
        "float": data_types.FloatTensorType,
        "string": data_types.StringTensorType,
    }
    try:
        return skl2onnx.convert_sklearn(
            estimator,
            initial_types=[(name, kinds[kind]([None, width])) for name, kind, width in types],
            target_opset=OPSETS,
            options=options,
            custom_conversion_functions={SimpleImputer: convert_imputer},
        )
    except Exception as error:  # whatever a converter raises
        raise UserError(f"skl2onnx does not convert it ({reason(error)})") from None


def _runs(model: Any) -> bool:
    from onnxruntime import InferenceSession

    try:
        InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    except Exception:  # its errors have no common kind
        return False
    return True


def _parts(estimator: Any) -> Iterator[Any]:
    """What transforms in it."""
    yield estimator
    for name in ("steps", "transformers_", "transformer_list"):
        for one in getattr(estimator, name, ()):
            if hasattr(one[1], "transform"):
                yield from _parts(one[1])


def _without_none(one: Any) -> None:
    """Missing texts are "" in ONNX, where a transformer has learnt them as None or NaN."""
    if isinstance(getattr(one, "categories_", None), list):
        one.categories_ = [_texts(values) for values in one.categories_]
    statistics = getattr(one, "statistics_", None)
    if statistics is not None and np.asarray(statistics).dtype == object:
        one.missing_values = ""


def _texts(values: np.ndarray) -> np.ndarray:
    if values.dtype != object:
        return values
    return np.array(["" if one is None or one != one else one for one in values], object)
