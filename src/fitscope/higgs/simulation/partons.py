"""Gluons inside protons: how heavy and how fast the colliding system is."""

from __future__ import annotations

from functools import cache

import numpy as np
from jaxtyping import Float32, Float64, Int32

from fitscope.higgs.simulation.tables import inverse_table

COLLISION_ENERGY = 8_000.0
"""Energy of both protons together, GeV (Baldi et al. 2014: LHC at 8 TeV)."""


def gluon_density(x: Float64[np.ndarray, ...], q: Float64[np.ndarray, ...] | float):
    """Gluon momentum density x g(x, Q), set 1 of Duke and Owens, Phys. Rev. D 30, 49 (1984).

    Args:
        x: share of the proton's momentum. q: scale of the collision, GeV.

    Returns:
        x g(x, Q): the momentum that gluons carry, by logarithm of x; its integral over x is
        the gluons' share of the proton's momentum.
    """
    q0, cutoff = 2.0, 0.2
    s = np.log(np.log(q**2 / cutoff**2) / np.log(q0**2 / cutoff**2))
    amount = 1.564 - 1.711 * s + 0.638 * s**2
    low = -0.949 * s + 0.325 * s**2
    high = 6.0 + 1.439 * s - 1.047 * s**2
    curve = (
        1
        + (9.0 - 7.186 * s + 0.255 * s**2) * x
        + (-16.54 * s + 10.92 * s**2) * x**2
        + (15.30 * s - 10.12 * s**2) * x**3
    )
    return np.maximum(amount * x**low * (1 - x) ** high * curve, 0.0)


def rapidity_density(m: float, y: Float64[np.ndarray, " points"]) -> Float64[np.ndarray, " points"]:
    """Density of the rapidity of a system of mass m: x₁ g(x₁) · x₂ g(x₂), x = m/√s · e^±y.

    Args:
        m: mass of the system, GeV, which is also the scale. y: its rapidity.
    """
    root = m / COLLISION_ENERGY
    one, two = root * np.exp(y), root * np.exp(-y)
    inside = (one < 1) & (two < 1)
    one, two = np.minimum(one, 1.0), np.minimum(two, 1.0)
    return np.where(inside, gluon_density(one, m) * gluon_density(two, m), 0.0)


def luminosity(m: float) -> float:
    """Gluon pairs by the square of their mass: dL/dτ times τ, up to a constant.

    Args:
        m: mass of the pair, GeV.
    """
    y = np.linspace(-5.0, 5.0, 801)
    return float(np.trapezoid(rapidity_density(m, y), y))


@cache
def rapidity_tables(low: float, high: float, rows: int) -> Float32[np.ndarray, "rows size"]:
    """Inverse tables of the rapidity for masses at even logarithmic steps from low to high, GeV."""
    y = np.linspace(-4.5, 4.5, 901)
    masses = np.geomspace(low, high, rows)
    return inverse_table(y, np.stack([rapidity_density(m, y) for m in masses]), 257)


def nearest_row(
    m: Float32[np.ndarray, " n"], low: float, high: float, rows: int
) -> Int32[np.ndarray, " n"]:
    """Which of the tables at even logarithmic steps from low to high is nearest to mass m, GeV."""
    place = np.log(m * np.float32(1 / low)) * np.float32((rows - 1) / np.log(high / low))
    place += np.float32(0.5)
    return np.clip(place.astype(np.int32), 0, rows - 1)
