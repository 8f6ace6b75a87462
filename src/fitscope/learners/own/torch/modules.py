"""The modules inside a PyTorch module: what can be read from them, and the same with settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitscope.errors import UserError
from fitscope.learners.libraries import library

ACTIVATIONS = (
    "CELU",
    "ELU",
    "GELU",
    "Hardswish",
    "LeakyReLU",
    "Mish",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Softplus",
    "Tanh",
)
"""Modules that are taken for activations of hidden layers."""
RATES = ("Dropout", "Dropout1d", "AlphaDropout", "FeatureAlphaDropout")


def read(module: Any, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Units and rates of a module, and what is inside it for people.

    Args:
        module: it.
        shapes: of what each module inside gives for some rows, where it was called.
    """
    leaves = [(name, one) for name, one in module.named_modules() if not list(one.children())]
    layers = tuple(
        (
            f"{name or 'module'} ({type(one).__name__})",
            str((None, *shapes[name][1:])) if name in shapes else "?",
            f"{sum(p.numel() for p in one.parameters()):,}",
        )
        for name, one in leaves
    )
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    rates = [float(one.p) for _, one in leaves if type(one).__name__ in RATES]
    return {
        "layers": layers,
        "parameters": trainable,
        "others": sum(one.numel() for one in module.state_dict().values()) - trainable,
        "units": tuple(int(one.out_features) for _, one in _linear(module)[:-1]),
        "dropout": max(rates, default=0.0),
    }


def change(module: Any, settings: Mapping[str, Any]) -> Any:
    """The module with other settings; it is changed in place, where it is new.

    Args:
        module: new, with weights that nobody has trained.
        settings: "units" is a factor of all widths between linear layers, which take each
            other's outputs in the order in which they were made (a rehearsal shows whether they
            do); "dropout" is the rate of all dropout modules, or of new ones behind the activation
            modules where there are none.

    Raises:
        UserError: there is nothing that could be changed so.
    """
    if "units" in settings:
        _scale(module, settings["units"])
    if "dropout" in settings:
        return _drop(module, settings["dropout"])
    return module


def _linear(module: Any) -> list[tuple[str, Any]]:
    return [(name, one) for name, one in module.named_modules() if type(one).__name__ == "Linear"]


def _scale(module: Any, factor: float) -> None:
    nn = library("torch", "torch").nn

    linear = _linear(module)
    if len(linear) < 2:
        raise UserError("there are no two linear layers, so no width between them")
    widths = {one.out_features for _, one in linear[:-1]}

    def scaled(units: int) -> int:
        return max(1, round(units * factor))

    for name, one in linear:
        into = one.in_features if one is linear[0][1] else scaled(one.in_features)
        out = one.out_features if one is linear[-1][1] else scaled(one.out_features)
        _put(module, name, nn.Linear(into, out, bias=one.bias is not None))
    for name, one in list(module.named_modules()):
        kind = type(one).__name__
        if kind == "BatchNorm1d" and one.num_features in widths:
            new: Any = nn.BatchNorm1d(
                scaled(one.num_features),
                one.eps,
                one.momentum,
                one.affine,
                one.track_running_stats,
            )
            _put(module, name, new)
        elif kind == "LayerNorm" and one.normalized_shape in {(units,) for units in widths}:
            units = scaled(*one.normalized_shape)
            _put(module, name, nn.LayerNorm(units, one.eps, one.elementwise_affine))


def _drop(module: Any, rate: float) -> Any:
    nn = library("torch", "torch").nn

    named = list(module.named_modules())
    dropouts = [one for _, one in named if type(one).__name__ in RATES]
    for one in dropouts:
        one.p = rate
    if dropouts:
        return module
    activations = [(name, one) for name, one in named if type(one).__name__ in ACTIVATIONS]
    if not activations:
        raise UserError("there are neither dropout nor activation modules")
    for name, one in activations:
        _put(module, name, nn.Sequential(one, nn.Dropout(rate)))
    return module


def _put(module: Any, name: str, new: Any) -> None:
    parent, _, last = name.rpartition(".")
    setattr(module.get_submodule(parent), last, new)
