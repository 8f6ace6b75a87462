"""The seven masses that a physicist derives from leptons and jets.

Which jets go into which mass was found from the real rows themselves: with the rules below every
derived column follows from the other columns of a row (where all its jets are listed) to the last
printed digit or two. Jets are massless.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32

from fitscope.data.simulation.neutrino import neutrino_eta
from fitscope.data.simulation.particles import W_MASS
from fitscope.data.simulation.vectors import FourVectors, Values, from_cylindrical, mass

TOP_GUESS = 175.0
"""GeV. The published m_jjj is the one nearest to 175."""


class Masses(NamedTuple):
    """GeV, in the published order and under the published names."""

    jj: Values
    jjj: Values
    lv: Values
    jlv: Values
    bb: Values
    wbb: Values
    wwbb: Values


def light_w(jets: Float32[np.ndarray, "jets 4 n"], free: Bool[np.ndarray, "jets n"]) -> FourVectors:
    """The pair of untagged jets whose mass is nearest to that of the W.

    Args:
        jets: four-momenta, GeV.
        free: which jets may be used; at least two in every event.
    """
    best_off = np.full(free.shape[1], np.inf, np.float32)
    best = np.zeros(jets.shape[1:], np.float32)
    for i in range(1, len(jets)):
        for j in range(i):
            both = np.flatnonzero(free[i] & free[j])
            if not len(both):
                continue
            pair = jets[i][:, both] + jets[j][:, both]
            off = np.abs(mass(pair) - np.float32(W_MASS))
            better = np.flatnonzero(off < best_off[both])
            best_off[both[better]] = off[better]
            best[:, both[better]] = pair[:, better]
    return best


def derived_masses(
    lepton: tuple[Values, Values, Values],
    missing: tuple[Values, Values],
    jets: Float32[np.ndarray, "jets 4 n"],
    seen: Bool[np.ndarray, "jets n"],
    tagged: tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " n"]],
) -> Masses:
    """All seven masses.

    Args:
        lepton: transverse momentum (GeV), pseudorapidity, azimuth (radians).
        missing: transverse momentum (GeV), azimuth (radians).
        jets: four-momenta, GeV.
        seen: which of them pass the selection.
        tagged: rows of the two tagged jets.
    """
    pt, eta, phi = lepton
    met, met_phi = missing
    nu_eta, m_lv = neutrino_eta(pt, eta, met, np.cos(phi - met_phi))
    lv = from_cylindrical(pt, eta, phi)
    lv += from_cylindrical(met, nu_eta, met_phi)
    events = np.arange(len(pt))
    one, two = (jets[row, :, events].T for row in tagged)
    free = seen.copy()
    for row in tagged:
        free[row, events] = False
    jj = light_w(jets, free)
    bb = one + two
    m_jj1, m_jj2 = mass(jj + one), mass(jj + two)
    top = np.float32(TOP_GUESS)
    first = np.abs(m_jj1 - top) < np.abs(m_jj2 - top)
    return Masses(
        jj=mass(jj),
        jjj=np.where(first, m_jj1, m_jj2),
        lv=m_lv,
        jlv=np.where(first, mass(lv + two), mass(lv + one)),
        bb=mass(bb),
        wbb=np.maximum(mass(lv + bb), mass(jj + bb)),
        wwbb=mass(lv + jj + bb),
    )
