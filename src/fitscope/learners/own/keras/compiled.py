"""`fs.from_keras`: a Keras model as the network and the plan that the compiled loop trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from fitscope.errors import UserError
from fitscope.learners.mlp.activations import ACTIVATIONS
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.own.building import Build
from fitscope.learners.own.keras.backend import keras_on
from fitscope.learners.own.keras.layers import in_a_row, is_transparent
from fitscope.learners.own.keras.model import Made, made
from fitscope.learners.own.keras.optimizers import rate_by_epochs

if TYPE_CHECKING:
    from fitscope.data.split import Split

OTHERWISE = "give the function that builds it to the study: then Keras trains it"
AS_ACTIVATIONS = {
    "ELU": ("elu", {"alpha": 1.0}),
    "LeakyReLU": ("leaky_relu", {"negative_slope": 0.2}),
    "ReLU": ("relu", {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}),
    "Softmax": ("softmax", {"axis": -1}),
}
"""Layers that are an activation with these settings."""
OF_LAYERS = {"name", "seed", "quantization_config", "registered_name", "module"}
"""What a layer's description holds beside what it computes."""
OPTIONS = {
    "Adam": ("adam", {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"}),
    "SGD": ("sgd", {"momentum": "momentum", "nesterov": "nesterov"}),
    "RMSprop": ("rmsprop", {"rho": "decay", "epsilon": "eps", "centered": "centered"}),
}
"""Keras' optimizers that compute what a plan's do, and the names of their options there."""


class Layer(NamedTuple):
    """What a layer computes, in a form that can be compared.

    Attributes:
        name: its own.
        kind: its class.
        settings: those that say what it computes.
    """

    name: str
    kind: str
    settings: dict[str, Any]


def from_keras(build: Build | Any, split: Split, plan: Plan | None = None) -> tuple[MLP, Plan]:
    """The same network, and a plan with its optimizer, for fitscope's compiled loop.

    A function that builds a Keras model is trained by Keras' own `fit`. Where its layers are those
    of `fs.MLP`, the compiled loop trains the same network in less time: weights begin from the
    same distribution, and each step is that of Keras. Rows come in another order, and other
    dropout masks are drawn, so single runs differ as two of Keras' with other seeds do.

    Args:
        build: a `keras.Model` of any backend, compiled or not, or a function that builds one and
            may ask for `features` and `outputs`.
        split: the rows that it is for.
        plan: batches, epochs and stopping rule; the model's optimizer and learning rate come in,
            if it is compiled.

    Returns:
        The network, and the plan of the study that trains it.

    Raises:
        UserError: something in the model that the compiled loop does not compute; Keras is not
            installed.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> x, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
        >>> model = keras.Sequential(
        ...     [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)]
        ... )
        >>> loss = keras.losses.BinaryCrossentropy(from_logits=True)
        >>> model.compile(keras.optimizers.Adam(0.01), loss)
        >>> from fitscope.data.split import Split
        >>> network, plan = from_keras(model, Split(x[:40], y[:40], x[40:], y[40:]))
        >>> network, plan.learning_rate.rate
        (MLP(16, activation='relu'), 0.01)
    """
    keras = keras_on(None)
    plan = Plan() if plan is None else plan
    function = (lambda: build) if isinstance(build, keras.Model) else build
    task = split.task
    model = made(function, {}, split.features, task)
    if model.columns != task.outputs:
        raise _unlike(f"two outputs for two labels, where a {task.kind} network has one")
    if not model.loss.plain:
        raise _unlike(f"the loss {model.loss.words} as it is compiled")
    if model.optimizer is not None and task.kind == "regression":
        raise _unlike(
            "a compiled loss of values as they are, where the loop scales them; leave it uncompiled"
        )
    network = _network(_chain(model), task.outputs)
    if model.optimizer is None:
        return network, plan
    batch = network.batch(plan, len(split.y_train))
    return network, _with_optimizer(plan, model.optimizer, -(-len(split.y_train) // batch))


def _chain(made: Made) -> list[Layer]:
    """Layers in the order in which rows go through, an activation with the dense layer before it.

    The last activation is left out where it makes probabilities: the loss knows of these.
    """
    if not is_transparent(made.model):
        raise _unlike(f"{type(made.model).__name__}, a class of your own")
    layers = in_a_row(made.model)
    if layers is None:
        raise _unlike("layers that branch")
    found: list[Layer] = []
    for one in map(_as_activation, map(_layer, layers)):
        if one.kind == "Activation" and found and _is_linear(found[-1]):
            found[-1].settings["activation"] = one.settings["activation"]
        elif one.kind != "InputLayer":
            found.append(one)
    chances = "sigmoid" if made.columns == 1 else "softmax"
    last = found[-1].settings if found else {}
    if made.loss.reading == "probabilities" and last.get("activation") == chances:
        last["activation"] = "linear"
    return found


def _layer(layer: Any) -> Layer:
    return Layer(layer.name, type(layer).__name__, _settings(layer.get_config()))


def _as_activation(layer: Layer) -> Layer:
    """A layer of Keras' that is an activation as one that is called so, another one as it is."""
    activation, usual = AS_ACTIVATIONS.get(layer.kind, ("", {}))
    if not activation or any(layer.settings.get(one) != value for one, value in usual.items()):
        return layer
    rest = {one: value for one, value in layer.settings.items() if one not in usual}
    return Layer(layer.name, "Activation", {**rest, "activation": activation})


def _is_linear(layer: Layer) -> bool:
    return layer.kind == "Dense" and layer.settings["activation"] == "linear"


def _network(layers: Sequence[Layer], outputs: int) -> MLP:
    """The network of such layers.

    Raises:
        UserError: layers that differ from those of every `MLP`.
    """
    from fitscope.learners.mlp.keras_layers import keras_layers

    of_kind: dict[str, list[dict[str, Any]]] = {}
    for one in layers:
        of_kind.setdefault(one.kind, []).append(one.settings)
    dense = of_kind.get("Dense", [])
    if not dense:
        raise _unlike("no dense layer")
    hidden = of_kind.get("Activation", dense[:-1]) or [{"activation": "elu"}]
    activation = hidden[0]["activation"]
    if activation not in ACTIVATIONS:
        raise _unlike(f"the activation {activation}")
    l1, l2 = dense[0]["kernel_regularizer"] or (0.0, 0.0)
    network = MLP(
        *(one["units"] for one in dense[:-1]),
        activation=activation,
        l1=l1,
        l2=l2,
        dropout=of_kind.get("Dropout", [{"rate": 0.0}])[0]["rate"],
        batch_norm="BatchNormalization" in of_kind,
        noise=of_kind.get("GaussianNoise", [{"stddev": 0.0}])[0]["stddev"],
    )
    for mine, same in zip_longest(layers, map(_layer, keras_layers(network, outputs))):
        if mine is None:
            raise _unlike(f"no {same.kind} layer at the end, which {network} has")
        called = f"the {mine.kind} layer {mine.name!r}"
        if same is None or mine.kind != same.kind:
            there = "nothing" if same is None else f"a {same.kind} layer"
            raise _unlike(f"{called}, where {network} has {there}")
        for setting, value in same.settings.items():
            if mine.settings.get(setting) != value:
                raise _unlike(
                    f"{setting} {mine.settings.get(setting)!r} in {called}, where {network} has "
                    f"{value!r}"
                )
    return network


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a layer computes, in a form that can be compared."""
    return {name: _plain(value) for name, value in config.items() if name not in OF_LAYERS}


def _plain(value: Any) -> Any:
    """Penalties as (L1, L2), other objects of Keras by their class and settings."""
    if not isinstance(value, Mapping):
        return value
    kind, config = value.get("class_name"), value.get("config", value)
    if kind in ("L1", "L2", "L1L2"):
        l1, l2 = (float(config.get(name, 0.0)) for name in ("l1", "l2"))
        return (l1, l2) if l1 or l2 else None
    if not isinstance(config, Mapping):
        return f"{kind}({config})"
    # a share of axes that nobody gave is none
    given = {name: one for name, one in _settings(config).items() if one is not None}
    inside = ", ".join(f"{name}={one!r}" for name, one in sorted(given.items()))
    return f"{kind}({inside})"


def _with_optimizer(plan: Plan, optimizer: Any, steps: int) -> Plan:
    """The plan with a Keras optimizer's rule and learning rate.

    Args:
        plan: the plan.
        optimizer: of Keras.
        steps: optimizer steps of an epoch.
    """
    kind = type(optimizer)
    if kind.__name__ not in OPTIONS or not kind.__module__.startswith("keras."):
        raise _unlike(f"the optimizer {kind.__name__}")
    name, names = OPTIONS[kind.__name__]
    config, usual = optimizer.get_config(), kind().get_config()
    for setting, value in config.items():
        if setting not in (*names, "name", "learning_rate") and value != usual[setting]:
            raise _unlike(f"{setting}={value!r} of the optimizer {kind.__name__}")
    rate = rate_by_epochs(optimizer, steps)
    if rate is None:
        raise _unlike("a learning rate whose schedule is no constant and none that decays in time")
    options = {new: config[old] for old, new in names.items() if config[old] != usual[old]}
    if name == "rmsprop":
        options["eps"] = config["epsilon"]  # Optax' own is another one
    if options.get("momentum") and not isinstance(rate, float):
        raise _unlike("momentum beside a learning rate that changes")
    return replace(plan, optimizer=name, optimizer_options=options, learning_rate=rate)


def _unlike(what: str) -> UserError:
    return UserError(f"from_keras: the model has {what}; {OTHERWISE}")
