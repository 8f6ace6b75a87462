"""A body at its mass falls apart into two: masses from resonance curves, angles, momenta."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from fitscope.higgs.simulation.vectors import FourVectors, Values, boost

_TWO_PI = np.float32(2 * np.pi)


def breakup_momentum(m: Values, m1: Values | float, m2: Values | float) -> Values:
    """Momentum of both daughters in the mother's rest frame, GeV (PDG, Kinematics, eq. 49.17).

    Args:
        m, m1, m2: masses of the mother and of both daughters, GeV. Where m < m1 + m2 it is 0.
    """
    s = m * m
    total, difference = m1 + m2, m1 - m2
    product = (s - total * total) * (s - difference * difference)
    return np.sqrt(np.maximum(product, np.float32(0))) / (m + m)


def resonance_mass(u: Values, mass: float, width: float, reach: float) -> Values:
    """Masses spread as a relativistic Breit-Wigner curve (PDG, Resonances, eq. 50.1), GeV.

    Its density in m² is 1 / ((m² - M²)² + M² Γ²), so m² = M² + M Γ tan(angle) with an even angle.

    Args:
        u: even random numbers in (0, 1).
        mass, width: M and Γ, GeV.
        reach: how far from M a mass may be, in widths, before the curve is cut.
    """
    angle_up = np.arctan(((mass + reach * width) ** 2 - mass**2) / (mass * width))
    angle_down = np.arctan(((mass - reach * width) ** 2 - mass**2) / (mass * width))
    angle = u * np.float32(angle_up - angle_down) + np.float32(angle_down)
    tangent = np.sin(angle) / np.cos(angle)
    return np.sqrt(np.float32(mass**2) + np.float32(mass * width) * tangent)


def two_body(
    mother: FourVectors,
    m: Values,
    m1: Values | float,
    m2: Values | float,
    cosine: Values,
    turn: Values,
) -> tuple[FourVectors, FourVectors]:
    """Both daughters of a body, in the laboratory.

    Args:
        mother: its four-momentum; m: its mass, GeV.
        m1, m2: the daughters' masses, GeV.
        cosine: of the angle between the first daughter, seen in the mother's rest frame, and the
            axis that `turn` goes about: the mother's own flight direction where it matters
            (`two_body_along`), else the beam.
        turn: azimuth about that axis as a share of a full turn.

    Returns:
        The four-momenta of the first and of the second daughter; they add up to the mother's.
    """
    p = breakup_momentum(m, m1, m2)
    sine = np.sqrt(np.maximum(np.float32(1) - cosine * cosine, np.float32(0))) * p
    phi = turn * _TWO_PI
    rest = np.empty_like(mother)
    rest[0] = np.sqrt(p * p + np.float32(1) * m1 * m1)
    np.multiply(sine, np.cos(phi), out=rest[1])
    np.multiply(sine, np.sin(phi), out=rest[2])
    np.multiply(p, cosine, out=rest[3])
    first = boost(rest, mother, m)
    return first, mother - first


def direction_from(
    axis: Float[np.ndarray, "3 n"], cosine: Values, turn: Values
) -> Float[np.ndarray, "3 n"]:
    """Unit vectors at a given angle from given axes.

    Args:
        axis: unit vectors.
        cosine: of the angle between axis and result.
        turn: azimuth about the axis as a share of a full turn.
    """
    sine = np.sqrt(np.maximum(np.float32(1) - cosine * cosine, np.float32(0)))
    phi = turn * _TWO_PI
    x, y, z = axis
    # Duff et al., Building an orthonormal basis, revisited (JCGT 2017): no poles, no branches.
    sign = np.copysign(np.float32(1), z)
    a = np.float32(-1) / (sign + z)
    b = x * y * a
    c, s = sine * np.cos(phi), sine * np.sin(phi)
    out = np.empty_like(axis)
    out[0] = c * (np.float32(1) + sign * x * x * a) + s * b + cosine * x
    out[1] = c * sign * b + s * (sign + y * y * a) + cosine * y
    out[2] = -c * sign * x - s * y + cosine * z
    return out


def light_pair(
    mother: FourVectors, m: Values, axis: Float[np.ndarray, "3 n"], cosine: Values, turn: Values
) -> tuple[FourVectors, FourVectors]:
    """Two massless daughters, the first at a given angle from an axis in the mother's rest frame.

    Args:
        mother: four-momenta; m: masses, GeV.
        axis: unit vectors in the mother's rest frame.
        cosine: of the first daughter's angle from the axis.
        turn: azimuth about the axis as a share of a full turn.
    """
    half = m * np.float32(0.5)
    rest = np.empty_like(mother)
    rest[0] = half
    np.multiply(direction_from(axis, cosine, turn), half, out=rest[1:])
    first = boost(rest, mother, m)
    return first, mother - first


def w_decay(
    mother: FourVectors,
    m: Values,
    m_other: Values | float,
    m_w: Values,
    direction: tuple[Values, Values],
    fermion: tuple[Values, Values],
) -> tuple[FourVectors, FourVectors, FourVectors]:
    """A body that falls apart into a W and something else, the W into two light fermions.

    The fermion's angle is counted in the W's rest frame from the W's direction in the mother's
    rest frame (helicity angle), so the chain is boosted step by step and not at once.

    Args:
        mother: four-momenta; m: masses, GeV.
        m_other: mass of what accompanies the W; m_w: mass of the W, GeV.
        direction: of the W in the mother's rest frame: cosine from the beam, share of a turn.
        fermion: of the first fermion: cosine of the helicity angle, share of a turn.

    Returns:
        What accompanies the W, and the two fermions, in the laboratory.
    """
    p = breakup_momentum(m, m_w, m_other)
    beam = np.zeros((3, len(p)), np.float32)
    beam[2] = 1
    axis = direction_from(beam, *direction)
    w = np.empty_like(mother)
    w[0] = np.sqrt(p * p + m_w * m_w)
    np.multiply(axis, p, out=w[1:])
    first, second = light_pair(w, m_w, axis, *fermion)
    other = -w
    other[0] = m - w[0]
    return boost(other, mother, m), boost(first, mother, m), boost(second, mother, m)
