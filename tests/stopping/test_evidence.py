"""Stopping on evidence on made-up curves of which the truth is known."""

from __future__ import annotations

import math
import warnings
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.signal import lfilter

from fitscope.errors import UserError
from fitscope.history import History, RowLosses
from fitscope.stopping.evidence import EvidenceStopping, Sighting, Stopper, moments, saved, sighting
from fitscope.verdicts.judge import diagnose

RULE = EvidenceStopping()
# no test is that long: only rises stop a run
NEVER = EvidenceStopping(patience=100_000, monitor="val_binary_crossentropy")


def stopped(
    rule: EvidenceStopping, validation: np.ndarray, train: np.ndarray | None = None
) -> Stopper:
    """The rule fed epoch by epoch until it ends the run or the run ends."""
    stopper = rule.start()
    for epoch, value in enumerate(validation):
        if stopper.update(value, None if train is None else train[epoch]):
            break
    return stopper


def noise(seed: int, epochs: int, deviation: float = 0.003) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, deviation, epochs)


@pytest.mark.parametrize("seed", range(5))
def test_a_rise_stops_a_run_long_before_patience_would(seed: int):
    epochs = np.arange(400)
    turns = 0.6 + 4e-6 * (epochs - 60.0) ** 2 + noise(seed, 400)
    found = stopped(RULE, turns, 0.7 - 0.0005 * epochs)
    assert found.reason == "overfit"
    assert 80 < found.epochs < 200
    assert abs(found.best_epoch - 60) < 40
    assert found.saved == found.best_epoch + 201 - found.epochs > 60
    assert found.seen.rise is not None
    assert found.seen.rise > RULE.worth


@pytest.mark.parametrize("seed", range(5))
def test_a_flat_curve_stops_for_want_of_gain(seed: int):
    flat = 0.6 + 0.1 * np.exp(-np.arange(2_000) / 20) + noise(seed, 2_000)
    found = stopped(RULE, flat)
    assert found.reason in ("no gain", "patience")
    assert 200 <= found.epochs <= 700


@pytest.mark.parametrize("seed", range(5))
def test_a_falling_curve_goes_on(seed: int):
    falling = 0.9 - 1e-4 * np.arange(2_000) + noise(seed, 2_000)  # 0.02 in 200 epochs
    assert stopped(RULE, falling).reason is None


def test_a_rise_of_both_curves_is_not_overfitting():
    epochs = np.arange(150)
    rises = 0.6 + 4e-6 * (epochs - 60.0) ** 2
    assert sighting(RULE, rises).reason == "overfit"
    assert sighting(RULE, rises, 0.7 - 0.001 * epochs).reason == "overfit"
    assert sighting(RULE, rises, rises).reason is None


def test_accuracy_is_better_the_higher():
    rule = EvidenceStopping(monitor="val_accuracy", worth=0.005)
    epochs = np.arange(190)
    accuracy = 0.7 - 4e-6 * (epochs - 60.0) ** 2 + noise(0, 190)
    assert sighting(rule, accuracy, 0.6 + 0.001 * epochs).reason == "overfit"
    assert sighting(rule, -accuracy, 0.6 + 0.001 * epochs).reason is None
    found = stopped(rule, accuracy)
    assert found.best_epoch == np.argmax(accuracy[: found.epochs])


@pytest.mark.parametrize("memory", [0.0, 0.3])
def test_flat_curves_are_called_overfit_at_no_more_than_the_stated_rate(memory: float):
    """All looks of a run together, and also where neighbouring epochs move together."""
    runs, epochs = 100, 600
    called = 0
    for seed in range(runs):
        flat = lfilter([1], [1, -memory], noise(seed, epochs))
        called += stopped(NEVER, flat).reason == "overfit"
    assert called / runs <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / runs)


def test_the_bound_on_the_gain_holds_as_often_as_it_says():
    """One look, a straight fall of which the true gain is known."""
    gain, late = 0.002, 600
    bounds = []
    for seed in range(400):
        curve = 0.6 - gain / RULE.patience * np.arange(late) + noise(seed, late)
        bounds.append(sighting(RULE, curve).gain_bound)
    held = np.mean(np.array(bounds) >= gain)
    assert held >= 0.95 - 2 * math.sqrt(0.05 * 0.95 / 400)


def test_a_rise_on_a_few_rows_only_proves_nothing():
    """The same curve with the same rise, carried by all validation rows or by three."""
    epochs = np.arange(100)
    rise = np.maximum(epochs - 40, 0) / 60
    rows = np.full((100, 1_000), 0.6)
    every = RowLosses(epochs, rows + 0.02 * rise[:, None])
    three = rows.copy()
    three[:, :3] += (0.02 * 1_000 / 3) * rise[:, None]
    curve = every.losses.mean(axis=1) + noise(0, 100, 0.001)
    np.testing.assert_allclose(three.mean(axis=1), every.losses.mean(axis=1))
    assert sighting(RULE, curve, rows=every).reason == "overfit"
    assert sighting(RULE, curve, rows=RowLosses(epochs, three)).reason is None
    # two kept epochs are enough to know it
    few = [0, 99]
    assert sighting(RULE, curve, rows=RowLosses(epochs[few], three[few])).reason is None


def test_the_error_of_a_rise_is_that_of_paired_rows():
    random = np.random.default_rng(3)
    before, after = random.exponential(0.6, 500), random.normal(0.1, 0.3, 500)
    losses = np.array([before] * 30 + [before + after] * 30)
    found = sighting(RULE, losses.mean(axis=1), rows=RowLosses(np.arange(60), losses))
    expected = stats.ttest_rel(losses[-1], losses[0])  # these windows have no other error
    assert found.rise is not None
    assert found.rise_error is not None
    assert found.rise / found.rise_error == pytest.approx(expected.statistic)


@pytest.mark.parametrize(
    ("reference", "label"), [(None, "overfit"), (0.7, "overfit"), (1.5, "good"), (5.0, "good")]
)
def test_a_rise_is_seen_beside_what_a_constant_reaches(reference: float | None, label: str):
    """The rule's history is the verdict's: what there was to learn decides for both alike."""
    epochs = np.arange(150)
    validation = 0.6 + 0.1 * np.exp(-epochs / 5) + 2e-6 * np.maximum(epochs - 60.0, 0) ** 2
    train = 0.7 - 0.0005 * epochs
    history = History("run", "loss", epochs, train, validation, reference=reference)
    rule = EvidenceStopping(patience=100_000, monitor="val_loss")
    found = sighting(rule, validation, train, reference=reference)
    assert diagnose(history).label == label
    assert (found.reason == "overfit") == (label == "overfit")


def test_values_that_are_no_numbers_are_left_out():
    curve = 0.6 + 4e-6 * (np.arange(150) - 60.0) ** 2
    curve[::7] = np.nan
    curve[3] = np.inf
    assert sighting(RULE, curve).reason == "overfit"
    assert sighting(RULE, np.full(100, np.nan)) == Sighting(None)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60))
def test_no_curve_crashes_it_and_it_never_outlasts_patience(values: list[float]):
    rule = EvidenceStopping(patience=15)
    found = stopped(rule, np.array(values))
    assert found.epochs <= found.best_epoch + rule.patience + 1
    assert found.best_epoch == np.argmin(values[: found.epochs])
    assert (found.reason is None) <= (found.epochs == len(values))


def test_a_constant_curve_ends_and_an_exact_line_goes_on():
    assert stopped(RULE, np.full(500, 0.5)).epochs == 201
    assert stopped(RULE, 0.9 - 1e-4 * np.arange(500)).reason is None


def test_looks_are_a_twentieth_apart():
    first = list(islice(moments(), 120))
    assert first[:3] == [20, 25, 30]
    assert all(b - a == max(5, a // 20) for a, b in pairwise(first))
    assert first[-1] > 4_000


def test_what_was_saved():
    assert saved(50, 20, 200) == 171
    assert saved(221, 20, 200) == 0
    assert saved(1_000, 20, 200) == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"confidence": 0.5}, "confidence must be above 0.5 and below 1, got 0.5"),
        ({"confidence": 95}, "confidence must be above 0.5 and below 1, got 95"),
        ({"confidence": True}, "confidence must be"),
        ({"worth": 0}, "worth must be above 0, got 0"),
        ({"worth": math.nan}, "worth must be above 0, got nan"),
        ({"worth": "little"}, "worth must be above 0, got 'little'"),
        ({"patience": 0}, "patience must be a whole number from 1, got 0"),
        ({"patience": 2.5}, "patience must be a whole number from 1, got 2.5"),
        ({"patience": 10**18}, "patience must be at most 2,147,483,647, got 1000"),
        ({"worth": 10**400}, "worth must be above 0, got 1000"),
        ({"monitor": ""}, "monitor must be a metric's name"),
    ],
)
def test_settings_outside_their_range(settings: dict, said: str):
    with pytest.raises(UserError, match=r"EvidenceStopping: ") as caught:
        EvidenceStopping(**settings)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_training_metrics_come_always_or_never():
    stopper = RULE.start()
    stopper.update(0.5, 0.4)
    with pytest.raises(UserError, match="in every epoch or in none"):
        stopper.update(0.5)
    stopper = RULE.start()
    stopper.update(0.5)
    with pytest.raises(UserError, match="in every epoch or in none"):
        stopper.update(0.5, 0.4)


def test_the_old_name_still_works_and_says_so():
    from fitscope import stopping

    with pytest.warns(DeprecationWarning, match="EvidenceStopping"):
        assert stopping.Verdict is EvidenceStopping
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert stopping.EvidenceStopping is EvidenceStopping


def test_a_run_that_was_stopped_as_overfit_is_overfit_by_its_verdict():
    """One definition of a rise that matters; of 90 simulated runs 61 once were called good."""
    ended = agree = 0
    for seed in range(30):
        random = np.random.default_rng(seed)
        epochs = np.arange(500)
        fall = random.uniform(0.05, 0.3) * np.exp(-epochs / random.uniform(8, 60))
        turn, slope = random.integers(30, 150), 10 ** random.uniform(-4.3, -2.5)
        rise = slope * np.maximum(epochs - turn, 0)
        train = 0.6 + fall - np.minimum(2 * slope * epochs, 0.55) + random.normal(0, 0.002, 500)
        found = stopped(NEVER, 0.6 + fall + rise + noise(seed, 500), train)
        if found.reason != "overfit":
            continue
        ended += 1
        n = found.epochs
        validation = (0.6 + fall + rise + noise(seed, 500))[:n]
        history = History("run", "binary_crossentropy", epochs[:n], train[:n], validation)
        agree += diagnose(history).label == "overfit"
    assert ended >= 15
    assert agree >= 0.95 * ended
