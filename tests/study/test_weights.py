"""Rows that count unequally, from the split to the verdict, held against scikit-learn."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import fitscope as fs
from fitscope.data.split import Split
from fitscope.learners import as_learner
from fitscope.learners.base import Watching
from fitscope.learners.constant import Constant
from fitscope.learners.estimator.prepared import prepared
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.study.handover import hand_over, take_over
from fitscope.study.run_history import row_losses
from fitscope.study.subset import subset
from fitscope.task import BINARY


def made_up(weighted: bool = True, repeated: bool = False) -> Split:
    """Rows with weights from 1 to 3, with none, or each as often as its weight says."""
    random = np.random.default_rng(3)
    x = random.normal(size=(300, 3)).astype(np.float32)
    y = (x[:, 0] + random.normal(size=300) > 0).astype(np.float32)
    counts = random.integers(1, 4, 300)
    train_rows = np.repeat(np.arange(200), counts[:200]) if repeated else np.arange(200)
    seen = np.arange(200, 300)
    given = {"train_weights": counts[train_rows], "validation_weights": counts[seen]}
    return Split(x[train_rows], y[train_rows], x[seen], y[seen], **(given if weighted else {}))


def fitted(learner, split: Split, plan: Plan | None = None):
    (run,) = learner.fit(split, plan or Plan(), seed=0, repeats=[0], watching=Watching())
    return run


def test_a_network_takes_a_weight_of_two_as_the_row_twice():
    """In steps of all rows nothing but rounding is between both."""
    plan = Plan(batch_size=10_000, max_epochs=20, learning_rate=1e-2).for_task(BINARY)
    model = MLP(5, l2=1e-3)
    (once,) = train(model, plan, made_up(), seed=1)
    (twice,) = train(model, plan, made_up(weighted=False, repeated=True), seed=1)
    np.testing.assert_allclose(once.metrics[:, :3], twice.metrics[:, :3], rtol=1e-4)
    np.testing.assert_allclose(once.fit["last"], twice.fit["last"], rtol=1e-4)


@pytest.mark.parametrize(
    "learner",
    [
        HGB(max_iter=10),
        Constant(),
        MLP(4, mix=0.4),
        as_learner(RandomForestClassifier(10, max_depth=3, random_state=0)),
        as_learner(make_pipeline(StandardScaler(), LogisticRegression())),
        as_learner(make_pipeline(LogisticRegression())),
    ],
    ids=lambda one: one.sort,
)
def test_metrics_are_weighted_means(learner):
    split = made_up()
    run = fitted(learner, split, Plan(max_epochs=5, batch_size=50).for_task(BINARY))
    outputs = learner.predict(run.last, split.x_validation, split.task)
    chances = 1 / (1 + np.exp(-outputs))
    weights = split.validation_weights
    y = split.y_validation
    expected = [
        log_loss(y, chances, sample_weight=weights),
        accuracy_score(y, chances > 0.5, sample_weight=weights),
    ]
    np.testing.assert_allclose(run.metrics[-1, 4:], expected, rtol=1e-4)
    # one by one they stay what they are
    np.testing.assert_allclose(run.row_losses[-1], split.task.row_losses(outputs, y), rtol=1e-3)


@pytest.mark.parametrize("library", ["sklearn", "xgboost", "lightgbm", "catboost"])
def test_estimators_are_fitted_with_weights(library):
    if library == "sklearn":
        made = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    else:
        module = pytest.importorskip(library)
        name = {"xgboost": "XGB", "lightgbm": "LGBM", "catboost": "CatBoost"}[library]
        quiet = {"lightgbm": {"verbose": -1}, "catboost": {"verbose": 0}}.get(library, {})
        settings = {"n_estimators": 5, "learning_rate": 0.3, "random_state": 0, **quiet}
        made = getattr(module, f"{name}Classifier")(**settings)
    split = made_up()
    learner = as_learner(made, weighted=True)
    run = fitted(learner, split)
    theirs = prepared(learner.made(), split.task, 0, 0)  # its seed
    if library == "sklearn":
        theirs.fit(
            split.x_train, split.y_train, logisticregression__sample_weight=split.train_weights
        )
    else:
        theirs.fit(split.x_train, split.y_train.astype(int), sample_weight=split.train_weights)
    ours = 1 / (1 + np.exp(-learner.predict(run.last, split.x_validation, split.task)))
    expected = theirs.predict_proba(split.x_validation)[:, 1]
    np.testing.assert_allclose(ours, expected, rtol=1e-4)
    chances, weights = theirs.predict_proba(split.x_train), split.train_weights
    told = [
        log_loss(split.y_train, chances, sample_weight=weights),
        accuracy_score(split.y_train, chances[:, 1] > 0.5, sample_weight=weights),
    ]
    np.testing.assert_allclose(run.metrics[-1, 1:3], told, rtol=1e-4)
    plain = fitted(learner, made_up(weighted=False))
    assert np.abs(plain.row_losses[-1] - run.row_losses[-1]).max() > 1e-3, "weights matter"


def test_a_study_with_weights(tmp_path: Path):
    split = made_up()
    study = fs.Study(split, fs.Plan(max_epochs=4, batch_size=50))
    study.add("linear", fs.MLP())
    study.add("hgb", fs.HGB(max_iter=8, max_leaf_nodes=4))
    with pytest.raises(fs.UserError, match="KNeighborsClassifier takes no sample_weight in fit"):
        study.add("near", KNeighborsClassifier())
    result = study.run(out=tmp_path / "study", progress=False)
    weights, y = split.validation_weights, split.y_validation
    history = result.histories.filter(model="hgb")
    folder = result.stored.folder
    kept = row_losses(folder, "hgb", 0, split.task)
    at = list(kept.epochs).index(history.height - 1)
    outputs = result.outputs("hgb", split.x_validation, which="last")
    losses = split.task.row_losses(outputs, y)
    mean = np.average(losses, weights=weights)
    assert history["val_binary_crossentropy"][-1] == pytest.approx(mean, rel=1e-4)
    assert kept.losses[at].mean() == pytest.approx(mean, rel=1e-4)
    hits = split.task.row_scores(outputs, y)
    assert kept.scores[at].mean() == pytest.approx(np.average(hits, weights=weights), rel=1e-4)
    shares = np.bincount(split.y_train.astype(int), split.train_weights)
    shares = shares / shares.sum()
    constant = log_loss(y, np.full(len(y), shares[1]), sample_weight=weights)
    assert result.stored.document.data.constant == pytest.approx(constant)


def test_rows_on_their_way_to_workers(tmp_path):
    split = made_up()
    hand_over(split, tmp_path / "rows.json")
    for weights in ("train_weights", "validation_weights"):
        got = getattr(take_over(tmp_path / "rows.json"), weights)
        np.testing.assert_array_equal(got, getattr(split, weights))
    hand_over(made_up(weighted=False), tmp_path / "plain.json")
    assert take_over(tmp_path / "plain.json").train_weights is None
    part = subset(split, 50, 0, 0)
    found = {
        tuple(row): weight for row, weight in zip(split.x_train, split.train_weights, strict=True)
    }
    assert [found[tuple(row)] for row in part.x_train] == part.train_weights.tolist()
    assert split.fingerprint != made_up(weighted=False).fingerprint


def test_refused_weights():
    x, y = np.zeros((4, 1)), np.array([0, 1, 0, 1])
    for given, message in (
        ({"train_weights": [1, 2, 3, 4]}, "give train_weights and validation_weights"),
        ({"train_weights": [1, 2], "validation_weights": y + 1}, r"shape \(2,\), but there are 4"),
        ({"train_weights": y + 1, "validation_weights": [1, 1, -1, 1]}, "of row 2 is -1"),
        ({"train_weights": list("abcd"), "validation_weights": y + 1}, "must be numbers"),
    ):
        with pytest.raises(fs.UserError, match=message):
            Split(x, y, x, y, **given)
