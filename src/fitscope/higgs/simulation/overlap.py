"""Jets that touch are one jet; a lepton inside a jet is no lepton."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32

from fitscope.higgs.simulation.tuned import Tuned
from fitscope.higgs.simulation.vectors import Values

LEPTON_RADIUS = 0.4
"""In real rows no jet is nearer to the lepton (in η and φ), and there are many just beyond."""


def distance(
    eta: Float32[np.ndarray, "*jets n"],
    phi: Float32[np.ndarray, "*jets n"],
    other_eta: Values,
    other_phi: Values,
) -> Float32[np.ndarray, "*jets n"]:
    """ΔR² = Δη² + Δφ², azimuths in radians counted the short way round."""
    turn = np.float32(2 * np.pi)
    dphi = phi - other_phi
    dphi -= turn * np.rint(dphi * np.float32(1 / turn))
    dphi *= dphi
    deta = eta - other_eta
    deta *= deta
    deta += dphi
    return deta


def separate(
    tuned: Tuned,
    spread: Values,
    eta: Float32[np.ndarray, "jets n"],
    phi: Float32[np.ndarray, "jets n"],
    lepton: Float32[np.ndarray, "3 n"],
    seen: Bool[np.ndarray, "jets n"],
) -> Bool[np.ndarray, " n"]:
    """Events in which quarks and lepton are apart; radiated jets that touch a quark's are dropped.

    A cone or cluster algorithm joins jets closer than its radius (Delphes 3: de Favereau et al.
    2014, section 3.3); shapes differ, so the radius is drawn for each event between two limits.
    The momentum of a dropped jet is not added: it is already part of what spreads responses.

    Args:
        spread: even numbers in (0, 1), for the radius.
        eta, phi: of the jets; the first four are the quarks.
        lepton: transverse momentum, pseudorapidity, azimuth.
        seen: changed in place: False for jets that are dropped.
    """
    radius = np.float32(tuned.radius_low) + spread * np.float32(
        tuned.radius_high - tuned.radius_low
    )
    radius *= radius
    to_lepton = distance(eta, phi, lepton[1], lepton[2])
    apart = np.all((to_lepton > np.float32(LEPTON_RADIUS**2)) | ~seen, axis=0)
    for i in range(4):
        near = distance(eta[i + 1 :], phi[i + 1 :], eta[i], phi[i]) < radius
        near &= seen[i]
        quarks = 3 - i
        apart &= ~(near[:quarks] & seen[i + 1 : 4]).any(0)
        seen[4:] &= ~near[quarks:]
    return apart
