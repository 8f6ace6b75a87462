"""The neutrino's direction along the beam, from the mass of the W."""

from __future__ import annotations

import numpy as np

from fitscope.higgs.simulation.particles import W_MASS
from fitscope.higgs.simulation.vectors import Values

STEPS_PER_UNIT, LARGEST_ETA = 20, 3
"""The pseudorapidities tried: from -3 to 3 in steps of 0.05."""


def neutrino_eta(
    lepton_pt: Values, lepton_eta: Values, missing_pt: Values, cosine: Values
) -> tuple[Values, Values]:
    """The pseudorapidity on a grid at which lepton and neutrino come closest to the W mass.

    m² = 2 p_T,l p_T,ν (cosh(η_l - η_ν) - cos(φ_l - φ_ν)) for massless particles (PDG, Kinematics).
    The published rows were made with a grid from -3 to 3 in steps of 0.05: with it, and with
    nothing else that was tried, m_lv, m_jlv and m_wwbb follow from the other columns of real rows.
    The two exact solutions are known in closed form, so only their neighbours have to be compared.

    Args:
        lepton_pt, missing_pt: GeV. lepton_eta: pseudorapidity.
        cosine: of the azimuth between lepton and missing momentum.

    Returns:
        The neutrino's pseudorapidity, and the mass m_lv in GeV.
    """
    scale = lepton_pt * missing_pt
    scale *= np.float32(2)
    far = np.float32(W_MASS**2) / scale
    far += cosine
    np.maximum(far, np.float32(1), out=far)
    np.arccosh(far, out=far)
    edge = np.float32(LARGEST_ETA * STEPS_PER_UNIT)
    best_off = np.full_like(scale, np.inf)
    best_mass, best_eta = np.empty_like(scale), np.empty_like(scale)
    for side in (np.subtract, np.add):
        place = side(lepton_eta, far)
        place *= np.float32(STEPS_PER_UNIT)
        np.floor(place, out=place)
        for eta in (place, place + np.float32(1)):
            eta = np.clip(eta, -edge, edge) / np.float32(STEPS_PER_UNIT)
            m = np.sqrt(scale * (np.cosh(lepton_eta - eta) - cosine))
            off = np.abs(m - np.float32(W_MASS))
            better = off < best_off
            np.copyto(best_off, off, where=better)
            np.copyto(best_mass, m, where=better)
            np.copyto(best_eta, eta, where=better)
    return best_eta, best_mass
