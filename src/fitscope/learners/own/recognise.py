"""Functions that build networks, told apart by what they build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError
from fitscope.learners.own.building import built, is_of, named
from fitscope.learners.own.torch.given import TorchBuild

if TYPE_CHECKING:
    from fitscope.learners.own.network import OwnNetwork
    from fitscope.task import Task


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
    if is_of(found, "keras", "Model") and not isinstance(given, TorchBuild):
        from fitscope.learners.own.keras.learner import Keras

        return Keras.of(build, task, features)
    if is_of(found, "torch", "nn", "Module"):
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
        if is_of(given, *path):
            raise UserError(
                f"{type(given).__name__} is one {what}, and each run needs a new one; give a "
                "function that builds it: lambda: ..."
            )
