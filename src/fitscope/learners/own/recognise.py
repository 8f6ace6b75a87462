"""Functions that build networks, told apart by what they build."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError
from fitscope.learners.own.building import Build, built, named

if TYPE_CHECKING:
    from fitscope.learners.own.network import OwnNetwork
    from fitscope.task import Task


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
    for name, value in {"build": build, "loss": loss, "optimizer": optimizer}.items():
        if not callable(value) and not (value is None and name != "build"):
            raise UserError(f"torch: {name} must be a function, got {value!r}")
    if _is(optimizer, "torch", "optim", "Optimizer"):
        raise UserError(
            "torch: optimizer holds the parameters of one module already; give a function that "
            "makes one, such as functools.partial(torch.optim.SGD, lr=0.1)"
        )
    return TorchBuild(build, loss, optimizer)


def own_network(given: Any, task: Task, features: int) -> OwnNetwork:
    """The learner of a function that builds a Keras model or a PyTorch module.

    Args:
        given: the function, or what `torch` gives.
        task: what is to be learnt.
        features: columns of the rows.

    Raises:
        UserError: it builds neither, or nothing that could be trained on such rows.
    """
    build = given.build if isinstance(given, TorchBuild) else given
    _refuse_instance(build)
    found = built(build, {"features": features, "outputs": task.outputs})
    if _is(found, "keras", "Model") and not isinstance(given, TorchBuild):
        from fitscope.learners.own.keras.learner import Keras

        return Keras.of(build, task, features)
    if _is(found, "torch", "nn", "Module"):
        from fitscope.learners.own.torch.learner import Torch

        whole = given if isinstance(given, TorchBuild) else TorchBuild(build)
        return Torch.of(whole, task, features)
    kind = type(found)
    if any(one.__module__.startswith("tf_keras") for one in kind.__mro__):
        raise UserError(
            f"{named(build)} gives a model of Keras 2 (tf_keras); fitscope takes Keras 3: "
            "import keras, without TF_USE_LEGACY_KERAS"
        )
    what = "nothing" if found is None else f"a {kind.__name__}"
    raise UserError(f"{named(build)} gives {what}; it must give a keras.Model or torch.nn.Module")


def _refuse_instance(given: Any) -> None:
    """A model is no function that builds one, though it can be called."""
    for path, what in ((("keras", "Model"), "model"), (("torch", "nn", "Module"), "module")):
        if _is(given, *path):
            raise UserError(
                f"{type(given).__name__} is one {what}, and each run needs a new one; give a "
                "function that builds it: lambda: ..."
            )


def _is(value: Any, library: str, *path: str) -> bool:
    """Whether a value is of a class of a library, which is not loaded to know that."""
    kind: Any = sys.modules.get(library)
    for name in path:
        kind = getattr(kind, name, None)
    return isinstance(kind, type) and isinstance(value, kind)
