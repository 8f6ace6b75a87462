"""The same model in Keras: what fitscope's numbers are held against."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from fitscope.learners.mlp.description import Params, State
from fitscope.learners.mlp.network import MLP


def twin(model: MLP, features: int, outputs: int = 1) -> keras.Sequential:
    """`model` as anybody would write it in Keras; with batch normalization before activations."""
    keras.backend.clear_session(free_memory=False)  # names from the start again
    penalty = keras.regularizers.L1L2(model.l1, model.l2) if model.l1 or model.l2 else None
    # weights are given afterwards; Keras' own initializer would be compiled for every shape
    options: dict[str, Any] = {"kernel_regularizer": penalty, "kernel_initializer": "zeros"}
    layers: list = [keras.Input((features,))]
    if model.noise:
        layers.append(keras.layers.GaussianNoise(model.noise))
    for units in model.hidden:
        if model.batch_norm:
            layers.append(keras.layers.Dense(units, **options))
            layers.append(keras.layers.BatchNormalization())
            layers.append(keras.layers.Activation(model.activation))
        else:
            layers.append(keras.layers.Dense(units, activation=model.activation, **options))
        if model.dropout:
            layers.append(keras.layers.Dropout(model.dropout))
    last = {"kernel_initializer": "zeros"} if model.hidden else options
    return keras.Sequential([*layers, keras.layers.Dense(outputs, **last)])


def give(network: keras.Sequential, params: Params, state: State) -> keras.Sequential:
    """`network` with fitscope's weights and moving averages."""
    order = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")
    for layer in network.layers:
        values = {**params.get(layer.name, {}), **state.get(layer.name, {})}
        layer.set_weights([np.asarray(values[name]) for name in order if name in values])
    return network


def take(network: keras.Sequential) -> tuple[Params, State]:
    """The weights and moving averages of `network`, as fitscope keeps them."""
    params: Params = {}
    state: State = {}
    for layer in network.layers:
        for weight in layer.weights:
            part = state if weight.name.startswith("moving") else params
            part.setdefault(layer.name, {})[weight.name] = np.asarray(weight)
    return params, state
