"""Which two jets are taken for bottom jets.

Every published row is consistent with exactly two tagged jets in its event: m_bb of the rows that
show two is their mass, and where one or both are not among the four listed jets, m_bb is the mass
of jets that are not listed.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32, Int32

from fitscope.higgs.simulation.draws import Draws
from fitscope.higgs.simulation.radiation import JETS
from fitscope.higgs.simulation.tuned import Tuned
from fitscope.higgs.simulation.vectors import Values

TAG_ETA = 1.755
"""No jet of the real rows is tagged at a larger |η|."""


def tag_odds(
    draws: Draws,
    tuned: Tuned,
    pt: Float32[np.ndarray, "jets n"],
    eta: Float32[np.ndarray, "jets n"],
    seen: Bool[np.ndarray, "jets n"],
) -> tuple[Float32[np.ndarray, "jets n"], Values]:
    """Tagging efficiencies p(pt) p(η), by what a jet comes from.

    p ∝ tanh(pt / scale) (1 - (|η| / 1.755)⁵): rising and saturating with pt as in the cards of
    Delphes 3 (de Favereau et al. 2014) and falling to nothing at the tracker's edge. Plateaus
    differ for bottom, charm (every second up-type quark) and other jets.

    Args:
        pt: measured, GeV. seen: jets inside the selection; the others have no tag.

    Returns:
        Odds p / (1 - p) of each jet's tag, and the chance that exactly two jets are tagged, a
        bottom jet at least among them.
    """
    reach = np.abs(eta)
    reach *= np.float32(1 / TAG_ETA)
    np.minimum(reach, np.float32(1), out=reach)
    fall = reach * reach
    fall *= fall
    fall *= reach
    chance = pt * np.float32(1 / tuned.tag_pt)
    np.tanh(chance, out=chance)
    fall *= chance
    chance -= fall
    chance *= seen
    charm, _ = draws.uniform_pair()
    chance[:2] *= np.float32(tuned.tag_bottom)
    chance[2:] *= np.float32(tuned.tag_other)
    ratio = np.float32(tuned.tag_charm / tuned.tag_other)
    chance[3] *= np.where(charm < np.float32(0.5), ratio, np.float32(1))
    untagged = np.float32(1) - chance
    chance /= untagged
    others = chance[2:].sum(0)
    two = chance[0] * chance[1] + (chance[0] + chance[1]) * others
    two *= untagged.prod(0)
    return chance, two


def tagged_pair(
    draws: Draws, odds: Float32[np.ndarray, "jets n"]
) -> tuple[Int32[np.ndarray, " n"], Int32[np.ndarray, " n"]]:
    """Draw which two jets are tagged, given that two are.

    Args:
        odds: of each jet's tag.

    Returns:
        Rows of the two jets, integers [n] each.
    """
    u, v = draws.uniform_pair()
    others = odds[2:].sum(0)
    both = odds[0] * odds[1]
    first = odds[0] * others
    u *= both + first + odds[1] * others
    is_both = u < both
    one = np.where(is_both | (u < both + first), 0, 1).astype(np.int32)
    v *= others
    two = np.full(len(v), 2, np.int32)
    below = odds[2].copy()
    last = len(odds) - 1
    for i in range(2, last):
        two += v >= below
        below += odds[i + 1]
    two = np.where(is_both, np.int32(1), two)
    return one, two


def tag_strengths(
    draws: Draws, tuned: Tuned, one: Int32[np.ndarray, " n"], two: Int32[np.ndarray, " n"]
) -> Float32[np.ndarray, "jets n"]:
    """0 for untagged jets, 1 for a weak and 2 for a strong tag."""
    strong = draws.uniform_pair()
    out = np.zeros((JETS, len(one)), np.float32)
    events = np.arange(len(one))
    for jet, u in zip((one, two), strong, strict=True):
        out[jet, events] = np.where(u < np.float32(tuned.strong_tag), 2, 1)
    return out
