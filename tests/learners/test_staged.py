"""Learners with steps: each step is what the library itself says of it."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import as_learner, from_stored, to_stored
from fitscope.learners.base import Interrupted, NewEpochs, TrainedRun, Watching, has_steps
from fitscope.learners.chances import Chances
from fitscope.learners.mlp.plan import Plan
from fitscope.task import BINARY

KINDS = ("binary", "multiclass", "regression")
ROUNDS = 12


def rows(kind: str) -> Split:
    random = np.random.default_rng(5)
    x = random.normal(size=(300, 4)).astype(np.float32)
    signal = x[:, 0] - x[:, 1] * x[:, 2] + 0.5 * random.normal(size=300)
    y: Any = {
        "binary": np.where(signal > 0, "yes", "no"),
        "multiclass": np.array(["low", "mid", "top"])[np.digitize(signal, [-0.7, 0.7])],
        "regression": 500 + 20 * signal,
    }[kind]
    return Split(x[:200], y[:200], x[200:], y[200:], task=kind)


def boosted(name: str, kind: str) -> Any:
    """A learner of `ROUNDS` rounds."""
    regression = kind == "regression"
    if name == "histogram":
        made = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
        return made(max_iter=ROUNDS, max_features=0.5, min_samples_leaf=5)
    if name == "gradient":
        made = GradientBoostingRegressor if regression else GradientBoostingClassifier
        return made(n_estimators=ROUNDS, subsample=0.7)
    if name == "ada":
        made = AdaBoostRegressor if regression else AdaBoostClassifier
        return made(n_estimators=ROUNDS)
    library = pytest.importorskip(name, reason=f"needs the extra {name}")
    if name == "xgboost":
        made = library.XGBRegressor if regression else library.XGBClassifier
        return made(n_estimators=ROUNDS, subsample=0.7, early_stopping_rounds=2)
    if name == "lightgbm":
        made = library.LGBMRegressor if regression else library.LGBMClassifier
        return made(n_estimators=ROUNDS, min_child_samples=5, colsample_bytree=0.5, verbose=-1)
    made = library.CatBoostRegressor if regression else library.CatBoostClassifier
    return made(iterations=ROUNDS, depth=3)


BOOSTED = ("histogram", "gradient", "ada", "xgboost", "lightgbm", "catboost")


def staged_by_library(name: str, fitted: Any, x: np.ndarray, kind: str) -> list[np.ndarray]:
    """Probabilities or numbers after each round, by the library's own public functions."""
    regression = kind == "regression"
    if name in ("histogram", "gradient", "ada"):
        return list(fitted.staged_predict(x) if regression else fitted.staged_predict_proba(x))
    predict = fitted.predict if regression else fitted.predict_proba
    limits = {
        "xgboost": lambda n: {"iteration_range": (0, n)},
        "lightgbm": lambda n: {"num_iteration": n},
        "catboost": lambda n: {"ntree_end": n},
    }[name]
    return [predict(x, **limits(n)) for n in range(1, ROUNDS + 1)]


def fit(learner: Any, split: Split, repeat: int = 0, **watching: Any) -> TrainedRun:
    (run,) = learner.fit(split, Plan(), seed=7, repeats=[repeat], watching=Watching(**watching))
    return run


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BOOSTED)
def test_each_round_is_the_librarys(name, kind, tmp_path):
    split = rows(kind)
    estimator = boosted(name, kind)
    before = str(estimator.get_params())
    learner = as_learner(estimator, split.task)
    assert (learner.step, has_steps(learner)) == ("round", True)
    run = fit(learner, split)
    assert str(estimator.get_params()) == before
    fitted = run.last.estimator
    count = len(run.metrics)
    assert count == ROUNDS or name == "ada"  # which ends early where nothing is left to learn
    if kind == "multiclass" and name == "ada":
        assert count == ROUNDS
    for place, x, y in (
        (0, split.x_train, split.y_train),
        (3, split.x_validation, split.y_validation),
    ):
        stages = staged_by_library(name, fitted, x, kind)
        if kind == "regression":
            losses = [mean_squared_error(y, one) for one in stages]
        else:
            losses = [log_loss(y, one) for one in stages]
            hits = [accuracy_score(y, one.argmax(axis=1)) for one in stages]
            np.testing.assert_allclose(run.metrics[:, place + 2], hits, atol=0.011)
        # XGBoost gives probabilities as float32
        np.testing.assert_allclose(run.metrics[:, place + 1], losses, rtol=2e-4)
    assert run.best_epoch == np.argmin(run.metrics[:, 4])
    again = from_stored(json.loads(json.dumps(to_stored(learner))))
    for state, number in ((run.best, run.best_epoch), (run.last, count - 1)):
        path = tmp_path / f"{number}.skops"
        learner.save(state, path)
        outputs = again.predict(again.load(path), split.x_validation, split.task)
        losses = split.task.row_losses(outputs, split.y_validation)
        kept = run.row_losses[run.row_epochs.tolist().index(number)]
        np.testing.assert_allclose(losses, kept, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["histogram", "xgboost", "lightgbm", "catboost"])
def test_watching_changes_no_tree(name):
    """The same trees as of a fit by hand with the same seed."""
    split = rows("binary")
    run = fit(as_learner(boosted(name, "binary")), split)
    watched = run.last.estimator
    by_hand = boosted(name, "binary")
    seeds = {n: v for n, v in watched.get_params().items() if n in ("random_state", "random_seed")}
    by_hand.set_params(**seeds)
    if name == "xgboost":
        by_hand.set_params(early_stopping_rounds=None)
    if name == "catboost":
        by_hand.set_params(logging_level="Silent", allow_writing_files=False, thread_count=1)
    by_hand.fit(split.x_train, split.y_train.astype(int))
    np.testing.assert_allclose(
        watched.predict_proba(split.x_validation), by_hand.predict_proba(split.x_validation),
        rtol=1e-6,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["histogram", "xgboost", "lightgbm", "catboost"])
def test_one_seed_one_result(name):
    split, learner = rows("binary"), as_learner(boosted(name, "binary"))
    first, again, other = (fit(learner, split, repeat) for repeat in (0, 0, 1))
    np.testing.assert_array_equal(first.metrics, again.metrics)
    np.testing.assert_array_equal(first.row_losses, again.row_losses)
    assert not np.array_equal(first.metrics, other.metrics)


@pytest.mark.parametrize("loss", ["exponential", "log_loss"])
def test_both_losses_of_gradient_boosting_give_log_odds(loss):
    split = rows("binary")
    run = fit(as_learner(GradientBoostingClassifier(n_estimators=5, loss=loss)), split)
    last = run.last.estimator.predict_proba(split.x_validation)
    np.testing.assert_allclose(run.metrics[-1, 4], log_loss(split.y_validation, last), rtol=1e-5)


def test_counts_are_predicted_in_their_own_units():
    split = rows("regression")
    run = fit(as_learner(HistGradientBoostingRegressor(loss="poisson", max_iter=5)), split)
    last = run.last.estimator.predict(split.x_validation)
    np.testing.assert_allclose(
        run.metrics[-1, 4], mean_squared_error(split.y_validation, last), rtol=1e-5
    )


def test_without_its_early_stopping_scikit_learn_is_looked_at_afterwards(monkeypatch):
    """As in a version that asks no method of that name."""
    split = rows("binary")
    learner = as_learner(HistGradientBoostingClassifier(max_iter=5))
    watched = fit(learner, split)
    monkeypatch.setattr("fitscope.learners.estimator.staged.histogram.LOOK", "_no_such_method")
    np.testing.assert_allclose(fit(learner, split).metrics, watched.metrics, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_epochs_of_a_perceptron_are_those_of_one_fit(kind):
    """`fit` with so many epochs ends where the run does, and its last state is the same."""
    split = rows(kind)
    made = MLPRegressor if kind == "regression" else MLPClassifier
    run = fit(as_learner(made(hidden_layer_sizes=(8,), max_iter=30, early_stopping=True)), split)
    assert len(run.metrics) == 30
    seed = run.last.estimator.random_state
    y = split.y_train.astype(float if kind == "regression" else int)
    with pytest.warns(UserWarning, match="not converged|hasn't converged"):
        whole = made(hidden_layer_sizes=(8,), max_iter=30, random_state=seed).fit(split.x_train, y)
    np.testing.assert_allclose(
        run.last.estimator.predict(split.x_validation), whole.predict(split.x_validation),
        rtol=1e-6,
    )  # fmt: skip
    outputs = as_learner(whole).predict(run.best, split.x_validation, split.task)
    loss = split.task.row_losses(outputs, split.y_validation).mean()
    np.testing.assert_allclose(loss, run.metrics[run.best_epoch, 4], rtol=1e-5)


def test_a_perceptron_ends_where_it_would_by_itself():
    split = rows("binary")
    estimator = MLPClassifier((4,), max_iter=400, tol=0.01, n_iter_no_change=5)
    run = fit(as_learner(estimator), split)
    seed = run.last.estimator.random_state
    whole = estimator.set_params(random_state=seed).fit(split.x_train, split.y_train.astype(int))
    assert run.stopped == "early stopping"
    assert len(run.metrics) == whole.n_iter_


@pytest.mark.parametrize("kind", KINDS)
def test_stochastic_gradient_descent_learns_epoch_by_epoch(kind):
    split = rows(kind)
    if kind == "regression":
        estimator = make_pipeline(StandardScaler(), SGDRegressor())
    else:
        estimator = make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss"))
    learner = as_learner(estimator)
    run = fit(learner, split)
    assert learner.step == "epoch"
    assert 5 < len(run.metrics) < 1_000
    assert run.stopped == "early stopping"
    assert run.metrics[:, 1].min() < run.metrics[0, 1]
    outputs = learner.predict(run.best, split.x_validation, split.task)
    loss = split.task.row_losses(outputs, split.y_validation).mean()
    np.testing.assert_allclose(loss, run.metrics[run.best_epoch, 4], rtol=1e-5)


@pytest.mark.parametrize(("tol", "ends"), [(0.0, True), (None, False)])
def test_a_tolerance_of_nothing_is_one_and_none_is_not(tol, ends):
    """Descent whose loss stands still ends after `n_iter_no_change` epochs, or goes on."""
    split = rows("binary")
    estimator = SGDClassifier(loss="log_loss", tol=tol, max_iter=80, n_iter_no_change=3, eta0=5.0)
    estimator.set_params(learning_rate="constant")
    ours = fit(as_learner(estimator, split.task), split)
    theirs = estimator.set_params(random_state=0).fit(split.x_train, split.y_train)
    assert (len(ours.metrics) < 80, theirs.n_iter_ < 80) == (ends, ends)


def test_a_pipeline_is_watched_at_its_last_step():
    split = rows("binary")
    learner = as_learner(make_pipeline(StandardScaler(), boosted("gradient", "binary")))
    assert learner.step == "round"
    run = fit(learner, split)
    stages = run.last.estimator[-1].staged_predict_proba(
        run.last.estimator[:-1].transform(split.x_validation)
    )
    best = next(islice(stages, run.best_epoch, None))
    np.testing.assert_allclose(
        run.metrics[run.best_epoch, 4], log_loss(split.y_validation, best), rtol=1e-5
    )


def test_what_cannot_be_cut_short_has_no_steps():
    xgboost = pytest.importorskip("xgboost", reason="needs the extra xgboost")
    for estimator in (
        xgboost.XGBClassifier(booster="dart"), RandomForestClassifier(),
        MLPClassifier(solver="lbfgs"), SGDClassifier(class_weight="balanced"),
    ):  # fmt: skip
        assert not has_steps(as_learner(estimator))


def test_progress_and_interruption(monkeypatch):
    monkeypatch.setattr("fitscope.learners.steps.TOLD_EVERY", 0.0)
    split, learner = rows("binary"), as_learner(boosted("histogram", "binary"))
    seen: list[NewEpochs] = []
    run = fit(learner, split, on_progress=seen.append)
    np.testing.assert_array_equal(np.concatenate([one.metrics for one in seen]), run.metrics)
    assert [one.epoch for one in seen] == list(range(ROUNDS))
    for name in ("histogram", "xgboost", "lightgbm"):
        with pytest.raises(Interrupted):
            fit(as_learner(boosted(name, "binary")), split, interrupted=lambda: True)


def test_a_round_that_fails_is_told_in_one_line():
    split = rows("binary")
    with pytest.raises(UserError, match="GradientBoostingClassifier could not be fitted") as caught:
        fit(as_learner(GradientBoostingClassifier(max_depth=-1)), split)
    assert "\n" not in str(caught.value)


def test_metrics_of_the_callers_stay_and_a_forest_is_one_step():
    xgboost = pytest.importorskip("xgboost")
    metrics = ["logloss", "auc"]
    given = xgboost.XGBClassifier(n_estimators=5, eval_metric=metrics, early_stopping_rounds=2)
    run = fit(as_learner(make_pipeline(given)), rows("binary"))
    assert run.last.estimator.get_params()["eval_metric"] == metrics
    assert len(run.metrics) == 5
    assert not has_steps(as_learner(xgboost.XGBRFClassifier()))
    two = {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.9]}
    with pytest.raises(UserError, match=r"predicts an array of shape \(\d+, 2\)"):
        fit(as_learner(xgboost.XGBRegressor(n_estimators=2, **two)), rows("regression"))


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_losses_of_chances_are_those_of_scikit_learn_and_end_where_their_type_does(precision: type):
    chances = np.array([0.2, 0.2, 0.5, 0.9, 0.0, 0.0, 1.0, 1.0], precision)
    y = np.array([0, 1, 1, 0, 0, 1, 0, 1], precision)
    found = Chances(chances, BINARY).row_losses(y)
    inner = [
        log_loss([label], [chance], labels=[0, 1])
        for label, chance in zip(y[:4], chances[:4], strict=True)
    ]
    assert np.allclose(found[:4], inner, rtol=1e-6)
    near = np.finfo(precision)
    assert np.allclose(found[4:], [0, -np.log(near.tiny), -np.log(near.epsneg), 0], rtol=1e-6)
    assert chances[0] == precision(0.2)  # the library goes on with them
