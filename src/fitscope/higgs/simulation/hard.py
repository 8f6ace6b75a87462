"""The two processes up to their quarks and leptons: signal and background of the HIGGS data set.

Baldi, Sadowski, Whiteson: Searching for exotic particles in high-energy physics with deep
learning, Nature Communications 5, 4308 (2014), section "Benchmark case for Higgs bosons".
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32

from fitscope.higgs.simulation.decay import resonance_mass, two_body, w_decay
from fitscope.higgs.simulation.draws import Draws
from fitscope.higgs.simulation.particles import (
    B_MASS,
    CHARGED_HIGGS_MASS,
    CHARGED_HIGGS_WIDTH,
    HEAVY_HIGGS_MASS,
    HEAVY_HIGGS_WIDTH,
    LIGHT_HIGGS_MASS,
    LONGITUDINAL_SHARE,
    TOP_MASS,
    TOP_WIDTH,
    W_MASS,
    W_WIDTH,
)
from fitscope.higgs.simulation.partons import nearest_row, rapidity_tables
from fitscope.higgs.simulation.tables import inverse_table, look_up
from fitscope.higgs.simulation.top_pair import ROWS, pair_tables
from fitscope.higgs.simulation.vectors import FourVectors, Values, moving

_HEAVY_LOW, _HEAVY_HIGH, _HEAVY_ROWS = 380.0, 470.0, 24


class Partons(NamedTuple):
    """What leaves the hard process, in the laboratory, GeV.

    `down` and `up` are the quarks of the W that falls apart into quarks, by their charge; in half
    of the events `up` is a charm quark. `possible` is False where the drawn masses leave no room
    for the decay.
    """

    lepton: FourVectors
    neutrino: FourVectors
    bottom: FourVectors
    antibottom: FourVectors
    down: FourVectors
    up: FourVectors
    possible: Bool[np.ndarray, " n"]


@cache
def helicity_table(longitudinal: float) -> Float32[np.ndarray, " size"]:
    """Inverse table of the angle between a W's down-type fermion and the W's direction.

    In the W's rest frame, ¾ f (1 - c²) + ⅜ (1 - f) (1 - c)², where f of the W are longitudinal and
    the others left-handed (Kane, Ladinsky, Yuan 1992; PDG, Top quark).

    Args:
        longitudinal: f.
    """
    c = np.linspace(-1, 1, 2001)
    density = 0.75 * longitudinal * (1 - c**2) + 0.375 * (1 - longitudinal) * (1 - c) ** 2
    return inverse_table(c, density, 1025)


def _direction(draws: Draws) -> tuple[Values, Values]:
    """Even over the sphere: cosine, share of a turn."""
    u, turn = draws.uniform_pair()
    u *= np.float32(2)
    u -= np.float32(1)
    return u, turn


def _fermion(draws: Draws, longitudinal: float) -> tuple[Values, Values]:
    """Helicity angle of the down-type fermion: cosine, share of a turn."""
    u, turn = draws.uniform_pair()
    return look_up(helicity_table(longitudinal), u), turn


def top_pair(draws: Draws, px: Values, py: Values) -> Partons:
    """Background: g g → t t̄ → W⁺ b W⁻ b̄, one W to a lepton, the other to quarks.

    Args:
        draws: streams of the candidates.
        px, py: transverse momentum of the pair, GeV.
    """
    tables = pair_tables()
    u, v = draws.uniform_pair()
    m = look_up(tables.mass, u)
    row = nearest_row(m, tables.low, tables.high, ROWS)
    pair = moving(m, look_up(tables.rapidity, v, row), px, py)
    u, v = draws.uniform_pair()
    m_top = resonance_mass(u, TOP_MASS, TOP_WIDTH, 12)
    m_antitop = resonance_mass(v, TOP_MASS, TOP_WIDTH, 12)
    u, v = draws.uniform_pair()
    m_w, m_w2 = resonance_mass(u, W_MASS, W_WIDTH, 12), resonance_mass(v, W_MASS, W_WIDTH, 12)
    u, turn = draws.uniform_pair()
    top, antitop = two_body(pair, m, m_top, m_antitop, look_up(tables.angle, u, row), turn)
    share = LONGITUDINAL_SHARE
    bottom, lepton, neutrino = w_decay(
        top, m_top, B_MASS, m_w, _direction(draws), _fermion(draws, share)
    )
    antibottom, down, up = w_decay(
        antitop, m_antitop, B_MASS, m_w2, _direction(draws), _fermion(draws, share)
    )
    return Partons(lepton, neutrino, bottom, antibottom, down, up, m > m_top + m_antitop)


def higgs_cascade(draws: Draws, px: Values, py: Values) -> Partons:
    """Signal: g g → H⁰ → W∓ H± → W∓ W± h⁰ → W∓ W± b b̄.

    Scalars decay evenly over the sphere, and a W from a scalar that becomes a scalar is
    longitudinal. Either W is the one that gives the lepton.

    Args:
        draws: streams of the candidates.
        px, py: transverse momentum of the H⁰, GeV.
    """
    u, v = draws.uniform_pair()
    m = resonance_mass(u, HEAVY_HIGGS_MASS, HEAVY_HIGGS_WIDTH, 8)
    tables = rapidity_tables(_HEAVY_LOW, _HEAVY_HIGH, _HEAVY_ROWS)
    row = nearest_row(m, _HEAVY_LOW, _HEAVY_HIGH, _HEAVY_ROWS)
    heavy = moving(m, look_up(tables, v, row), px, py)
    u, v = draws.uniform_pair()
    m_charged = resonance_mass(u, CHARGED_HIGGS_MASS, CHARGED_HIGGS_WIDTH, 8)
    early_lepton = v < np.float32(0.5)
    u, v = draws.uniform_pair()
    m_w, m_w2 = resonance_mass(u, W_MASS, W_WIDTH, 12), resonance_mass(v, W_MASS, W_WIDTH, 12)
    charged, first, first_up = w_decay(
        heavy, m, m_charged, m_w, _direction(draws), _fermion(draws, 1.0)
    )
    light, second, second_up = w_decay(
        charged, m_charged, LIGHT_HIGGS_MASS, m_w2, _direction(draws), _fermion(draws, 1.0)
    )
    m_light = np.full_like(m, LIGHT_HIGGS_MASS)
    bottom, antibottom = two_body(light, m_light, B_MASS, B_MASS, *_direction(draws))
    return Partons(
        lepton=np.where(early_lepton, first, second),
        neutrino=np.where(early_lepton, first_up, second_up),
        bottom=bottom,
        antibottom=antibottom,
        down=np.where(early_lepton, second, first),
        up=np.where(early_lepton, second_up, first_up),
        possible=m > m_charged + m_w,
    )
