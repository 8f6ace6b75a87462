"""Second descents: not where there is one descent only, and found where there are two.

The simulation is a small part of `python -m calibration descents`.
"""

import numpy as np
import pytest

from calibration.descents import ONE, SCATTER, TWO, drawn, seen
from fitscope.diagnosis.all_pairs import all_pairs
from fitscope.diagnosis.compare import difference
from fitscope.diagnosis.second_descent import second_descent

FOLDS, ROWS = 5, 240


@pytest.mark.parametrize(("runs", "folds"), [(1, FOLDS), (3, 1)])
def test_a_single_descent_is_hardly_ever_called_two(runs, folds):
    random = np.random.default_rng(0)
    draws = [
        seen(*drawn(random, levels[::2], runs, folds, scatter[::2], ROWS))
        for levels in ONE.values()
        for scatter in SCATTER.values()
        for _ in range(8)
    ]
    assert np.mean(draws) <= 0.02


@pytest.mark.parametrize(("runs", "folds"), [(1, FOLDS), (3, 1)])
def test_two_descents_are_found(runs, folds):
    random = np.random.default_rng(1)
    scatter = SCATTER["scatter 0.03"]
    found = [seen(*drawn(random, TWO[::2], runs, folds, scatter[::2], ROWS)) for _ in range(20)]
    assert np.mean(found) >= 0.9


def test_it_says_where_and_by_how_much():
    random = np.random.default_rng(2)
    truth = TWO[[0, 3, 6, 8, 11]]
    sides, of = drawn(random, truth, 3, FOLDS, np.full(5, 0.01))
    found = second_descent(all_pairs(sides, of), needed=0.01)
    assert (found.first, found.peak, found.second) == (1, 2, 4)
    assert found.rise.value == pytest.approx(truth[2] - truth[1], abs=3 * found.rise.error)
    assert found.fall.value == pytest.approx(truth[2] - truth[4], abs=3 * found.fall.error)
    assert not second_descent(all_pairs(sides, of), needed=1.0).seen


def test_pairs_are_those_of_two_models_where_runs_scatter_alike():
    random = np.random.default_rng(3)
    a, b = random.normal(size=(2, 4, 300)) + random.normal(0, 0.3, (2, 4, 1))
    found, known = all_pairs([a, b])[0, 1], difference(a, b)
    assert found.value == pytest.approx(known.value)
    assert found.error == pytest.approx(known.error)


def test_a_few_groups_know_no_more_than_their_number():
    random = np.random.default_rng(6)
    groups = np.repeat(np.arange(6), 50)
    a, b = random.normal(size=(2, 1, 300)) + random.normal(size=(2, 1, 6))[..., groups]
    found, known = all_pairs([a, b], groups=groups)[0, 1], difference(a, b, groups=groups)
    assert found.p == pytest.approx(known.p)
    assert found.interval == pytest.approx(known.interval)


def test_runs_that_agree_by_luck_lend_no_certainty():
    random = np.random.default_rng(4)
    lucky = random.normal(size=(2, 300))
    lucky -= lucky.mean(axis=1, keepdims=True)
    others = [random.normal(size=(2, 300)) + np.array([[0.3], [-0.3]]) for _ in range(3)]
    found = all_pairs([lucky, lucky[::-1].copy(), *others])
    assert found[0, 1].error > 2 * difference(lucky, lucky[::-1].copy()).error


def of_random_features(ridge, widths, train=60, rows=400, runs=5):
    """Squared errors of least squares on random ReLU features; labels are noisy.

    Of rising width, without a ridge their expected error peaks where there are as many features as
    training rows (Hastie, Montanari, Rosset and Tibshirani 2022); with the best ridge it falls
    throughout (Nakkiran, Venkat, Kakade and Ma 2021).
    """
    random = np.random.default_rng(5)
    x = random.normal(size=(train + rows, 8))
    y = x[:, 0] + 0.5 * random.normal(size=train + rows)
    sides = []
    for width in widths:
        losses = []
        for _ in range(runs):
            seen = np.maximum(x @ random.normal(size=(8, width)), 0) / np.sqrt(width)
            a, b = seen[:train], y[:train]
            # the same by its dual where there are more features than rows
            gram = a.T @ a if width <= train else a @ a.T
            inverse = np.linalg.pinv(gram + ridge * np.eye(len(gram)), hermitian=True)
            found = inverse @ (a.T @ b) if width <= train else a.T @ (inverse @ b)
            losses.append((seen[train:] @ found - y[train:]) ** 2)
        sides.append(np.stack(losses))
    return sides


def test_least_squares_on_random_features_descend_twice_and_with_a_ridge_once():
    widths = [4, 8, 16, 32, 60, 120, 240, 960]
    found = second_descent(all_pairs(of_random_features(1e-3, widths)), needed=0.05)
    assert found.seen
    assert 32 <= widths[found.peak] <= 120
    found = second_descent(all_pairs(of_random_features(0.5, widths)), needed=0.05)
    assert found is None or not found.seen
