"""Labels of curves whose truth is known because they are made here, and of odd ones."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fitscope.errors import UserError
from fitscope.history import History, RowLosses
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.verdict import Verdict

EPOCHS = np.arange(120)
FALL = 0.4 + 0.6 * np.exp(-EPOCHS / 12)
RISE = 0.004 * np.maximum(EPOCHS - 50, 0)


def verdict(validation, train=FALL, noise=0.0, seed=0, **more) -> Verdict:
    random = np.random.default_rng(seed)
    validation = np.asarray(validation, float) + noise * random.normal(size=len(validation))
    if train is not None:
        train = np.asarray(train, float)[: len(validation)]
        train = train + 0.3 * noise * random.normal(size=len(validation))
    epochs = np.arange(len(validation))
    return diagnose(History("made up", "loss", epochs, train, validation, **more))


@pytest.mark.parametrize("noise", [0.0, 0.003, 0.01, 0.03])
def test_a_curve_that_turns_is_overfit_from_where_it_turns(noise):
    found = verdict(FALL + RISE + 0.05, FALL - 0.001 * EPOCHS, noise)
    assert found.label == "overfit"
    assert found.confidence > 0.9
    truth = int(np.argmin(FALL + RISE))
    first, last = found.evidence["onset_interval"]
    assert first <= found.onset_epoch <= last
    assert first - 3 <= truth <= last
    assert abs(found.evidence["rise"] - np.ptp((FALL + RISE)[truth:])) < 4 * max(noise, 0.01)
    assert found.evidence["rise_test"] == "curve"
    assert found.evidence["wasted_epochs"] == 119 - found.best_epoch


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_the_onset_stays_where_it_is_however_long_a_run_goes_on(noise):
    """Left to rise by five times its lowest loss, it began no later."""
    at = np.arange(1_000)
    validation = 0.45 + 0.6 * np.exp(-at / 12) + 0.004 * np.maximum(at - 50, 0)
    train = np.exp(-at / 40)
    short = verdict(validation[:150], train, noise)
    long = verdict(validation, train, noise)
    assert short.label == long.label == "overfit"
    assert short.onset_epoch is not None
    assert long.onset_epoch == pytest.approx(short.onset_epoch, abs=5)


@pytest.mark.parametrize("epochs", [8, 10, 15, 25])
def test_short_histories_that_turn_clearly_are_overfit(epochs):
    at = np.linspace(0, 1, epochs)
    validation = 0.5 + np.exp(-at / 0.1) + 0.5 * np.maximum(at - 0.4, 0)
    assert verdict(validation, np.exp(-at / 0.3)).label == "overfit"


@pytest.mark.parametrize("epochs", [21, 25, 30, 35, 40, 50, 59])
@pytest.mark.parametrize("noise", [0.0, 0.004, 0.008])
def test_a_clean_sharp_turn_is_not_taken_for_lasting_noise(epochs, noise):
    """What a smooth curve leaves of a sharp turn is correlated, and it is no noise."""
    at = np.linspace(0, 1, epochs)
    late = np.clip((at - 0.5) / 0.5, 0, 1)
    for turned in (late, 1 - np.exp(-4 * late), np.sqrt(late)):
        fall = np.maximum(np.exp(-at / 0.15) - np.exp(-0.5 / 0.15), 0)
        validation = 0.5 + 0.6 * fall + 0.12 * turned
        for seed in range(3):
            found = verdict(validation, np.exp(-at / 0.3), noise, seed)
            assert found.label == "overfit"
            assert found.evidence.rise_probability > 0.99


@pytest.mark.parametrize(
    ("validation", "label"),
    [
        ([0.64, 0.39, 0.35, 0.38], "too few"),
        ([0.63, 0.38, 0.35, 0.37, 0.43], "too few"),
        ([0.63, 0.38, 0.35, 0.37, 0.63], "overfit"),
        ([0.75, 0.58, 0.46, 0.38, 0.35, 0.37, 0.39], "good"),
        ([0.75, 0.65, 0.56, 0.49, 0.44, 0.40, 0.37, 0.36, 0.35, 0.37], "good"),
    ],
)
def test_a_short_curve_that_has_turned_neither_improves_nor_drowns(validation, label):
    train = 0.6 * np.exp(-np.arange(len(validation)) / 3)
    assert verdict(validation, train).label == label


@pytest.mark.parametrize("epochs", [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20])
def test_a_steeper_rise_is_never_less_an_overfit_than_a_flatter_one(epochs):
    at = np.arange(epochs)
    falls = np.maximum(epochs // 3 - at, 0) / epochs
    train = 0.4 - 0.1 * at / epochs
    for rises in (np.maximum(at - epochs // 3, 0) / epochs, (at == epochs - 1).astype(float)):
        found = [
            verdict(0.5 + 0.3 * falls + steep * rises, train - 0.3 * steep * rises).label
            for steep in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
        ]
        assert found[-1] == "overfit"
        assert found[found.index("overfit") :] == ["overfit"] * (8 - found.index("overfit"))


def test_a_short_curve_that_falls_to_its_end_is_improving():
    validation = [0.75, 0.58, 0.47, 0.40, 0.35]
    for epochs in (3, 4, 5):
        assert verdict(validation[:epochs], np.array(validation) - 0.1).label == "improving"


def test_a_gap_alone_is_good():
    found = verdict(FALL + 0.5, FALL - 0.35, noise=0.003)
    assert found.label == "good"
    assert found.evidence["gap"] == pytest.approx(0.85, abs=0.01)
    assert found.onset_epoch is None
    assert found.evidence["onset_interval"] is None


def test_a_curve_that_still_falls_is_improving():
    found = verdict(2 - 0.01 * EPOCHS, 2 - 0.011 * EPOCHS, noise=0.01)
    assert found.label == "improving"
    slope, error = (found.evidence[f"validation_slope{end}"] for end in ("", "_error"))
    assert abs(slope + 0.01) < 4 * error


def test_training_that_rises_along_is_unstable():
    burst = 0.02 * np.maximum(EPOCHS - 60, 0) ** 1.3
    found = verdict(FALL + burst, FALL + burst, noise=0.003)
    assert found.label == "unstable"
    assert "training loss rose with it" in found.explanation


def test_a_run_that_ends_in_nan_has_diverged():
    found = verdict(np.where(EPOCHS > 90, np.nan, FALL))
    assert found.label == "unstable"
    assert "diverged" in found.explanation
    assert found.epochs == 120
    assert found.best_epoch <= 90
    json.dumps(found.as_dict(), allow_nan=False)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_missing_value_is_left_out_and_said(value):
    found = verdict(np.where(EPOCHS == 70, value, FALL + RISE), FALL - 0.001 * EPOCHS)
    assert found.label == "overfit"
    assert "epoch 70" in found.explanation


def test_noise_that_drowns_the_trend_is_unstable():
    assert verdict(np.ones(60), 1 - np.arange(60) / 60, noise=0.3).label == "unstable"


@pytest.mark.parametrize(
    ("noise", "label"), [(0.3, "unstable"), (0.02, "underfit"), (0.0003, "underfit")]
)
def test_where_neither_curve_ever_falls_nothing_was_learnt(noise, label):
    assert verdict(np.ones(60), np.ones(60), noise=noise).label == label


def test_underfit_by_a_constant_predictor():
    flat = 0.692 + 0 * EPOCHS
    found = verdict(flat, flat, noise=0.0005, reference=0.6931)
    assert found.label == "underfit"
    assert found.evidence["reference_kind"] == "constant predictor"
    causes = " ".join(found.advice)
    assert all(word in causes for word in ("weak", "regularized", "short"))


def test_no_better_than_a_constant_but_fitting_is_memorizing():
    found = verdict(np.full(120, 0.70), 0.7 * np.exp(-EPOCHS / 20), 0.003, reference=0.6931)
    assert found.label == "overfit"
    assert "constant predictor" in found.explanation
    assert "on the training rows only" in found.explanation


@pytest.mark.parametrize(
    ("level", "metric", "label"),
    [
        (0.70, "binary_crossentropy", "underfit"),  # one half for every row reaches ln 2
        (0.70, "loss", "good"),  # another loss may mean anything
        (0.60, "binary_crossentropy", "good"),
    ],
)
def test_keras_cross_entropy_has_a_constant_predictor_without_labels(level, metric, label):
    curve = level + 0.1 * np.exp(-EPOCHS / 5)
    found = diagnose(History("made up", metric, EPOCHS, curve, curve + 0.005))
    assert found.label == label
    known = metric == "binary_crossentropy"
    assert found.evidence["reference"] == pytest.approx(np.log(2) if known else curve[0] + 0.005)


def test_training_and_validation_alike_prove_no_underfitting():
    assert verdict(FALL, FALL, noise=0.002, reference=1.0).label == "good"


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_accuracies_fall_where_losses_rise(scale):
    accuracy = scale * (0.5 + 0.4 * (1 - np.exp(-EPOCHS / 12)) - 0.5 * RISE)
    train = scale * (0.5 + 0.5 * (1 - np.exp(-EPOCHS / 20)))
    found = verdict(accuracy, train, noise=0.003 * scale, higher_is_better=True)
    assert found.label == "overfit"
    assert found.evidence["rise"] > 0
    assert found.evidence["last"] < found.evidence["best_corrected"]
    assert found.evidence["validation_slope"] < 0
    held = scale * (0.5 + 0.4 * (1 - np.exp(-EPOCHS / 12)))
    assert verdict(held, train, noise=0.003 * scale, higher_is_better=True).label == "good"


def test_validation_alone_is_judged_and_said():
    found = verdict(FALL + RISE, None)
    assert found.label == "overfit"
    assert "validation alone" in found.explanation
    assert found.evidence["gap"] is None
    assert found.evidence["train_slope"] is None


def test_a_lone_last_spike_is_no_rise():
    validation = FALL.copy()
    validation[-1] = 3.0
    assert verdict(validation, noise=0.005).label == "good"


def test_a_huge_first_loss_hides_no_rise():
    validation = np.array([1000, 1, 0.6, 0.5, 0.52, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8])
    train = np.array([1000, 1, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.18, 0.15, 0.1])
    assert verdict(validation, train).label == "overfit"


@pytest.mark.parametrize("end", [1e5, 1e20])
def test_a_run_that_blows_up_keeps_its_best_score(end):
    at = np.arange(80)
    blown = np.where(at < 40, 0.5 + np.exp(-at / 10), end)
    found = verdict(blown, train=np.where(at < 40, np.exp(-at / 10), end), noise=0.002)
    assert found.label == "unstable"
    assert found.evidence.best_corrected == pytest.approx(0.52, abs=0.01)
    assert found.evidence.best_corrected_error < 0.01


def test_a_squared_error_near_the_logarithm_of_ten_is_no_chance_level():
    flat = np.full(60, 2.303)
    run = History("run", "mean_squared_error", np.arange(60), flat, flat)
    assert diagnose(run).evidence.reference_kind != "constant predictor"
    assert diagnose(replace(run, metric="loss")).evidence.reference_kind == "constant predictor"


@pytest.mark.parametrize("least", [0.0, 1e-17, 1e-9])
def test_a_loss_that_falls_to_nothing_does_not_rise_by_rounding(least):
    fall = np.where(EPOCHS < 40, np.exp(-EPOCHS / 4), least)
    assert verdict(fall, fall).label == "good"
    risen = fall + np.where(EPOCHS > 80, 1e-6 * (EPOCHS - 80), 0)
    assert verdict(risen, fall).label == "good"


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0], [0.5, 1.0], [np.nan, 0.3], [-1.0, 2.0]])
def test_fewer_than_three_evaluations_claim_nothing_and_say_why(values):
    found = verdict(values, values)
    assert found.label == "too few"
    assert found.onset_epoch is None
    assert "too few for a verdict" in found.explanation
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["verdict"] == "too few"


def test_validation_that_is_missing_but_once_is_too_few():
    assert verdict(np.where(EPOCHS == 40, 0.5, np.nan)).label == "unstable"
    logged_once = np.where(EPOCHS == 119, 0.5, np.nan)
    assert verdict(logged_once).label == "too few"


@pytest.mark.parametrize("level", [0.0, 1.0, -3.0])
def test_constant_curves_get_a_verdict(level):
    found = verdict(np.full(30, level), np.full(30, level))
    assert found.label == "underfit"
    assert found.evidence["rise"] == 0


@pytest.mark.parametrize(
    ("epochs", "train", "validation", "says"),
    [
        ([], [], [], "0 epochs"),
        ([0, 1, 2], [1.0, 1.0], [1.0, 1.0, 1.0], "2 training values"),
        ([0, 1, 2], [1.0] * 3, [1.0] * 2, "2 validation values"),
        ([0, 2, 1], [1.0] * 3, [1.0] * 3, "epoch 1 follows epoch 2"),
        ([0, 1, 1], [1.0] * 3, [1.0] * 3, "epoch 1 follows epoch 1"),
        ([0, 1, 2], [1.0] * 3, [np.nan] * 3, "no finite validation value"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_line(epochs, train, validation, says):
    history = History("a.csv", "loss", np.array(epochs), np.array(train), np.array(validation))
    with pytest.raises(UserError, match=says) as error:
        diagnose(history)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("a.csv: ")


def test_a_training_curve_logged_now_and_then_costs_no_validation_epochs():
    train = np.where(EPOCHS % 10 == 0, FALL, np.nan)
    found = diagnose(History("sparse", "loss", EPOCHS, train, FALL + RISE))
    assert found.label == "overfit"


def test_rows_of_another_metric_are_not_used():
    rows = RowLosses(EPOCHS, np.ones((120, 50)))
    assert verdict(FALL + RISE, rows=rows).evidence["rise_test"] == "curve"


def test_the_corrected_best_is_the_trend_and_not_the_lowest_point():
    found = verdict(FALL, noise=0.03)
    truth = FALL.min()
    assert found.evidence["best"] < truth - 0.03
    assert abs(found.evidence["best_corrected"] - truth) < 0.015


@pytest.mark.parametrize("first", [0, 4])
def test_validating_now_and_then_is_no_divergence(first):
    validation = np.where(first == EPOCHS % 5, FALL + RISE, np.nan)
    assert verdict(validation, FALL - 0.001 * EPOCHS).label == "overfit"


def test_training_that_ends_in_infinity_has_diverged():
    assert verdict(FALL, np.where(EPOCHS > 115, np.inf, FALL)).label == "unstable"
