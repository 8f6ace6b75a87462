"""Every number that was tuned on the marginal distributions of real rows, and nothing else.

How, against which rows and how well: docs/simulation.md. All other numbers are measured constants
(`particles`), edges and constants of the published columns (`detector`, `tagging`, `scaling`), or
parts of published formulas.
"""

from __future__ import annotations

from typing import NamedTuple


class Tuned(NamedTuple):
    """Parameters of radiation and detector."""

    signal_extra_jets: float = 1.75
    """Mean number of extra jets in a signal event, before it is cut off at 3."""
    signal_extra_power: float = 1.59
    """Their momenta fall as p_T to minus this power."""
    background_extra_jets: float = 1.51
    background_extra_power: float = 2.16
    extra_lowest: float = 17.0
    """Softest and hardest extra jet, GeV."""
    extra_highest: float = 400.0
    extra_eta: float = 2.05
    """Spread of their pseudorapidity."""
    soft_recoil: float = 4.4
    """Spread of the kick from softer gluons, GeV in x and y each."""
    split_chance: float = 0.31
    """Chance that one of the four quarks splits off a jet."""
    split_lowest: float = 0.068
    """Least share of the quark's momentum that this jet takes."""
    b_neutrino_chance: float = 0.39
    """Chance that a bottom quark loses momentum to a neutrino, and the largest share lost."""
    b_neutrino_share: float = 0.32
    jet_scale: float = 1.057
    """Measured over true momentum, before `cone_loss`."""
    b_scale: float = -0.017
    """Added to that for bottom quarks."""
    light_scale: float = -0.04
    """Added to that for the light quarks of the W; radiated jets have nothing added."""
    cone_loss: float = 0.086
    """Mean share lost outside the cone."""
    jet_stochastic: float = 1.44
    """a of the resolution σ/E = a/√E ⊕ c, √GeV."""
    jet_constant: float = 0.03
    """c of it."""
    missing_noise: float = 11.7
    """Further noise of the missing momentum, GeV in x and y each."""
    rank_noise: float = 0.25
    """Spread of the logarithm of the momentum that jets are listed by."""
    rank_bottom: float = 0.88
    """The same momentum of bottom jets, over what it would be for other jets."""
    radius_low: float = 0.6
    radius_high: float = 0.8
    """Two jets closer than something between these (in η and φ) are one."""
    tag_bottom: float = 0.49
    """Plateaus of the tagging efficiency: bottom, charm, other jets."""
    tag_charm: float = 0.2
    tag_other: float = 0.058
    tag_pt: float = 22.0
    """Where the efficiency rises with momentum, GeV."""
    strong_tag: float = 0.815
    """Share of strong tags among tags."""


TUNED = Tuned()
SIGNAL_SHARE = 0.53
"""Of all rows, as in the published file (Baldi et al. 2014)."""
