"""A network in use written as a Keras file, once it predicts what the model predicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.data.inputs import taken
from fitscope.errors import UserError
from fitscope.files import replacing, write_text
from fitscope.serving.agreement import Agreement, agreement
from fitscope.serving.keras.encoding import input_name, levels_of
from fitscope.serving.keras.model import FEATURES, make_model, used
from fitscope.serving.probe import probes

if TYPE_CHECKING:
    from fitscope.data.table import Table
    from fitscope.serving.served import Served

SAYS = {
    "number": "a number; NaN where it is missing",
    "boolean": "1 or 0; NaN where it is missing",
    "date": "of the date the days since 1970-01-01 with their fraction; NaN where it is missing",
    "month": "of the date the month, 1 to 12; NaN where it is missing",
    "weekday": "of the date the day of the week, 1 for Monday to 7; NaN where it is missing",
    "hour": "of the date the hour, 0 to 23; NaN where it is missing",
    "category": "the place of the value in `levels`, from 0; -1 where it is not in it",
}


def export_keras(served: Served, path: Path, about: Mapping[str, str]) -> Agreement:
    """Write a network as FILE.keras, and beside it FILE.json: what it takes and what it gives.

    Args:
        served: the model.
        path: the file.
        about: what is written down in FILE.json, by name.

    Returns:
        How far Keras' predictions agree with the model's.

    Raises:
        UserError: trees, Keras is missing, predictions that differ, or a file that cannot be
            written.
    """
    model = make_model(served)

    def theirs(table: Table) -> tuple[Any, Any]:
        found = np.asarray(model.predict(feeds(served, table), batch_size=4_096, verbose=0))
        if served.task.kind == "regression":
            return found, found
        return served.task.classes[found.argmax(axis=1)], found

    try:
        agreed = agreement(served, probes(served), theirs)
    except UserError as error:
        raise UserError(
            f"{error}: Keras takes numbers in float32, which is too coarse where a column's values "
            "are large beside their differences; --onnx has no such limit"
        ) from None
    with replacing(path) as part:
        named = part.with_name(f"{part.name}.keras")  # Keras looks at the ending
        try:
            model.save(named)
            named.rename(part)
        finally:
            named.unlink(missing_ok=True)
    write_text(
        path.with_suffix(".json"),
        json.dumps(described(served, about), indent=1, ensure_ascii=False) + "\n",
    )
    return agreed


def described(served: Served, about: Mapping[str, str]) -> dict[str, Any]:
    """What a Keras model takes and gives.

    Args:
        served: what it was made of.
        about: further facts.
    """
    levels = levels_of(served.learnt)
    inputs: list[dict[str, Any]] = [
        {
            "input": input_name(one),
            "column": one.column,
            "dtype": "int32" if one.kind == "category" else "float32",
            "holds": SAYS[one.part or one.kind],
            **({"levels": list(levels[one])} if one in levels else {}),
        }
        for one in used(served)
    ]
    if not served.encodings:
        inputs = [{"input": FEATURES, "dtype": "float32", "columns": list(served.columns)}]
    numbers = served.task.kind == "regression"
    gives = "numbers [rows, 1]" if numbers else "probabilities [rows, classes]"
    return {"inputs": inputs, "gives": gives, "classes": list(served.labels), "about": dict(about)}


def feeds(served: Served, table: Table) -> dict[str, np.ndarray]:
    """The rows of a table as the Keras model takes them.

    Args:
        served: what it was made of.
        table: its columns.
    """
    if not served.encodings:
        return {FEATURES: served.features(table, 0)}
    levels = levels_of(served.learnt)
    found = {}
    inputs = used(served)
    for one, values in zip(inputs, taken(table, inputs), strict=True):
        if one.kind == "category":
            places = {level: place for place, level in enumerate(levels[one])}
            codes = [places.get(text, -1) for text in np.asarray(values).tolist()]
            found[input_name(one)] = np.array(codes, np.int32)[:, None]
        else:
            found[input_name(one)] = np.asarray(values).astype(np.float32)[:, None]
    return found
