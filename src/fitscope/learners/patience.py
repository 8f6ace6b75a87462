"""The early-stopping rule, inside a compiled loop (JAX) or outside of one (NumPy).

Follows `keras.callbacks.EarlyStopping` of Keras 3 line by line: the first value looked at is an
improvement whatever it is (even NaN), a later one if it beats the best by more than `min_delta`;
the patience restarts only if the baseline is beaten too; the first epoch never stops a run.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from fitscope.stopping.early import EarlyStopping


class StoppingState(NamedTuple):
    """What the rule remembers from one epoch to the next."""

    seen: Any  # bool: a value has been looked at
    best: Any  # float32: the best value
    best_epoch: Any  # int32
    wait: Any  # int32: epochs since the last improvement
    stop: Any  # bool


def start(xp: Any = np) -> StoppingState:
    """The rule before the first epoch.

    Args:
        xp: `numpy` or `jax.numpy`.
    """
    return StoppingState(
        xp.zeros((), bool),
        xp.zeros((), xp.float32),
        xp.zeros((), xp.int32),
        xp.zeros((), xp.int32),
        xp.zeros((), bool),
    )


def advance(
    rule: EarlyStopping,
    state: StoppingState,
    epoch: Any,
    value: Any,
    *,
    higher_is_better: bool,
    patient: bool = False,
    xp: Any = np,
) -> tuple[StoppingState, Any]:
    """The rule after an epoch.

    Args:
        rule: the settings.
        state: the rule before.
        epoch: number of the epoch, from 0.
        value: the monitored metric of the epoch, float32.
        higher_is_better: what the metric's task says of it.
        patient: never stop, only keep the best.
        xp: `numpy` or `jax.numpy`.

    Returns:
        The rule afterwards, and whether this epoch's weights are the best so far.
    """
    looking = epoch >= rule.start_from_epoch
    beats = partial(_beats, min_delta=rule.min_delta, higher=higher_is_better, xp=xp)
    better = beats(value, state.best) | ~state.seen
    improved = looking & better
    enough = True if rule.baseline is None else beats(value, np.float32(rule.baseline))
    wait = xp.where(looking, state.wait + 1, state.wait)
    wait = xp.where(improved & enough, 0, wait)
    if patient:
        stop = state.stop
    else:
        stop = state.stop | (looking & ~better & (wait >= rule.patience) & (epoch > 0))
    # Before start_from_epoch nothing counts, but a run that ends there still has weights.
    keep = improved | (~state.seen & ~looking)
    return (
        StoppingState(
            state.seen | looking,
            xp.where(improved, value, state.best),
            xp.where(keep, epoch, state.best_epoch),
            wait,
            stop,
        ),
        keep,
    )


def _beats(value: Any, than: Any, *, min_delta: float, higher: bool, xp: Any) -> Any:
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
        value = xp.where(xp.isfinite(total), total + (error + low), total)
    return value > than if higher else value < than
