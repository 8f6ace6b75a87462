"""A PyTorch module's loss: whether it suits the task, what outputs and targets it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from fitscope.errors import UserError, reason
from fitscope.learners.libraries import library
from fitscope.learners.own.reading import Reading
from fitscope.task import Task

OF_CLASSES: dict[str, tuple[Reading, bool]] = {
    "bcewithlogits": ("logits", True),
    "binarycrossentropywithlogits": ("logits", True),
    "bce": ("probabilities", True),
    "binarycrossentropy": ("probabilities", True),
    "crossentropy": ("logits", False),
    "nll": ("log probabilities", False),
}
"""Losses of classes: what outputs they take, and whether it is one a row, or else one a label."""
OF_NUMBERS = ("mse", "l1", "smoothl1", "huber")
PLAIN = {"mse", *OF_CLASSES}
"""Those that are a task's own loss, if nothing is weighted or smoothed."""
CHANCES = ("Sigmoid", "Softmax")


@dataclass(frozen=True)
class Loss:
    """What a module is trained on.

    Attributes:
        function: of outputs and targets, gives one number.
        reading: what the module's outputs are.
        one_column: whether targets are numbers of the outputs' shape; else numbers of labels.
        plain: whether it is the task's own loss.
        words: what sentences call it.
    """

    function: Callable[..., Any]
    reading: Reading
    one_column: bool
    plain: bool
    words: str

    def of(self, outputs: Any, targets: Any) -> Any:
        """The loss of some rows."""
        return self.function(
            outputs, targets.reshape(outputs.shape) if self.one_column else targets
        )


def loss_of(given: Callable[..., Any] | None, module: Any, task: Task, columns: int) -> Loss:
    """The loss that the caller gave, or the task's own.

    Raises:
        UserError: it does not suit the task or the module's last layer.
    """
    last = _last(module)
    if given is None:
        return _own(last, task, columns)
    words = _name(given)
    key = words.lower().replace("_", "").removesuffix("loss")
    plain = key in PLAIN and not _is_changed(given)
    if task.kind == "regression":
        if key in OF_CLASSES or key in ("poissonnll", "gaussiannll"):
            raise UserError(f"its loss {words} does not suit a regression task; take MSELoss()")
        return Loss(given, "values", True, plain, words)
    suited = "BCEWithLogitsLoss()" if columns == 1 else "CrossEntropyLoss()"
    if key in OF_NUMBERS:
        raise UserError(f"its loss {words} does not suit a {task.kind} task; take {suited}")
    reading, one_column = OF_CLASSES.get(key, ("logits", columns == 1))
    if one_column != (columns == 1):
        outputs = f"{columns} output{'s' if columns > 1 else ''}"
        raise UserError(
            f"its loss {words} does not suit a {task.kind} task with {outputs}; take {suited}"
        )
    if reading == "logits" and key in OF_CLASSES and last in CHANCES:
        raise UserError(
            f"{words} takes logits, and the last layer gives probabilities ({last}); leave it away"
        )
    return Loss(given, reading, one_column, plain, words)


def tried(loss: Loss, outputs: Any, targets: Any) -> None:
    """Rehearse the loss.

    Raises:
        UserError: it fails on the module's outputs, or gives more than one number.
    """
    try:
        value = loss.of(outputs, targets)
    except Exception as error:  # PyTorch raises what it likes on shapes, types and values
        raise UserError(
            f"its loss {loss.words} fails on its outputs of shape {tuple(outputs.shape)}: "
            f"{reason(error)}"
        ) from None
    if getattr(value, "numel", lambda: 0)() != 1:
        raise UserError(f"its loss {loss.words} gives no single number; leave its reduction alone")


def _own(last: str, task: Task, columns: int) -> Loss:
    """The task's own loss, of outputs as the last layer gives them."""
    nn = library("torch", "torch").nn

    if task.kind == "regression":
        return Loss(nn.MSELoss(), "values", True, True, "MSELoss")
    if last == "Softmax" or (last == "Sigmoid" and columns > 1):
        raise UserError(
            f"its last layer is {last}, for which PyTorch has no loss of its own; leave it away, "
            "so that the outputs are logits"
        )
    if last == "Sigmoid":
        return Loss(nn.BCELoss(), "probabilities", True, True, "BCELoss")
    if columns == 1:
        return Loss(nn.BCEWithLogitsLoss(), "logits", True, True, "BCEWithLogitsLoss")
    if last == "LogSoftmax":
        return Loss(nn.NLLLoss(), "log probabilities", False, True, "NLLLoss")
    return Loss(nn.CrossEntropyLoss(), "logits", False, True, "CrossEntropyLoss")


def _is_changed(given: Any) -> bool:
    """Whether a loss weights, smooths or sums."""
    if isinstance(given, partial):
        return bool(given.keywords or given.args)
    return (
        any(getattr(given, name, None) is not None for name in ("weight", "pos_weight"))
        or bool(getattr(given, "label_smoothing", 0.0))
        or getattr(given, "reduction", "mean") != "mean"
    )


def _name(given: Any) -> str:
    inner = given.func if isinstance(given, partial) else given
    return getattr(inner, "__name__", None) or type(inner).__name__


def _last(module: Any) -> str:
    """Class of the module that was made last, which is where outputs come from as a rule."""
    return type(list(module.modules())[-1]).__name__
