"""Models trained on validation rows, too: against the same learner on the same rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from study.made_up import made_up_split

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.base import Watching
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.study.definition import Definition, Planned, grown
from fitscope.study.folder import read_learnt, read_study
from fitscope.study.refit import refit_split
from fitscope.study.training import training

TREES = HGB(max_iter=8)


def test_all_rows_are_trained_on_once_each_with_what_they_count():
    split = made_up_split()
    whole = refit_split(split)
    assert np.array_equal(whole.x_train, np.vstack([split.x_train, split.x_validation]))
    assert np.array_equal(whole.y_train, np.concatenate([split.y_train, split.y_validation]))
    assert whole.train_weights is None
    assert whole.fingerprint != split.fingerprint
    counts = [np.arange(1.0, 241), np.arange(1.0, 61)]
    rows = split.x_train, split.y_train, split.x_validation, split.y_validation
    weighed = Split(*rows, train_weights=counts[0], validation_weights=counts[1])
    assert np.array_equal(refit_split(weighed).train_weights, np.concatenate(counts))


def test_a_refit_is_kept_and_is_what_all_rows_give(tmp_path):
    split, out = made_up_split(), tmp_path / "out"
    models = {"trees": Planned(TREES), "all": Planned(TREES, rows=300, refits="trees")}
    with training(Definition((split,), Plan(), seed=3), out, jobs=1) as study:
        study.train(models)
        stored = study.complete()
    assert [model.name for model in stored.results.models] == ["trees"]  # it is not judged
    entry = read_study(out).document.entry("all")
    found = TREES.predict(
        read_learnt(stored.folder, entry, 0, "last"), split.x_validation, split.task
    )
    x = np.vstack([split.x_train, split.x_validation])
    y = np.concatenate([split.y_train, split.y_validation])
    fitted = HistGradientBoostingClassifier(max_iter=8, early_stopping=False).fit(x, y)
    np.testing.assert_allclose(found, fitted.decision_function(split.x_validation), atol=1e-5)
    with training(Definition((split,), Plan(), seed=3), out, resume=True) as study:
        assert len(study.train(models)) == 2  # and not trained again


def test_a_network_ends_after_as_many_epochs_as_were_asked_for_and_nothing_stops_it(tmp_path):
    split, out, network = made_up_split(), tmp_path / "out", MLP(4)
    plan = Plan(batch_size=60, max_epochs=9, stopping=EarlyStopping(patience=1))
    whole = Planned(network, rows=300, refits="mlp", epochs=12, repeats=2)
    with training(Definition((split,), plan, seed=3), out, jobs=1) as study:
        study.train({"mlp": Planned(network), "all": whole})
        stored = study.complete()
    document = read_study(out).document
    assert document.plan_of(document.entry("mlp")) == document.training_plan
    runs = [run for run in stored.results.subsets if run.model == "all"]
    assert [(run.epochs, run.stopped) for run in runs] == [(12, "max epochs")] * 2
    fixed = replace(plan, max_epochs=12, stopping=None)
    alone = network.fit(refit_split(split), fixed, seed=3, repeats=(1,), watching=Watching())
    found = read_learnt(stored.folder, document.entry("all"), 1, "last")
    x = split.x_validation
    np.testing.assert_allclose(
        network.predict(found, x, split.task),
        network.predict(alone[0].last, x, split.task),
        atol=1e-5,
    )
    with pytest.raises(UserError, match="another model of that name"):
        grown(document, {"all": replace(whole, epochs=13)})
