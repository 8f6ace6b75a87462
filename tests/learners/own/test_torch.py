"""PyTorch modules of the caller's own, held against a loop written by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learners.own.rows import simulated

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import as_learner, from_stored, to_stored
from fitscope.learners.base import Interrupted, TrainedRun, Watching
from fitscope.learners.knobs import is_plainer
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.learners.own.torch.given import torch as fs_torch
from fitscope.learners.own.torch.learner import Torch
from fitscope.learners.own.torch.training import batches, seed_all
from fitscope.learners.own.weights import Weights
from fitscope.learners.streams import STEPS, WEIGHTS, epoch_order
from fitscope.stopping.early import EarlyStopping
from fitscope.task import BINARY, MULTICLASS, REGRESSION

torch = pytest.importorskip(
    "torch", reason="needs PyTorch, an extra: pip install 'fitscope[torch]'"
)
nn = torch.nn

SEED, EPOCHS, BATCH = 7, 6, 32
PLAN = Plan(batch_size=BATCH, max_epochs=EPOCHS, learning_rate=inverse_time_decay(0.02, 3))


def rows_of(kind: str) -> Split:
    return simulated(kind, rows=170, train=110)


def chain(features: int, outputs: int) -> Any:
    return nn.Sequential(
        nn.Linear(features, 8),
        nn.BatchNorm1d(8),
        nn.ELU(),
        nn.Dropout(0.2),
        nn.Linear(8, outputs),
    )


class Own(nn.Module):  # type: ignore[name-defined]
    """A class of modules, which gives one number a row and no column."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.first, self.second, self.last = (
            nn.Linear(features, 6),
            nn.Linear(6, 6),
            nn.Linear(6, 1),
        )

    def forward(self, x: Any) -> Any:
        hidden = torch.relu(self.first(x))
        return self.last(hidden + torch.relu(self.second(hidden))).squeeze(-1)


def momentum(parameters: Any) -> Any:
    return torch.optim.SGD(parameters, lr=0.05, momentum=0.9)


GIVEN: dict[str, tuple[Any, str]] = {
    "the plan's": (fs_torch(chain), "binary"),
    "several labels": (fs_torch(chain, nn.CrossEntropyLoss(), momentum), "multiclass"),
    "a class": (fs_torch(Own, nn.functional.l1_loss, momentum), "regression"),
}


def fit(learner: Any, split: Split, plan: Plan = PLAN, repeat: int = 0, **told: Any) -> TrainedRun:
    watching = Watching(**told)
    (run,) = learner.fit(split, plan, seed=SEED, repeats=[repeat], watching=watching)
    return run


@pytest.fixture(scope="module", params=list(GIVEN))
def trained(request: pytest.FixtureRequest) -> tuple[Any, Torch, Split, TrainedRun]:
    given, kind = GIVEN[request.param]
    split = rows_of(kind)
    learner = as_learner(given, split.task, split.features)
    assert isinstance(learner, Torch)
    return given, learner, split, fit(learner, split)


def by_hand(given: Any, split: Split) -> tuple[Any, np.ndarray]:
    """The loop as anybody would write it, with its metrics."""
    kind, task = split.task.kind, split.task
    seed_all(SEED, 0, WEIGHTS)
    module = Own(4) if given.build is Own else chain(4, task.outputs)
    loss = given.loss or nn.BCEWithLogitsLoss()
    if given.optimizer is None:
        optimizer = torch.optim.Adam(module.parameters(), lr=0.02, eps=1e-7)
        decay = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step / 4 / 3))
    else:
        optimizer, decay = given.optimizer(module.parameters()), None
    x, x_validation = torch.tensor(split.x_train), torch.tensor(split.x_validation)
    y, y_validation = (
        torch.tensor(np.array(part), dtype=torch.int64 if kind == "multiclass" else torch.float32)
        for part in (split.y_train, split.y_validation)
    )

    def measured(outputs: Any, y: Any) -> list[float]:
        if kind == "regression":
            return [loss(outputs, y), ((outputs - y) ** 2).mean(), (outputs - y).abs().mean()]
        value = loss(outputs, y)
        hits = outputs.argmax(1) == y if kind == "multiclass" else (outputs > 0) == (y > 0.5)
        return [value, value, hits.float().mean()]

    every = []
    for epoch in range(EPOCHS):
        seed_all(SEED, 0, STEPS, epoch)
        module.train()
        order = torch.tensor(epoch_order(len(y), SEED, 0, epoch).astype(np.int64))
        seen, sizes = [], []
        for chosen in order.split(BATCH):
            outputs = module(x[chosen])
            outputs = outputs[:, 0] if kind == "binary" else outputs
            found = measured(outputs, y[chosen])
            optimizer.zero_grad()
            found[0].backward()
            optimizer.step()
            if decay is not None:
                decay.step()
            seen.append([float(one.detach()) for one in found])
            sizes.append(len(chosen))
        module.eval()
        with torch.no_grad():
            outputs = module(x_validation)
            outputs = outputs[:, 0] if kind == "binary" else outputs
            validated = [float(one) for one in measured(outputs, y_validation)]
        every.append([*np.average(seen, axis=0, weights=sizes), *validated])
    return module, np.array(every)


def test_it_is_the_loop_that_anybody_would_write(trained: tuple[Any, Torch, Split, TrainedRun]):
    given, _, split, run = trained
    module, expected = by_hand(given, split)
    np.testing.assert_allclose(run.metrics, expected, rtol=2e-5)
    state = module.state_dict()
    assert run.last.names == tuple(state)
    for name, value in zip(run.last.names, run.last.values, strict=True):
        np.testing.assert_allclose(value, state[name].numpy(), rtol=1e-4, atol=1e-6)
    assert (run.stopped, len(run.learning_rate)) == ("max epochs", EPOCHS)


def test_rows_weights_and_predictions_belong_together(
    trained: tuple[Any, Torch, Split, TrainedRun], tmp_path: Path
):
    _, learner, split, run = trained
    np.testing.assert_allclose(run.row_losses.mean(axis=1), run.metrics[:, 4], rtol=1e-5)
    for which, state in (("best", run.best), ("last", run.last)):
        learner.save(state, tmp_path / f"{which}.safetensors")
        outputs = learner.predict(
            learner.load(tmp_path / f"{which}.safetensors"), split.x_validation, split.task
        )
        epoch = run.best_epoch if which == "best" else EPOCHS - 1
        np.testing.assert_allclose(
            split.task.row_losses(outputs, split.y_validation), run.row_losses[epoch], rtol=1e-5
        )
        fitted = learner.predict(state, split.x_train, split.task)
        loss = split.task.row_losses(fitted, split.y_train).mean()
        assert run.fit[which][1] == pytest.approx(loss, rel=1e-6)
    assert isinstance(learner.module(run.last), nn.Module)


def test_an_interrupted_run_goes_on_to_the_same_numbers(
    trained: tuple[Any, Torch, Split, TrainedRun], tmp_path: Path
):
    _, learner, split, run = trained
    save, asked = tmp_path / "checkpoint.npz", iter([False, False, True])
    with pytest.raises(Interrupted):
        fit(learner, split, save=save, interrupted=lambda: next(asked))
    started: list[int] = []
    again = fit(learner, split, save=save, on_start=started.append)
    assert started == [3]
    np.testing.assert_array_equal(again.metrics, run.metrics)
    for one, other in ((again.best, run.best), (again.last, run.last)):
        for mine, theirs in zip(one.values, other.values, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_one_seed_one_result_and_another_repeat_another(
    trained: tuple[Any, Torch, Split, TrainedRun],
):
    _, learner, split, run = trained
    torch.rand(3), np.random.rand(3)  # whatever was drawn before
    np.testing.assert_array_equal(fit(learner, split).metrics, run.metrics)
    assert not np.array_equal(fit(learner, split, repeat=1).metrics, run.metrics)


def test_a_target_is_scaled_where_the_plan_has_the_loss():
    split = rows_of("regression")
    learner = as_learner(lambda: nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1)),
                         split.task, 4)  # fmt: skip
    run = fit(learner, split, Plan(BATCH, 60, learning_rate=0.01))
    rest = split.y_validation - learner.predict(run.last, split.x_validation, split.task)
    np.testing.assert_allclose(run.metrics[-1, 4:], [np.mean(rest**2), np.mean(np.abs(rest))], 1e-4)
    assert run.metrics[-1, 4] < 0.7 * split.y_validation.var()


def test_a_single_row_that_is_left_over_joins_the_batch_before():
    places = torch.arange(7)
    assert [part.tolist() for part in batches(places, 3)] == [[0, 1, 2], [3, 4, 5, 6]]
    assert [len(part) for part in batches(places, 4)] == [4, 3]
    assert [len(part) for part in batches(places[:1], 4)] == [1]
    split = rows_of("binary")
    run = fit(as_learner(chain, BINARY, 4), split, Plan(len(split.y_train) - 1, 3))
    assert len(run.metrics) == 3


def test_it_stops_by_the_plan():
    split = rows_of("binary")
    plan = Plan(BATCH, 500, learning_rate=0.05, stopping=EarlyStopping(patience=5))
    run = fit(as_learner(chain, split.task, 4), split, plan)
    assert (run.stopped, len(run.metrics)) == ("early stopping", run.best_epoch + 6)


def test_knobs_are_read_and_turned():
    learner = as_learner(chain, BINARY, 4)
    assert {knob.name: knob.value for knob in learner.knobs()} == {
        "units": (8,),
        "dropout": 0.2,
        "weight_decay": 0.0,
    }
    other = learner.changed({"units": 0.5, "dropout": 0.5}).changed({"weight_decay": 0.1})
    assert other.description.units == (4,)
    assert other.size(4, BINARY).count == 4 * 4 + 4 + 2 * 4 + 4 + 1
    assert is_plainer(other, learner)
    run = fit(other, rows_of("binary"))
    assert run.last.values[0].shape == (4, 4)
    own = as_learner(fs_torch(Own, optimizer=momentum), REGRESSION, 4)
    assert own.changed({"units": 2.0}).description.units == (12, 12)
    assert [knob.name for knob in own.knobs()] == ["units", "weight_decay"]


def test_dropout_is_put_behind_activations_where_there_is_none():
    def build() -> Any:
        return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())

    learner = as_learner(build, BINARY, 4)
    assert learner.description.reading == "probabilities"
    layers = [name for name, *_ in learner.changed({"dropout": 0.4}).description.layers]
    assert layers == ["0 (Linear)", "1.0 (Tanh)", "1.1 (Dropout)", "2 (Linear)", "3 (Sigmoid)"]


def test_weight_decay_is_that_of_adamw_for_kernels_whatever_the_optimizer():
    def line() -> Any:
        return nn.Linear(4, 1)

    split = rows_of("regression")
    plan = Plan(batch_size=BATCH, max_epochs=2, learning_rate=0.5)

    def adam(parameters: Any) -> Any:
        return torch.optim.Adam(parameters, lr=0.5, weight_decay=3.0)

    def adamw(parameters: Any) -> Any:
        kernel, bias = parameters
        groups = [{"params": [kernel], "weight_decay": 0.1}, {"params": [bias], "weight_decay": 0}]
        return torch.optim.AdamW(groups, lr=0.5)

    mine, theirs = (
        as_learner(fs_torch(line, nn.MSELoss(), one), split.task, 4) for one in (adam, adamw)
    )
    assert mine.description.weight_decay == 3.0
    runs = [fit(one, split, plan) for one in (mine.changed({"weight_decay": 0.1}), theirs)]
    np.testing.assert_allclose(runs[0].metrics, runs[1].metrics, rtol=1e-5)


def test_it_is_stored_without_code(trained: tuple[Any, Torch, Split, TrainedRun]):
    given, learner, split, run = trained
    stored = to_stored(learner)
    assert from_stored(stored) == learner
    assert to_stored(as_learner(given, split.task, 4)) == stored
    unknown = from_stored({**stored, "given": "0" * 64})  # in a process without the function
    assert unknown.knobs() == learner.knobs()
    for use in (
        lambda: unknown.predict(run.best, split.x_train, split.task),
        lambda: fit(unknown, split),
        lambda: unknown.changed({"units": 0.5}),
    ):
        with pytest.raises(UserError, match="is an object of yours, which no folder holds"):
            use()


SAME = nn.Linear(4, 1)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (lambda: SAME, "gives the same module, or the same parameters, each time; make everything"),
        (lambda: nn.Sequential(nn.Linear(4, 4), SAME), "the same parameters, each time"),
        (SAME, "Linear is one module, and each run needs a new one; give a function"),
        (lambda: nn.Linear(4, 3), r"gives outputs of shape \(64, 3\) for 64 rows; a binary task"),
        (lambda: nn.Linear(9, 1), "does not take rows of 4 features: mat1 and mat2"),
        (lambda: nn.Linear(4, 1, device="meta"), "does not take rows|its parameters are on meta"),
        (lambda: nn.Identity()(nn.Flatten()), "gives outputs of shape|no parameters"),
        (lambda width: nn.Linear(4, width), "needs 'width', which nobody gives"),
        (fs_torch(lambda: nn.Linear(4, 1), nn.MSELoss()), "MSELoss does not suit a binary task"),
        (
            fs_torch(lambda: nn.Linear(4, 1), nn.CrossEntropyLoss()),
            "CrossEntropyLoss does not suit a binary task with 1 output; take BCEWithLogitsLoss",
        ),
        (fs_torch(lambda: nn.Linear(4, 1), nn.BCELoss()), "BCELoss fails on its outputs of shape"),
        (
            fs_torch(lambda: nn.Sequential(nn.Linear(4, 2), nn.Softmax(-1)), nn.CrossEntropyLoss()),
            r"takes logits, and the last layer gives probabilities \(Softmax\); leave it away",
        ),
        (
            fs_torch(lambda: nn.Linear(4, 1), nn.BCEWithLogitsLoss(reduction="none")),
            "gives no single number; leave its reduction alone",
        ),
        (
            fs_torch(lambda: nn.Linear(4, 1), optimizer=lambda p: list(p)),
            "gives a list; it must give a torch.optim.Optimizer",
        ),
        (lambda: nn.Sequential(nn.Linear(4, 2), nn.Softmax(-1)), "its last layer is Softmax"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(given: Any, says: str):
    with pytest.raises(UserError, match=says) as caught:
        as_learner(given, BINARY, 4)
    assert "\n" not in str(caught.value)


def test_a_module_on_another_device_is_refused():
    def build() -> Any:
        module = nn.Linear(4, 1)
        module.register_buffer("scale", torch.ones(1, device="meta"))
        return module

    with pytest.raises(UserError, match=r"^its parameters are on meta; leave out \.to\("):
        as_learner(build, BINARY, 4)


def test_what_is_no_function_is_refused():
    adam = torch.optim.Adam(SAME.parameters())
    for wrong, says in (
        (lambda: fs_torch(3), "build must be a function, got 3"),
        (lambda: fs_torch(chain, "mse"), "loss must be a function, got 'mse'"),
        (
            lambda: fs_torch(chain, optimizer=adam),
            "optimizer holds the parameters of one module already; give a function",
        ),
    ):
        with pytest.raises(UserError, match=says) as caught:
            wrong()
        assert "\n" not in str(caught.value)


def test_smoothed_or_weighted_losses_are_told_apart_from_the_tasks_own():
    smooth: Callable = partial(nn.functional.cross_entropy, label_smoothing=0.1)
    task = MULTICLASS.of(["a", "b", "c"])
    for loss, plain in ((nn.CrossEntropyLoss(), True), (smooth, False)):
        learner = as_learner(fs_torch(chain, loss), task, 4)
        run = fit(learner, rows_of("multiclass"))
        assert np.allclose(run.metrics[:, 0], run.metrics[:, 1], rtol=1e-5) == plain
        assert np.allclose(run.metrics[:, 3], run.metrics[:, 4], rtol=1e-5) == plain


def test_what_fails_in_training_is_said_in_one_line():
    split = rows_of("binary")
    learner = as_learner(chain, BINARY, 4)
    with pytest.raises(UserError, match=r"PyTorch has no optimizer 'fromage'; give fs\.torch"):
        fit(learner, split, Plan(optimizer="fromage"))
    with pytest.raises(UserError, match="training the module fails: Expected more than 1 value"):
        fit(learner, split, Plan(batch_size=1))
    wrong = Weights(("a",), (np.zeros((2, 2), np.float32),))
    with pytest.raises(UserError, match="these weights are those of another module"):
        learner.predict(wrong, split.x_train, BINARY)
