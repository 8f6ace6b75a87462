"""Kinds of runs that were once judged wrongly, each made with a known truth."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.signal import lfilter

from fitscope.history import History, RowLosses
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.verdict import Verdict

AT = np.arange(120)


def verdict(validation, train, metric="loss", **more) -> Verdict:
    validation = np.asarray(validation, float)
    train = None if train is None else np.asarray(train, float)
    return diagnose(History("run", metric, np.arange(len(validation)), train, validation, **more))


def noise(seed: int, size: float, count: int = 120) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, count)


# ------------------------------------------------------------------ what there was to learn


@pytest.mark.parametrize("seed", range(3))
def test_a_long_first_fall_hides_no_rise(seed):
    """A squared error falls from 29,000 while a bias is found; what follows is the learning."""
    bias = 23_000 * np.clip(1 - AT / 8, 0, 1)
    learnt = 2_900 * np.exp(-AT / 12)
    rise = 489 * np.clip((AT - 50) / 60, 0, 1)
    train = bias + learnt + 3_000 * np.exp(-AT / 25)
    found = verdict(bias + learnt + 3_057 + rise + noise(seed, 40), train + noise(seed + 9, 30))
    assert found.label == "overfit"
    assert 40 <= found.best_epoch <= 75


def test_r_squared_is_measured_from_zero_which_a_constant_reaches():
    squared = -8 * np.exp(-AT / 3) + 0.59 * (1 - np.exp(-AT / 10)) - 0.0015 * np.maximum(AT - 60, 0)
    train = 1 - 9 * np.exp(-AT / 5)
    found = verdict(squared + noise(0, 0.004), train, "r2", higher_is_better=True)
    assert found.label == "overfit"
    assert found.evidence.learnt_from == "constant predictor"
    assert found.evidence.reference == 0


@pytest.mark.parametrize("seed", range(3))
def test_an_initial_penalty_hides_no_rise(seed):
    """`loss` of a network with L2 starts with its penalty, which is no learning."""
    penalty = 1.7 * np.exp(-AT / 3)
    rise = 0.027 * np.clip((AT - 50) / 60, 0, 1)
    validation = 0.478 + penalty + 0.1 * np.exp(-AT / 10) + rise + noise(seed, 0.002)
    train = 0.43 + penalty + 0.15 * np.exp(-AT / 20) + noise(seed + 9, 0.002)
    found = verdict(validation, train)
    assert found.label == "overfit"
    assert "may hold penalties" in found.explanation
    assert "may hold penalties" not in verdict(validation, train, "mse").explanation


def test_a_model_trained_before_is_not_overfit_by_a_hair():
    falls = 0.300 - 0.002 * np.clip(AT / 20, 0, 1) + 0.0005 * np.clip((AT - 40) / 60, 0, 1)
    assert verdict(falls + noise(0, 5e-5), 0.3 - 0.0005 * AT).label == "good"


# ------------------------------------------------------------------ at chance


@pytest.mark.parametrize("k", [2, 3, 10, 37])
def test_a_loss_at_chance_beside_its_accuracy_is_underfit(k):
    validation, train = np.log(k) + noise(0, 0.002), np.log(k) - 2e-5 * AT
    scores = {"accuracy": np.full(120, 1 / k) + noise(1, 0.002)}
    found = verdict(validation, train, scores=scores)
    assert found.label == "underfit"
    assert found.confidence > 0.9
    assert found.evidence.reference == pytest.approx(np.log(k))
    assert verdict(validation, train, "crossentropy", classes=k).label == "underfit"


@pytest.mark.parametrize("k", [2, 10])
def test_two_curves_that_stand_at_chance_are_underfit(k):
    """Also where the training loss falls by a per mille, surely."""
    assert verdict(np.log(k) + noise(0, 1e-3), np.log(k) - 1e-5 * AT).label == "underfit"
    assert verdict(np.log(k) + noise(0, 1e-3), None).evidence.reference_kind == "constant predictor"


def test_random_labels_are_underfit_until_they_are_memorized():
    """Training a little, validation nothing; then training all, and validation still nothing."""
    scores = {"val_acc": 0.5 + noise(1, 0.01)}
    flat = np.log(2) + 0.002 + noise(0, 0.001)
    assert verdict(flat, np.log(2) - 4e-4 * AT, scores=scores).label == "underfit"
    found = verdict(flat, np.log(2) * np.exp(-AT / 40), scores=scores)
    assert found.label == "overfit"
    assert "on the training rows only" in found.explanation
    accuracy = verdict(0.5 + noise(2, 0.01), 1 - 0.5 * np.exp(-AT / 30), "accuracy",
                       higher_is_better=True)  # fmt: skip
    assert accuracy.label == "overfit"


def test_learning_a_little_is_not_being_at_chance():
    validation = np.log(2) - 0.03 * (1 - np.exp(-AT / 20)) + noise(0, 0.001)
    scores = {"accuracy": 0.5 + 0.08 * (1 - np.exp(-AT / 20))}
    assert verdict(validation, validation - 0.003, scores=scores).label == "good"


# ------------------------------------------------------------------ diverged, damaged, missing


def test_a_run_that_diverged_into_numbers_is_told_to_lower_its_learning_rate():
    huge = np.concatenate([[0.69, 2e4], 2.436287211780067e21 * (1 + 0.1 * noise(0, 1, 40))])
    found = verdict(huge, huge)
    assert found.label == "unstable"
    assert "diverged" in found.explanation
    assert "Lower the learning rate" in found.advice[0]
    assert "e21" in found.explanation
    assert not any(len(word) > 12 and word.isdigit() for word in found.explanation.split())
    from_the_start = 3e5 + 1e4 * noise(0, 1, 40)
    assert verdict(from_the_start, from_the_start, reference=0.69).label == "unstable"
    grown = 0.7 * 1.2 ** np.arange(60)
    assert "diverged" in verdict(grown, grown).explanation


@pytest.mark.parametrize("last", [0.4, 0.04, np.nan])
def test_a_half_written_last_value_changes_no_label(last):
    rises = 0.4 + 0.3 * np.exp(-AT / 10) + 0.001 * np.maximum(AT - 50, 0) + noise(0, 0.001)
    train = 0.6 * np.exp(-AT / 25)
    whole = verdict(rises, train)
    rises[-1] = last
    cut = verdict(rises, train)
    assert whole.label == cut.label == "overfit"
    assert cut.best_epoch == pytest.approx(whole.best_epoch, abs=3)
    if np.isfinite(last):
        assert "nothing else bears it out" in cut.explanation


def test_a_first_loss_of_any_size_moves_no_score():
    falls = 0.4 + 0.3 * np.exp(-AT / 10) + noise(0, 0.001)
    plain = verdict(falls, falls - 0.05)
    for first in (1e6, 1e16, 1e60):
        falls[0] = first
        found = verdict(falls, np.r_[first, falls[1:] - 0.05])
        assert found.label == "good"
        assert found.evidence.best_corrected == pytest.approx(
            plain.evidence.best_corrected, abs=2e-3
        )


def test_one_validation_row_leaves_no_nan():
    losses = (0.4 + 0.3 * np.exp(-AT / 10))[:, None]
    found = verdict(losses[:, 0], losses[:, 0], rows=RowLosses(AT, losses))
    assert found.evidence.rise_test == "curve"
    assert "NaN" not in json.dumps(found.as_dict())
    assert found.evidence.best_corrected_error is not None
    assert np.isfinite(found.evidence.best_corrected_error)


def test_a_training_that_gets_worse_or_a_validation_that_jumps_is_unstable():
    worse = verdict(0.8 + noise(0, 0.02), 0.9 + 0.001 * AT + noise(1, 0.001))
    assert worse.label == "unstable"
    assert "training came apart" in worse.explanation
    random = np.random.default_rng(0)
    jumps = 0.4 + 0.5 * np.exp(-AT / 15) + (AT > 60) * random.exponential(0.5, 120)
    assert verdict(jumps, 0.3 + 0.5 * np.exp(-AT / 15)).label == "unstable"


# ------------------------------------------------------------------ these rows and others


def few_rows(seed: int, rows: int, struck: int) -> History:
    """A network that fits its training rows: some validation rows get far worse, most do not."""
    random = np.random.default_rng(seed)
    at = np.arange(60)
    late = np.clip((at - 8) / 40, 0, 1)[:, None]
    losses = 0.08 + 0.6 * np.exp(-at / 2)[:, None] + random.exponential(0.02, rows)
    losses = losses + random.normal(0, 0.002, (60, 1))
    losses[:, :struck] += late * random.uniform(3, 7, struck)
    train = 0.01 + 0.6 * np.exp(-at / 4)
    return History(
        "run", "binary_crossentropy", at, train, losses.mean(axis=1), rows=RowLosses(at, losses)
    )


@pytest.mark.parametrize("seed", range(4))
def test_few_rows_do_not_deny_what_they_show(seed):
    """Validation doubles on 150 rows, carried by three: sure here, likely elsewhere."""
    found = diagnose(few_rows(seed, 150, 3))
    assert found.label == "overfit"
    here, elsewhere = (
        found.evidence.rise_probability,
        found.evidence.rise_probability_elsewhere,
    )
    assert here is not None
    assert elsewhere is not None
    assert here > 0.99
    assert 0.5 < elsewhere < 0.95
    assert found.confidence <= elsewhere + 1e-4
    assert "On these validation rows" in found.explanation
    assert "other rows" in found.explanation
    assert found.cost is not None
    assert found.cost.training_on is not None
    assert found.cost.training_on.within_error
    many = diagnose(few_rows(seed, 3_000, 60))
    assert many.label == "overfit"
    assert many.confidence > 0.95
    assert many.cost is not None
    assert not many.cost.within_error


def drifting(random: np.random.Generator, rows: int) -> History:
    """Rows that drift each by itself while the population's loss stays where it is."""
    walks = np.cumsum(random.normal(0, 0.012, (120, rows)), axis=0)
    shared = lfilter([1], [1, -0.3], random.normal(0, 0.003, 120))
    fall = 0.3 * np.exp(-AT / 10)
    losses = random.exponential(0.55, rows) + walks + (fall + shared)[:, None]
    train = 0.5 + fall - 5e-4 * AT
    return History("run", "loss", AT, train, losses.mean(axis=1), rows=RowLosses(AT, losses))


@pytest.mark.parametrize("rows", [100, 150])
def test_few_rows_that_drift_are_rarely_overfit(rows):
    random = np.random.default_rng(rows)
    labels = [diagnose(drifting(random, rows)).label for _ in range(80)]
    assert labels.count("overfit") / 80 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 80)


@pytest.mark.parametrize("seed", range(6))
def test_overfitting_begins_no_earlier_than_the_best_epoch(seed):
    slow = 0.5 + 0.2 * np.exp(-AT / 20) + 0.0008 * np.maximum(AT - 60, 0) + noise(seed, 0.01)
    found = verdict(slow, 0.7 - 0.003 * AT)
    if found.label == "overfit":
        assert found.onset_epoch is not None
        assert found.evidence.onset_interval is not None
        assert found.best_epoch <= found.onset_epoch <= found.evidence.onset_interval[1]
