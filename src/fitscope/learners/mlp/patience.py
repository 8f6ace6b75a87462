"""The early-stopping rule, in the form that runs inside the compiled loop.

Follows `keras.callbacks.EarlyStopping` of Keras 3 line by line: the first value looked at is an
improvement whatever it is (even NaN), a later one if it beats the best by more than `min_delta`;
the patience restarts only if the baseline is beaten too; the first epoch never stops a run.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from fitscope.stopping.early import EarlyStopping


class StoppingState(NamedTuple):
    """What the rule remembers from one epoch to the next."""

    seen: jax.Array  # bool: a value has been looked at
    best: jax.Array  # float32: the best value
    best_epoch: jax.Array  # int32
    wait: jax.Array  # int32: epochs since the last improvement
    stop: jax.Array  # bool


def start() -> StoppingState:
    """The rule before the first epoch."""
    return StoppingState(
        jnp.zeros((), bool),
        jnp.zeros((), jnp.float32),
        jnp.zeros((), jnp.int32),
        jnp.zeros((), jnp.int32),
        jnp.zeros((), bool),
    )


def advance(
    rule: EarlyStopping,
    state: StoppingState,
    epoch: jax.Array,
    value: jax.Array,
    *,
    higher_is_better: bool,
    patient: bool = False,
) -> tuple[StoppingState, jax.Array]:
    """The rule after an epoch.

    Args:
        rule: the settings.
        state: the rule before.
        epoch: number of the epoch, from 0.
        value: the monitored metric of the epoch, float32.
        higher_is_better: what the metric's task says of it.
        patient: never stop, only keep the best.

    Returns:
        The rule afterwards, and whether this epoch's weights are the best so far.
    """
    looking = epoch >= rule.start_from_epoch
    beats = partial(_beats, min_delta=rule.min_delta, higher=higher_is_better)
    better = beats(value, state.best) | ~state.seen
    improved = looking & better
    enough = True if rule.baseline is None else beats(value, jnp.float32(rule.baseline))
    wait = jnp.where(looking, state.wait + 1, state.wait)
    wait = jnp.where(improved & enough, 0, wait)
    if patient:
        stop = state.stop
    else:
        stop = state.stop | (looking & ~better & (wait >= rule.patience) & (epoch > 0))
    # Before start_from_epoch nothing counts, but a run that ends there still has weights.
    keep = improved | (~state.seen & ~looking)
    return (
        StoppingState(
            state.seen | looking,
            jnp.where(improved, value, state.best),
            jnp.where(keep, epoch, state.best_epoch),
            wait,
            stop,
        ),
        keep,
    )


def _beats(value: jax.Array, than: jax.Array, *, min_delta: float, higher: bool) -> jax.Array:
    """`value` beats `than` by more than min_delta, compared as Keras compares them.

    Keras shifts the value in double precision and compares in single precision. Here the shift
    is added in two float32 pieces with the rounding error carried (Knuth's two-sum), which
    rounds to the same float32.
    """
    shift = -min_delta if higher else min_delta
    high = np.float32(shift)
    low = np.float32(shift - float(high))
    if shift:
        total = value + high
        part = total - value
        error = (value - (total - part)) + (high - part)
        # infinities have no rounding error to carry
        value = jnp.where(jnp.isfinite(total), total + (error + low), total)
    return value > than if higher else value < than
