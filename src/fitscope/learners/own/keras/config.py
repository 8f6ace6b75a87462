"""A Keras model as its library describes it, and made again from that, by names of its own."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from fitscope.errors import UserError, reason


def config_of(model: Any) -> str | None:
    """A model as its library describes it, by plain names; None if it cannot."""
    try:
        config = json.loads(model.to_json())
    except Exception:  # layers that cannot be described
        return None
    config.pop("compile_config", None)  # nobody trains what is made from it
    return json.dumps(_renamed(config, plain_names(model)))


def from_config(config: str) -> Any:
    """A model as its library described it; no code from the description is run.

    Raises:
        UserError: layers that are not Keras' own, or a damaged description.
    """
    import keras

    try:
        return keras.models.model_from_json(config)
    except Exception as error:  # what is not known, or is code, is refused in many ways
        raise UserError(
            f"the network cannot be made again from its description ({reason(error)}); give the "
            "function that builds it again"
        ) from None


def plain_names(model: Any) -> dict[str, str]:
    """Names of the model and its layers as they are in a program that has made nothing else.

    Keras counts on within a program: the third model's first layer is called `dense_4`, say.
    """
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for one in (model, *model._flatten_layers(include_self=False)):
        usual = _snake_case(type(one).__name__)
        if re.fullmatch(rf"{usual}(_\d+)?", one.name):
            count = counts[usual]
            names[one.name] = f"{usual}_{count}" if count else usual
            counts[usual] += 1
        else:
            names[one.name] = one.name
    return names


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if isinstance(value, dict):
        return {key: _renamed(one, names) for key, one in value.items()}
    return value


def _snake_case(name: str) -> str:
    """A class' name as Keras makes names of layers from it."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
