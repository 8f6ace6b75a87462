"""The layers of a Keras model: what can be read from them, and copies with other settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fitscope.errors import UserError, reason
from fitscope.learners.own.keras.config import config_of, plain_names

RATES = ("Dropout", "SpatialDropout1D", "AlphaDropout", "GaussianDropout")
LINEAR = "linear"
TRANSPARENT = ("Sequential", "Functional")
OF_LAYERS = ("units", "dropout", "l1", "l2")
"""Settings that change layers."""


def is_transparent(model: Any) -> bool:
    """Whether its layers can be told from outside: sequential and functional models of Keras' own.

    A class of the caller's own does in its `call` what nobody can know.
    """
    kind = type(model)
    return kind.__module__.partition(".")[0] == "keras" and kind.__name__ in TRANSPARENT


def read(model: Any) -> dict[str, Any]:
    """Units, rates and penalties of a built model, and its layers for people.

    Of a model that is not transparent only its parameters are known.
    """
    names = plain_names(model)
    layers = tuple(
        (f"{names[one.name]} ({type(one).__name__})", _shape(one), f"{one.count_params():,}")
        for one in model.layers
    )
    trainable = sum(_size(v) for v in model.trainable_weights)
    found: dict[str, Any] = {
        "layers": layers,
        "parameters": trainable,
        "others": sum(_size(v) for v in model.weights) - trainable,
        "units": (),
        "dropout": 0.0,
        "l1": 0.0,
        "l2": 0.0,
        "config": None,
    }
    if not is_transparent(model):
        return found
    hidden = hidden_layers(model)
    penalties = [_penalty(one) for one in _regularized(model)]
    rates = [float(one.rate) for one in model.layers if type(one).__name__ in RATES]
    return {
        **found,
        "units": tuple(int(one.units) for one in model.layers if one.name in hidden),
        "dropout": max(rates, default=0.0),
        "l1": max((one for one, _ in penalties), default=0.0),
        "l2": max((two for _, two in penalties), default=0.0),
        "config": config_of(model),
    }


def in_a_row(model: Any) -> list[Any] | None:
    """Layers of a transparent model in the order of what rows go through; None if they branch."""
    followers = _followers(model)
    reached = [name for names in followers.values() for name in names]
    starts = [one for one in model.layers if one.name not in reached]
    if len(starts) != 1 or any(len(names) > 1 for names in followers.values()):
        return None
    found = starts
    while followers[found[-1].name]:
        found.append(model.get_layer(followers[found[-1].name][0]))
    return found if len(found) == len(model.layers) else None


def hidden_layers(model: Any) -> set[str]:
    """Names of the dense layers of a transparent model behind which another layer has a kernel."""
    followers = _followers(model)
    kernels = {one.name for one in model.layers if hasattr(one, "kernel")}
    hidden = set()
    for one in model.layers:
        if type(one).__name__ != "Dense":
            continue
        reached: set[str] = set()
        ahead = list(followers[one.name])
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += followers[name]
        if reached & kernels:
            hidden.add(one.name)
    return hidden


def with_settings(model: Any, settings: Mapping[str, Any], features: int) -> Any:
    """A new model like a transparent one, with other layers where the settings say so.

    Layers that hold numbers and train none (a `Normalization` that has seen rows) keep what they
    hold; everything else starts anew.

    Args:
        model: built.
        settings: "units" is a factor of all hidden widths, "dropout" the rate of all dropout
            layers, or of new ones behind each hidden activation where there are none; "l1" and
            "l2" are coefficients of the hidden kernels' penalties.
        features: columns of the rows.

    Raises:
        UserError: Keras cannot make such a copy.
    """
    import keras

    after = _dropout_places(model) if "dropout" in settings else set()
    names = {
        "hidden": hidden_layers(model),
        "regularized": {one.name for one in _regularized(model)},
    }

    def copied(layer: Any) -> Any:
        config = layer.get_config()
        if layer.name in names["hidden"] and "units" in settings:
            config["units"] = max(1, round(layer.units * settings["units"]))
        if layer.name in names["regularized"] and {"l1", "l2"} & set(settings):
            l1, l2 = _penalty(layer)
            l1, l2 = settings.get("l1", l1), settings.get("l2", l2)
            config["kernel_regularizer"] = keras.regularizers.L1L2(l1, l2)
        if type(layer).__name__ in RATES and "dropout" in settings:
            config["rate"] = settings["dropout"]
        return type(layer).from_config(config)

    def called(layer: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = layer(*args, **kwargs)
        return (
            keras.layers.Dropout(settings["dropout"])(outputs) if layer.name in after else outputs
        )

    try:
        if isinstance(model, keras.Sequential):
            layers = [keras.Input((features,))]
            for one in model.layers:
                layers.append(copied(one))
                if one.name in after:
                    layers.append(keras.layers.Dropout(settings["dropout"]))
            made = keras.Sequential(layers)
        else:
            made = keras.models.clone_model(model, clone_function=copied, call_function=called)
    except UserError:
        raise
    except Exception as error:  # Keras raises what it likes on layers that do not fit
        raise UserError(f"no copy with {_told(settings)} can be made: {reason(error)}") from None
    new = {one.name: one for one in made.layers}
    for one in model.layers:
        if one.weights and not one.trainable_weights:
            put_weights(new[one.name], one.get_weights())
    return made


def put_weights(layer: Any, values: Sequence[Any]) -> None:
    """Give a layer or model weights, and let layers that reckon with theirs do so anew.

    Raises:
        ValueError: they are those of another one.
    """
    layer.set_weights(list(values))
    for one in layer._flatten_layers():
        if hasattr(one, "finalize_state"):
            one.finalize_state()


def _dropout_places(model: Any) -> set[str]:
    """Names of the layers behind which dropout is new: activations of hidden layers."""
    if any(type(one).__name__ in RATES for one in model.layers):
        return set()
    hidden, followers = hidden_layers(model), _followers(model)
    places = set()
    for one in model.layers:
        if one.name not in hidden:
            continue
        name = one.name
        # the activation may be a layer of its own, behind batch normalization
        while one.get_config().get("activation") in (None, LINEAR) and len(followers[name]) == 1:
            following = model.get_layer(followers[name][0])
            if hasattr(following, "kernel"):
                break
            name = following.name
            if not following.weights:
                break
        places.add(name)
    return places


def _followers(model: Any) -> dict[str, list[str]]:
    """Which layers take the outputs of each layer, by name."""
    import keras

    layers = model.layers
    if isinstance(model, keras.Sequential):
        after = [[one.name] for one in layers[1:]] + [[]]
        return {one.name: found for one, found in zip(layers, after, strict=True)}
    followers: dict[str, list[str]] = {one.name: [] for one in layers}
    for one in layers:
        for node in one._inbound_nodes:
            for parent in node.parent_nodes:
                if parent.operation.name in followers:
                    followers[parent.operation.name].append(one.name)
    return followers


def _regularized(model: Any) -> list[Any]:
    """The hidden dense layers, or the only one: where penalties belong."""
    dense = [one for one in model.layers if type(one).__name__ == "Dense"]
    hidden = hidden_layers(model)
    return [one for one in dense if one.name in hidden or not hidden]


def _penalty(layer: Any) -> tuple[float, float]:
    """L1 and L2 coefficients of a layer's kernel."""
    one = layer.kernel_regularizer
    return float(getattr(one, "l1", 0.0) or 0.0), float(getattr(one, "l2", 0.0) or 0.0)


def _size(variable: Any) -> int:
    size = 1
    for one in variable.shape:
        size *= int(one)
    return size


def _shape(layer: Any) -> str:
    try:
        return str((None, *layer.output.shape[1:]))
    except Exception:  # a layer that was called anywhere else, or not at all
        return "?"


def _told(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in settings.items())
