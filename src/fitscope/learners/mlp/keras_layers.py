"""A network as layers of Keras 3, which computes the same."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError

if TYPE_CHECKING:
    import keras

    from fitscope.learners.mlp.description import Architecture, Params, State

ORDER = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")
"""Weights of a layer as Keras lists them."""


def imported_keras() -> Any:
    """Keras, on the backend that the user has chosen, or on JAX, which is there.

    Raises:
        UserError: it is not installed, or its backend is not.
    """
    chosen = "KERAS_BACKEND" in os.environ or "keras" in sys.modules
    if not chosen and find_spec("tensorflow") is None:
        os.environ["KERAS_BACKEND"] = "jax"
    try:
        import keras
    except ImportError as error:
        raise UserError(
            f"Keras cannot be used ({error}); install it with: pip install 'fitscope[keras]', and "
            "choose an installed backend by KERAS_BACKEND=jax, torch or tensorflow"
        ) from None
    return keras


def keras_layers(model: Architecture, outputs: int = 1, prefix: str = "") -> list[Any]:
    """The layers of a network, remedies of its training included, without weights.

    Input noise, dropout, penalties and batch normalization are there. Weight decay belongs to
    Keras' optimizers, mixing of rows and the batch size to how it is trained.

    Args:
        model: the network.
        outputs: numbers that it gives for a row.
        prefix: what names of layers begin with.
    """
    keras = imported_keras()
    penalty = keras.regularizers.L1L2(model.l1, model.l2) if model.l1 or model.l2 else None
    layers: list[Any] = []

    def add(kind: str, number: int, *given: Any, **settings: Any) -> None:
        name = f"{prefix}{_snake(kind)}" + (f"_{number}" if number else "")
        layers.append(getattr(keras.layers, kind)(*given, name=name, **settings))

    if model.noise:
        add("GaussianNoise", 0, model.noise)
    for number, units in enumerate(model.hidden):
        inside = None if model.batch_norm else model.activation
        add("Dense", number, units, activation=inside, kernel_regularizer=penalty)
        if model.batch_norm:
            add("BatchNormalization", number)
            add("Activation", number, model.activation)
        if model.dropout:
            add("Dropout", number, model.dropout)
    last = None if model.hidden else penalty
    add("Dense", len(model.hidden), outputs, kernel_regularizer=last)
    return layers


def give_weights(layers: list[Any], params: Params, state: State, prefix: str = "") -> None:
    """Set what was learnt.

    Args:
        layers: as `keras_layers` made them, and built.
        params: weights.
        state: moving averages of batch normalization.
        prefix: what names of layers begin with.
    """
    for layer in layers:
        name = layer.name.removeprefix(prefix)
        values = {**params.get(name, {}), **state.get(name, {})}
        if values:
            layer.set_weights([np.asarray(values[one]) for one in ORDER if one in values])


def untrained(model: Architecture, features: int | None, outputs: int) -> keras.Sequential:
    """The network as a Keras model; see `MLP.keras`."""
    keras = imported_keras()
    first = [] if features is None else [keras.Input((features,))]
    return keras.Sequential([*first, *keras_layers(model, outputs)])


def _snake(kind: str) -> str:
    """Keras' own names of layers: `batch_normalization` for `BatchNormalization`."""
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in kind).lstrip("_")
