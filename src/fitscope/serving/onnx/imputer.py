"""Gaps filled in float64, which ONNX' own imputer cannot in onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np


def convert_imputer(scope: Any, operator: Any, container: Any) -> None:
    """A converter of `SimpleImputer` for skl2onnx: numbers by `Where`, texts as skl2onnx does.

    Args:
        scope: gives names.
        operator: the imputer, with its inputs and its output.
        container: takes nodes.
    """
    from onnx import TensorProto
    from skl2onnx.common._apply_operation import apply_concat
    from skl2onnx.common.data_types import DoubleTensorType
    from skl2onnx.operator_converters.imputer_op import convert_sklearn_imputer

    one = operator.raw_operator
    fills = np.asarray(one.statistics_)
    plain = fills.dtype.kind == "f" and np.isfinite(fills).all() and not one.add_indicator
    plain &= all(isinstance(given.type, DoubleTensorType) for given in operator.inputs)
    if not plain or one.missing_values == one.missing_values:  # NaN alone differs from itself
        convert_sklearn_imputer(scope, operator, container)
        return

    def new(name: str) -> str:
        return scope.get_unique_variable_name(name)

    whole, gaps, fill = new("whole"), new("gaps"), new("fill")
    apply_concat(scope, [given.full_name for given in operator.inputs], whole, container, axis=1)
    container.add_initializer(fill, TensorProto.DOUBLE, [1, len(fills)], fills.tolist())
    container.add_node("IsNaN", whole, gaps, name=new("IsNaN"), op_version=13)
    filled = operator.outputs[0].full_name
    container.add_node("Where", [gaps, fill, whole], filled, name=new("Where"), op_version=16)
