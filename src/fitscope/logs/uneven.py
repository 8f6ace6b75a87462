"""Columns of unequal lengths that still fit: training by batch, or one evaluation before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from fitscope.logs.direction import is_metric
from fitscope.logs.log import LEFT_OUT, Log, Logged
from fitscope.logs.names import meaning

if TYPE_CHECKING:
    from jaxtyping import Float, Int


def uneven(source: str, columns: Mapping[str, Float[np.ndarray, " n"]]) -> Log | None:
    """The curves of columns that have a length for training and another for validation.

    Of columns named as Keras names them, validation ran every few epochs. Otherwise a multiple of
    values of training are those of an epoch's equal parts. One value more of
    validation was measured before training began. Of more lengths than two the one that both have
    counts. Anything else is not known.

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
    known = {name: values for name, values in columns.items() if is_metric(name)}
    held_back = {len(v) for n, v in known.items() if parts[n].part in ("validation", "test")}
    trained = {len(v) for n, v in known.items() if parts[n].part in ("train", None)}
    if len(held_back) != 1 or len(trained) != 1:
        return _of_one_length(source, known, held_back, trained)
    few, many = held_back.pop(), trained.pop()
    keras = all(
        name.removeprefix("val_") in columns
        and (parts[name].part is None or name.startswith("val_"))
        for name in known
    )
    at = epochs_between(many, few) if keras else None
    if at is not None:
        note = f"{few} values of validation, {many} of training: one every {at[0] + 1} epochs"
        epochs = {few: at.astype(np.float64), many: np.arange(float(many))}
    elif few == many + 1:
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


def _of_one_length(
    source: str,
    known: Mapping[str, Float[np.ndarray, " n"]],
    held_back: set[int],
    trained: set[int],
) -> Log | None:
    """The curves of the one length that both training and validation have; the others are told."""
    if len(held_back) != 1 or not held_back & trained:
        return None
    (length,) = held_back
    curves = {name: Logged(values) for name, values in known.items() if len(values) == length}
    others = ", ".join(f"{n} ({len(v):,} values)" for n, v in known.items() if n not in curves)
    return Log(source, curves, notes=(f"{others}{LEFT_OUT}",))


def epochs_between(many: int, few: int) -> Int[np.ndarray, " few"] | None:
    """At which of many epochs a few values were measured, one every so many epochs, from 0.

    None where no such rhythm gives so many, or several do.

    Example:
        >>> epochs_between(11, 3).tolist(), epochs_between(10, 4) is None
        ([2, 5, 8], True)
    """
    exact = [many // few] if many % few == 0 else []
    rhythms = exact or [every for every in range(2, many + 1) if many // every == few]
    if len(rhythms) != 1:
        return None
    return (np.arange(few) + 1) * rhythms[0] - 1
