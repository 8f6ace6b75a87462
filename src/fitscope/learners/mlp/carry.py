"""What the compiled loop hands on: from step to step, from epoch to epoch, and to the host."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax

from fitscope.learners import patience
from fitscope.learners.mlp.description import Params, State

Inner = tuple[Params, State, Any, jax.Array]
"""What a step hands to the next one: weights, state, optimizer, number of the step."""


class Carry(NamedTuple):
    """All that an epoch hands to the next one."""

    params: Params
    state: State
    optimizer: Any
    epoch: jax.Array  # int32, epochs done
    stopping: patience.StoppingState
    best: tuple[Params, State]
    finite: jax.Array  # bool, False once the training loss was not


class Chunk(NamedTuple):
    """What a call of the compiled loop gives back beside the carry.

    For a population each array has one more axis, of the runs, after the first.
    """

    metrics: jax.Array  # [epochs, 6], in the order of `Task.monitors`
    row_losses: jax.Array  # [epochs, validation rows]
    row_scores: jax.Array | None  # bool, the same; None where the losses tell the scores
