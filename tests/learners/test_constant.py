"""The constant learner, against scikit-learn's dummies and the constant's loss of a task."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.dummy import DummyClassifier, DummyRegressor

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import from_stored, to_stored
from fitscope.learners.base import Learner, Watching, has_steps, is_reference
from fitscope.learners.constant import Constant
from fitscope.learners.mlp.plan import Plan

LEARNER = Constant()


def split(kind: str) -> Split:
    random = np.random.default_rng(5)
    x = random.normal(size=(90, 2)).astype(np.float32)
    y = {
        "binary": random.random(90) < 0.3,
        "multiclass": np.array(["a", "b", "c"])[random.choice(3, 90, p=[0.2, 0.5, 0.3])],
        "regression": random.normal(7.0, 3.0, 90),
    }[kind]
    return Split(x[:60], y[:60], x[60:], y[60:], task=kind)


def fit(rows: Split):
    seen = []
    watching = Watching(on_progress=seen.append)
    (run,) = LEARNER.fit(rows, Plan(), seed=1, repeats=[4], watching=watching)
    assert [(new.repeat, new.epoch, len(new.metrics)) for new in seen] == [(4, 0, 1)]
    return run


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_it_predicts_what_a_dummy_of_scikit_learn_does(kind, tmp_path):
    rows = split(kind)
    run, task = fit(rows), rows.task
    LEARNER.save(run.best, tmp_path / "best.json")
    outputs = LEARNER.predict(LEARNER.load(tmp_path / "best.json"), rows.x_validation, task)
    if kind == "regression":
        dummy = DummyRegressor().fit(rows.x_train, rows.y_train)
        np.testing.assert_allclose(outputs, dummy.predict(rows.x_validation))
    else:
        dummy = DummyClassifier(strategy="prior").fit(rows.x_train, rows.y_train)
        ours = expit(outputs) if kind == "binary" else softmax(outputs, axis=1)
        theirs = dummy.predict_proba(rows.x_validation)
        np.testing.assert_allclose(ours, theirs[:, 1] if kind == "binary" else theirs)
    loss = dict(zip(task.monitors, run.metrics[0], strict=True))[task.loss.validation]
    known = task.constant_loss(rows.y_train, rows.y_validation)
    assert [loss, run.row_losses.mean()] == pytest.approx([known, known], rel=1e-6)
    assert run.row_losses.shape == (1, 30)


def test_a_label_without_training_rows_costs_much_and_not_infinitely_much():
    x = np.zeros((2, 1), np.float32)
    run = fit(Split(x, np.zeros(2), x, np.array([0.0, 1.0]), checked=True))
    assert np.isfinite(run.row_losses).all()
    assert run.row_losses[0, 1] > 100


def test_what_it_is(tmp_path):
    assert isinstance(LEARNER, Learner)
    assert from_stored(to_stored(LEARNER)) == LEARNER
    assert is_reference(LEARNER)
    assert not has_steps(LEARNER)
    (tmp_path / "x.json").write_text('{"outputs": ["a"]}')
    with pytest.raises(UserError, match="damaged constant"):
        LEARNER.load(tmp_path / "x.json")
    with pytest.raises(UserError, match="no such constant"):
        LEARNER.load(tmp_path / "y.json")
