"""How well a network does on rows, in the compiled loop and after it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float32, Shaped

from fitscope.learners.mlp.description import Architecture, Params, State
from fitscope.learners.mlp.forward import penalty, predict
from fitscope.learners.mlp.objective import Objective

BLOCK = 8_192  # rows evaluated at once, so that activations of any number of rows fit in memory


class Traced(NamedTuple):
    """What a program is given as numbers, float32, where others have them compiled in.

    Attributes:
        rate: the plan's learning rate is multiplied by it.
        penalty: what L1 and L2 add to a step's loss is multiplied by it and divided by the
            weight of the step's rows.
        steps: steps in an epoch.
    """

    rate: jax.Array
    penalty: jax.Array
    steps: jax.Array


class Rows(NamedTuple):
    """Features and targets on the device, those of a regression scaled.

    Attributes:
        x: features, [rows, features].
        y: targets, [rows].
        weights: what each row counts, [rows]; None where all count alike. A row of weight 0 is
            as good as absent.
        traced: of training rows that are padded with others of weight 0.
    """

    x: jax.Array
    y: jax.Array
    weights: jax.Array | None = None
    traced: Traced | None = None

    @property
    def total(self) -> int | jax.Array:
        """What all of them count."""
        return len(self.y) if self.weights is None else self.weights.sum()


def evaluate(
    model: Architecture, objective: Objective, params: Params, state: State, rows: Rows
) -> tuple[Float32[Array, " rows"], Shaped[Array, " rows"]]:
    """Loss and score of each row with dropout off, block by block; scaled as `rows` are."""

    def block(part: Rows) -> tuple[jax.Array, jax.Array]:
        outputs = predict(model, params, state, part.x)
        return objective.losses(outputs, part.y), objective.scores(outputs, part.y)

    blocks = len(rows.y) // BLOCK
    if blocks <= 1:
        return block(rows)
    cut = blocks * BLOCK
    head = Rows(
        rows.x[:cut].reshape(blocks, BLOCK, rows.x.shape[1]), rows.y[:cut].reshape(blocks, BLOCK)
    )
    losses, scores = (part.reshape(cut) for part in lax.map(block, head))
    if cut == len(rows.y):
        return losses, scores
    tail = block(Rows(rows.x[cut:], rows.y[cut:]))
    return jnp.concatenate([losses, tail[0]]), jnp.concatenate([scores, tail[1]])


@partial(jax.jit, static_argnums=(0, 1))
def fitted_metrics(
    model: Architecture,
    objective: Objective,
    params: Params,
    state: State,
    rows: Rows,
    units: Float32[Array, " 3"],
) -> Float32[Array, " 3"]:
    """Loss with penalties, loss and score on `rows` with dropout off, in own units: [3]."""
    losses, scores = evaluate(model, objective, params, state, rows)
    seen = means(losses, scores, penalty(model, params), rows.weights)
    return objective.in_own_units(seen, units)


def means(
    losses: Shaped[Array, " rows"],
    scores: Shaped[Array, " rows"],
    penalties: Float32[Array, ""],
    weights: Float32[Array, " rows"] | None = None,
) -> Float32[Array, " 3"]:
    """Loss with penalties, loss and score."""
    loss = mean(losses, weights)
    return jnp.stack([loss + penalties, loss, mean(scores, weights)])


def mean(
    values: Shaped[Array, " rows"], weights: Float32[Array, " rows"] | None
) -> Float32[Array, ""]:
    """The mean over rows, each as often as its weight says."""
    if weights is None:
        return values.mean(dtype=jnp.float32)
    return values.astype(jnp.float32) @ weights / weights.sum()
