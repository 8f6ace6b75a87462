"""Second descents: not where there is one descent only, and found where there are two."""

import numpy as np
import pytest

from fitscope.diagnosis.all_pairs import all_pairs
from fitscope.diagnosis.compare import difference
from fitscope.diagnosis.folds import Folds
from fitscope.diagnosis.second_descent import second_descent

PLACES = np.linspace(0, 1, 8)
ROWS, FOLDS = 240, 5
ONE = {
    "flat": 0 * PLACES,
    "falls": np.exp(-6 * PLACES),
    "falls and rises": np.abs(PLACES - 0.4),
    "rises and stays": np.where(PLACES < 0.3, 0.0, 0.5),
    "falls, rises and stays": np.where(PLACES < 0.15, 0.3, np.where(PLACES < 0.5, 0.0, 0.5)),
}
"""True levels of single descents."""
TWO = 0.3 * np.exp(-8 * PLACES) + 0.5 * np.exp(-(((PLACES - 0.57) / 0.15) ** 2))


def drawn(random, levels, runs, folds, luck):
    """Row losses whose truth is `levels`: rows are hard or easy, neighbours alike, runs lucky."""
    hard = random.exponential(0.3, ROWS)
    alike = np.cumsum(random.normal(0, 0.2, (len(levels), ROWS)), axis=0)
    of = np.arange(ROWS) % folds
    sides = []
    for level, shared in zip(levels, alike, strict=True):
        own = 0.2 * random.standard_t(5, (runs, ROWS))
        sides.append(level + hard + shared + own + random.normal(0, luck, (runs, folds))[:, of])
    return sides, Folds(of, ROWS * (folds - 1) / folds) if folds > 1 else None


def seen(random, levels, runs, folds, luck):
    sides, of = drawn(random, levels, runs, folds, luck)
    found = second_descent(all_pairs(sides, of), needed=0.01)
    return found is not None and found.seen


@pytest.mark.parametrize(("runs", "folds"), [(1, FOLDS), (3, 1), (2, 1)])
def test_a_single_descent_is_hardly_ever_called_two(runs, folds):
    random = np.random.default_rng(0)
    draws = [
        seen(random, levels, runs, folds, luck)
        for levels in ONE.values()
        for luck in (0.0, 0.05)
        for _ in range(12)
    ]
    assert np.mean(draws) <= 0.02


@pytest.mark.parametrize(("runs", "folds"), [(1, FOLDS), (3, 1)])
def test_two_descents_are_found(runs, folds):
    random = np.random.default_rng(1)
    assert np.mean([seen(random, TWO, runs, folds, 0.03) for _ in range(15)]) >= 0.9


def test_it_says_where_and_by_how_much():
    random = np.random.default_rng(2)
    sides, of = drawn(random, TWO, 3, FOLDS, 0.01)
    found = second_descent(all_pairs(sides, of), needed=0.01)
    assert (found.first, found.peak, found.second) == (2, 4, 7)
    assert found.rise.value == pytest.approx(TWO[4] - TWO[2], abs=3 * found.rise.error)
    assert found.fall.value == pytest.approx(TWO[4] - TWO[7], abs=3 * found.fall.error)
    assert not second_descent(all_pairs(sides, of), needed=1.0).seen


def test_pairs_are_those_of_two_models_where_runs_scatter_alike():
    random = np.random.default_rng(3)
    a, b = random.normal(size=(2, 4, 300)) + random.normal(0, 0.3, (2, 4, 1))
    found, known = all_pairs([a, b])[0, 1], difference(a, b)
    assert found.value == pytest.approx(known.value)
    assert found.error == pytest.approx(known.error)


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
