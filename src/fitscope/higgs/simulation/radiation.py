"""Gluons radiated before and after the hard process: recoil, extra jets, split jets."""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from fitscope.higgs.simulation.draws import Draws
from fitscope.higgs.simulation.tuned import Tuned
from fitscope.higgs.simulation.vectors import Values

EXTRA = 3
"""Jets from before the hard process that an event has at most."""
JETS = 4 + EXTRA + 1
"""Rows of `Jets`: bottom, antibottom, down, up, the extra ones, and a split-off one."""

_TWO_PI = np.float32(2 * np.pi)


class Jets(NamedTuple):
    """Jets of many events: transverse momentum (GeV; 0 where there is none), pseudorapidity,
    azimuth (radians)."""

    pt: Float32[np.ndarray, "jets n"]
    eta: Float32[np.ndarray, "jets n"]
    phi: Float32[np.ndarray, "jets n"]


def initial_state(draws: Draws, tuned: Tuned, signal: bool) -> tuple[Jets, Values, Values]:
    """Extra jets, and the transverse momentum that they give to what is produced.

    Their number is a Poisson number cut off at 3, their momenta follow a falling power law, as
    soft and collinear gluons do (Ellis, Stirling, Webber: QCD and Collider Physics, chapter 5),
    and their pseudorapidities a normal curve. Gluons below the jets' threshold add a normal kick.
    The hard system takes the opposite of all.

    Returns:
        The extra jets [3, n], and px and py of the hard system in GeV.
    """
    mean = tuned.signal_extra_jets if signal else tuned.background_extra_jets
    power = tuned.signal_extra_power if signal else tuned.background_extra_power
    u, first = draws.uniform_pair()
    n = len(u)
    pt, eta, phi = (np.empty((EXTRA, n), np.float32) for _ in range(3))
    pt[0] = first
    pt[1], pt[2] = draws.uniform_pair()
    phi[0], phi[1] = draws.uniform_pair()
    phi[2], _ = draws.uniform_pair()
    # The inverse of the distribution function of pt^-power between lowest and highest.
    left = (tuned.extra_highest / tuned.extra_lowest) ** (1 - power)
    pt *= np.float32(left - 1)
    pt += np.float32(1)
    np.log(pt, out=pt)
    pt *= np.float32(-1 / (power - 1))
    np.exp(pt, out=pt)
    pt *= np.float32(tuned.extra_lowest)
    chance, below = exp(-mean), 0.0
    for k in range(EXTRA):
        below += chance
        pt[k] *= u > np.float32(below)
        chance *= mean / (k + 1)
    phi -= np.float32(0.5)
    phi *= _TWO_PI
    eta[0], eta[1] = draws.normal_pair()
    eta[2], kick_x = draws.normal_pair()
    kick_y, _ = draws.normal_pair()
    eta *= np.float32(tuned.extra_eta)
    kick_x *= np.float32(tuned.soft_recoil)
    kick_y *= np.float32(tuned.soft_recoil)
    px = kick_x - (pt * np.cos(phi)).sum(0)
    py = kick_y - (pt * np.sin(phi)).sum(0)
    return Jets(pt, eta, phi), px, py


def final_state(draws: Draws, tuned: Tuned, jets: Jets) -> None:
    """Let at most one of the four quarks of each event split off a jet of its own, in place.

    The gluon's share z of the momentum and the angle between both parts have even logarithms, the
    soft and collinear shape dz/z · dR/R of QCD (Ellis, Stirling, Webber, section 5.1), for
    z up to a half and angles wide enough for two jets. Their sum keeps direction and momentum.

    Args:
        jets: all of [8, n]; the last row is where the new jet goes.
    """
    u, turn = draws.uniform_pair()
    r, z = draws.uniform_pair()
    u *= np.float32(4 / tuned.split_chance)
    quark = u.astype(np.int32)
    split = quark < 4
    quark *= split
    z *= np.float32(np.log(2 * tuned.split_lowest))
    np.exp(z, out=z)
    z *= np.float32(0.5)
    z *= split
    r *= np.float32(np.log(1.2 / 0.4))
    np.exp(r, out=r)
    r *= np.float32(0.4)
    turn *= _TWO_PI
    step_eta, step_phi = r * np.cos(turn), r * np.sin(turn)
    place = quark * np.int32(z.size) + np.arange(z.size, dtype=np.int32)
    pt, eta, phi = (part.ravel()[place] for part in jets)
    rest = np.float32(1) - z
    jets.pt[-1] = z * pt
    jets.eta[-1] = eta + rest * step_eta
    jets.phi[-1] = phi + rest * step_phi
    jets.pt.ravel()[place] = rest * pt
    jets.eta.ravel()[place] = eta - z * step_eta
    jets.phi.ravel()[place] = phi - z * step_phi
    turns = np.rint(jets.phi * np.float32(1 / _TWO_PI))
    turns *= _TWO_PI
    np.subtract(jets.phi, turns, out=jets.phi)
