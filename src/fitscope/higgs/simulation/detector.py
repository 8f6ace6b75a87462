"""What a detector makes of jets and of the momentum that nobody sees."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from fitscope.higgs.simulation.draws import Draws
from fitscope.higgs.simulation.radiation import JETS, Jets
from fitscope.higgs.simulation.tuned import Tuned
from fitscope.higgs.simulation.vectors import FourVectors, Values

JET_PT, JET_ETA = 15.0, 3.0
"""Jets count above this transverse momentum (GeV) and inside this |η|: the edges of real rows."""
LEPTON_PT, LEPTON_ETA = 15.0, 2.5
"""The same for the electron or muon. The paper speaks of 20 GeV, but the real rows' W peaks and
edges agree only with 15 (docs/simulation.md)."""


class Measured(NamedTuple):
    """Jets' transverse momenta and what orders them, and the missing momentum, all in GeV."""

    pt: Float32[np.ndarray, "jets n"]
    rank: Float32[np.ndarray, "jets n"]
    missing_x: Values
    missing_y: Values


def _normals(draws: Draws, n: int) -> Float32[np.ndarray, "jets n"]:
    out = np.empty((JETS, n), np.float32)
    for i in range(0, JETS, 2):
        out[i], out[i + 1] = draws.normal_pair()
    return out


def measure(draws: Draws, tuned: Tuned, jets: Jets, neutrino: FourVectors) -> Measured:
    """Measured jets and missing momentum.

    - Bottom quarks: some lose a share to a neutrino of their own, the product of two even numbers
      times the largest share (semileptonic B decays are soft in the neutrino).
    - Response: a jet keeps a constant share, less an exponential loss outside its cone.
    - Resolution: σ(E)/E = a/√E ⊕ c, the form of the CMS-like cards of Delphes 3 (de Favereau et
      al., JHEP 02 (2014) 057, section 3.2) and of PGS.
    - Missing momentum: all neutrinos, less what the jets' resolution added, plus soft noise.
    - Jets are listed by a rougher momentum than the one that is written down: in a quarter of the
      real rows jet 1 is softer than jet 2.

    Args:
        jets: [8, n]; rows 0 and 1 are from bottom quarks. Not changed.
        neutrino: of the W.
    """
    n = jets.pt.shape[1]
    cosine, sine = np.cos(jets.phi), np.sin(jets.phi)
    true = jets.pt.copy()
    missing_x, missing_y = neutrino[1].copy(), neutrino[2].copy()
    decays = draws.uniform_pair()
    shares = draws.uniform_pair()
    for i in (0, 1):
        # given that it decays so, `decays / chance` is even again: the second factor, for free
        decay, share = decays[i], shares[i]
        share *= decay
        share *= decay < np.float32(tuned.b_neutrino_chance)
        share *= np.float32(tuned.b_neutrino_share / tuned.b_neutrino_chance)
        share *= true[i]
        true[i] -= share
        missing_x += share * cosine[i]
        missing_y += share * sine[i]
    error = np.cosh(np.minimum(np.abs(jets.eta), np.float32(5)))
    error *= true
    error += np.float32(1e-3)
    np.divide(np.float32(tuned.jet_stochastic**2), error, out=error)
    error += np.float32(tuned.jet_constant**2)
    np.sqrt(error, out=error)
    error *= true
    error *= _normals(draws, n)
    response = np.empty((JETS, n), np.float32)
    for i in range(0, JETS, 2):
        response[i], response[i + 1] = draws.uniform_pair()
    np.log(response, out=response)
    response *= np.float32(tuned.cone_loss)
    response += np.float32(tuned.jet_scale)
    response[:2] += np.float32(tuned.b_scale)
    response[2:4] += np.float32(tuned.light_scale)
    np.maximum(response, np.float32(0), out=response)
    response *= true
    response += error
    np.maximum(response, np.float32(0), out=response)
    noise_x, noise_y = draws.normal_pair()
    missing_x += noise_x * np.float32(tuned.missing_noise)
    missing_y += noise_y * np.float32(tuned.missing_noise)
    cosine *= error
    sine *= error
    missing_x -= cosine.sum(0)
    missing_y -= sine.sum(0)
    return Measured(response, true, missing_x, missing_y)
