"""Simulated against real marginal distributions, where the real rows are."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

import fitscope as fs
from fitscope.higgs.rows import FEATURE_NAMES
from fitscope.higgs.simulation import block
from fitscope.higgs.simulation.scaling import TAG_UNITS

ANGLES = [i for i, name in enumerate(FEATURE_NAMES) if name.endswith(("eta", "phi"))]
MOMENTA = [i for i, name in enumerate(FEATURE_NAMES) if name.endswith(("pT", "pt", "magnitude"))]
MASSES = [i for i, name in enumerate(FEATURE_NAMES) if name.startswith("m_")]


@pytest.fixture(scope="module")
def real(shared):
    """Real rows behind the first 1,000, which nobody tunes on."""
    split = fs.datasets.higgs(1_000, 10_000, shared / "HIGGS-11k.csv.gz")
    return np.column_stack([split.y_train, split.x_train])


@pytest.fixture(scope="module")
def simulated():
    return np.concatenate([block(number, seed=20) for number in range(3)])


@pytest.mark.parametrize("label", [1, 0], ids=["signal", "background"])
@pytest.mark.parametrize(
    ("columns", "limit"),
    [(ANGLES, 0.03), (MOMENTA, 0.05), (MASSES, 0.10)],
    ids=["angles", "momenta", "masses"],
)
def test_kolmogorov_smirnov_distance(real, simulated, label, columns, limit):
    for column in columns:
        ours, theirs = (rows[rows[:, 0] == label, 1 + column] for rows in (simulated, real))
        distance = ks_2samp(ours, theirs, method="asymp").statistic
        assert distance <= limit, f"{FEATURE_NAMES[column]}: {distance:.3f}"


@pytest.mark.parametrize("label", [1, 0], ids=["signal", "background"])
def test_tag_frequencies(real, simulated, label):
    for jet, unit in enumerate(TAG_UNITS):
        ours, theirs = (
            np.bincount(np.rint(rows[rows[:, 0] == label, 9 + 4 * jet] / unit).astype(int))
            / np.count_nonzero(rows[:, 0] == label)
            for rows in (simulated, real)
        )
        np.testing.assert_allclose(ours, theirs, atol=0.03)
