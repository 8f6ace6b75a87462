"""A model in use written as an ONNX file, once it predicts what the model predicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.inputs import DAY, Input, taken
from fitscope.errors import UserError
from fitscope.files import write_bytes
from fitscope.serving.agreement import Agreement, agreement
from fitscope.serving.onnx.model import FEATURES, make_model
from fitscope.serving.probe import probes

if TYPE_CHECKING:
    from fitscope.data.table import Table
    from fitscope.serving.served import Served


def export_onnx(served: Served, path: Path, about: Mapping[str, str]) -> Agreement:
    """Write a model as ONNX.

    Args:
        served: the model.
        path: the file.
        about: what is written down in it, by name.

    Returns:
        How far onnxruntime's predictions agree with the model's.

    Raises:
        UserError: a learner that cannot be written, packages that are missing, predictions that
            differ, or a file that cannot be written.
    """
    try:
        import onnx
        import onnxruntime
    except ImportError:
        raise UserError(
            "ONNX needs more packages; install them with: pip install 'fitscope[onnx]'"
        ) from None
    model = make_model(served, about)
    onnx.checker.check_model(model, full_check=True)
    data = model.SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])

    def theirs(table: Table) -> tuple[Any, Any]:
        found = session.run(None, feeds(served, session, table))
        return found[0], found[-1]

    agreed = agreement(served, probes(served), theirs)
    write_bytes(path, data)
    return agreed


def feeds(served: Served, session: Any, table: Table) -> dict[str, np.ndarray]:
    """The rows of a table as an ONNX model takes them.

    Args:
        served: what it was made of.
        session: onnxruntime's, with the model.
        table: its columns.
    """
    if not served.encodings:
        return {FEATURES: served.features(table, 0)}
    inputs = {one.column: one for one in served.encodings[0].inputs if not one.part}
    return {one.name: _given(table, inputs[one.name]) for one in session.get_inputs()}


def _given(table: Table, one: Input) -> np.ndarray:
    values = np.asarray(taken(table, [one])[0])
    if one.kind == "category":
        return values.astype(object)[:, None]
    if one.kind == "date":  # days, which were whole microseconds
        return np.round(values * DAY)[:, None] / 1e6
    return values[:, None]
