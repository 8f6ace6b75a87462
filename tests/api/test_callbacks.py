"""Runs judged while they train; against the real libraries where these are installed."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import fitscope as fs

EPOCHS = 80
FALL = 0.3 + 0.5 * np.exp(-np.arange(EPOCHS) / 8)
RISE = 0.4 + 0.4 * np.exp(-np.arange(EPOCHS) / 6) + 0.01 * np.maximum(np.arange(EPOCHS) - 25, 0)


def noisy(values, seed):
    return values + np.random.default_rng(seed).normal(0, 0.002, len(values))


TRAIN, VALIDATION = noisy(FALL, 0), noisy(RISE, 1)


def rows(seed=0, count=300):
    """A table on which boosted trees overfit within a few rounds: labels are mostly noise."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, 6))
    return x, (x[:, 0] + 2.5 * random.normal(size=count) > 0).astype(int)


def test_a_line_when_the_verdict_changes_and_the_verdict_at_the_end():
    said = []
    watch = fs.callbacks.Watch(say=said.append)
    for epoch in range(EPOCHS):
        assert watch.log(loss=TRAIN[epoch], val_loss=VALIDATION[epoch]) is False
    changes = [line for line in said if "sure" in line]
    assert 2 <= len(changes) <= 5, changes
    assert changes[-1].startswith("fitscope: epoch ")
    assert ": overfit from epoch " in changes[-1]
    assert watch.verdict.label == "overfit"
    found = watch.finish()
    same = fs.diagnose({"loss": TRAIN, "val_loss": VALIDATION})
    assert (found.label, found.best_epoch) == (same.label, same.best_epoch)
    assert said[-1] == str(found)


def test_a_label_that_comes_and_goes_is_not_said():
    said = []
    watch = fs.callbacks.Watch(say=said.append)
    good = fs.diagnose({"loss": TRAIN[:25], "val_loss": np.minimum.accumulate(VALIDATION[:25])})
    labels = ["good", "overfit", "good", "overfit", "good", "overfit", "overfit", "good"]
    for label in labels:
        watch._tell(replace(good, label=label, confidence=0.7, checks=()))
    watch._tell(replace(good, label="unstable", confidence=0.97, checks=()))
    told = [re.search(r": (good|overfit|unstable)", line)[1] for line in said]
    assert told == ["good", "overfit", "unstable"], "the second time, or at once where it is sure"


def test_stopping_on_evidence():
    rule = fs.stopping.EvidenceStopping(worth=0.01, patience=60)
    watch = fs.callbacks.Watch(say=None, stop=rule)
    seen = 0
    for epoch in range(EPOCHS):
        seen = epoch
        if watch.log(loss=TRAIN[epoch], val_loss=VALIDATION[epoch]):
            break
    assert watch.stopped == "overfit"
    assert 26 < seen < 60
    higher = fs.callbacks.Watch(say=None, stop=rule)
    stops = [higher.log(accuracy=1 - TRAIN[e], val_accuracy=1 - VALIDATION[e]) for e in range(seen)]
    assert not any(stops), "not before"
    assert higher.log(accuracy=1 - TRAIN[seen], val_accuracy=1 - VALIDATION[seen]), "nor later"


def test_training_and_validation_in_calls_of_their_own():
    watch = fs.callbacks.Watch(say=None)
    for epoch in range(15):
        for batch in range(4):
            watch.log(epoch + (batch + 1) / 4, 4 * epoch + batch, loss=TRAIN[epoch])
        watch.log(epoch + 1, 4 * epoch + 4, eval_loss=VALIDATION[epoch])
    history = watch.finish().history
    np.testing.assert_allclose(history.validation, VALIDATION[:15])
    np.testing.assert_allclose(history.train, TRAIN[:15])


def test_without_validation_it_says_so_at_the_end():
    said = []
    watch = fs.callbacks.Watch(say=said.append)
    for loss in TRAIN:
        watch.log(loss=loss, note="text", lr=None)
    assert watch.finish() is None
    assert "training only" in said[0]
    assert "FS206" in said[1]


def test_a_problem_is_said_once_and_while_it_matters():
    said = []
    watch = fs.callbacks.Watch(say=said.append)
    for loss in TRAIN[:20]:
        watch.log(loss=loss, val_loss=loss)
    assert [line for line in said if "FS202" in line] == [
        "fitscope: epoch 2: FS202 (problem): Training and validation are the same to the last digit"
    ]


def test_one_object_serves_one_run_after_another():
    said = []
    watch = fs.callbacks.Watch(say=said.append, stop=fs.stopping.EvidenceStopping(worth=0.01))
    for _ in range(2):
        stopped = [watch.log(loss=TRAIN[e], val_loss=VALIDATION[e]) for e in range(60)]
        assert stopped.index(True) > 26
        assert watch.finish().epochs == 60
    half = len(said) // 2
    assert said[:half] == said[half:], "a second run is told as the first was"
    for epoch in [*range(30), *range(20, 40)]:  # went on from a checkpoint
        watch.log(epoch, loss=TRAIN[epoch], val_loss=VALIDATION[epoch])
    history = watch.finish().history
    assert history.epochs.tolist() == list(range(40))
    assert history.validation.tolist() == VALIDATION[:40].tolist()


def test_a_run_goes_on_in_another_process():
    first, second = (fs.callbacks.Watch(say=None) for _ in range(2))
    for epoch in range(40):
        first.log(loss=TRAIN[epoch], val_loss=VALIDATION[epoch])
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    for epoch in range(40, EPOCHS):
        second.log(loss=TRAIN[epoch], val_loss=VALIDATION[epoch])
    whole = fs.diagnose({"loss": TRAIN, "val_loss": VALIDATION})
    assert second.finish().as_dict()["evidence"] == whole.as_dict()["evidence"]


def test_a_long_run_costs_little(monkeypatch):
    from fitscope.api.callbacks import watch as module

    judged = []
    real = module.diagnose_log
    monkeypatch.setattr(module, "diagnose_log", lambda *a: judged.append(1) or real(*a))
    watch = fs.callbacks.Watch(say=None)
    for epoch in range(300):
        watch.log(loss=1 / (epoch + 1), val_loss=1 / (epoch + 1) + 0.1)
    assert len(judged) < 110


OF_KERAS = """
import os
os.environ["KERAS_BACKEND"] = "jax"
import numpy as np, keras
import fitscope as fs
random = np.random.default_rng(0)
x = random.normal(size=(120, 8)).astype("float32")
y = (x[:, 0] + 2 * random.normal(size=120) > 0).astype("float32")
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.layers.Dense(128, "relu"), keras.layers.Dense(1)])
loss = keras.losses.BinaryCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.01), loss)
rule = fs.stopping.EvidenceStopping(worth=0.02, patience=100)
callback = fs.callbacks.keras(stop=rule)
done = model.fit(x[:60], y[:60], validation_data=(x[60:], y[60:]), epochs=150, verbose=0,
                 callbacks=[callback])
print("EPOCHS", len(done.history["loss"]), callback.watch.stopped, callback.watch.verdict.label)
"""


def test_keras():
    pytest.importorskip("jax")
    done = subprocess.run(
        [sys.executable, "-c", OF_KERAS],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path), "KERAS_BACKEND": "jax"},
        check=False,
    )
    if "No module named 'keras'" in done.stderr:
        pytest.skip("needs keras (dev extra)")
    assert done.returncode == 0, done.stderr
    last = next(line for line in done.stdout.splitlines() if line.startswith("EPOCHS"))
    _, epochs, why, label = last.split()
    assert (why, label) == ("overfit", "overfit")
    assert int(epochs) < 150
    assert "overfit from epoch" in done.stdout


def overfits(callback):
    assert callback.watch.verdict.label == "overfit"
    assert callback.watch.verdict.evidence.step == "round"
    assert callback.watch.verdict.evidence.train_key is not None


def test_xgboost(capsys):
    xgb = pytest.importorskip("xgboost", reason="needs xgboost")
    x, y = rows()
    train, valid = xgb.DMatrix(x[:150], y[:150]), xgb.DMatrix(x[150:], y[150:])
    settings = {"objective": "binary:logistic", "eta": 0.3, "max_depth": 6, "nthread": 1}
    sets = [(train, "train"), (valid, "valid")]
    callback = fs.callbacks.xgboost()
    options = {"num_boost_round": 60, "evals": sets, "verbose_eval": False}
    xgb.train(settings, train, callbacks=[callback], **options)
    overfits(callback)
    assert "overfit from round" in capsys.readouterr().out
    stopped = fs.callbacks.xgboost(say=None, stop=fs.stopping.EvidenceStopping(worth=0.01))
    booster = xgb.train(settings, train, callbacks=[stopped], **options)
    assert booster.num_boosted_rounds() < 60
    estimator = xgb.XGBClassifier(n_estimators=60, n_jobs=1, callbacks=[fs.callbacks.xgboost()])
    estimator.fit(x[:150], y[:150], eval_set=[(x[:150], y[:150]), (x[150:], y[150:])], verbose=0)
    overfits(estimator.callbacks[0])


def test_lightgbm(capsys):
    lgb = pytest.importorskip("lightgbm", reason="needs lightgbm")
    x, y = rows()
    train = lgb.Dataset(x[:150], y[:150])
    valid = lgb.Dataset(x[150:], y[150:], reference=train)
    settings = {"objective": "binary", "verbose": -1, "min_data_in_leaf": 5, "num_threads": 1}
    options = {"num_boost_round": 100, "valid_sets": [train, valid]}
    callback = fs.callbacks.lightgbm()
    lgb.train(settings, train, callbacks=[callback], **options)
    overfits(callback)
    assert "overfit from round" in capsys.readouterr().out
    stopped = fs.callbacks.lightgbm(say=None, stop=fs.stopping.EvidenceStopping(worth=0.01))
    booster = lgb.train(settings, train, callbacks=[stopped], **options)
    assert booster.current_iteration() < 100
    assert booster.best_iteration > 0


def test_catboost():
    cat = pytest.importorskip("catboost", reason="needs catboost")
    x, y = rows()
    settings = {"iterations": 120, "learning_rate": 0.3, "depth": 6, "thread_count": 1}
    made = {"verbose": False, "allow_writing_files": False}
    model = cat.CatBoostClassifier(**settings, **made, use_best_model=False)
    callback = fs.callbacks.catboost(say=None)
    model.fit(x[:150], y[:150], eval_set=(x[150:], y[150:]), callbacks=[callback])
    callback.watch.finish()
    overfits(callback)


def test_lightning_and_transformers_are_named_where_they_are_missing():
    for name, call in (("lightning", fs.callbacks.lightning),):
        try:
            __import__("lightning.pytorch")
        except ModuleNotFoundError:
            with pytest.raises(fs.UserError, match=name):
                call()
