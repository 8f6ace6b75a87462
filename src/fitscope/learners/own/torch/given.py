"""`fs.torch`: a function that builds a PyTorch module, with its loss and its optimizer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fitscope.errors import UserError
from fitscope.learners.own.building import Build, is_of


@dataclass(frozen=True)
class TorchBuild:
    """A function that builds a PyTorch module, with its loss and its optimizer; see `fs.torch`.

    Attributes:
        build: gives a new `torch.nn.Module`.
        loss: of outputs and targets; None for the task's own.
        optimizer: of the parameters; None for the plan's.
    """

    build: Build
    loss: Callable[..., Any] | None = None
    optimizer: Callable[..., Any] | None = None


def torch(
    build: Build,
    loss: Callable[..., Any] | None = None,
    optimizer: Callable[..., Any] | None = None,
) -> TorchBuild:
    """A PyTorch module of yours as a learner: `study.add("mine", fs.torch(build))`.

    It trains in a small loop of fitscope's: the plan's epochs, batches and stopping rule. Where
    training rows are drawn to batches, where outputs of validation rows are taken (in `eval` mode)
    and what is kept is the same as for every other learner.

    Args:
        build: gives a new `torch.nn.Module` each time: a function, or a class of modules.
            Parameters called `features` and `outputs` get the number of features and of outputs;
            all others must have defaults. Its module takes float32 rows, shape (rows, features).
        loss: a loss module or function of outputs and targets, such as
            `torch.nn.BCEWithLogitsLoss()`; None is the task's own loss on logits or, for a
            regression, on values of a target that is scaled for it.
        optimizer: a function of the parameters that gives an optimizer, such as
            `functools.partial(torch.optim.SGD, lr=0.1)`; None is the plan's.

    Returns:
        What a study takes as a learner.

    Raises:
        UserError: something that cannot be called.
    """
    if is_of(optimizer, "torch", "optim", "Optimizer"):
        raise UserError(
            "torch: optimizer holds the parameters of one module already; give a function that "
            "makes one, such as functools.partial(torch.optim.SGD, lr=0.1)"
        )
    for name, value in {"build": build, "loss": loss, "optimizer": optimizer}.items():
        if not callable(value) and not (value is None and name != "build"):
            raise UserError(f"torch: {name} must be a function, got {value!r}")
    return TorchBuild(build, loss, optimizer)
