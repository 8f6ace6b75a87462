"""Four-momenta of many events at once: arrays [4, n] of E, px, py, pz in GeV (c = 1)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Shaped

FourVectors = Float[np.ndarray, "4 *n"]
Values = Float[np.ndarray, "*n"]


def mass(p: FourVectors) -> Values:
    """Invariant mass in GeV: m² = E² - |p|² (PDG, Kinematics, eq. 49.1)."""
    e, x, y, z = p
    return np.sqrt(np.maximum(e * e - x * x - y * y - z * z, np.float32(0)))


def from_cylindrical(pt: Values, eta: Values, phi: Values, m: Values | float = 0.0) -> FourVectors:
    """Four-momenta from what a detector measures (PDG, Kinematics, section 49.5.2).

    Args:
        pt: transverse momentum, GeV.
        eta: pseudorapidity, -ln tan(θ/2).
        phi: azimuth, radians.
        m: mass, GeV.
    """
    x, y, z = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    return np.stack([np.sqrt(x * x + y * y + z * z + m * m), x, y, z])


def cylindrical(p: FourVectors) -> tuple[Values, Values, Values]:
    """Transverse momentum (GeV), pseudorapidity and azimuth (radians, in [-π, π])."""
    _, x, y, z = p
    pt = np.sqrt(x * x + y * y)
    return pt, np.arcsinh(z / pt), np.arctan2(y, x)


def boost(p: FourVectors, frame: FourVectors, frame_mass: Values) -> FourVectors:
    """Four-momenta given in the rest frame of a moving body, as the laboratory sees them.

    E' = (E_f E + P·p) / M and p' = p + P (E + E') / (E_f + M), the Lorentz boost by P / E_f
    (PDG, Kinematics, eq. 49.4, with its γ and β written out).

    Args:
        p: in the rest frame of the body.
        frame: the body's own four-momentum in the laboratory.
        frame_mass: the body's mass, GeV.
    """
    e, x, y, z = p
    fe, fx, fy, fz = frame
    out = np.empty_like(p)
    energy = out[0]
    np.multiply(fe, e, out=energy)
    energy += fx * x
    energy += fy * y
    energy += fz * z
    energy /= frame_mass
    share = e + energy
    share /= fe + frame_mass
    for i in (1, 2, 3):
        np.multiply(frame[i], share, out=out[i])
        out[i] += p[i]
    return out


def moving(m: Values, rapidity: Values, px: Values, py: Values) -> FourVectors:
    """Four-momenta from mass, rapidity along the beam and transverse momentum, GeV.

    E = m_T cosh y, p_z = m_T sinh y, m_T² = m² + p_T² (PDG, Kinematics, eq. 49.37).
    """
    transverse = np.sqrt(m * m + px * px + py * py)
    return np.stack([transverse * np.cosh(rapidity), px, py, transverse * np.sinh(rapidity)])


def of_events(
    values: Shaped[np.ndarray, "rows n"], chosen: Shaped[np.ndarray, " m"]
) -> Shaped[np.ndarray, "rows m"]:
    """The columns of some events, each row of them in one piece of memory.

    `values[:, chosen]` would scatter the rows, and NumPy may round a function of scattered
    numbers otherwise than one of neighbours: a row would depend on its company.
    """
    return np.take(values, chosen, axis=1)
