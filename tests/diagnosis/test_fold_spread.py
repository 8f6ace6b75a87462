"""A mean over folds: its error by formula, and what its deviation does to verdicts."""

import numpy as np
import pytest
from scipy import stats

import fitscope as fs
from fitscope.diagnosis.fold_spread import error_of_difference, error_of_mean

ROUNDS = np.arange(60)
LATE = np.clip(ROUNDS - 15, 0, None) / 44
FOLDS, OWN_DRIFT, SEEDS = 5, 0.05, 60


@pytest.mark.parametrize("folds", [3, 5, 10])
def test_nadeau_and_bengios_variance(folds):
    scores = np.random.default_rng(folds).normal(size=folds)
    freedom = folds - 1
    wanted = np.sqrt(scores.var(ddof=1) * (1 / folds + 1 / freedom))
    wider = stats.t.ppf(0.95, freedom) / stats.norm.ppf(0.95)
    assert error_of_mean(float(scores.std()), folds) == pytest.approx(wanted * wider)


def test_folds_that_move_alike_say_more_of_a_difference_than_of_a_level():
    assert error_of_difference(0.1, 0.1, 5) < error_of_mean(0.1, 5) / 2
    apart = error_of_difference(0.1, 0.3, 5)
    assert apart > error_of_mean(0.2, 5), "the difference deviates by 0.2 at the least"


def cross_validated(seed, drift):
    """Folds with a level and a drift each of their own; the population drifts by `drift`."""
    random = np.random.default_rng(seed)
    level = 0.1 * random.normal(size=(FOLDS, 1))
    own = drift + OWN_DRIFT * random.normal(size=(FOLDS, 1))
    noise = 0.002 * random.normal(size=(FOLDS, 60))
    folds = 0.5 + 0.4 * np.exp(-ROUNDS / 5) + level + LATE * own + noise
    train = 0.1 + 0.8 * np.exp(-ROUNDS / 12) + 0.001 * random.normal(size=60)
    means = {"train logloss-mean": train, "valid logloss-mean": folds.mean(axis=0)}
    return means, means | {"valid logloss-stdv": folds.std(axis=0)}


def overfit(drift, banded):
    runs = (cross_validated(seed, drift)[banded] for seed in range(SEEDS))
    return sum(fs.diagnose(run).label == "overfit" for run in runs)


def test_a_rise_of_few_folds_is_no_overfit_where_their_deviation_was_logged():
    """What five folds drift by chance is not proven of others; twice that is, mostly."""
    assert overfit(0.0, banded=True) <= 1 < 3 <= overfit(0.0, banded=False)
    assert overfit(0.1, banded=True) >= 0.8 * SEEDS
    assert overfit(0.2, banded=True) == SEEDS


def test_the_error_of_the_rise_is_about_what_it_is():
    means, banded = cross_validated(0, 0.1)
    alone, beside = fs.diagnose(means).evidence, fs.diagnose(banded).evidence
    assert alone.rise_probability_elsewhere is None
    assert beside.rise_probability_elsewhere is not None
    errors = [
        fs.diagnose(cross_validated(seed, 0.1)[1]).evidence.rise_error for seed in range(SEEDS)
    ]
    shared = OWN_DRIFT * np.sqrt(1 / FOLDS + 1 / (FOLDS - 1))
    assert shared <= np.mean(errors) <= 1.6 * shared
