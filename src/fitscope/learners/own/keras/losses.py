"""A Keras model's loss: whether it suits the task, what outputs it takes, how targets are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fitscope.errors import UserError
from fitscope.learners.own.reading import Reading
from fitscope.task import Task

CROSSENTROPIES = {
    "binarycrossentropy": "sigmoid",
    "binaryfocalcrossentropy": "sigmoid",
    "sparsecategoricalcrossentropy": "labels",
    "categoricalcrossentropy": "one hot",
    "categoricalfocalcrossentropy": "one hot",
}
"""Losses of classes, by how they take targets: one column, numbers of labels, a column a label."""
OF_NUMBERS = (
    "meansquarederror",
    "meanabsoluteerror",
    "meanabsolutepercentageerror",
    "meansquaredlogarithmicerror",
    "huber",
    "logcosh",
    "poisson",
    "mse",
    "mae",
    "mape",
    "msle",
)
SHORT = {"bce": "binarycrossentropy"}
CHANCES = ("sigmoid", "softmax")


@dataclass(frozen=True)
class Loss:
    """What a model is trained on.

    Attributes:
        loss: Keras' loss, or a function.
        reading: what the model's outputs are.
        one_hot: whether targets are a column a label.
        plain: whether it is the task's own loss, row by row, so that penalties are all the rest.
        words: what sentences call it.
    """

    loss: Any
    reading: Reading
    one_hot: bool
    plain: bool
    words: str


def own_loss(model: Any, task: Task, columns: int) -> Loss:
    """The loss of a compiled model.

    Raises:
        UserError: several losses, one that does not suit the task, or one that takes other outputs
            than the last layer gives.
    """
    given = model.loss
    if isinstance(given, list | tuple | dict) and len(given) == 1:
        given = next(iter(given.values() if isinstance(given, dict) else given))
    if given is None or isinstance(given, list | tuple | dict):
        raise UserError("it must be compiled with one loss, or not at all")
    import keras

    loss: Any = keras.losses.get(given) if isinstance(given, str) else given
    words, key = _name(loss), _name(loss).replace("_", "").lower()
    key = SHORT.get(key, key)
    settings: dict[str, Any] = loss.get_config() if hasattr(loss, "get_config") else {}
    if task.kind == "regression":
        if key in CROSSENTROPIES:
            raise _unsuited(words, task, "mean_squared_error")
        plain = key in ("meansquarederror", "mse") and _is_mean(settings)
        return Loss(given, "values", False, plain, words)
    if key in OF_NUMBERS:
        raise _unsuited(words, task, _suited(columns))
    kind = CROSSENTROPIES.get(key)
    if kind is None:
        return Loss(given, _by_activation(model, task), False, False, words)
    if (kind == "sigmoid") != (columns == 1):
        raise _unsuited(words, task, _suited(columns), columns)
    logits = bool(settings.get("from_logits", False))
    _check_activation(model, words, logits)
    plain = "focal" not in key and not settings.get("label_smoothing") and _is_mean(settings)
    return Loss(given, "logits" if logits else "probabilities", kind == "one hot", plain, words)


def plan_loss(model: Any, task: Task, columns: int) -> Loss:
    """The task's own loss, of a model that is not compiled.

    Raises:
        UserError: nobody can tell what its outputs are.
    """
    import keras

    if task.kind == "regression":
        return Loss(keras.losses.MeanSquaredError(), "values", False, True, "mean_squared_error")
    reading = _by_activation(model, task)
    logits = reading == "logits"
    if columns == 1:
        loss: Any = keras.losses.BinaryCrossentropy(from_logits=logits)
    else:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
    return Loss(loss, reading, False, True, _suited(columns))


def training_metrics(task: Task, loss: Loss, columns: int) -> list[Any]:
    """Keras' metrics for the task's loss and score, by their names in the task."""
    from keras import metrics

    loss_name, score_name = task.metrics[1:]
    if task.kind == "regression":
        return [
            metrics.MeanSquaredError(name=loss_name),
            metrics.MeanAbsoluteError(name=score_name),
        ]
    logits = loss.reading == "logits"
    if columns == 1:
        return [
            metrics.BinaryCrossentropy(from_logits=logits, name=loss_name),
            metrics.BinaryAccuracy(threshold=0.0 if logits else 0.5, name=score_name),
        ]
    if loss.one_hot:
        return [
            metrics.CategoricalCrossentropy(from_logits=logits, name=loss_name),
            metrics.CategoricalAccuracy(name=score_name),
        ]
    return [
        metrics.SparseCategoricalCrossentropy(from_logits=logits, name=loss_name),
        metrics.SparseCategoricalAccuracy(name=score_name),
    ]


def targets(y: np.ndarray, loss: Loss, shape: tuple[int, ...], task: Task) -> np.ndarray:
    """Targets as the loss takes them.

    Args:
        y: as the task has them.
        loss: it.
        shape: of the model's outputs for a row.
        task: what is learnt.
    """
    if task.kind == "regression" or shape in ((), (1,)):
        return np.asarray(y, np.float32).reshape(-1, *shape)
    labels = np.asarray(y).astype(np.int32)
    return np.eye(*shape, dtype=np.float32)[labels] if loss.one_hot else labels


def last_activation(model: Any) -> str | None:
    """Name of the activation behind which a transparent model's outputs come; None if unknown."""
    from fitscope.learners.own.keras.layers import is_transparent

    if not is_transparent(model):
        return None
    last = model.layers[-1]
    if type(last).__name__ in ("Softmax", "Sigmoid"):
        return type(last).__name__.lower()
    activation = getattr(last, "activation", None)
    return getattr(activation, "__name__", None)


def _by_activation(model: Any, task: Task) -> Reading:
    """What outputs are by the last activation alone."""
    if task.kind == "regression":
        return "values"
    activation = last_activation(model)
    if activation is None:
        raise UserError(
            "nobody can tell whether its outputs are probabilities; compile it with a loss that "
            "says so, such as keras.losses.BinaryCrossentropy(from_logits=True)"
        )
    return "probabilities" if activation in CHANCES else "logits"


def _check_activation(model: Any, words: str, logits: bool) -> None:
    """Refuse a loss that takes logits for probabilities, or the other way round."""
    activation = last_activation(model)
    if logits and activation in CHANCES:
        raise UserError(
            f"{words} with from_logits=True takes logits, and the last layer gives probabilities "
            f"({activation}); take one of the two away"
        )
    if not logits and activation == "linear":
        raise UserError(
            f"{words} without from_logits=True takes probabilities, and the last layer is linear; "
            "say from_logits=True, or give the last layer an activation"
        )


def _unsuited(words: str, task: Task, better: str, columns: int | None = None) -> UserError:
    of = f" with {columns} output{'s' if columns > 1 else ''}" if columns is not None else ""
    return UserError(f"its loss {words} does not suit a {task.kind} task{of}; take {better}")


def _suited(columns: int) -> str:
    return "binary_crossentropy" if columns == 1 else "sparse_categorical_crossentropy"


def _name(loss: Any) -> str:
    return getattr(loss, "__name__", None) or type(loss).__name__


def _is_mean(settings: dict[str, Any]) -> bool:
    return settings.get("reduction", "sum_over_batch_size") == "sum_over_batch_size"
