"""Histogram gradient boosting, held against scikit-learn itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import from_stored, to_stored
from fitscope.learners.base import Interrupted, Learner, NewEpochs, TrainedRun, Watching
from fitscope.learners.hgb import HGB, Boosted
from fitscope.learners.knobs import is_plain, is_plainer, remedies_over, same_shape
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.task import BINARY, MULTICLASS, REGRESSION

ROUNDS = 13
KINDS = ("binary", "multiclass", "regression")


def rows_of(kind: str, make_split: Callable[..., Split]) -> Split:
    split = make_split(120, 60)
    x = np.concatenate([split.x_train, split.x_validation])
    y: Any = np.concatenate([split.y_train, split.y_validation])
    if kind == "multiclass":
        y = np.array(["low", "mid", "top"])[(y + (x[:, 1] > 0)).astype(int)]
    elif kind == "regression":
        y = 5_000 + 300 * (x[:, 0] + y) + x[:, 1]
    return Split(x[:120], y[:120], x[120:], y[120:])


def fit(
    learner: HGB, split: Split, repeats: tuple[int, ...] = (0,), **watching: Any
) -> list[TrainedRun]:
    return learner.fit(split, Plan(), seed=7, repeats=repeats, watching=Watching(**watching))


@pytest.fixture(scope="module", params=KINDS)
def trained(
    request: pytest.FixtureRequest, make_split: Callable[..., Split]
) -> tuple[HGB, Split, TrainedRun]:
    learner = HGB(max_iter=ROUNDS, min_samples_leaf=5, l2_regularization=0.1)
    split = rows_of(request.param, make_split)
    assert split.task.kind == request.param
    return learner, split, fit(learner, split)[0]


def test_each_round_is_scikit_learns(trained: tuple[HGB, Split, TrainedRun]):
    """Trained by hand, and told by scikit-learn's own staged predictions and metrics."""
    learner, split, run = trained
    task = split.task
    settings = {**learner.as_dict(), "early_stopping": False}
    parts = (split.x_train, split.y_train), (split.x_validation, split.y_validation)
    expected: list[np.ndarray] = []
    if task.kind == "regression":
        reference = HistGradientBoostingRegressor(**settings).fit(*parts[0])
        for x, y in parts:
            stages = list(reference.staged_predict(x))
            for metric in (mean_squared_error, mean_squared_error, mean_absolute_error):
                expected.append(np.array([metric(y, stage) for stage in stages]))
    else:
        reference = HistGradientBoostingClassifier(**settings).fit(*parts[0])
        for x, y in parts:
            loss = np.array([log_loss(y, p) for p in reference.staged_predict_proba(x)])
            hits = np.array([accuracy_score(y, p) for p in reference.staged_predict(x)])
            expected += [loss, loss, hits]
    np.testing.assert_allclose(run.metrics, np.stack(expected, axis=1), rtol=1e-5)
    assert run.best_epoch == np.argmin(run.metrics[:, 4])
    np.testing.assert_array_equal(run.fit["best"], run.metrics[run.best_epoch, :3])
    np.testing.assert_array_equal(run.fit["last"], run.metrics[-1, :3])
    assert (run.stopped, run.reason) == ("max epochs", None)
    assert list(run.history(task)) == [*task.monitors, "learning_rate"]
    assert run.learning_rate.tolist() == [np.float32(0.1)] * ROUNDS


def test_stored_trees_predict_what_was_measured(
    trained: tuple[HGB, Split, TrainedRun], tmp_path: Path
):
    learner, split, run = trained
    task = split.task
    for state, number in ((run.best, run.best_epoch), (run.last, ROUNDS - 1)):
        path = tmp_path / f"{number}.{learner.state_ending}"
        learner.save(state, path)
        outputs = learner.predict(learner.load(path), split.x_validation, task)
        losses = task.row_losses(outputs, split.y_validation)
        scores = task.row_scores(outputs, split.y_validation)
        at = run.row_epochs.tolist().index(number)
        np.testing.assert_allclose(run.row_losses[at], losses, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(run.metrics[number, 4:], [losses.mean(), scores.mean()])
        if task.kind == "multiclass":
            assert run.row_scores is not None
            np.testing.assert_array_equal(run.row_scores[at], scores)
        else:
            assert run.row_scores is None


def test_rows_that_are_surely_wrong_keep_a_finite_loss():
    """Log-odds far out: a probability of exactly 0 would make the loss infinite."""
    x = np.linspace(-1, 1, 200, dtype=np.float32)[:, None]
    y = (x[:, 0] > 0).astype(np.float32)
    learner = HGB(learning_rate=50.0, max_iter=60, min_samples_leaf=1)
    (run,) = fit(learner, Split(x, y, x, 1 - y))
    assert np.isfinite(run.metrics).all()
    assert run.metrics[:, 4].max() > 36.7  # beyond the logarithm of the smallest step from 1


def test_one_seed_one_result(make_split):
    split = rows_of("binary", make_split)
    learner = HGB(max_iter=45, max_features=0.4, min_samples_leaf=5)
    one, other = fit(learner, split, (0, 1))
    assert not np.array_equal(one.metrics, other.metrics)
    again = fit(learner, split, (1,))[0]
    np.testing.assert_array_equal(again.metrics, other.metrics)
    np.testing.assert_array_equal(again.row_losses, other.row_losses)


def test_progress_and_interruption(make_split, monkeypatch):
    monkeypatch.setattr("fitscope.learners.steps.TOLD_EVERY", 0.0)
    split = rows_of("binary", make_split)
    seen: list[NewEpochs] = []
    started: list[int] = []
    (run,) = fit(HGB(max_iter=45), split, on_progress=seen.append, on_start=started.append)
    assert started == [0]
    assert len(seen) > 2
    np.testing.assert_array_equal(np.concatenate([news.metrics for news in seen]), run.metrics)
    done = 0
    for news in seen:
        assert news.epoch == done
        done += len(news.metrics)
        assert news.best_epoch == np.argmin(run.metrics[:done, 4])
    with pytest.raises(Interrupted):
        fit(HGB(max_iter=45), split, interrupted=lambda: True)


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b"no archive"),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    ],
    ids=["none", "text", "half"],
)
def test_damaged_trees(trained, damage: Callable[[Path], object], tmp_path: Path):
    learner, _, run = trained
    path = tmp_path / "trees.skops"
    learner.save(run.best, path)
    damage(path)
    with pytest.raises(UserError, match=r"trees\.skops: (no such|damaged) trees") as caught:
        learner.load(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_with_anything_else_in_it_is_not_loaded(tmp_path: Path):
    from skops import io

    path = tmp_path / "trees.skops"
    path.write_bytes(io.dumps({"estimator": Path("harmless"), "rounds": 1}))
    with pytest.raises(UserError, match="not trusted"):
        HGB().load(path)


def test_it_is_a_learner():
    assert isinstance(HGB(), Learner)
    assert isinstance(MLP(), Learner)
    assert [HGB().size(9, task).count for task in (BINARY, REGRESSION)] == [3_100, 3_100]
    assert HGB(max_depth=2).size(9, MULTICLASS.of(["a", "b", "c"])).count == 1_200
    assert HGB(max_leaf_nodes=None, max_depth=3).size(9, BINARY).count == 800
    assert HGB().layers(9, BINARY).rows()[0] == ("learning_rate", "0.1", "")
    assert str(HGB().layers(9, BINARY)).splitlines()[-1] == "At most 3,100 leaves"


def test_knobs():
    plain = HGB()
    assert is_plain(plain)
    assert not is_plain(HGB(max_features=0.5))
    assert same_shape(plain, HGB(l2_regularization=1.0, max_features=0.5))
    assert not same_shape(plain, HGB(max_depth=3))
    assert not same_shape(plain, MLP(16))
    assert remedies_over(plain, HGB(max_features=0.5)) == ["random features"]
    for plainer in (
        HGB(max_leaf_nodes=8),
        HGB(max_depth=3),
        HGB(min_samples_leaf=50),
        HGB(l2_regularization=0.1),
        HGB(max_features=0.9),
    ):
        assert is_plainer(plainer, plain)
        assert not is_plainer(plain, plainer)
    assert not is_plainer(HGB(max_depth=3, min_samples_leaf=1), plain)


@pytest.mark.parametrize(
    "learner", [HGB(), HGB(max_depth=3, learning_rate=0.3), MLP(16, 8, l2=0.1), MLP()], ids=repr
)
def test_learners_survive_json(learner: Learner):
    stored = to_stored(learner)
    again = from_stored(json.loads(json.dumps(stored)))
    assert again == learner
    assert hash(again) == hash(learner)
    assert to_stored(again) == stored
    assert eval(repr(learner)) == learner


def test_a_learner_without_a_name_is_a_network_of_version_0_1():
    assert from_stored({**MLP(16).as_dict(), "hidden": [16]}) == MLP(16)
    with pytest.raises(UserError, match="unknown learner 'forest'"):
        from_stored({"learner": "forest"})


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": 0.0},
        {"learning_rate": True},
        {"max_iter": 0},
        {"max_leaf_nodes": 1},
        {"max_depth": 0},
        {"max_depth": 2.5},
        {"min_samples_leaf": "20"},
        {"l2_regularization": -0.1},
        {"max_features": 1.5},
        {"max_leaf_nodes": None},
    ],
    ids=str,
)
def test_settings_that_make_no_sense(settings: dict[str, Any]):
    with pytest.raises(UserError, match=f"HGB: .*{next(iter(settings))}"):
        HGB(**settings)


@pytest.mark.parametrize("learner", [HGB(max_iter=3), MLP(2)], ids=repr)
def test_a_constant_target_is_refused(learner: Learner):
    x, y = np.zeros((9, 2), np.float32), np.full(9, 2.5)
    split = Split(x, y, x, y, task="regression")
    with pytest.raises(UserError, match=r"all 9 training rows have the target 2\.5"):
        learner.fit(split, Plan(max_epochs=2), seed=0, repeats=[0], watching=Watching())


def test_predictions_count_only_the_rounds_of_their_state(trained):
    learner, split, run = trained
    estimator = run.last.estimator
    stages = (
        estimator.staged_predict(split.x_train)
        if split.task.kind == "regression"
        else estimator.staged_decision_function(split.x_train)
    )
    for number, expected in enumerate(islice(stages, 3)):
        found = learner.predict(Boosted(estimator, number + 1), split.x_train, split.task)
        np.testing.assert_array_equal(found, expected)
