"""Predictions of an examination's models for other tables, from what its folder holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from fitscope.errors import UserError
from fitscope.examination.encodings import load_encoding
from fitscope.examination.measured import members
from fitscope.examination.outputs import of_members
from fitscope.examination.served import predicted
from fitscope.names import listed
from fitscope.study.answer import Recommended
from fitscope.study.rounds import whole_rounds

if TYPE_CHECKING:
    from fitscope.study.answer import Answer
    from fitscope.study.folder import StoredStudy


def outputs(
    stored: StoredStudy, answer: Answer, table: Any, model: str | None = None
) -> Float[np.ndarray, "rows ..."]:
    """Outputs of a model for the rows of a table.

    Args:
        stored: the examination.
        answer: what it says.
        table: rows with the columns that the models were trained on.
        model: name of a model; the recommended one, at its temperature, if left out.

    Raises:
        UserError: no recommended model, no such model, columns that are missing.
    """
    from fitscope.data.table import read_table

    document, folds = stored.document, stored.document.data.folds
    taken = answer.recommended if model is None else _named(stored, model, folds)
    if taken is None:
        raise UserError("this examination recommends no model; name one")
    encodings = [load_encoding(stored.folder, fold) for fold in range(folds)]
    rows = read_table(_named_columns(table, answer), texts=encodings[0].texts)
    runs = members(stored.results, taken, folds)
    found = of_members(
        stored.folder, document, taken.model, runs, lambda fold: encodings[fold].transform(rows)
    )
    return predicted(found, taken.temperature, document.task)


def _named_columns(table: Any, answer: Answer) -> Any:
    """An array as the columns that models were trained on; anything else as it is."""
    if not isinstance(table, np.ndarray) or table.ndim != 2:
        return table
    names = [column.name for column in answer.columns if column.kind != "target"]
    if table.shape[1] != len(names):
        raise UserError(
            f"an array of {table.shape[1]} columns, where models were trained on {len(names)}"
        )
    return dict(zip(names, table.T, strict=True))


def _named(stored: StoredStudy, model: str, folds: int) -> Recommended:
    names = [entry.name for entry in stored.document.models]
    if model not in names:
        raise UserError(f"no model {model!r} in this examination; it has {listed(names, None)}")
    runs = folds * len(whole_rounds([run.repeat for run in stored.results.runs_of(model)], folds))
    if not runs:
        raise UserError(f"{model}: not all folds of it were trained; name another model")
    return Recommended(model, "It was asked for.", runs)
