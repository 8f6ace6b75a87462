"""Weights as safetensors files: `dense.kernel`, `dense.bias`, `dense_1.kernel` ..."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fitscope.errors import UserError
from fitscope.files import write_bytes
from fitscope.learners.mlp.description import Params, State

MOVING = ("moving_mean", "moving_variance")


def save_weights(path: Path, params: Params, state: State) -> None:
    """Write weights and moving averages, whole or not at all.

    Raises:
        UserError: they cannot be written.
    """
    from safetensors.numpy import save

    tensors = {
        f"{layer}.{name}": np.ascontiguousarray(value)
        for part in (params, state)
        for layer, values in part.items()
        for name, value in values.items()
    }
    write_bytes(path, save(tensors))


def load_weights(path: Path) -> tuple[Params, State]:
    """Weights and moving averages, as `MLP.apply` takes them.

    Raises:
        UserError: missing or damaged file.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(path.read_bytes())
    except FileNotFoundError:
        raise UserError(f"{path}: no such weights") from None
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path}: damaged weights ({error})") from None
    params: Params = {}
    state: State = {}
    for key, value in tensors.items():
        layer, dot, name = key.rpartition(".")
        if not dot:
            raise UserError(f"{path}: not weights that fitscope wrote ({key!r})")
        (state if name in MOVING else params).setdefault(layer, {})[name] = value
    return params, state
