"""How heavy, how fast and at which angle gluons make a pair of top quarks."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64

from fitscope.higgs.simulation.particles import TOP_MASS
from fitscope.higgs.simulation.partons import luminosity, rapidity_tables
from fitscope.higgs.simulation.tables import inverse_table

HEAVIEST = 2_500.0
"""Heaviest pair that is generated, GeV: one in 100,000 would be heavier."""
ROWS = 96


def pair_angle(m: float, cosine: Float64[np.ndarray, " points"]) -> Float64[np.ndarray, " points"]:
    """dσ/dcosθ of g g → t t̄ at leading order, up to a constant.

    Combridge, Nucl. Phys. B 151, 429 (1979), as written by Nason, Dawson, Ellis, Nucl. Phys.
    B 303, 607 (1988): (1/(6 τ₁τ₂) - 3/8) (τ₁² + τ₂² + ρ - ρ²/(4 τ₁τ₂)) β / m².

    Args:
        m: mass of the pair, GeV. cosine: of the angle of the top from the beam, in the pair's
            rest frame.
    """
    rho = 4 * TOP_MASS**2 / m**2
    beta = np.sqrt(1 - rho)
    one, two = (1 - beta * cosine) / 2, (1 + beta * cosine) / 2
    product = one * two
    colour = 1 / (6 * product) - 3 / 8
    return colour * (one**2 + two**2 + rho - rho**2 / (4 * product)) * beta / m**2


class PairTables(NamedTuple):
    """Inverse tables of the pair's mass, and of its angle and rapidity by mass."""

    mass: Float32[np.ndarray, " size"]
    angle: Float32[np.ndarray, "rows size"]
    rapidity: Float32[np.ndarray, "rows size"]
    low: float
    high: float


@cache
def pair_tables() -> PairTables:
    """Tables for drawing the mass (GeV), angle and rapidity of a top pair."""
    low, high = 2 * TOP_MASS + 0.5, HEAVIEST
    masses = np.geomspace(low, high, 600)
    cosine = np.linspace(-1, 1, 401)
    total = [np.trapezoid(pair_angle(m, cosine), cosine) * luminosity(m) / m for m in masses]
    rows = np.geomspace(low, high, ROWS)
    angle = np.stack([pair_angle(m, cosine) for m in rows])
    return PairTables(
        mass=inverse_table(masses, np.array(total), 4097),
        angle=inverse_table(cosine, angle, 257),
        rapidity=rapidity_tables(low, high, ROWS),
        low=low,
        high=high,
    )
