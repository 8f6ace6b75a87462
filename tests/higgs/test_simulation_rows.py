"""Finished rows: selection, columns, derived masses, tags, and the same rows whatever is asked."""

import os
import subprocess
import sys

import numpy as np
import pytest

from fitscope.higgs.simulation import events as module
from fitscope.higgs.simulation.derived import light_w
from fitscope.higgs.simulation.draws import Draws
from fitscope.higgs.simulation.events import BLOCK, LARGEST_CHANCE, _fill, block, candidates
from fitscope.higgs.simulation.overlap import separate
from fitscope.higgs.simulation.radiation import Jets
from fitscope.higgs.simulation.scaling import SCALES, TAG_UNITS
from fitscope.higgs.simulation.tagging import TAG_ETA, tag_odds, tagged_pair
from fitscope.higgs.simulation.tuned import SIGNAL_SHARE, TUNED
from fitscope.higgs.simulation.vectors import from_cylindrical, mass


@pytest.fixture(scope="module")
def rows():
    return block(0, seed=1)


@pytest.fixture(scope="module")
def physical(rows):
    """The features in GeV and radians, double precision."""
    return rows[:, 1:].astype(np.float64) * SCALES


def jets(physical, i):
    return physical[:, 5 + 4 * i : 9 + 4 * i].T


class TestTheSameRows:
    def test_twice(self, rows):
        np.testing.assert_array_equal(block(0, seed=1), rows)

    def test_these_very_rows(self, rows):
        """Stored results rest on them: physics that changes them is a change to announce."""
        expected = [
            [1, 0.8496228, 1.9036965, 0.8404441, 0.919067],
            [0, 2.1002648, 1.3899162, 0.9623155, 0.96052814],
            [1, 0.63320357, 0.19132629, 1.0108474, 0.688821],
            [1, 0.7411505, 1.3554884, 1.8946438, 0.9538069],
        ]
        np.testing.assert_allclose(rows[:4, [0, 1, 6, 22, 28]], expected, rtol=1e-5)

    def test_alone_or_together(self, rows):
        """A row's event is its own: made alone, or with others, or in batches of another size."""
        for signal in (True, False):
            some = np.flatnonzero(rows[:, 0] == signal)[100:130]
            out = np.empty((len(some), 28), np.float32)
            _fill(some.astype(np.uint64), out, 1, signal, TUNED)
            np.testing.assert_array_equal(out / SCALES, rows[some, 1:])

    def test_batch_size(self, rows, monkeypatch):
        monkeypatch.setattr(module, "BATCH", 1_000)
        np.testing.assert_array_equal(block(0, seed=1), rows)

    def test_other_blocks_and_seeds_differ(self, rows):
        seen = {row.tobytes() for row in rows}
        assert len(seen) == BLOCK
        for other in (block(1, seed=1), block(0, seed=2), block(0, seed=2**63 + 1)):
            assert not seen & {row.tobytes() for row in other}

    def test_rows_far_away(self):
        assert np.isfinite(block(700_000, seed=1)).all()

    def test_a_lost_candidate_moves_nobody_else(self, rows, monkeypatch):
        """As on a machine that rounds otherwise: one event fails a cut, its neighbours stay."""
        real = candidates

        def one_fails(draws, signal, tuned):
            passed, features = real(draws, signal, tuned)
            keep = features[3] != features[3].max()
            return passed[keep], features[:, keep]

        monkeypatch.setattr(module, "candidates", one_fails)
        changed = (block(0, seed=1) != rows).any(axis=1)
        assert 0 < changed.sum() < 40

    def test_another_processor(self, rows, tmp_path):
        """NumPy without this processor's vector instructions rounds as another machine does."""
        cpu = pytest.importorskip("numpy._core._multiarray_umath")
        found = [name for name in cpu.__cpu_dispatch__ if cpu.__cpu_features__[name]]
        if not found:
            pytest.skip("NumPy uses no instructions here that could be turned off")
        code = "import sys, numpy; from fitscope.higgs.simulation import block; "
        code += "numpy.save(sys.argv[1], block(0, seed=1))"
        environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(found)}
        environment["PYTHONPATH"] = os.pathsep.join(sys.path)
        path = tmp_path / "other.npy"
        subprocess.run([sys.executable, "-c", code, path], check=True, env=environment)
        other = np.load(path)
        off = (np.abs(other - rows) / np.maximum(np.abs(rows), 1)).max(axis=1)
        assert np.mean(off < 1e-5) > 0.9995, "all but rows at the edge of a cut"


class TestColumns:
    def test_shape_and_labels(self, rows):
        assert rows.shape == (BLOCK, 29)
        assert rows.dtype == np.float32
        assert rows.flags.c_contiguous
        assert set(np.unique(rows[:, 0])) == {0.0, 1.0}
        assert rows[:, 0].mean() == pytest.approx(SIGNAL_SHARE, abs=0.02)
        runs = np.count_nonzero(np.diff(rows[:, 0])) + 1
        assert runs == pytest.approx(2 * 0.53 * 0.47 * BLOCK, rel=0.05), "labels in random order"

    def test_finite_and_near_one(self, rows):
        assert np.isfinite(rows).all()
        features = rows[:, 1:]
        for i in (0, 3, 5, 9, 13, 17, *range(21, 28)):
            assert features[:, i].min() > 0
            assert features[:, i].mean() == pytest.approx(1, abs=0.12)
        for i in (1, 2, 4, 6, 7, 10, 11, 14, 15, 18, 19):
            assert features[:, i].mean() == pytest.approx(0, abs=0.03)
            assert features[:, i].std() == pytest.approx(1, abs=0.06)

    def test_selection(self, physical):
        assert physical[:, 0].min() > 14.999
        assert np.abs(physical[:, 1]).max() < 2.5001
        for i in range(4):
            pt, eta, phi, tag = jets(physical, i)
            assert pt.min() > 14.999
            assert np.abs(eta).max() < 3.0001
            assert np.abs(phi).max() < np.pi + 1e-3
            assert np.abs(eta[tag > 0]).max() < TAG_ETA + 1e-3

    def test_lepton_and_jets_are_apart(self, physical):
        for i in range(4):
            _, eta, phi, _ = jets(physical, i)
            turn = (phi - physical[:, 2] + np.pi) % (2 * np.pi) - np.pi
            assert np.hypot(eta - physical[:, 1], turn).min() > 0.39

    def test_tags(self, rows):
        tags = rows[:, 9:25:4]
        strengths = tags / np.array(TAG_UNITS, np.float32)
        np.testing.assert_allclose(strengths, np.rint(strengths), atol=1e-6)
        assert set(np.unique(np.rint(strengths))) == {0, 1, 2}
        counts = (tags > 0).sum(axis=1)
        assert counts.max() == 2
        assert 0.7 < (counts == 2).mean() < 0.9
        assert (np.rint(strengths) == 2).sum() / (tags > 0).sum() == pytest.approx(0.815, abs=0.01)


class TestDerivedMasses:
    def two_tagged(self, physical):
        tags = physical[:, 8:24:4] > 0.5
        physical = physical[tags.sum(axis=1) == 2]
        tags = tags[tags.sum(axis=1) == 2]
        four = np.stack([from_cylindrical(*jets(physical, i)[:3]) for i in range(4)])
        order = np.argsort(~tags, axis=1, kind="stable")
        events = np.arange(len(physical))
        return physical, [four[order[:, i], :, events].T for i in range(4)]

    def test_m_bb_is_that_of_both_tagged_jets(self, physical):
        physical, (one, two, _, _) = self.two_tagged(physical)
        np.testing.assert_allclose(mass(one + two), physical[:, 25], rtol=2e-3)

    def test_m_jj_is_as_near_to_the_w_as_listed_jets_come(self, physical):
        physical, (_, _, one, two) = self.two_tagged(physical)
        listed = mass(one + two)
        same = np.abs(listed / physical[:, 21] - 1) < 2e-3
        assert 0.4 < same.mean() < 0.9
        assert (np.abs(physical[:, 21] - 80.4) <= np.abs(listed - 80.4) + 0.1).all()

    def test_masses_hang_together(self, physical):
        """Where m_jj is that of listed jets, the other masses follow from the columns too."""
        physical, (b1, b2, q1, q2) = self.two_tagged(physical)
        jj = q1 + q2
        same = np.abs(mass(jj) / physical[:, 21] - 1) < 1e-3
        m1, m2 = mass(jj + b1), mass(jj + b2)
        nearest = np.where(np.abs(m1 - 175) < np.abs(m2 - 175), m1, m2)
        assert np.mean(np.abs(nearest / physical[:, 22] - 1)[same] < 2e-3) > 0.99
        lepton = from_cylindrical(*physical[:, :3].T)
        met, phi = physical[:, 3:5].T
        grid = np.arange(-60, 61) / 20
        nu = from_cylindrical(*np.broadcast_arrays(met[:, None], grid[None], phi[:, None]))
        m_lv = mass(lepton[:, :, None] + nu)
        best = np.argmin(np.abs(m_lv - 80.4), axis=1)
        events = np.arange(len(met))
        np.testing.assert_allclose(
            np.abs(m_lv[events, best] - 80.4), np.abs(physical[:, 23] - 80.4), atol=0.1
        )
        lv = lepton + nu[:, events, best]
        whole = mass(lv + jj + b1 + b2)
        assert np.mean(np.abs(whole / physical[:, 27] - 1)[same] < 5e-3) > 0.97
        heavier = np.maximum(mass(lv + b1 + b2), mass(jj + b1 + b2))
        assert np.mean(np.abs(heavier / physical[:, 26] - 1)[same] < 5e-3) > 0.97
        rest = np.where(np.abs(m1 - 175) < np.abs(m2 - 175), mass(lv + b2), mass(lv + b1))
        assert np.mean(np.abs(rest / physical[:, 24] - 1)[same] < 5e-3) > 0.97

    def test_the_pair_nearest_to_the_w(self):
        pt = np.array([[40.2], [40.2], [60.0]], np.float32)
        phi = np.array([[0.0], [np.pi], [0.1]], np.float32)
        three = Jets(pt, np.zeros_like(pt), phi)
        free = np.ones((3, 1), bool)
        one, two, square = light_w(three, free)
        assert {int(one[0]), int(two[0])} == {0, 1}
        assert square[0] == pytest.approx(80.4**2)
        free[0] = False
        one, two, square = light_w(three, free)
        assert {int(one[0]), int(two[0])} == {1, 2}
        four = [from_cylindrical(*(values[i] for values in three)) for i in (1, 2)]
        np.testing.assert_allclose(square, mass(four[0] + four[1]) ** 2, rtol=1e-6)


class TestTagging:
    def test_no_chance_is_larger_than_the_one_assumed(self):
        n = 50_000
        draws = Draws(5, np.arange(n), np.zeros(n, int))
        rng = np.random.default_rng(0)
        pt = rng.exponential(60, (8, n)).astype(np.float32)
        eta = rng.normal(0, 0.8, (8, n)).astype(np.float32)
        _, chance = tag_odds(draws, TUNED, pt, eta, pt > 15)
        assert 0 <= chance.min() <= chance.max() <= LARGEST_CHANCE

    def test_pairs_are_drawn_by_their_odds(self):
        n = 100_000
        odds = np.array([0.5, 1.0, 0.1, 0.0, 0.2, 0, 0, 0.05], np.float32)
        draws = Draws(6, np.arange(n), np.zeros(n, int))
        one, two = tagged_pair(draws, np.repeat(odds[:, None], n, axis=1))
        expected = {(0, 1): 0.5}
        for b in (0, 1):
            for j in (2, 4, 7):
                expected[b, j] = float(odds[b] * odds[j])
        total = sum(expected.values())
        pairs, counts = np.unique(np.stack([one, two]), axis=1, return_counts=True)
        got = {(int(a), int(b)): c / n for (a, b), c in zip(pairs.T, counts, strict=True)}
        assert got.keys() == expected.keys()
        for pair, weight in expected.items():
            assert got[pair] == pytest.approx(weight / total, abs=0.006)

    def test_where_only_one_bottom_jet_can_be_tagged(self):
        odds = np.zeros((8, 1_000), np.float32)
        odds[1], odds[5] = 0.3, 0.01
        draws = Draws(7, np.arange(1_000), np.zeros(1_000, int))
        one, two = tagged_pair(draws, odds)
        assert (one == 1).all()
        assert (two == 5).all()


class TestOverlap:
    def separated(self, eta, phi, lepton=(30.0, 2.4, 3.0)):
        seen = np.zeros((8, 1), bool)
        seen[: len(eta)] = True
        whole = [np.zeros((8, 1), np.float32) for _ in range(2)]
        for part, values in zip(whole, (eta, phi), strict=True):
            part[: len(values), 0] = values
        lepton = np.array(lepton, np.float32)[:, None]
        apart = separate(TUNED, np.array([0.5], np.float32), *whole, lepton, seen)
        return bool(apart[0]), seen[:, 0]

    def test_quarks_that_touch(self):
        assert self.separated([0, 1, -1, -2], [0, 0, 0, 0])[0]
        assert not self.separated([0, 1, -1, -1.1], [0, 0, 0, 0])[0]
        assert not self.separated([0, 1, -1, -1], [0, 0, np.pi - 0.1, 0.1 - np.pi])[0]

    def test_radiated_jets_that_touch_are_dropped(self):
        apart, seen = self.separated([0, 1, -1, -2, 0.1, 2.0], [0, 0, 0, 0, 0, 2.0])
        assert apart
        assert not seen[4]
        assert seen[5]

    def test_leptons_inside_jets(self):
        assert not self.separated([0, 1, -1, -2], [0, 0, 0, 0], (30.0, 1.2, 0.2))[0]
