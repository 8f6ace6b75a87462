"""Networks as estimators: held against scikit-learn's own, and used as people use them."""

import os
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris, make_classification
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier as Theirs
from sklearn.neural_network import MLPRegressor as TheirRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import fitscope as fs
from fitscope.learners.streams import WEIGHTS, stream
from fitscope.sklearn import MLPClassifier, MLPRegressor
from fitscope.sklearn.rows import held_out
from fitscope.sklearn.threads import hold_threads

X, Y = make_classification(160, 5, n_informative=3, n_classes=3, random_state=0)
TRAIN, VAL = slice(120), slice(120, None)
ENDLESS = {"early_stopping": False, "tol": 0.0, "n_iter_no_change": np.inf}


def started_alike(theirs, ours, y, weights=None):
    """Both fitted with steps of all rows, theirs from the weights that ours begin with."""
    seed = int(np.random.RandomState(3).randint(2**31 - 1))  # as `random_state=3` gives it
    ours.set_params(random_state=3)
    with warnings.catch_warnings(action="ignore"):
        ours.fit(X[TRAIN], y[TRAIN], weights, X_val=X[VAL], y_val=y[VAL])
        theirs.set_params(warm_start=True, max_iter=1).fit(X[TRAIN], y[TRAIN], weights)
        first = ours.network_.init(X.shape[1], stream(seed, 0, WEIGHTS), ours.n_outputs_)
        theirs.coefs_ = [layer["kernel"].astype(float) for layer in first.values()]
        theirs.intercepts_ = [layer["bias"].astype(float) for layer in first.values()]
        theirs.loss_curve_ = []
        theirs.set_params(max_iter=ours.max_iter).fit(X[TRAIN], y[TRAIN], weights)
    return theirs, ours


@pytest.mark.parametrize(
    "chosen",
    [
        {"solver": "adam", "alpha": 0.0, "beta_1": 0.8, "epsilon": 1e-3},
        {"solver": "sgd", "alpha": 8.0, "learning_rate_init": 0.1, "activation": "logistic"},
    ],
)
def test_settings_mean_what_they_mean_in_scikit_learn(chosen):
    """The same losses and weights, epoch by epoch, whatever rounding of float32 leaves of them."""
    same = {"hidden_layer_sizes": (7,), "batch_size": 120, "max_iter": 40, **ENDLESS, **chosen}
    weights = np.random.default_rng(0).uniform(0.5, 2.0, 120)
    theirs, ours = started_alike(Theirs(**same), MLPClassifier(**same), Y, weights)
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-4)
    for mine, other in zip(ours.coefs_, theirs.coefs_, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-2, atol=1e-3)
    validation = log_loss(Y[VAL], theirs.predict_proba(X[VAL]))
    assert ours.validation_loss_ == pytest.approx(validation, rel=1e-4)
    assert ours.validation_loss_ == pytest.approx(log_loss(Y[VAL], ours.predict_proba(X[VAL])))
    np.testing.assert_allclose(
        ours.predict_log_proba(X), theirs.predict_log_proba(X), rtol=1e-3, atol=1e-3
    )
    assert (ours.n_layers_, ours.n_outputs_, ours.out_activation_) == (3, 3, "softmax")


def test_a_regression_is_told_in_its_own_units():
    y = 1e4 + 300 * X[:, 0]
    model = MLPRegressor((16,), learning_rate_init=0.02, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.95
    theirs = TheirRegressor(hidden_layer_sizes=(16,), max_iter=1)
    with warnings.catch_warnings(action="ignore"):
        theirs.fit(X, y)
    theirs.coefs_, theirs.intercepts_ = model.coefs_, model.intercepts_
    np.testing.assert_allclose(model.predict(X), theirs.predict(X), rtol=1e-5)
    held = MLPRegressor((16,), learning_rate_init=0.02, random_state=0)
    held.fit(X[TRAIN], y[TRAIN], X_val=X[VAL], y_val=y[VAL])
    squares = np.mean((held.predict(X[VAL]) - y[VAL]) ** 2)
    assert held.validation_loss_ == pytest.approx(squares, rel=1e-3)
    assert held.verdict_.evidence.best == pytest.approx(
        held.history_["val_mean_squared_error"].min()
    )


def test_a_verdict_and_a_history_after_fit(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(300, 20)), random.integers(0, 2, 300)
    model = MLPClassifier(
        (64,),
        learning_rate_init=0.01,
        random_state=0,
        max_iter=150,
        **ENDLESS,
        validation_fraction=0.3,
    ).fit(x, y)
    assert (model.verdict_.label, model.verdict_.source) == ("overfit", "MLPClassifier")
    assert fs.diagnose(model.history_).label == "overfit"
    assert fs.diagnose(model) is model.verdict_
    validation = model.history_["val_binary_crossentropy"]
    assert model.best_epoch_ == validation.argmin() < 50
    assert model.validation_loss_ == pytest.approx(validation[-1]), "the last weights predict"
    early = clone(model).set_params(early_stopping=True, n_iter_no_change=20).fit(x, y)
    assert early.n_iter_ < model.n_iter_
    assert early.validation_loss_ == pytest.approx(validation.min(), rel=0.05)
    assert not list(tmp_path.iterdir()), "nothing is left"
    assert capfd.readouterr() == ("", ""), "nothing is printed"


def test_frames_texts_weights_and_copies():
    frame = pd.DataFrame(X, columns=[*"abcde"])
    names = np.array(["low", "mid", "top"])[Y]
    model = MLPClassifier((16,), learning_rate_init=0.02, random_state=1, max_iter=60).fit(
        frame, names
    )
    assert list(model.feature_names_in_) == [*"abcde"]
    assert set(model.predict(frame)) <= {"low", "mid", "top"}
    np.testing.assert_allclose(model.predict_proba(frame).sum(axis=1), 1)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(frame), model.predict_proba(frame))
    assert again.verdict_.label == model.verdict_.label
    assert clone(model).get_params() == model.get_params()

    there = np.arange(160) % 4 > 0
    without = clone(model).fit(frame[there], names[there])
    zero = clone(model).fit(frame, names, sample_weight=there)
    assert np.array_equal(zero.predict_proba(frame), without.predict_proba(frame)), "0 is absent"
    heavy = clone(model).set_params(class_weight={"low": 20.0}).fit(frame, names)
    assert np.mean(heavy.predict(frame) == "low") > 1.3 * np.mean(model.predict(frame) == "low")


def test_where_people_put_it():
    x, y = load_iris(return_X_y=True)
    network = MLPClassifier((16,), learning_rate_init=0.02, max_iter=60, random_state=0)
    piped = make_pipeline(StandardScaler(), network)
    assert cross_val_score(piped, x, y, cv=3).mean() > 0.9
    grid = {"mlpclassifier__alpha": [1e-4, 1.0], "mlpclassifier__learning_rate_init": [0.02, 1e-7]}
    search = GridSearchCV(piped, grid, cv=3, n_jobs=2).fit(x, y)
    assert search.best_params_["mlpclassifier__learning_rate_init"] == 0.02
    calibrated = CalibratedClassifierCV(piped, cv=3).fit(x, y)
    assert calibrated.score(x, y) > 0.9


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"alpha": -1}, "MLPClassifier: alpha must be zero or a positive number, got -1"),
        ({"hidden_layer_sizes": (8, 0)}, "hidden_layer_sizes must be a whole number from 1, got 0"),
        ({"activation": "swish"}, "unknown activation 'swish'; choose from elu, relu"),
        ({"solver": "lbfgs"}, "lbfgs"),
        ({"validation_fraction": 1.0}, "validation_fraction must be above 0 and below 1, got 1.0"),
        ({"n_iter_no_change": 0}, "n_iter_no_change must be a whole number from 1, got 0"),
        ({"early_stopping": "yes"}, "early_stopping must be True or False, got 'yes'"),
        ({"learning_rate_init": 1e30}, "not finite; scale the features"),
    ],
)
def test_refused_settings(chosen, message):
    with pytest.raises(ValueError, match=message) as raised:
        MLPClassifier((4,), max_iter=3).set_params(**chosen).fit(X, Y)
    assert isinstance(raised.value, fs.UserError)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"X_val": X}, "X_val and y_val go together"),
        ({"X_val": X, "y_val": Y + 7}, "y_val holds the class .*7.*, of which no row of X is"),
        ({"X_val": X[:, :2], "y_val": Y}, "2 features"),
        ({"sample_weight": -np.ones(160)}, "sample_weight of row 0 is -1"),
        ({"sample_weight": np.ones(3)}, "there are 160 rows"),
        ({"y": np.zeros(160)}, "all rows are of one class"),
    ],
)
def test_refused_rows(given, message):
    with pytest.raises(ValueError, match=message):
        MLPClassifier((4,), max_iter=3).fit(**{"X": X, "y": Y, **given})


@settings(max_examples=200, deadline=None)
@given(
    counts=st.lists(st.integers(1, 60), min_size=2, max_size=5),
    share=st.floats(0.02, 0.6),
    seed=st.integers(0, 10**6),
)
def test_rows_held_out_are_a_share_of_each_class(counts, share, seed):
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    try:
        mask = held_out(y, share, np.random.default_rng(seed), True)
    except ValueError:
        assert np.ceil(share * len(y)) > len(y) - len(counts)
        return
    assert mask.sum() == np.ceil(share * len(y))
    assert (np.bincount(y[~mask], minlength=len(counts)) >= 1).all(), "one of each class trains"
    of_rest = mask.sum() * (np.array(counts) - 1) / (len(y) - len(counts))
    assert (np.abs(np.bincount(y[mask], minlength=len(counts)) - of_rest) < 1).all()


def test_threads_are_held(monkeypatch):
    """XLA asks NPROC when it starts, which `jax.devices` makes it do."""
    seen = []
    monkeypatch.setattr("jax.devices", lambda: seen.append(os.environ["NPROC"]))
    monkeypatch.delenv("NPROC", raising=False)
    with threadpool_limits(1):
        hold_threads.__wrapped__()
    assert seen == ["1"]
    assert "NPROC" not in os.environ
