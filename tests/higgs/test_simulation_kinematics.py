"""Four-vectors, boosts and decays against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.higgs.simulation.decay import (
    breakup_momentum,
    direction_from,
    light_pair,
    resonance_mass,
    two_body,
    w_decay,
)
from fitscope.higgs.simulation.draws import Draws
from fitscope.higgs.simulation.hard import helicity_table, higgs_cascade, top_pair
from fitscope.higgs.simulation.particles import (
    B_MASS,
    CHARGED_HIGGS_MASS,
    CHARGED_HIGGS_WIDTH,
    HEAVY_HIGGS_MASS,
    HEAVY_HIGGS_WIDTH,
    LIGHT_HIGGS_MASS,
    TOP_MASS,
    TOP_WIDTH,
    W_MASS,
    W_WIDTH,
)
from fitscope.higgs.simulation.tables import look_up
from fitscope.higgs.simulation.vectors import boost, cylindrical, from_cylindrical, mass, moving

finite = {"allow_nan": False, "width": 32}
momenta = st.floats(-300, 300, **finite)
cosines = st.floats(-1, 1, **finite)
shares = st.floats(0, 1, **finite)


def column(*values):
    return np.array(values, np.float64)[:, None]


def body(m, x, y, z):
    return column(np.sqrt(m * m + x * x + y * y + z * z), x, y, z)


def streams(n, seed=3):
    return Draws(seed, np.arange(n), np.zeros(n, int))


@settings(max_examples=40)
@given(st.floats(1, 500, **finite), momenta, momenta, momenta, momenta, momenta, momenta)
def test_a_boost_and_its_opposite_cancel(m, x, y, z, px, py, pz):
    frame, opposite = body(m, x, y, z), body(m, -x, -y, -z)
    p = body(4.0, px, py, pz)
    m = np.array([m])
    there = boost(p, frame, m)
    np.testing.assert_allclose(mass(there), 4.0, atol=1e-6 * float(there[0, 0]))
    scale = float(there[0, 0] * frame[0, 0] / m[0])
    np.testing.assert_allclose(boost(there, opposite, m), p, atol=1e-12 * scale)


def test_a_body_at_rest_is_boosted_to_the_frame_itself():
    frame = body(80.0, 30.0, -40.0, 120.0)
    np.testing.assert_allclose(boost(column(80.0, 0, 0, 0), frame, np.array([80.0])), frame)


def test_a_boost_along_the_beam_adds_rapidities():
    slow, fast = (moving(*(np.array([v]) for v in (5.0, y, 0.0, 0.0))) for y in (0.3, 1.5))
    moved = boost(slow, fast, np.array([5.0]))
    np.testing.assert_allclose(np.arctanh(moved[3] / moved[0]), 1.8)


@pytest.mark.parametrize(
    ("m", "m1", "m2", "p"),
    [
        (139.57039, 105.6583755, 0.0, 29.792),  # π → μ ν, MeV (PDG)
        (493.677, 139.57039, 134.9768, 205.14),  # K⁺ → π⁺ π⁰, MeV (PDG)
        (125.0, 0.0, 0.0, 62.5),
        (172.5, 80.4, 0.0, (172.5**2 - 80.4**2) / (2 * 172.5)),
        (425.0, 325.0, 100.0, 0.0),
        (425.0, 325.0, 100.1, 0.0),
    ],
)
def test_breakup_momentum(m, m1, m2, p):
    got = breakup_momentum(np.array([m]), m1, m2)
    np.testing.assert_allclose(got, p, rtol=1e-4, atol=1e-9)


@settings(max_examples=40)
@given(st.floats(20, 500, **finite), shares, shares, momenta, momenta, momenta, cosines, shares)
def test_two_body_decay(m, share1, share2, x, y, z, cosine, turn):
    m1 = m * share1 * 0.9
    m2 = (m - m1) * share2 * 0.9
    mother = body(m, x, y, z)
    one, two = two_body(mother, *(np.array([v]) for v in (m, m1, m2, cosine, turn)))
    np.testing.assert_allclose(one + two, mother, atol=1e-9 * mother[0, 0])
    for p, expected in ((one, m1), (two, m2)):
        # E² - p² of a fast light body: as exact as the two squares it is the difference of
        np.testing.assert_allclose(mass(p) ** 2, expected**2, atol=1e-10 * mother[0, 0] ** 2)


def test_a_decay_at_rest_goes_where_it_is_told():
    mother = column(100.0, 0, 0, 0)
    one, _ = two_body(mother, *(np.array([v]) for v in (100.0, 0.0, 0.0, 0.6, 0.25)))
    np.testing.assert_allclose(one[:, 0], [50, 0, 40, 30], atol=1e-4)


@settings(max_examples=40)
@given(cosines, shares, cosines, shares)
def test_directions_have_the_angle_asked_for(axis_cosine, axis_turn, cosine, turn):
    sine = np.sqrt(1 - axis_cosine**2)
    phi = 2 * np.pi * axis_turn
    axis = column(sine * np.cos(phi), sine * np.sin(phi), axis_cosine)
    got = direction_from(axis, np.array([cosine]), np.array([turn]))
    np.testing.assert_allclose((got * got).sum(), 1, atol=1e-6)
    np.testing.assert_allclose((got * axis).sum(), cosine, atol=1e-6)


@settings(max_examples=40)
@given(momenta, momenta, momenta, cosines, shares)
def test_a_light_pair_is_light_and_adds_up(x, y, z, cosine, turn):
    mother = body(80.4, x, y, z)
    axis = column(0.6, 0.0, 0.8)
    one, two = light_pair(mother, np.array([80.4]), axis, np.array([cosine]), np.array([turn]))
    np.testing.assert_allclose(one + two, mother, atol=1e-9 * mother[0, 0])
    for p in (one, two):
        np.testing.assert_allclose(mass(p) ** 2, 0, atol=1e-10 * mother[0, 0] ** 2)


@settings(max_examples=40)
@given(momenta, momenta, momenta, cosines, shares, cosines, shares)
def test_a_body_that_becomes_a_w(x, y, z, cosine, turn, helicity, turn2):
    mother = body(172.5, x, y, z)
    numbers = [np.array([v]) for v in (cosine, turn, helicity, turn2)]
    other, one, two = w_decay(
        mother, np.array([172.5]), 4.7, np.array([80.4]), tuple(numbers[:2]), tuple(numbers[2:])
    )
    # directions are made in single precision, whatever comes in
    energy = float(mother[0, 0])
    np.testing.assert_allclose(other + one + two, mother, atol=1e-6 * energy)
    np.testing.assert_allclose(mass(one + two) ** 2, 80.4**2, atol=2e-6 * energy**2)
    np.testing.assert_allclose(mass(other) ** 2, 4.7**2, atol=2e-6 * energy**2)


def test_the_helicity_angle_is_the_one_that_was_drawn():
    """m(b l)² = ½ (m_t² - m_W²) (1 - c) for a massless b (PDG, Kinematics, Dalitz plots)."""
    c = np.linspace(-0.99, 0.99, 41).astype(np.float64)
    n = len(c)
    mother = np.repeat(body(172.5, 20.0, -70.0, 200.0), n, axis=1)
    other, lepton, _ = w_decay(
        mother,
        np.full(n, 172.5),
        0.0,
        np.full(n, 80.4),
        (np.linspace(-1, 1, n), np.linspace(0, 1, n)),
        (c, np.linspace(0, 3, n) % 1),
    )
    expected = (172.5**2 - 80.4**2) * (1 + c) / 2
    # c counts from the W's direction: the lepton flies off the b when it is 1
    np.testing.assert_allclose(mass(other + lepton) ** 2, expected, rtol=1e-5)


@settings(max_examples=40)
@given(st.floats(1, 400, **finite), st.floats(-5, 5, **finite), st.floats(-3, 3, **finite))
def test_cylindrical_coordinates_there_and_back(pt, eta, phi):
    p = from_cylindrical(*(np.array([v]) for v in (pt, eta, phi)))
    np.testing.assert_allclose(np.stack(cylindrical(p))[:, 0], [pt, eta, phi], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(mass(p) ** 2, 0, atol=1e-9 * float(p[0, 0]) ** 2)


def test_resonance_curve():
    u = (np.arange(200_000, dtype=np.float32) + 0.5) / 200_000
    m = resonance_mass(u, 80.4, 2.09, 12).astype(np.float64)
    assert m.min() >= 80.4 - 12 * 2.09 - 1e-3
    assert m.max() <= 80.4 + 12 * 2.09 + 1e-3
    inside = np.abs(m**2 - 80.4**2) < 80.4 * 2.09
    # half of an uncut curve lies within the half width; the cut leaves a little more of it there
    assert 0.5 < inside.mean() < 0.55


def test_helicity_angles():
    """Means of the closed forms: 0 for longitudinal, -1/2 for left-handed W; ⟨c²⟩ = 1/5, 2/5."""
    u = (np.arange(100_000, dtype=np.float32) + 0.5) / 100_000
    for share, mean, square in ((1.0, 0.0, 0.2), (0.0, -0.5, 0.4), (0.69, -0.155, 0.262)):
        c = look_up(helicity_table(share), u).astype(np.float64)
        np.testing.assert_allclose([c.mean(), (c * c).mean()], [mean, square], atol=1e-3)


class TestProcesses:
    N = 20_000

    def test_top_pairs(self):
        px, py = np.full(self.N, 30, np.float32), np.full(self.N, -20, np.float32)
        event = top_pair(streams(self.N), px, py)
        ok = event.possible
        assert ok.mean() > 0.98
        leptonic = event.lepton + event.neutrino
        hadronic = event.down + event.up
        for w, b in ((leptonic, event.bottom), (hadronic, event.antibottom)):
            assert np.median(mass(w)) == pytest.approx(W_MASS, abs=0.1)
            assert np.median(mass(w + b)[ok]) == pytest.approx(TOP_MASS, abs=0.1)
            assert (np.abs(mass(w + b)[ok] - TOP_MASS) < 12 * TOP_WIDTH + 0.5).mean() > 0.999
            slow = mass(b)[b[0] < 30]  # of fast ones, single precision leaves no mass to see
            np.testing.assert_allclose(np.quantile(slow, [0.02, 0.98]), B_MASS, atol=0.05)
        total = leptonic + hadronic + event.bottom + event.antibottom
        np.testing.assert_allclose(total[1], 30, atol=1e-5 * total[0].max())
        np.testing.assert_allclose(total[2], -20, atol=1e-5 * total[0].max())
        assert (mass(total)[ok] > 2 * TOP_MASS - 1).mean() > 0.999

    def test_higgs_cascade(self):
        zero = np.zeros(self.N, np.float32)
        event = higgs_cascade(streams(self.N), zero, zero)
        ok = event.possible
        assert ok.mean() > 0.95
        leptonic = event.lepton + event.neutrino
        hadronic = event.down + event.up
        light = event.bottom + event.antibottom
        np.testing.assert_allclose(
            np.quantile(mass(light)[ok], [0.001, 0.999]), LIGHT_HIGGS_MASS, rtol=2e-3
        )
        for w in (leptonic, hadronic):
            assert (np.abs(mass(w) - W_MASS) < 12 * W_WIDTH + 0.5).mean() > 0.999
        charged = np.minimum(
            np.abs(mass(light + leptonic) - CHARGED_HIGGS_MASS),
            np.abs(mass(light + hadronic) - CHARGED_HIGGS_MASS),
        )
        assert (charged[ok] < 8 * CHARGED_HIGGS_WIDTH + 1).mean() > 0.999
        heavy = leptonic + hadronic + light
        off = np.abs(mass(heavy)[ok] - HEAVY_HIGGS_MASS)
        assert (off < 8 * HEAVY_HIGGS_WIDTH + 1).mean() > 0.999
        np.testing.assert_allclose(heavy[1:3], 0, atol=1e-5 * heavy[0].max())
        early = mass(light + hadronic) - CHARGED_HIGGS_MASS
        assert 0.45 < (np.abs(early) < 30).mean() < 0.75, "either W gives the lepton"
