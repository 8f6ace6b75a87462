"""Knobs of estimators: a turn to more capacity fits the training rows better, measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.examination.changes import changed, changes_of, words
from fitscope.learners import as_learner
from fitscope.learners.base import Watching
from fitscope.learners.estimator.estimator import Estimator
from fitscope.learners.knobs import is_plain, is_plainer, same_shape
from fitscope.learners.mlp.plan import Plan
from fitscope.study.means import means_of
from fitscope.task import BINARY


@pytest.fixture(scope="module")
def split() -> Split:
    random = np.random.default_rng(2)
    x = random.normal(size=(500, 6)).astype(np.float32)
    y = x[:, 0] * x[:, 1] + x[:, 2] + random.normal(size=500) > 0
    return Split(x[:400], y[:400], x[400:], y[400:])


def known() -> dict[str, Any]:
    made: dict[str, Any] = {
        "forest": RandomForestClassifier(15, min_samples_leaf=10, max_depth=6),
        "extra trees": ExtraTreesClassifier(15, min_samples_leaf=10, max_depth=6),
        "tree": DecisionTreeClassifier(min_samples_leaf=10, max_depth=6, max_leaf_nodes=31),
        "boosting": GradientBoostingClassifier(n_estimators=30, subsample=0.7, min_samples_leaf=10),
        "hgb": HistGradientBoostingClassifier(max_iter=30, l2_regularization=1.0),
        "ada": AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=20),
        "logistic": make_pipeline(PolynomialFeatures(2), LogisticRegression(C=0.01)),
        "neighbours": KNeighborsClassifier(20),
        "svm": make_pipeline(StandardScaler(), SVC(gamma=0.1)),
        "perceptron": MLPClassifier((8,), alpha=1.0, max_iter=60, learning_rate_init=0.02),
    }
    for name in ("xgboost", "lightgbm", "catboost"):
        try:
            library = __import__(name)
        except ImportError:
            continue
        made[name] = {
            "xgboost": lambda lib: lib.XGBClassifier(n_estimators=30, subsample=0.7, max_depth=4),
            "lightgbm": lambda lib: lib.LGBMClassifier(n_estimators=30, verbose=-1),
            "catboost": lambda lib: lib.CatBoostClassifier(iterations=30, learning_rate=0.1),
        }[name](library)
    return made


KNOWN = known()


def training_loss(learner: Estimator, split: Split) -> float:
    (run,) = learner.fit(split, Plan(), seed=0, repeats=[0], watching=Watching())
    return float(run.metrics[-1, 1])


@pytest.mark.parametrize("name", list(KNOWN))
def test_more_capacity_fits_the_training_rows_better(name, split):
    learner = as_learner(KNOWN[name])
    assert isinstance(learner, Estimator)
    assert learner.neighbours
    for one in learner.neighbours:
        ends = [*(one.plainer[-1:]), *(one.richer[-1:])]
        versions = [learner.changed({one.turn.setting: value}) for value in ends]
        for version, value in zip(versions, ends, strict=True):
            plainer = value in one.plainer
            assert is_plainer(version, learner) == plainer, one.turn.setting
            assert is_plainer(learner, version) == (not plainer), one.turn.setting
        if len(ends) == 2:
            plain, rich = (training_loss(version, split) for version in versions)
            assert plain > rich, one.turn.setting


def test_an_estimator_is_no_plainer_version_of_another_one():
    forest, other = RandomForestClassifier(min_samples_leaf=5), ExtraTreesClassifier()
    assert not is_plainer(as_learner(forest), as_learner(other))
    fewer = RandomForestClassifier(50, min_samples_leaf=5)
    assert not is_plainer(as_learner(fewer), as_learner(RandomForestClassifier()))
    assert is_plainer(as_learner(forest), as_learner(RandomForestClassifier()))
    assert same_shape(as_learner(Ridge(5.0)), as_learner(Ridge()))
    assert is_plain(as_learner(Ridge()))
    assert not is_plain(as_learner(Ridge(5.0)))


def test_a_turn_of_an_unknown_estimator_can_be_named():
    estimator = BaggingClassifier(n_estimators=9, max_samples=0.5)
    unknown = as_learner(estimator)
    assert unknown.knobs() == ()
    assert changes_of(unknown, 32, 100) == ()
    assert "not known here" in means_of(unknown).against[0]
    learner = Estimator(estimator, {"max_samples": "more", "n_estimators": "less"})
    shares, counts = learner.neighbours
    assert (shares.plainer, shares.richer) == ((0.5 / 3, 0.5 / 9), (1.5, 4.5))
    assert (counts.plainer, counts.richer) == ((27, 81), (3, 1))
    assert is_plainer(learner.changed({"n_estimators": 27}), learner)
    for given, told in (
        ({"alpha": "less"}, "has no setting 'alpha'"),
        ({"max_samples": "up"}, 'must be "more" or "less"'),
        ({"bootstrap": "less"}, "bootstrap is True; a knob stands at a number above 0"),
    ):
        with pytest.raises(UserError, match=told) as caught:
            Estimator(estimator, given)
        assert "\n" not in str(caught.value)


def test_changes_begin_with_a_plainer_neighbour():
    learner = as_learner(make_pipeline(StandardScaler(), GradientBoostingClassifier(max_depth=4)))
    changes = changes_of(learner, 32, 1_000)
    depth, slower = changes[:2]
    assert depth.setting == "gradientboostingclassifier__max_depth"
    assert depth.strengths[depth.first] == 2
    assert None in depth.strengths or max(depth.strengths) > 4
    made = changed(learner, ((slower.setting, slower.strengths[0]), (depth.setting, 2)))
    assert isinstance(made, Estimator)
    settings = made.made().get_params()
    assert settings["gradientboostingclassifier__learning_rate"] == 0.05
    assert settings["gradientboostingclassifier__n_estimators"] == 200
    assert words(((slower.setting, 0.05), (depth.setting, 2)), changes) == (
        "learning_rate=0.05 + max_depth=2"
    )


def test_what_is_tried_is_told_by_the_names_of_settings():
    means = means_of(as_learner(RandomForestClassifier()))
    assert means.against == (
        "Use a smaller model: more rows a leaf (min_samples_leaf), shallower trees (max_depth) or "
        "fewer features a split (max_features).",
    )
    assert not any("fit" in text.split() or "epoch" in text for text in means.causes)
    boosted = means_of(as_learner(HistGradientBoostingClassifier()))
    everything = " ".join((*boosted.against, *boosted.causes))
    assert "dropout" not in everything
    assert "epoch" not in everything
    assert "more rounds" in everything


def test_sizes():
    for estimator, size in (
        (HistGradientBoostingClassifier(), "3,100 leaves"),
        (GradientBoostingClassifier(max_depth=None), "100 trees"),
        (RandomForestClassifier(30), "30 trees"),
        (MLPClassifier((4, 3)), "47 parameters"),
        (LogisticRegression(), "6 features"),
    ):
        assert str(as_learner(estimator).size(6, BINARY)) == size
