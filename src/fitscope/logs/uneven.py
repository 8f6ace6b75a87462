"""Columns of unequal lengths that still fit: training by batch, or one evaluation before it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from fitscope.logs.direction import higher_is_better
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning


def uneven(source: str, columns: Mapping[str, Float[np.ndarray, " n"]]) -> Log | None:
    """The curves of columns that have a length for training and another for validation.

    A multiple of values of training are those of an epoch's equal parts. One value more of
    validation was measured before training began. Anything else is not known.

    Args:
        source: where the columns came from.
        columns: name to values.

    Example:
        >>> losses = {"train_losses": np.arange(6.0), "val_losses": np.arange(3.0)}
        >>> uneven("here", losses).curves["train_losses"].epochs.tolist()
        [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
        >>> uneven("here", {"loss": np.arange(5.0), "val_loss": np.arange(3.0)}) is None
        True
    """
    parts = {name: meaning(name) for name in columns}
    known = {
        name: values
        for name, values in columns.items()
        if parts[name].part is not None or higher_is_better(parts[name].metric) is not None
    }
    held_back = {len(v) for n, v in known.items() if parts[n].part in ("validation", "test")}
    trained = {len(v) for n, v in known.items() if parts[n].part in ("train", None)}
    if len(held_back) != 1 or len(trained) != 1:
        return None
    few, many = held_back.pop(), trained.pop()
    if few == many + 1:
        note = "one value more of validation than of training: the first counts as before training"
        epochs = {few: np.arange(float(few)), many: np.arange(1.0, few)}
    elif few > 1 and many > few and many % few == 0:
        note = (
            f"{many // few} values of training for each of validation: taken as parts of an epoch"
        )
        epochs = {few: np.arange(float(few)), many: np.repeat(np.arange(float(few)), many // few)}
    else:
        return None
    curves = {name: Logged(values, epochs[len(values)]) for name, values in known.items()}
    return Log(source, curves, notes=(note,))
