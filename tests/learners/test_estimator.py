"""Estimators as learners: described, sent, fitted, stored and read back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import as_learner, from_stored, to_stored
from fitscope.learners.base import Learner, TrainedRun, Watching
from fitscope.learners.estimator.described import class_at, described, is_plain, rebuilt
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.task import BINARY, REGRESSION

KINDS = ("binary", "multiclass", "regression")


def rows(kind: str, count: int = 240, train: int = 160) -> Split:
    random = np.random.default_rng(5)
    x = random.normal(size=(count, 4)).astype(np.float32)
    signal = x[:, 0] - x[:, 1] * x[:, 2] + 0.5 * random.normal(size=count)
    y: Any = {
        "binary": np.where(signal > 0, "yes", "no"),
        "multiclass": np.array(["low", "mid", "top"])[np.digitize(signal, [-0.7, 0.7])],
        "regression": 500 + 20 * signal,
    }[kind]
    return Split(x[:train], y[:train], x[train:], y[train:], task=kind)


def fit(learner: Learner, split: Split, repeat: int = 0, **watching: Any) -> TrainedRun:
    (run,) = learner.fit(split, Plan(), seed=7, repeats=[repeat], watching=Watching(**watching))
    return run


class Odd(ClassifierMixin, BaseEstimator):
    """A classifier whose predictions are what a test asks for."""

    def __init__(self, gives="halves"):
        self.gives = gives

    def fit(self, x, y):
        if self.gives == "writes":
            x[0, 0] = 3.0
        if self.gives == "raises":
            raise RuntimeError("no luck\ntoday")
        self.classes_ = np.unique(y)
        return self

    def predict(self, x):
        return np.zeros(len(x), int)

    def predict_proba(self, x):
        values = {
            "halves": [0.5, 0.5], "thirds": [1 / 3, 1 / 3], "nan": [np.nan, 1.0],
            "negative": [-0.5, 1.5], "three": [0.2, 0.3, 0.5],
        }  # fmt: skip
        return np.tile(values[self.gives], (len(x), 1))


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(max_depth=3, class_weight={0: 1.0, 1: 2.0}),
        make_pipeline(StandardScaler(), KNeighborsClassifier(5)),
        make_pipeline(
            ColumnTransformer([("a", OneHotEncoder(dtype=np.float32), ["a", "b"])]), Ridge()
        ),
        make_pipeline(FunctionTransformer(np.log1p), LinearSVC()),
        StackingClassifier([("a", GaussianNB()), ("b", SVC(C=float("inf")))], cv=3),
        HalvingGridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}),
        make_pipeline(
            make_column_transformer(
                (OneHotEncoder(dtype=float), make_column_selector("a", dtype_include=object)),
                ("passthrough", make_column_selector(dtype_exclude=[np.number, str])),
            ),
            Ridge(),
        ),
    ],
    ids=lambda one: type(one).__name__,
)
def test_settings_come_back_from_plain_values(estimator):
    learner = as_learner(estimator)
    stored = json.loads(json.dumps(to_stored(learner)))
    assert learner.given is None
    again = from_stored(stored)
    assert again == learner
    assert repr(again) == repr(learner)
    assert isinstance(again, Estimator)
    made = again.made()
    assert str(described(made)) == str(described(estimator))
    assert is_plain(described(made))


@pytest.mark.parametrize(
    "found",
    [
        {"class": "subprocess.Popen", "settings": {"args": "true"}},
        {"class": "os.system", "settings": {}},
        {"class": "sklearn.utils.subprocess", "settings": {}},
        {"class": "sklearn.datasets.load_iris", "settings": {}},
        {"class": "sklearn.pipeline.Pipeline", "settings": {"step": []}},
        {"ufunc": "load"},
        {"other": "function f of somewhere"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_nothing_else_is_made_from_data(found):
    with pytest.raises(UserError) as caught:
        rebuilt(found)
    assert "\n" not in str(caught.value)


def test_no_class_of_another_package_is_made():
    with pytest.raises(UserError, match="is of none of sklearn, xgboost"):
        class_at("joblib.Memory")


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_what_scikit_learn_says(kind):
    """One fit by hand; its metrics by scikit-learn's functions."""
    split = rows(kind)
    regression = kind == "regression"
    estimator = LinearRegression() if regression else GaussianNB()
    run = fit(as_learner(estimator, split.task), split)
    estimator.fit(split.x_train, split.y_train)
    expected = []
    for x, y in ((split.x_train, split.y_train), (split.x_validation, split.y_validation)):
        if regression:
            found = estimator.predict(x)
            loss, score = mean_squared_error(y, found), mean_absolute_error(y, found)
        else:
            loss = log_loss(y, estimator.predict_proba(x))
            score = accuracy_score(y, estimator.predict(x))
        expected += [loss, loss, score]
    np.testing.assert_allclose(run.metrics, [expected], rtol=1e-5)
    assert run.row_losses.shape == (1, len(split.y_validation))
    assert (run.row_scores is None) == (kind != "multiclass")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["tree", "pipeline", "decision values"])
def test_stored_state_predicts_what_was_measured(kind, form, tmp_path):
    split = rows(kind)
    regression = kind == "regression"
    if form == "decision values":
        estimator = Ridge() if regression else LinearSVC()
    else:
        estimator = DecisionTreeRegressor() if regression else DecisionTreeClassifier()
        if form == "pipeline":
            estimator = make_pipeline(StandardScaler(), estimator)
    learner = as_learner(estimator)
    run = fit(learner, split)
    path = tmp_path / "state.skops"
    learner.save(run.best, path)
    loaded = from_stored(json.loads(json.dumps(to_stored(learner)))).load(path)
    outputs = learner.predict(loaded, split.x_validation, split.task)
    losses = split.task.row_losses(outputs, split.y_validation)
    np.testing.assert_allclose(losses, run.row_losses[0], rtol=1e-5, atol=1e-6)
    assert np.isfinite(losses).all()  # a tree says 0 and 1


def test_an_exact_zero_is_worth_one_row_among_all():
    split = rows("binary")
    run = fit(as_learner(KNeighborsClassifier(1)), split)
    least = 1 / (160 + 2)
    surely_wrong = np.log((1 + least) / least)
    assert set(np.round(run.row_losses[0], 4)) == set(
        np.round([surely_wrong, np.log(1 + least)], 4).astype(np.float32)
    )


def test_one_seed_one_result_and_another_one_another():
    split, learner = rows("binary"), as_learner(RandomForestClassifier(10, random_state=3))
    first, again, other = (fit(learner, split, repeat) for repeat in (0, 0, 1))
    np.testing.assert_array_equal(first.metrics, again.metrics)
    assert not np.array_equal(first.metrics, other.metrics)


def test_threads_and_folders_are_the_studys():
    learner = as_learner(
        make_pipeline(StandardScaler(), RandomForestClassifier(5, n_jobs=-1), memory="cache")
    )
    made = fit(learner, rows("binary")).best.estimator
    assert made.memory is None
    assert made[-1].n_jobs == 1


def test_weights_of_classes_may_name_labels():
    split = rows("binary")
    named = as_learner(LogisticRegression(class_weight={"no": 1.0, "yes": 5.0}))
    numbered = as_learner(LogisticRegression(class_weight={0: 1.0, 1: 5.0}))
    np.testing.assert_array_equal(fit(named, split).metrics, fit(numbered, split).metrics)


def test_an_object_of_the_callers_own_is_used_and_not_stored(tmp_path):
    split = rows("binary")
    estimator = make_pipeline(FunctionTransformer(lambda x: x[:, :2]), GaussianNB())
    learner = as_learner(estimator)
    stored = json.loads(json.dumps(to_stored(learner)))
    assert stored["given"] == learner.given
    assert as_learner(estimator) == learner
    run = fit(from_stored(stored), split)
    path = tmp_path / "state.skops"
    learner.save(run.best, path)
    outputs = learner.predict(learner.load(path), split.x_validation, split.task)
    losses = split.task.row_losses(outputs, split.y_validation)
    np.testing.assert_allclose(losses, run.row_losses[0], rtol=1e-5)
    elsewhere = from_stored({**stored, "given": "0" * 64})
    assert "Pipeline" in repr(elsewhere)
    assert elsewhere.layers(4, split.task).rows()
    for use in (lambda: fit(elsewhere, split), lambda: elsewhere.load(path)):
        with pytest.raises(UserError, match="give it again in Python"):
            use()


@pytest.mark.parametrize(
    ("gives", "told"),
    [
        ("thirds", "are no probabilities; they must be at least 0 and sum to 1"),
        ("negative", "are no probabilities"),
        ("nan", "its probabilities are NaN or infinite, first at row 1"),
        ("three", "must have one column for each of 2 classes"),
        ("writes", "Odd changes the rows that it is given"),
        ("raises", "Odd could not be fitted: RuntimeError: no luck"),
    ],
)
def test_what_an_estimator_must_not_do(gives, told):
    split = rows("binary")
    with pytest.raises(UserError, match=told) as caught:
        fit(as_learner(Odd(gives)), split)
    assert "\n" not in str(caught.value)
    assert float(split.x_train[0, 0]) != 3.0


class Unread(ClassifierMixin, BaseEstimator):
    """A class whose __init__ does not keep what it is given."""

    def __init__(self, depth=3):
        self.deep = depth

    def fit(self, x, y):
        del x, y
        return self

    def predict(self, x):
        return ["low"] * len(x)


class Worded(BaseEstimator):
    """A classifier that gives labels of its own."""

    def fit(self, x, y):
        del x, y
        return self

    def predict(self, x):
        return ["low"] * len(x)


def test_labels_must_be_those_that_were_learnt():
    with pytest.raises(UserError, match=r"Worded predicts 'low' for row 1; its targets are whole"):
        fit(as_learner(Worded()), rows("binary"))


@pytest.mark.parametrize(
    ("estimator", "task", "said"),
    [
        (LogisticRegression(), BINARY, ""),
        (GridSearchCV(SVC(), {"C": [1.0]}), BINARY, "decision values, taken as log-odds"),
        (VotingClassifier([("a", GaussianNB())]), BINARY, "labels alone"),
        (LogisticRegression(class_weight="balanced"), BINARY, "setting class_weight moves"),
        (HistGradientBoostingRegressor(), REGRESSION, ""),
        (HistGradientBoostingRegressor(loss="quantile", quantile=0.9), REGRESSION, "a quantile"),
    ],
    ids=str,
)
def test_whether_the_loss_tells_what_was_learnt(estimator, task, said):
    found = as_learner(estimator).aims_elsewhere(task)
    assert said in found
    assert bool(found) == bool(said)


def test_what_a_search_draws_from_is_not_stored(tmp_path):
    search = RandomizedSearchCV(Ridge(), {"alpha": stats.loguniform(0.1, 10)}, n_iter=2)
    learner, split, path = as_learner(search), rows("regression"), tmp_path / "state.skops"
    run = fit(learner, split)
    learner.save(run.best, path)
    assert b"scipy.stats" not in path.read_bytes()
    loaded = learner.load(path)
    assert loaded.estimator.param_distributions["alpha"].args == (0.1, 10)
    outputs = learner.predict(loaded, split.x_validation, split.task)
    losses = split.task.row_losses(outputs, split.y_validation)
    np.testing.assert_allclose(losses, run.row_losses[0], rtol=1e-5)


def test_what_is_no_learner():
    class Local(BaseEstimator):
        def fit(self):
            return self

        def predict(self):
            return 0

    for given, told in (
        (3, "int is no learner"),
        (GaussianNB, "the class GaussianNB|GaussianNB is a class; give an estimator, GaussianNB()"),
        (StandardScaler(), "StandardScaler is no estimator: it has no predict()"),
        (Local(), "the class Local is defined inside a function"),
        (Unread(), "Unread is no estimator: its settings cannot be read"),
    ):
        with pytest.raises(UserError) as caught:
            as_learner(given)
        assert any(one in str(caught.value) for one in told.split("|"))
        assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match="GaussianNB is a classifier, and this is a regression"):
        as_learner(GaussianNB(), REGRESSION)
    with pytest.raises(UserError, match="Ridge is a regressor, and this is a binary task"):
        as_learner(Ridge(), BINARY)
    with pytest.raises(UserError, match="KMeans finds clusters, whatever the target is"):
        as_learner(KMeans(2), BINARY)
    assert as_learner(MLP(3)) == MLP(3)


def test_a_file_with_other_classes_is_refused(tmp_path):
    from skops import io

    learner = as_learner(GaussianNB())
    path = tmp_path / "state.skops"
    for held in (Odd(), np.random.default_rng):
        path.write_bytes(io.dumps({"estimator": held, "rounds": 0, "certain": 0.1, "native": None}))
        with pytest.raises(UserError, match=r"not trusted|damaged"):
            learner.load(path)
    path.write_bytes(b"no archive")
    with pytest.raises(UserError, match="damaged"):
        learner.load(path)
    with pytest.raises(UserError, match="no such estimator"):
        learner.load(tmp_path / "none.skops")


def test_settings_of_catboost_are_shown():
    catboost = pytest.importorskip("catboost")
    layers = Estimator(catboost.CatBoostClassifier(depth=3)).layers(4, BINARY)
    assert ("depth", "3", "") in layers.rows()
