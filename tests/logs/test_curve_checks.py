"""Checks on curves: each is found where it is, and hardly ever where nothing is wrong."""

import re
from collections import Counter

import numpy as np
import pytest
from scipy.stats import binomtest

import fitscope as fs
from fitscope.diagnosis.steps import rows_of
from fitscope.diagnosis.trend import trend
from fitscope.logs.checks.descent import hump
from fitscope.logs.checks.every import curve_checks
from fitscope.logs.checks.seen import Seen
from fitscope.logs.log import Log, Logged
from fitscope.logs.reading import reading

EPOCHS = np.arange(40.0)
FALL = 0.3 + 0.5 * np.exp(-EPOCHS / 8)
HOLD = 0.4 + 0.4 * np.exp(-EPOCHS / 6)


def noise(seed=0, size=40, scale=0.003):
    return np.random.default_rng(seed).normal(0, scale, size)


def healthy(seed=0):
    return {"epoch": EPOCHS, "loss": FALL + noise(seed), "val_loss": HOLD + noise(seed + 1000)}


def codes(columns, **more):
    found = fs.diagnose({**columns, **more})
    return {check.code for check in found.checks}


def alone(columns, epochs=None, steps=None):
    """Checks on a log without validation."""
    curves = {name: Logged(np.asarray(v, float), epochs, steps) for name, v in columns.items()}
    return {check.code: check for check in curve_checks(Seen(Log("log", curves)))}


def test_nothing_is_said_of_a_healthy_run():
    assert codes(healthy()) == set()


def test_false_alarms_are_rare():
    """100 simulated runs in order: accuracies of 2,000 rows, a decaying rate, calm gradients."""
    said = Counter()
    for seed in range(100):
        random = np.random.default_rng(seed)
        right = np.clip(0.9 - 0.4 * np.exp(-EPOCHS / random.uniform(3, 12)), 0, 1)
        rise = random.choice([0.0, 0.0, 0.004]) * np.maximum(EPOCHS - 15, 0)
        run = {
            "epoch": EPOCHS,
            "loss": FALL * random.lognormal(0, 1) + random.normal(0, 0.004, 40),
            "val_loss": 0.05 + HOLD * random.lognormal(0.2, 1) + random.normal(0, 0.006, 40) + rise,
            "val_accuracy": random.binomial(2000, right) / 2000,
            "lr": 0.01 * (1 + np.cos(np.pi * EPOCHS / 40)),
            "grad_norm": random.lognormal(0, 0.5, 40),
        }
        said.update(c.code for c in fs.diagnose(run).checks)
    # a loss that is scaled at random may well lie below another one; 221 is told of rises
    loud = {code: count for code, count in said.items() if code not in ("FS201", "FS221")}
    assert sum(loud.values()) <= 1, loud


def test_validation_better_throughout():
    easier = codes({**healthy(), "val_loss": FALL - 0.1})
    assert easier == {"FS201"}
    # training as Keras prints it: the mean over an epoch of a loss that is measured at its end
    fine = 0.3 + 0.5 * np.exp(-np.arange(0, 20.5, 0.05) / 12)
    averaged = np.array([fine[20 * e : 20 * e + 20].mean() for e in range(20)])
    ends = fine[20:401:20][:20]
    found = fs.diagnose({"epoch": np.arange(20.0), "loss": averaged, "val_loss": ends}).checks
    assert [check.code for check in found] == ["FS201"]
    assert "That is harmless" in found[0].text


def test_the_same_rows_twice():
    both = FALL + noise()
    found = fs.diagnose({"epoch": EPOCHS, "loss": both, "val_loss": both}).checks
    assert (found[0].code, found[0].severity) == ("FS202", "problem")
    assert "FS202" not in codes({"epoch": EPOCHS, "loss": both, "val_loss": both.round(5)})


def test_a_score_that_never_moves():
    assert codes(healthy(), val_accuracy=np.full(40, 0.5)) == {"FS203"}
    assert codes(healthy(), val_accuracy=np.full(40, 1.0)) == {"FS204"}


def test_a_training_loss_that_stands_still():
    stuck = {"epoch": EPOCHS, "loss": 0.6931 + noise(1, 40, 1e-4), "val_loss": 0.6932 + noise(2)}
    assert "FS205" in codes(stuck)
    slowly = {**stuck, "loss": 0.6931 - 0.002 * EPOCHS + noise(1, 40, 1e-4)}
    assert "FS205" not in codes(slowly)


def test_training_alone():
    found = alone({"loss": FALL + noise()}, EPOCHS)
    assert found.keys() == {"FS206"}
    assert "has settled" in found["FS206"].text
    falls = alone({"loss": 1 - 0.02 * EPOCHS + noise()}, EPOCHS)
    assert "still falls" in falls["FS206"].text
    ended = alone({"loss": np.r_[FALL[:30], np.full(10, np.nan)]}, EPOCHS)
    assert "NaN" in ended["FS207"].text
    rose = alone({"loss": np.r_[FALL[:20], FALL[19] + 0.05 * np.arange(20)] + noise()}, EPOCHS)
    assert {"FS206", "FS207"} == rose.keys()


def test_a_long_training_curve_takes_no_time_and_is_judged_as_a_short_one():
    steps = np.arange(100_000.0)
    loss = 1 + np.exp(-steps / 20_000) + np.random.default_rng(0).normal(0, 0.3, 100_000)
    assert alone({"loss": loss}, None, steps).keys() == {"FS206"}


def test_a_step_of_the_rate_in_a_history_without_numbers_of_epochs():
    run = {name: values for name, values in healthy().items() if name != "epoch"}
    verdict = fs.diagnose({**run, "lr": np.where(EPOCHS < 20, 0.1, 0.01)})
    assert [check.code for check in verdict.checks] == ["FS208"]
    assert "lr at epoch 20 (0.1 to 0.01)" in verdict.checks[0].text
    assert verdict.history.rate_fell == 20


@pytest.mark.parametrize("name", ["lr", "learning_rate", "train/lr-Adam"])
def test_learning_rate_steps_and_restarts(name):
    steps = np.where(EPOCHS < 20, 0.1, 0.01)
    found = fs.diagnose({**healthy(), name: steps}).checks
    assert [check.code for check in found] == ["FS208"]
    assert "epoch 20 (0.1 to 0.01)" in found[0].text
    cosine = 0.1 * (1 + np.cos(np.pi * (EPOCHS % 10) / 10)) / 2 + 1e-4
    assert codes(healthy(), **{name: cosine}) == {"FS209"}
    warm_up = np.minimum(EPOCHS + 1, 4) / 4 * 0.1 * 0.95**EPOCHS
    assert codes(healthy(), **{name: warm_up}) == set()


@pytest.mark.parametrize(("slope", "label"), [(0.0, "good"), (-0.004, "improving")])
def test_what_a_curve_falls_by_where_the_rate_falls_is_no_slope(slope, label):
    """With the step alone the run has ended; with a fall behind it, it goes on."""
    rates = np.where(EPOCHS < 34, 0.1, 0.01)
    fell = 0.08 * (EPOCHS >= 34) - slope * np.maximum(EPOCHS - 34, 0)
    run = {"epoch": EPOCHS, "loss": FALL - fell + noise(5), "val_loss": HOLD - fell + noise(6)}
    assert fs.diagnose({**run, "lr": rates}).label == label


def test_a_rate_too_high_and_too_low():
    leaps = FALL.copy()
    leaps[[12, 20, 31]] += 0.6
    assert "FS210" in codes({**healthy(), "loss": leaps})
    straight = 2.3 - 0.002 * EPOCHS
    low = {"epoch": EPOCHS, "loss": straight + noise(1, 40, 1e-4), "val_loss": straight + 0.01}
    assert "FS211" in codes(low)


def test_gradients_that_explode():
    calm = np.random.default_rng(3).lognormal(0, 0.5, 40)
    early, late, lost = calm.copy(), calm.copy(), calm.copy()
    early[0], late[25], lost[30] = 900, 900, np.inf
    assert codes(healthy(), grad_norm=early) == set()
    assert codes(healthy(), grad_norm=late) == {"FS212"}
    assert codes(healthy(), gradient_norm=lost) == {"FS212"}


def test_rows_after_the_fit_restarts_and_resumed_runs(tmp_path):
    rows = [f"{e},{(e + 1) * 100 - 1},{FALL[e]:.4f},{HOLD[e]:.4f}" for e in range(12)]
    text = "\n".join(["epoch,step,train_loss,val_loss", *rows, f"12,1200,,{HOLD[11]:.4f}"])
    (tmp_path / "metrics.csv").write_text(text + "\n")
    assert [c.code for c in fs.diagnose(tmp_path / "metrics.csv").checks] == ["FS213"]
    again = ["epoch,loss,val_loss"]
    again += [f"{e},{FALL[e]:.4f},{HOLD[e]:.4f}" for _ in range(2) for e in range(15)]
    (tmp_path / "twice.csv").write_text("\n".join(again) + "\n")
    for verdict in fs.diagnose(tmp_path / "twice.csv"):
        assert [check.code for check in verdict.checks] == ["FS214"]
    went = [*range(10), *range(7, 20)]
    resumed = ["epoch,loss,val_loss", *(f"{e},{FALL[e]:.4f},{HOLD[e]:.4f}" for e in went)]
    (tmp_path / "resumed.csv").write_text("\n".join(resumed) + "\n")
    assert [c.code for c in fs.diagnose(tmp_path / "resumed.csv").checks] == ["FS215"]


def test_one_evaluation():
    found = fs.diagnose({"epoch": [1], "loss": [0.5], "val_loss": [0.6]})
    assert (found.label, [check.code for check in found.checks]) == ("too few", ["FS216"])


@pytest.mark.parametrize("rows", [17, 40, 86, 200, 333])
def test_few_validation_rows_are_counted(rows):
    random = np.random.default_rng(rows)
    right = random.binomial(rows, np.clip(0.9 - 0.4 * np.exp(-EPOCHS / 8), 0, 1)) / rows
    assert rows_of(right) == rows
    assert rows_of(np.float32(right).astype(float)) == rows
    assert rows_of(100 * right, 100) == rows
    found = fs.diagnose({**healthy(), "val_accuracy": right}).checks
    assert [check.code for check in found] == ["FS217"]
    assert f"1/{rows}" in found[0].title
    assert found[0].severity == ("warning" if rows < 100 else "note")


@pytest.mark.parametrize("decimals", [2, 3, 4, 17])
def test_many_validation_rows_are_not_taken_for_few(decimals):
    for seed in range(50):
        random = np.random.default_rng(seed)
        rows = int(random.integers(2_000, 50_000))
        right = random.binomial(rows, random.uniform(0.3, 0.95), 12) / rows
        found = rows_of(right.round(decimals))
        assert found is None or (rows % found == 0), (seed, rows, found)


def test_loss_that_drops_where_rows_come_again():
    epochs = np.repeat(np.arange(4.0), 25) + np.tile(np.arange(25) / 25, 4) + 0.04
    stairs = 2 - 0.4 * np.floor(epochs - 1e-9) + noise(4, 100, 0.05)
    found = alone({"loss": stairs}, epochs, np.arange(100.0))
    assert "FS218" in found
    assert "3 borders" in found["FS218"].text
    smooth = 2 - 0.4 * epochs + noise(4, 100, 0.05)
    assert "FS218" not in alone({"loss": smooth}, epochs, np.arange(100.0))


def test_logs_of_something_else():
    rewards = {"rollout/ep_rew_mean": EPOCHS, "rollout/ep_len_mean": EPOCHS, "train/loss": FALL}
    assert alone(rewards, None, EPOCHS).keys() == {"FS219"}
    pair = {"d_loss": FALL + noise(), "g_loss": HOLD + noise(1)}
    assert alone(pair, EPOCHS).keys() == {"FS220"}


def test_overconfident_is_not_ruined():
    loss = 0.4 + 0.4 * np.exp(-EPOCHS / 4) + 0.02 * np.maximum(EPOCHS - 12, 0)
    right = 0.85 - 0.3 * np.exp(-EPOCHS / 8)
    run = {"epoch": EPOCHS, "loss": FALL + noise(), "val_loss": loss + noise(1)}
    found = fs.diagnose({**run, "val_accuracy": right + noise(2, 40, 0.004)})
    assert found.label == "overfit"
    (check,) = found.checks
    assert check.code == "FS221"
    assert f"For probabilities take epoch {found.best_epoch}" in check.text
    still = 0.9 - 0.5 * 0.95**EPOCHS  # whether it holds or improves is open, and either will do
    (check,) = fs.diagnose({**run, "val_accuracy": still}).checks
    assert check.code == "FS221"
    ruined = 0.8 - 0.01 * np.maximum(EPOCHS - 12, 0)
    assert codes(run, val_accuracy=ruined + noise(2, 40, 0.004)) == set()


def descending_twice(gained, size=200):
    """Falls to 0.5, rises by 0.3 and falls to 0.5 less what is gained; training falls on."""
    at = np.arange(float(size))
    validation = 0.5 + 0.5 * np.exp(-at / 6) + 0.3 * np.exp(-(((at - 60) / 25) ** 2))
    validation -= gained * (1 - np.exp(-np.maximum(at - 80, 0) / 30))
    return {"epoch": at, "loss": np.exp(-at / 30), "val_loss": validation + noise(7, size, 0.006)}


@pytest.mark.parametrize(("gained", "back"), [(0.2, True), (-0.1, False)])
def test_a_second_descent_is_seen(gained, back):
    (check,) = fs.diagnose(descending_twice(gained)).checks
    assert (check.code, check.severity) == ("FS224", "note")
    first, peak, second = (float(x) for x in re.findall(r"(0\.\d+) near", check.text))
    assert first == pytest.approx(0.53, abs=0.03)
    assert peak == pytest.approx(0.80, abs=0.03)
    assert second == pytest.approx(0.5 - gained, abs=0.03)
    patience = re.search(r"patience of more than (\d+) epochs", check.text)
    assert (patience is not None) == back
    if patience:  # from the first minimum, near 21, until the curve is as low again, near 98
        assert 65 < int(patience[1]) < 90


def test_what_explains_a_second_descent_is_none():
    run = descending_twice(0.2)
    at = run["epoch"]
    stepped = {**run, "lr": np.where(at < 80, 0.1, 0.01)}
    assert codes(stepped) == {"FS208"}
    along = {**run, "loss": run["loss"] + np.exp(-(((at - 60) / 25) ** 2))}
    assert "FS224" not in codes(along)
    most_stays = descending_twice(0.0)  # of a rise of 0.65 it falls by 0.3 again
    most_stays["val_loss"] += 0.35 * (at > 60)
    assert "FS224" not in codes(most_stays)


@pytest.mark.parametrize("shape", [lambda at: 0 * at, lambda at: 0.5 * at, lambda at: -0.5 * at])
def test_humps_of_noise_are_none(shape):
    """Autoregressive noise on flat, rising and falling curves: at most one in twenty."""
    random, seen, times = np.random.default_rng(3), 0, 60
    at = np.linspace(0, 1, 100)
    for _ in range(times):
        drift = random.normal(0, 0.05, 100)
        for now in range(1, 100):
            drift[now] = 0.7 * drift[now - 1] + np.sqrt(0.51) * drift[now]
        seen += hump(trend(2 * np.exp(-12 * at) + shape(at) + drift), 0.0) is not None
    assert binomtest(seen, times, 0.05, alternative="greater").pvalue > 0.05


def test_every_check_has_a_code_of_its_own_and_the_worst_comes_first():
    both = FALL + noise()
    run = {"epoch": EPOCHS, "loss": both, "val_loss": both, "val_accuracy": np.full(40, 0.5)}
    found = fs.diagnose(run).checks
    assert [check.severity for check in found] == ["problem", "warning"]
    log = Log("log", {n: Logged(np.asarray(v), EPOCHS) for n, v in healthy().items()})
    assert curve_checks(Seen(log, reading(log))) == ()


def test_other_validation_sets_are_judged_too():
    """One set keeps falling while the other one rises from epoch 15 on."""
    held = {"val_a_loss": HOLD + noise(1), "val_b_loss": HOLD + noise(2)}
    rising = {"val_b_loss": HOLD + noise(2) + 0.01 * np.maximum(EPOCHS - 15, 0)}
    run = {"epoch": EPOCHS, "loss": FALL + noise(), **held}
    (check,) = fs.diagnose(run).checks
    assert (check.code, check.severity) == ("FS222", "note")
    (check,) = fs.diagnose({**run, **rising}).checks
    assert (check.code, check.severity) == ("FS222", "warning")
    assert check.columns == ("val_a_loss", "val_b_loss")
    alone = fs.diagnose({**run, **rising}, val="val_b_loss")
    assert alone.label == "overfit"
    assert f"val_b_loss is overfit from epoch {alone.onset_epoch}" in check.text
    assert not alone.checks, "who names a curve is not told of others"


def test_the_parts_of_a_summed_loss_are_judged_too():
    parts = {
        "train/box_loss": FALL + noise(1),
        "train/cls_loss": FALL + noise(2),
        "val/box_loss": HOLD + noise(3),
        "val/cls_loss": HOLD + noise(4) + 0.02 * np.maximum(EPOCHS - 15, 0),
    }
    checks = {check.code: check for check in fs.diagnose({"epoch": EPOCHS, **parts}).checks}
    assert checks["FS222"].columns == ("val/box_loss+cls_loss", "val/box_loss", "val/cls_loss")
    assert "val/box_loss is good" in checks["FS222"].text
    assert "val/cls_loss is overfit" in checks["FS222"].text


@pytest.mark.parametrize(
    ("train", "validation", "end"),
    [
        ("train binary_logloss", "valid binary_logloss", "stdv"),  # lightgbm.cv
        ("train-logloss", "test-logloss", "std"),  # xgboost.cv
        ("train-Logloss", "test-Logloss", "std"),  # catboost.cv
    ],
)
def test_the_deviation_over_folds_is_told(train, validation, end):
    run = {
        f"{train}-mean": FALL + noise(1),
        f"{train}-{end}": 0.01 + 0 * EPOCHS,
        f"{validation}-mean": HOLD + noise(2) + 0.01 * np.maximum(EPOCHS - 15, 0),
        f"{validation}-{end}": 0.02 + 0 * EPOCHS,
    }
    verdict = fs.diagnose(run)
    assert verdict.label == "overfit"
    check = next(check for check in verdict.checks if check.code == "FS223")
    assert check.columns == (f"{validation}-mean", f"{validation}-{end}")
    assert "folds lie 0.02 apart" in check.text
    assert "FS223" not in codes({k: v for k, v in run.items() if not k.endswith(end)})
