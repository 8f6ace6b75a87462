"""Finished rows: candidates are drawn until every row of a block has its event."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt64

from fitscope.higgs.simulation.derived import Light, derived_masses
from fitscope.higgs.simulation.detector import JET_ETA, JET_PT, LEPTON_ETA, LEPTON_PT, measure
from fitscope.higgs.simulation.draws import Draws
from fitscope.higgs.simulation.hard import higgs_cascade, top_pair
from fitscope.higgs.simulation.overlap import separate
from fitscope.higgs.simulation.radiation import EXTRA, JETS, Jets, final_state, initial_state
from fitscope.higgs.simulation.scaling import SCALES
from fitscope.higgs.simulation.tagging import tag_odds, tag_strengths, tagged_pair
from fitscope.higgs.simulation.tuned import SIGNAL_SHARE, TUNED, Tuned
from fitscope.higgs.simulation.vectors import cylindrical, of_events

BLOCK = 16_384
"""Rows of a block."""
BATCH = 8_192
"""Candidates that are worked on at once: their arrays stay in a core's cache."""
FEATURES = 28
LARGEST_CHANCE = 0.31
"""No event's chance of two tags is larger; candidates are kept with their chance over this."""

_LABEL_STREAM = 0x6C6162656C
"""Apart from the stream of the events, so that a label says nothing about its event's numbers."""


def candidates(
    draws: Draws, signal: bool, tuned: Tuned = TUNED
) -> tuple[Int64[np.ndarray, " accepted"], Float32[np.ndarray, "28 accepted"]]:
    """Generate one event for each stream and keep those that pass the selection.

    Args:
        draws: streams, one for each candidate.
        signal: which of the two processes.
        tuned: parameters of radiation and detector.

    Returns:
        Which candidates passed, rising, and their features in GeV and radians.
    """
    extra, px, py = initial_state(draws, tuned, signal)
    event = (higgs_cascade if signal else top_pair)(draws, px, py)
    lepton_pt, lepton_eta, lepton_phi = cylindrical(event.lepton)
    passed = event.possible
    passed &= lepton_pt > np.float32(LEPTON_PT)
    passed &= np.abs(lepton_eta) < np.float32(LEPTON_ETA)
    kept = np.flatnonzero(passed)
    draws.keep(kept)
    lepton = of_events(np.stack([lepton_pt, lepton_eta, lepton_phi]), kept)

    jets = Jets(*(np.empty((JETS, len(kept)), np.float32) for _ in range(3)))
    for i, quark in enumerate((event.bottom, event.antibottom, event.down, event.up)):
        jets.pt[i], jets.eta[i], jets.phi[i] = cylindrical(of_events(quark, kept))
    for whole, part in zip(jets, extra, strict=True):
        whole[4 : 4 + EXTRA] = of_events(part, kept)
    final_state(draws, tuned, jets)
    measured = measure(draws, tuned, jets, of_events(event.neutrino, kept))
    seen = measured.pt > np.float32(JET_PT)
    seen &= np.abs(jets.eta) < np.float32(JET_ETA)
    odds, chance = tag_odds(draws, tuned, measured.pt, jets.eta, seen)
    lot, spread = draws.uniform_pair()
    lot *= np.float32(LARGEST_CHANCE)
    passed = lot < chance
    passed &= seen.sum(0, dtype=np.int8) >= 4
    chosen = np.flatnonzero(passed)

    parts = [jets.eta, jets.phi, measured.pt, measured.rank, odds, lepton]
    eta, phi, pt, rank, odds, lepton = (of_events(part, chosen) for part in parts)
    seen = of_events(seen, chosen)
    alone = separate(tuned, spread[chosen], eta, phi, lepton, seen)
    odds *= seen
    others = odds[2:].sum(0)
    # An event whose tagged pair needed a jet that is gone would have no pair.
    alone &= (odds[0] * odds[1] > 0) | ((odds[0] + odds[1]) * others > 0)
    alone &= seen.sum(0, dtype=np.int8) >= 4
    last = np.flatnonzero(alone)
    chosen = chosen[last]
    draws.keep(chosen)
    parts = [eta, phi, pt, rank, odds, lepton]
    eta, phi, pt, rank, odds, lepton = (of_events(part, last) for part in parts)
    return kept[chosen], _features(
        draws,
        tuned,
        lepton,
        np.stack([measured.missing_x[chosen], measured.missing_y[chosen]]),
        Jets(pt, eta, phi),
        rank,
        of_events(seen, last),
        odds,
    )


def _features(
    draws: Draws,
    tuned: Tuned,
    lepton: Float32[np.ndarray, "3 n"],
    missing: Float32[np.ndarray, "2 n"],
    jets: Jets,
    rank: Float32[np.ndarray, "jets n"],
    seen: Bool[np.ndarray, "jets n"],
    odds: Float32[np.ndarray, "jets n"],
) -> Float32[np.ndarray, "28 n"]:
    """The published columns of accepted events, in GeV and radians."""
    tagged = tagged_pair(draws, odds)
    strength = tag_strengths(draws, tuned, *tagged)
    for i in range(0, JETS, 2):
        for k, noise in zip((i, i + 1), draws.normal_pair(), strict=True):
            noise *= np.float32(tuned.rank_noise)
            np.exp(noise, out=noise)
            rank[k] *= noise
    rank[:2] *= np.float32(tuned.rank_bottom)
    rank *= seen
    listed = np.argsort(-rank, axis=0, kind="stable")[:4]
    met = np.sqrt(missing[0] * missing[0] + missing[1] * missing[1])
    met_phi = np.arctan2(missing[1], missing[0])
    out = np.empty((FEATURES, len(met)), np.float32)
    out[0:3] = lepton
    out[3], out[4] = met, met_phi
    for k, values in enumerate((*jets, strength)):
        out[5 + k : 21 : 4] = np.take_along_axis(values, listed, axis=0)
    out[21:] = derived_masses(Light(*lepton), (met, met_phi), jets, seen, tagged)
    return out


def _fill(
    rows: UInt64[np.ndarray, " rows"],
    out: Float32[np.ndarray, "rows 28"],
    seed: int,
    signal: bool,
    tuned: Tuned,
) -> None:
    """The first accepted candidate of each row, in place.

    A row's candidates are numbered, and each has its own stream: which of them are looked at in
    one go, and together with which other rows, changes nothing.
    """
    waiting = np.arange(len(rows))
    tried = 0
    while len(waiting):
        at_once = max(1, min(16, BATCH // (2 * len(waiting))))
        left = []
        for start in range(0, len(waiting), BATCH):
            part = waiting[start : start + BATCH]
            slot = np.repeat(np.arange(len(part)), at_once)
            attempt = np.tile(np.arange(tried, tried + at_once), len(part))
            passed, features = candidates(Draws(seed, rows[part[slot]], attempt), signal, tuned)
            slot = slot[passed]
            first = np.ones(len(slot), bool)
            first[1:] = slot[1:] != slot[:-1]
            out[part[slot[first]]] = features[:, first].T
            done = np.zeros(len(part), bool)
            done[slot] = True
            left.append(part[~done])
        waiting = np.concatenate(left)
        tried += at_once


def block(number: int, seed: int, tuned: Tuned = TUNED) -> Float32[np.ndarray, "block 29"]:
    """One block of simulated rows: rows number · BLOCK to (number + 1) · BLOCK of this seed.

    Row i of a seed is the same whatever else is asked for, bit for bit on one machine. Another
    machine may round the last bit of a sine otherwise: then a row may differ in the sixth digit,
    or, at the edge of a cut, be another event; its neighbours stay what they are.

    Args:
        number: which block, from 0.
        seed: from 0 to 2⁶⁴ - 1.
        tuned: parameters of radiation and detector, to try others than the ones that were tuned.

    Returns:
        Label (1 signal, 0 background), then the 28 features in the published order and scaling.

    Example:
        >>> rows = block(0, seed=1)
        >>> rows.shape, rows.dtype
        ((16384, 29), dtype('float32'))
        >>> bool((rows == block(0, seed=1)).all())
        True
    """
    rows = np.arange(number * BLOCK, (number + 1) * BLOCK, dtype=np.uint64)
    labels = Draws(seed ^ _LABEL_STREAM, rows, np.zeros(BLOCK, np.uint64)).uniform_pair()[0]
    signal = labels < np.float32(SIGNAL_SHARE)
    out = np.empty((BLOCK, 1 + FEATURES), np.float32)
    out[:, 0] = signal
    for process in (True, False):
        chosen = np.flatnonzero(signal == process)
        features = np.empty((len(chosen), FEATURES), np.float32)
        _fill(rows[chosen], features, seed, process, tuned)
        features /= SCALES
        out[chosen, 1:] = features
    return out
