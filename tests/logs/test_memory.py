"""What people have in a notebook, each as its library makes it, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.tree import DecisionTreeClassifier

import fitscope as fs

BUNCH: Any = load_breast_cancer()
judged: Any = fs.diagnose
EPOCHS = np.arange(60)
TRAIN = 0.9**EPOCHS
VALIDATION = 0.4 + TRAIN + 0.01 * np.maximum(EPOCHS - 25, 0)
COLUMNS = {"loss": TRAIN.tolist(), "val_loss": VALIDATION.tolist()}
RECORDS = [
    {"epoch": n, "loss": a, "val_loss": b}
    for n, (a, b) in enumerate(zip(TRAIN, VALIDATION, strict=True))
]
EVERY_FIFTH = [value if n % 5 == 4 else None for n, value in enumerate(VALIDATION)]


def keras_history(every: int = 1, epochs: int = 60) -> Any:
    """A `History` as Keras makes it; where validation is rarer it has fewer values."""
    kept = {"loss": TRAIN[:epochs].tolist(), "val_loss": VALIDATION[:epochs][every - 1 :: every]}
    return SimpleNamespace(history=kept, epoch=list(range(epochs)))


@pytest.mark.parametrize(
    "given",
    [
        keras_history(),
        SimpleNamespace(history=keras_history()),  # the model itself after its fit
        RECORDS,
        SimpleNamespace(state=SimpleNamespace(log_history=RECORDS)),  # a trainer
        SimpleNamespace(log_history=RECORDS),
        pd.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS).astype({"val_loss": str}),  # numbers that were read as texts
        {**COLUMNS, "val_loss": [f"{value:.6f}" for value in VALIDATION]},
        (TRAIN, VALIDATION),
        [TRAIN.tolist(), VALIDATION.tolist()],
        np.stack([TRAIN, VALIDATION], axis=1),
        zip(TRAIN, VALIDATION, strict=True),
    ],
)
def test_one_history_in_many_forms(given: Any):
    verdict = judged(given)
    assert (verdict.label, verdict.best_epoch) == ("overfit", 27)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((TRAIN.tolist(), VALIDATION.tolist()), {}),
        ((pd.Series(TRAIN), pl.Series(VALIDATION)), {}),
        ((TRAIN,), {"val": VALIDATION}),
        ((), {"train": TRAIN, "val": VALIDATION}),
    ],
)
def test_two_plain_curves(args: tuple[Any, ...], named: dict[str, Any]):
    verdict = judged(*args, **named)
    assert (verdict.label, verdict.best_epoch) == ("overfit", 27)
    assert "the first curve is taken for training, the second for validation" in str(verdict)


def test_two_curves_of_a_score_are_judged_the_right_way():
    assert judged(1 - TRAIN, 0.9 - VALIDATION).best_epoch == 27
    assert judged(TRAIN, VALIDATION, higher_is_better=False).best_epoch == 27


@pytest.mark.parametrize(
    "given",
    [
        keras_history(5),
        keras_history(5, 58),
        keras_history(5).history,
        {**COLUMNS, "val_loss": EVERY_FIFTH},
        {**COLUMNS, "val_loss": [np.nan if v is None else v for v in EVERY_FIFTH]},
        pd.DataFrame({**COLUMNS, "val_loss": EVERY_FIFTH}),
    ],
)
def test_validation_every_few_epochs_stands_at_its_epochs(given: Any):
    verdict = judged(given)
    assert (verdict.label, verdict.best_epoch) == ("overfit", 29)


def test_several_histories_by_name_and_in_a_list():
    named = judged({"Tiny": keras_history(), "Large": pd.DataFrame(COLUMNS)})
    assert [one.source for one in named] == ["Tiny", "Large"]
    assert [one.source for one in judged([keras_history()] * 2)] == ["history 1", "history 2"]
    assert len(judged([COLUMNS, COLUMNS])) == 2
    some = judged({"a": keras_history(), "b": SimpleNamespace(history={"loss": [2.0, 1.0]})})
    assert [one.source for one in some] == ["a"]
    assert (some.unread[0].source, "training only" in some.unread[0].error) == ("b", True)


def test_a_column_that_is_no_number_is_told():
    verdict = judged({**COLUMNS, "val_accuracy": ["low"] * 60})
    told = "val_accuracy holds texts such as 'low', no numbers: left out"
    assert told in verdict.evidence.notes
    assert told in " ".join(str(verdict).split())
    for library in (pd, pl):
        with pytest.raises(fs.UserError, match="val_loss holds texts such as 'low'"):
            judged(library.DataFrame({**COLUMNS, "val_loss": ["low"] * 60}))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (RandomForestClassifier(), r"fs.examine\(X, y, learner=RandomForestClassifier\(\)\)"),
        (HistGradientBoostingClassifier(), "keeps no curve with validation scores"),
        (VALIDATION.tolist(), r"give two: fs.diagnose\(train_losses, validation_losses\)"),
        (None, "cannot diagnose a NoneType; give a dictionary of columns"),
        (object(), "cannot diagnose a object"),
    ],
)
def test_what_holds_no_curves(given: Any, said: str):
    with pytest.raises(fs.UserError, match=said):
        judged(given)


def test_two_scores_are_no_curves():
    with pytest.raises(fs.UserError, match="a gap between two scores costs is measured by"):
        judged(0.99, 0.85)


NETWORKS = ("dropout", "weight decay", "layers", "weights", "epoch", "Stop early")


def test_advice_for_boosted_trees_is_not_that_for_networks():
    rounds = {
        part: {"logloss": values}
        for part, values in zip(
            ("validation_0", "validation_1"), (TRAIN.tolist(), VALIDATION.tolist()), strict=True
        )
    }
    verdict = judged(rounds)
    assert verdict.label == "overfit"
    assert "Use smaller trees" in str(verdict.advice)
    told = f"{verdict.explanation} {verdict.advice}".replace("Stop early, at about round", "")
    assert not [word for word in NETWORKS if word in told]


def test_a_validation_curve_of_scikit_learn_counts_values_of_its_setting():
    x, y = BUNCH.data, BUNCH.target
    found = validation_curve(
        DecisionTreeClassifier(random_state=0),
        x,
        y,
        param_name="max_depth",
        param_range=range(1, 13),
    )
    verdict = judged(found)
    assert verdict.evidence.step == "value of the setting"
    table = {
        "max_depth": range(1, 13),
        "train_score": found[0].mean(1),
        "val_score": found[1].mean(1),
    }
    named = judged({name: list(values) for name, values in table.items()})
    for one in (verdict, named):
        assert not [word for word in NETWORKS if word in f"{one.explanation} {one.advice}"]
    assert named.best_epoch == verdict.best_epoch + 1
    falls = {"max_depth": list(range(60)), "train_loss": TRAIN, "val_loss": VALIDATION}
    advice = judged(pd.DataFrame(falls)).advice
    assert advice[0] == "Take max_depth 27: richer models only fit their training rows."
    plainer = {
        "alpha": np.geomspace(10, 1e-4, 60)[::-1],
        "train_loss": TRAIN[::-1],
        "val_loss": VALIDATION[::-1],
    }
    assert judged(pd.DataFrame(plainer)).best_epoch == 27
    unnamed = judged((list(range(1, 13)), *found))
    assert unnamed.evidence.step == "value of the setting"
    assert unnamed.best_epoch == named.best_epoch


def test_a_search_of_scikit_learn_is_a_curve_along_each_of_its_settings(tmp_path: Path):
    x, y = make_classification(800, 20, n_informative=5, flip_y=0.2, random_state=0)
    settings = {"max_depth": [1, 2, 3, 4, 6, 8, 12, 20], "criterion": ["gini", "entropy"]}
    tree = DecisionTreeClassifier(random_state=0)
    search = GridSearchCV(tree, settings, cv=3, return_train_score=True).fit(x, y)
    verdict = judged(search)
    assert verdict.label == "overfit"
    assert verdict.best_epoch == search.best_params_["max_depth"]
    assert verdict.source == "search: max_depth"
    frame = pd.DataFrame(search.cv_results_)
    frame.to_csv(tmp_path / "results.csv", index=False)
    for source in (search.cv_results_, frame, str(tmp_path / "results.csv")):
        assert judged(source).best_epoch == verdict.best_epoch
    search = GridSearchCV(tree, {"max_depth": [1, 4, 8, 16, None]}, cv=3).fit(x, y)
    notes = judged(search).evidence.notes
    assert "values of max_depth are counted from 0, in their order: 1, 4, 8, 16, None" in notes
    search = GridSearchCV(tree, {"max_depth": [1, 2]}, cv=2).fit(x, y)
    with pytest.raises(fs.UserError, match="of no setting that is a number three values"):
        judged(search)
    with pytest.raises(fs.UserError, match="scores of folds, one each and no curve"):
        judged(cross_validate(tree, x, y, return_train_score=True))


def test_a_learning_curve_whose_training_rows_are_memorized_is_overfit():
    x, y = make_classification(800, 20, n_informative=5, flip_y=0.2, random_state=0)
    shares = np.linspace(0.2, 1, 5)
    found = learning_curve(
        DecisionTreeClassifier(random_state=0), x, y, train_sizes=shares, cv=3, return_times=True
    )
    verdict = judged(found)
    assert (verdict.label, verdict.onset_epoch) == ("overfit", None)
    assert "high variance" in verdict.explanation
    assert "Make the model plainer" in str(verdict.advice)
    sizes, train, test, *_ = found
    for one in (
        (sizes, train, test),
        (sizes.tolist(), train.tolist(), test.tolist()),
        (sizes, train.mean(1), test.mean(1)),
        (sizes, 1 - train, 1 - test),
        {"train_sizes": sizes, "train_scores": train, "test_scores": test},
        {"train_sizes": sizes.tolist(), "train_score": [1.0] * 5, "test_score": list(test.mean(1))},
    ):
        assert judged(one).label == "overfit"
        assert judged(one).evidence.step == "training size"
    met = judged(learning_curve(LogisticRegression(), x, y, train_sizes=shares, cv=3))
    assert met.label == "good"
    assert "more rows gain at most" in met.explanation


def test_three_lists_are_epochs_with_both_curves():
    epochs = np.arange(1, 61)
    assert judged((epochs, TRAIN, VALIDATION)).label == "overfit"
    assert judged((100 * epochs, TRAIN, VALIDATION)).evidence.step == "step"
    scores = judged((epochs, 1 - TRAIN, 0.9 - VALIDATION))
    assert (scores.label, scores.evidence.metric) == ("overfit", "score")


def test_two_curves_behind_something_else_are_refused():
    for first in (3, None, "loss"):
        with pytest.raises(fs.UserError, match="no curves in it"):
            judged((first, TRAIN, VALIDATION))


def test_a_learning_curve_of_scikit_learn_is_about_rows():
    x, y = BUNCH.data, BUNCH.target
    sizes, train, test, *_ = learning_curve(
        DecisionTreeClassifier(max_depth=2, random_state=0),
        x,
        y,
        train_sizes=np.linspace(0.1, 1, 10),
        shuffle=True,
        random_state=0,
    )
    verdict = judged((sizes, train, test))
    assert verdict.evidence.step == "training size"
    assert verdict.label in ("good", "improving", "unstable")
    table = {"train_sizes": sizes, "train_score": train.mean(1), "test_score": test.mean(1)}
    assert judged(pd.DataFrame(table)).label == verdict.label


@pytest.mark.parametrize(
    ("curve", "label", "said"),
    [
        (0.5 + 1 / np.sqrt(np.arange(1, 13)), "improving", "Train on more rows: they still help."),
        (0.5 + np.exp(-np.arange(30.0)), "good", "no longer gains by more rows"),
        (0.5 + 0.1 * np.abs(np.arange(12) - 4), "unstable", "does not do that by itself"),
        (0.5 + 0.1 * np.abs(np.arange(5) - 1), "too few", "5 sizes are too few"),
    ],
)
def test_what_a_curve_over_rows_can_say(curve: np.ndarray, label: str, said: str):
    sizes = 100 * (1 + np.arange(len(curve)))
    train = np.linspace(0.1, 0.4, len(curve))
    table = {"n_samples": sizes, "train_loss": train, "val_loss": curve}
    verdict = judged({name: values.tolist() for name, values in table.items()})
    assert verdict.label == label
    assert said in f"{verdict.explanation} {verdict.advice}"
    assert verdict.cost is None
    assert not [word for word in NETWORKS if word in f"{verdict.explanation} {verdict.advice}"]
