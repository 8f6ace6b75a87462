"""Weights of a network of the caller's own, as safetensors files."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from fitscope.errors import UserError
from fitscope.files import write_bytes
from fitscope.learners.own.scale import Scale

SCALE = "target"
"""Name of the tensor with mean and deviation of a scaled target; no network has one like it."""


class Weights(NamedTuple):
    """Fitted state of a network.

    Attributes:
        names: of the weights, in their order.
        values: the weights.
        scale: of the target that they were trained on.
    """

    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    scale: Scale = Scale()


def save_weights(path: Path, weights: Weights) -> None:
    """Write weights, whole or not at all.

    Raises:
        UserError: they cannot be written.
    """
    from safetensors.numpy import save

    tensors = {
        name: np.ascontiguousarray(value).reshape(np.shape(value))
        for name, value in zip(weights.names, weights.values, strict=True)
    }
    scale = np.array(weights.scale)
    write_bytes(path, save({**tensors, SCALE: scale}, {"order": "\n".join(weights.names)}))


def load_weights(path: Path) -> Weights:
    """Weights that `save_weights` wrote.

    Raises:
        UserError: missing or damaged file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as stored:
            names = tuple((stored.metadata() or {})["order"].split("\n"))
            values = tuple(stored.get_tensor(name) for name in names)
            mean, deviation = stored.get_tensor(SCALE).tolist()
    except FileNotFoundError:
        raise UserError(f"{path}: no such weights") from None
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise UserError(f"{path}: damaged weights ({error})") from None
    return Weights(names, values, Scale(mean, deviation))
