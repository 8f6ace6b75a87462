"""Columns as features by operations of Keras: in float32, and categories as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fitscope.data.encoding import FARTHEST, KNEE, Encoding
from fitscope.data.inputs import Input
from fitscope.learners.mlp.keras_layers import imported_keras


def input_name(one: Input) -> str:
    """What Keras is to call an input: it takes no slashes."""
    return one.name.replace("/", "_")


def levels_of(encodings: Sequence[Encoding]) -> dict[Input, tuple[str, ...]]:
    """Of each column of categories those that any fold knows, whose places are their numbers.

    Args:
        encodings: one a fold.
    """
    found: dict[Input, dict[str, None]] = {}
    for encoding in encodings:
        for code in encoding.categories:
            found.setdefault(code.input, {}).update(dict.fromkeys(code.levels))
    return {one: tuple(sorted(levels)) for one, levels in found.items()}


def encoded(
    encoding: Encoding, given: Mapping[Input, Any], levels: Mapping[Input, Sequence[str]]
) -> Any:
    """Features of rows, as `Encoding` makes them, but for float32 from the beginning.

    Args:
        encoding: what was learnt of the columns.
        given: each input as a tensor [rows, 1].
        levels: categories in the order of their numbers.
    """
    ops = imported_keras().ops
    parts = []

    def joined(inputs: Sequence[Input]) -> Any:
        tensors = [given[one] for one in inputs]
        return tensors[0] if len(tensors) == 1 else ops.concatenate(tensors, axis=1)

    def row(values: Sequence[float]) -> np.ndarray:
        return np.array([values], np.float32)

    if encoding.numbers:
        codes = encoding.numbers
        x = joined([code.input for code in codes]) - row([code.middle for code in codes])
        x = x / row([code.scale for code in codes])
        near = ops.clip(ops.where(ops.isnan(x), 0.0, x), -FARTHEST, FARTHEST)
        parts.append(near / ops.sqrt(1.0 + ops.square(near / KNEE)))
    if encoding.booleans:
        x = joined([code.input for code in encoding.booleans])
        commoner = row([code.middle for code in encoding.booleans])
        parts.append(ops.where(ops.isnan(x), commoner, x))
    if encoding.marked:
        x = joined([code.input for code in encoding.marked])
        parts.append(ops.cast(ops.isnan(x), "float32"))
    for code in encoding.categories:
        places = [levels[code.input].index(level) for level in code.levels]
        same = ops.equal(given[code.input], np.array([places], np.int32))
        parts.append(ops.cast(same, "float32"))
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=1)
