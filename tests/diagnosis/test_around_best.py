"""Row by row scores around the best epoch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.diagnosis.around_best import AroundBest, around_best
from fitscope.diagnosis.measure import measure
from fitscope.history import History, RowLosses
from fitscope.task import BINARY, MULTICLASS, REGRESSION, Task


def history(losses: np.ndarray, every: int = 1) -> History:
    """A history whose curve is the mean of `losses` [epochs, rows]."""
    at = np.arange(len(losses))
    validation = losses.mean(axis=1)
    rows = RowLosses(at[::every], losses[::every])
    return History("simulated", "binary_crossentropy", at, validation, validation, rows=rows)


def scores_of(
    history: History, score: np.ndarray | None = None, task: Task = BINARY
) -> AroundBest | None:
    return around_best(history, task, measure(history), score)


def simulated(epochs: int = 120, rows: int = 400, noise: float = 0.05) -> np.ndarray:
    """Losses that fall until epoch 60 and rise again; rows differ, epochs jitter together."""
    random = np.random.default_rng(0)
    at = np.arange(epochs)
    path = 0.6 + 2e-5 * (at - 60.0) ** 2 + noise * random.normal(size=epochs)
    return path[:, None] + random.exponential(0.3, rows) - 0.3


def test_the_means_are_those_of_the_window_whatever_epochs_were_kept():
    losses = simulated()
    hits = (losses < np.log(2)).mean(axis=1)
    low = measure(history(losses)).low
    for every in (1, 7, 50):
        found = scores_of(history(losses, every), hits)
        assert found is not None
        assert found.rows["val_binary_crossentropy"].mean() == pytest.approx(low.corrected)
        assert found.errors["val_binary_crossentropy"] == low.error
        assert found.rows["val_accuracy"].mean() == pytest.approx(hits[30:90].mean(), abs=0.05)


def test_the_picked_epochs_luck_is_taken_out():
    """The lowest of 120 noisy epochs lies far below what the curve is around it."""
    losses = simulated(noise=0.03)
    found = scores_of(history(losses), (losses < np.log(2)).mean(axis=1))
    assert found is not None
    truth = simulated(noise=0.0)[60].mean()
    assert losses.mean(axis=1).min() < truth - 0.04
    assert found.rows["val_binary_crossentropy"].mean() == pytest.approx(truth, abs=0.02)


def test_rows_keep_their_differences():
    losses = simulated(noise=0.0)
    found = scores_of(history(losses), np.zeros(120))
    assert found is not None
    score = found.rows["val_binary_crossentropy"]
    np.testing.assert_allclose(score - score.mean(), losses[60] - losses[60].mean(), atol=1e-9)


def test_without_usable_rows_there_are_none():
    losses = simulated(20, 5)
    bare = history(losses)
    assert scores_of(History("x", "m", bare.epochs, None, bare.validation)) is None
    broken = RowLosses(np.arange(20), np.full((20, 5), np.nan))
    assert scores_of(History("x", "m", bare.epochs, None, bare.validation, rows=broken)) is None


def test_the_task_names_the_metrics_and_tells_the_scores():
    losses = simulated()
    found = scores_of(history(losses), task=REGRESSION)
    assert found is not None
    assert list(found.rows) == ["val_mean_squared_error", "val_mean_absolute_error"]
    assert found.errors["val_mean_absolute_error"] == 0.0
    # A hit among several labels cannot be told from its loss: it is given, or there is none.
    found = scores_of(history(losses), task=MULTICLASS)
    assert found is not None
    assert list(found.rows) == ["val_sparse_categorical_crossentropy"]
    one = history(losses)
    assert one.rows is not None
    hits = np.random.default_rng(1).uniform(size=losses.shape) < 0.7
    kept = History(
        one.source, one.metric, one.epochs, None, one.validation,
        rows=RowLosses(one.rows.epochs, losses, hits),
    )  # fmt: skip
    found = scores_of(kept, hits.mean(axis=1), task=MULTICLASS)
    assert found is not None
    assert found.rows["val_accuracy"].mean() == pytest.approx(0.7, abs=0.02)
    assert 0 < found.errors["val_accuracy"] < 0.01


@pytest.mark.filterwarnings("error")
def test_one_validation_row_has_scores_that_are_numbers():
    one = history(simulated()[:, :1])
    assert one.rows is not None
    found = around_best(one, BINARY, measure(History("x", "m", one.epochs, None, one.validation)))
    assert found is not None
    assert all(np.isfinite(rows).all() for rows in found.rows.values())
    assert all(np.isfinite(error) for error in found.errors.values())


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 60),
    st.integers(1, 5),
    st.floats(0, 1),
    st.integers(1, 20),
)
def test_any_curve_gives_finite_scores_or_none(seed, epochs, rows, lost, every):
    random = np.random.default_rng(seed)
    losses = random.exponential(size=(epochs, rows)) * 10.0 ** random.integers(-3, 4)
    losses[random.uniform(size=epochs) < lost * 0.5] = np.nan
    given_history = history(losses, every)
    if not np.isfinite(given_history.validation).any():
        return
    found = scores_of(given_history, np.full(epochs, np.nan))
    if found is None:
        assert not np.isfinite(losses[::every]).all(axis=1).any()
        return
    assert all(np.isfinite(error) and error >= 0 for error in found.errors.values())
    for scores in found.rows.values():
        assert scores.shape == (rows,)
        assert np.isfinite(scores).all()
