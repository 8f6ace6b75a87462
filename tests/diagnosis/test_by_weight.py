"""Weighted means and their errors: held against closed forms, the jackknife and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.data.weights import effective_rows
from fitscope.diagnosis.by_weight import by_weight
from fitscope.diagnosis.compare import difference


def error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 60), st.integers(0, 2**32 - 1))
def test_mean_error_and_differences(rows, seed):
    random = np.random.default_rng(seed)
    weights = random.exponential(size=rows) + 1e-3
    two = random.normal(5, 2, (2, rows))
    found = by_weight(two, weights)
    means = np.average(two, axis=1, weights=weights)
    np.testing.assert_allclose(found.mean(axis=1), means)
    off = weights**2 * (two[0] - means[0]) ** 2
    squared = rows / (rows - 1) * off.sum() / weights.sum() ** 2
    np.testing.assert_allclose(error(found[0]), np.sqrt(squared))
    np.testing.assert_allclose(found[1] - found[0], by_weight(two[1] - two[0], weights))


def test_equal_weights_change_nothing():
    values = np.random.default_rng(0).normal(size=50)
    np.testing.assert_allclose(by_weight(values, np.full(50, 7.0)), values)
    assert by_weight(values, None) is values
    assert by_weight(values.astype(np.float32), np.ones(50)).dtype == np.float32


def test_it_is_nearly_the_jackknife():
    """Tukey's (1958) estimate, which leaves out one row after another."""
    random = np.random.default_rng(1)
    weights, values = random.exponential(size=2_000), random.normal(size=2_000)
    left_out = (weights @ values - weights * values) / (weights.sum() - weights)
    jackknife = np.sqrt(1_999 * np.mean((left_out - left_out.mean()) ** 2))
    assert error(by_weight(values, weights)) == pytest.approx(jackknife, rel=2e-3)


@pytest.mark.parametrize(
    ("informative", "rows", "slack"), [(0, 200, 0.02), (1, 200, 0.035), (1, 2_000, 0.02)]
)
def test_intervals_of_weighted_differences_hold_what_they_promise(informative, rows, slack):
    """95 % intervals over 2,000 draws; a rate's own error is half a percent.

    Weights are exponential, so that rows tell as much as half of them. Where they go with what is
    weighted, 200 rows are few for the linearization: it held the truth in 92.7 % of 4,000 draws.
    """
    random = np.random.default_rng(2)
    draws, held, widths = 2_000, 0, []
    truth = 1.0 + informative / 2  # E[w d] / E[w] of d = 1 + informative * (w - 1) / 2 + noise
    for _ in range(draws):
        weights = random.exponential(size=rows)
        gained = 1.0 + random.normal(size=rows) + informative * (weights - 1.0) / 2
        found = difference(by_weight(gained, weights)[None])
        held += found.interval[0] <= truth <= found.interval[1]
        widths.append(found.error)
    assert held / draws == pytest.approx(0.95, abs=slack)
    if not informative:  # Kish (1965): as sure as so many rows that count alike
        weights = random.exponential(size=100_000)
        expected = 1 / np.sqrt(effective_rows(weights) / 100_000 * rows)
        assert np.mean(widths) == pytest.approx(expected, rel=0.03)
