"""Training rows changed anew at each step: noise on their features, rows mixed with others."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float32, Shaped, UInt32

from fitscope.learners.mlp.description import Architecture
from fitscope.learners.mlp.objective import RowFunction
from fitscope.learners.mlp.words import INPUTS, PARTNERS, uniform, words

Key = UInt32[Array | np.ndarray, " 2"]


class Step(NamedTuple):
    """The rows of a step as a network trains on them.

    Attributes:
        x: features, [rows, features].
        y: targets, [rows].
        others: with mixing, share of the row itself and target of the other one, [rows] each.
    """

    x: jax.Array
    y: jax.Array
    others: tuple[jax.Array, jax.Array] | None = None

    def values(self, of: RowFunction, outputs: jax.Array) -> jax.Array:
        """A function of outputs and targets, row by row, mixed as the rows are."""
        own = of(outputs, self.y)
        if self.others is None:
            return own
        share, y = self.others
        return share * own + (1.0 - share) * of(outputs, y)


def augmented(
    model: Architecture,
    x: Float32[Array, "rows features"],
    y: Shaped[Array, " rows"],
    key: Key,
) -> Step:
    """The rows of a step, mixed and with noise as the network's settings say.

    A row's partner is the row before it in the step, the first one's the last: rows come in
    random order, so the partner is a random other row.

    Args:
        model: whose settings.
        x: features.
        y: targets.
        key: of the step; see `fitscope.learners.mlp.words.step_key`.
    """
    rows = Step(x, y)
    if model.mix:
        share = shares(key, len(y), model.mix)
        column = share[:, None]
        mixture = column * x + (1.0 - column) * jnp.roll(x, 1, axis=0)
        rows = Step(mixture, y, (share, jnp.roll(y, 1)))
    if model.noise:
        rows = rows._replace(x=rows.x + model.noise * normal(key, (len(y), x.shape[1])))
    return rows


def pair_weights(
    model: Architecture, weights: Float32[Array, " rows"] | None
) -> Float32[Array, " rows"] | None:
    """What the rows of a step count once they are mixed.

    A weight of 2 is as good as twice the row: a pair would then come as often as both weights say.

    Args:
        model: whose settings.
        weights: of the rows as they come.
    """
    if weights is None or not model.mix:
        return weights
    return weights * jnp.roll(weights, 1)


def normal(key: Key, shape: tuple[int, int]) -> Float32[Array, "rows features"]:
    """Independent standard normal numbers, by the inverse of their distribution function."""
    two_sided = 2.0 * uniform(words(key, INPUTS, shape)) - 1.0
    return jnp.float32(2**0.5) * jax.lax.erf_inv(two_sided)


def shares(key: Key, rows: int, concentration: float) -> Float32[Array, " rows"]:
    """Independent numbers between 0 and 1 from Beta(concentration, concentration).

    From two uniform numbers u and v, exactly for any concentration a: with
    w = (u**(-1 / a) - 1) * cos(2 pi v)**2 it is 1/2 +- sqrt(w / (1 + w)) / 2, with the sign of
    the cosine (Ulrich, 1984, and Bailey, 1994, in Devroye, Random variate generation in one line
    of code, 1996).
    """
    u, v = uniform(words(key, PARTNERS, (rows, 2))).T
    cosine = jnp.cos(jnp.float32(2 * np.pi) * v)
    w = jnp.expm1(-jnp.log(u) / concentration) * jnp.square(cosine)
    # 1 / (1 + 1 / w) is w / (1 + w) where w is infinite, too
    return 0.5 + 0.5 * jnp.sign(cosine) * jnp.sqrt(1.0 / (1.0 + 1.0 / w))
