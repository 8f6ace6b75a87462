"""The seven masses that a physicist derives from leptons and jets.

Which jets go into which mass was found from the real rows themselves: with the rules below every
derived column follows from the other columns of a row (where all its jets are listed) to the last
printed digit or two. Everything is massless there, so that the square of any mass is the sum of
the squares of the masses of all pairs: a sum of positive terms, exact even in single precision.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int32

from fitscope.higgs.simulation.neutrino import neutrino_eta
from fitscope.higgs.simulation.particles import W_MASS
from fitscope.higgs.simulation.radiation import Jets
from fitscope.higgs.simulation.vectors import Values

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


class Light(NamedTuple):
    """A massless body: transverse momentum (GeV), pseudorapidity, azimuth (radians)."""

    pt: Values
    eta: Values
    phi: Values


def mass_squared(one: Light, two: Light) -> Values:
    """Squared mass of two massless bodies, GeV².

    m² = 2 p_T,1 p_T,2 (cosh Δη - cos Δφ) (PDG, Kinematics, section 49.5.2), and the bracket is
    2 (sinh² Δη/2 + sin² Δφ/2), which loses no digits where the two are close.
    """
    half = np.float32(0.5)
    wide = np.sinh((one.eta - two.eta) * half)
    wide *= wide
    turn = np.sin((one.phi - two.phi) * half)
    turn *= turn
    wide += turn
    wide *= one.pt
    wide *= two.pt
    wide *= np.float32(4)
    return wide


def light_w(
    jets: Jets, free: Bool[np.ndarray, "jets n"]
) -> tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " n"], Values]:
    """The pair of untagged jets whose mass is nearest to that of the W.

    Args:
        jets: all jets of the events.
        free: which of them may be used; at least two in every event.

    Returns:
        Rows of the two jets, and their squared mass, GeV².
    """
    n = free.shape[1]
    best_off, best = np.full(n, np.inf, np.float32), np.empty(n, np.float32)
    one, two = np.zeros(n, np.int32), np.zeros(n, np.int32)
    bodies = [Light(*body) for body in zip(*jets, strict=True)]
    for i in range(1, len(bodies)):
        for j in range(i):
            square = mass_squared(bodies[i], bodies[j])
            off = np.sqrt(square)
            off -= np.float32(W_MASS)
            np.abs(off, out=off)
            better = off < best_off
            better &= free[i]
            better &= free[j]
            np.copyto(best_off, off, where=better)
            np.copyto(best, square, where=better)
            np.copyto(one, i, where=better)
            np.copyto(two, j, where=better)
    return one, two, best


def derived_masses(
    lepton: Light,
    missing: tuple[Values, Values],
    jets: Jets,
    seen: Bool[np.ndarray, "jets n"],
    tagged: tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " n"]],
) -> Masses:
    """All seven masses.

    - lv: lepton and neutrino, whose pseudorapidity brings it nearest to the W mass (`neutrino`).
    - jj: the pair of untagged jets, listed or not, nearest to the W mass. bb: the tagged pair.
    - jjj: jj and the tagged jet that brings it nearest to 175 GeV; jlv: lv and the other one.
    - wbb: bb and either W, whichever is heavier. wwbb: all.

    Args:
        lepton: measured.
        missing: transverse momentum (GeV), azimuth (radians).
        jets: all jets of the events, measured.
        seen: which of them pass the selection.
        tagged: rows of the two tagged jets.
    """
    met, met_phi = missing
    nu_eta, m_lv = neutrino_eta(lepton.pt, lepton.eta, met, np.cos(lepton.phi - met_phi))
    neutrino = Light(met, nu_eta, met_phi)
    events = np.arange(len(met))
    free = seen.copy()
    for row in tagged:
        free[row, events] = False
    first_light, second_light, jj = light_w(jets, free)

    def body(row: Int32[np.ndarray, " n"]) -> Light:
        return Light(*(values[row, events] for values in jets))

    b1, b2 = (body(row) for row in tagged)
    q1, q2 = body(first_light), body(second_light)
    lv = m_lv * m_lv
    bb = mass_squared(b1, b2)
    jj_b1, jj_b2 = (mass_squared(q1, b) + mass_squared(q2, b) for b in (b1, b2))
    lv_b1, lv_b2 = (mass_squared(lepton, b) + mass_squared(neutrino, b) for b in (b1, b2))
    lv_jj = np.zeros_like(lv)
    for fermion in (lepton, neutrino):
        for quark in (q1, q2):
            lv_jj += mass_squared(fermion, quark)
    m_jj_b1, m_jj_b2 = np.sqrt(jj + jj_b1), np.sqrt(jj + jj_b2)
    top = np.float32(TOP_GUESS)
    first = np.abs(m_jj_b1 - top) < np.abs(m_jj_b2 - top)
    jj_bb, lv_bb = jj_b1 + jj_b2 + bb, lv_b1 + lv_b2 + bb
    return Masses(
        jj=np.sqrt(jj),
        jjj=np.where(first, m_jj_b1, m_jj_b2),
        lv=m_lv,
        jlv=np.sqrt(lv + np.where(first, lv_b2, lv_b1)),
        bb=np.sqrt(bb),
        wbb=np.sqrt(np.maximum(lv + lv_bb, jj + jj_bb)),
        wwbb=np.sqrt(lv + jj + lv_jj + jj_bb + lv_b1 + lv_b2),
    )
