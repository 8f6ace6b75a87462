"""Keras models of the caller's own, held against Keras' own `fit`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np
import pytest
from learners.own.rows import simulated

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners import as_learner, from_stored, to_stored
from fitscope.learners.base import Interrupted, NewEpochs, TrainedRun, Watching
from fitscope.learners.given import kept
from fitscope.learners.knobs import is_plainer, remedies_over, same_shape
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.learners.own.keras.learner import Keras
from fitscope.learners.own.keras.model import bare
from fitscope.learners.own.keras.optimizers import plan_optimizer, with_weight_decay
from fitscope.learners.own.keras.training import run_seed
from fitscope.learners.own.weights import Weights
from fitscope.learners.streams import ORDER, WEIGHTS
from fitscope.task import BINARY, REGRESSION

Dense, Dropout = keras.layers.Dense, keras.layers.Dropout
SEED, EPOCHS, BATCH = 7, 5, 32
PLAN = Plan(batch_size=BATCH, max_epochs=EPOCHS, learning_rate=0.01)


@pytest.fixture(scope="module", autouse=True)
def compiled_in_this_process_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What JAX compiles for a model serves the next one like it."""
    settings = {
        "jax_compilation_cache_dir": str(tmp_path_factory.mktemp("programs")),
        "jax_persistent_cache_min_compile_time_secs": 0,
        "jax_persistent_cache_min_entry_size_bytes": -1,
    }
    before = {name: getattr(jax.config, name) for name in settings}
    for name, value in settings.items():
        jax.config.update(name, value)
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def rows_of(kind: str) -> Split:
    """Whole batches, so that Keras has one program to compile and not two."""
    return simulated(kind, rows=128, train=64)


def binary() -> keras.Model:
    model = keras.Sequential(
        [
            Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            Dropout(0.3),
            Dense(1),
        ]
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile("rmsprop", loss, metrics=["accuracy"])
    return model


def multiclass(features: int) -> keras.Model:
    inputs = keras.Input((features,))
    hidden = Dense(8, use_bias=False)(inputs)
    hidden = keras.layers.BatchNormalization()(hidden)
    hidden = keras.layers.Activation("elu")(hidden)
    model = keras.Model(inputs, Dense(3, activation="softmax")(hidden))
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    return model


class Wide(keras.Model):
    """A class of the caller's own, which gives one number a row and no column."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.last = Dense(6, activation="relu"), Dense(1)

    def call(self, x: Any) -> Any:
        return keras.ops.squeeze(self.last(self.hidden(x)), -1)


def subclassed() -> keras.Model:
    model = Wide()
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    return model


MODELS: dict[str, tuple[Callable[..., keras.Model], str]] = {
    "sequential": (binary, "binary"),
    "functional": (multiclass, "multiclass"),
    "subclassed": (subclassed, "binary"),
}


def fit(
    learner: Keras, split: Split, plan: Plan = PLAN, repeat: int = 0, **told: Any
) -> TrainedRun:
    watching = Watching(**told)
    (run,) = learner.fit(split, plan, seed=SEED, repeats=[repeat], watching=watching)
    return run


@pytest.fixture(scope="module", params=list(MODELS))
def trained(request: pytest.FixtureRequest) -> tuple[Callable, Keras, Split, TrainedRun]:
    build, kind = MODELS[request.param]
    split = rows_of(kind)
    learner = as_learner(build, split.task, split.features)
    assert isinstance(learner, Keras)
    return build, learner, split, fit(learner, split)


def by_keras(build: Callable, learner: Keras, split: Split) -> tuple[keras.Model, dict[str, list]]:
    """The same by hand: Keras' own `fit`, seeded alike, with validation rows and metrics."""
    keras.utils.set_random_seed(run_seed(SEED, 0, WEIGHTS))
    model = build(4) if build is multiclass else build()
    model(np.zeros((2, 4), np.float32))
    logits = learner.description.reading == "logits"
    kind = split.task.kind
    if kind == "binary":
        wanted: list = [
            keras.metrics.BinaryCrossentropy(from_logits=logits, name="binary_crossentropy"),
            keras.metrics.BinaryAccuracy(threshold=0.0 if logits else 0.5, name="accuracy"),
        ]
    else:
        score = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        wanted = ["sparse_categorical_crossentropy", score]
    model.compile(model.optimizer, model.loss, metrics=wanted)
    again = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, _: keras.utils.set_random_seed(run_seed(SEED, 0, ORDER, epoch))
    )

    def column(y: np.ndarray) -> np.ndarray:
        return y[:, None] if learner.description.name == "Sequential" else y

    history = model.fit(
        split.x_train,
        column(split.y_train),
        batch_size=BATCH,
        epochs=EPOCHS,
        validation_data=(split.x_validation, column(split.y_validation)),
        validation_batch_size=1_000,
        callbacks=[again],
        verbose=0,
    )
    return model, history.history


def test_it_is_keras_own_fit(trained: tuple[Callable, Keras, Split, TrainedRun]):
    build, learner, split, run = trained
    model, history = by_keras(build, learner, split)
    expected = np.array([history[name] for name in split.task.monitors]).T
    np.testing.assert_allclose(run.metrics, expected, rtol=2e-5)
    for mine, theirs in zip(run.last.values, model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert (run.stopped, len(run.metrics)) == ("max epochs", EPOCHS)
    assert run.fit["last"][1] == pytest.approx(
        split.task.row_losses(
            learner.predict(run.last, split.x_train, split.task), split.y_train
        ).mean()
    )


def test_rows_weights_and_predictions_belong_together(
    trained: tuple[Callable, Keras, Split, TrainedRun], tmp_path: Path
):
    _, learner, split, run = trained
    task, y = split.task, split.y_validation
    np.testing.assert_allclose(run.row_losses.mean(axis=1), run.metrics[:, 4], rtol=1e-5)
    for which, state in (("best", run.best), ("last", run.last)):
        learner.save(state, tmp_path / f"{which}.safetensors")
        loaded = learner.load(tmp_path / f"{which}.safetensors")
        losses = task.row_losses(learner.predict(loaded, split.x_validation, task), y)
        epoch = run.best_epoch if which == "best" else EPOCHS - 1
        kept = run.row_losses[run.row_epochs.tolist().index(epoch)]
        np.testing.assert_allclose(losses, kept, rtol=1e-4, atol=1e-6)
    network = learner.model(run.last)
    assert isinstance(network, keras.Model)
    assert run.best_epoch == np.argmin(run.metrics[:, 4])


def test_one_seed_one_result_and_another_repeat_another(
    trained: tuple[Callable, Keras, Split, TrainedRun],
):
    _, learner, split, run = trained
    np.testing.assert_array_equal(fit(learner, split).metrics, run.metrics)
    assert not np.array_equal(fit(learner, split, repeat=1).metrics, run.metrics)


def test_an_interrupted_run_goes_on_to_the_same_numbers(
    trained: tuple[Callable, Keras, Split, TrainedRun], tmp_path: Path
):
    _, learner, split, run = trained
    after = 3
    save, asked = tmp_path / "checkpoint.npz", iter([*[False] * (after - 1), True])
    with pytest.raises(Interrupted):
        fit(learner, split, save=save, interrupted=lambda: next(asked))
    started: list[int] = []
    told: list[NewEpochs] = []
    again = fit(learner, split, save=save, on_start=started.append, on_progress=told.append)
    assert started == [after]
    assert sum(len(new.metrics) for new in told) == EPOCHS
    np.testing.assert_array_equal(again.metrics, run.metrics)
    np.testing.assert_array_equal(again.row_losses, run.row_losses)
    for one, other in ((again.best, run.best), (again.last, run.last)):
        for mine, theirs in zip(one.values, other.values, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_several_runs_in_one_go_are_the_single_ones(tmp_path: Path):
    split = rows_of("binary")
    learner = Keras.of(binary, split.task, 4)
    asked = iter([False] * (EPOCHS + 1) + [True])
    save = tmp_path / "0-1.npz"
    watching = Watching(save=save, interrupted=lambda: next(asked))
    with pytest.raises(Interrupted):  # in the second epoch of the second run
        learner.fit(split, PLAN, seed=SEED, repeats=[0, 1], watching=watching)
    started: list[int] = []
    watching = Watching(save=save, on_start=started.append)
    runs = learner.fit(split, PLAN, seed=SEED, repeats=[0, 1], watching=watching)
    assert started == [EPOCHS, 2]
    for run in runs:
        np.testing.assert_array_equal(run.metrics, fit(learner, split, repeat=run.repeat).metrics)


def test_a_model_that_is_not_compiled_trains_by_the_plan():
    """Its target is scaled, and everything is told in the target's own units."""
    split = rows_of("regression")

    def build() -> keras.Model:
        return keras.Sequential([Dense(16, "relu"), Dense(1)])

    learner = Keras.of(build, split.task, 4)
    assert learner.description.scaled
    run = fit(learner, split, Plan(BATCH, 60, learning_rate=0.01))
    rest = split.y_validation - learner.predict(run.last, split.x_validation, split.task)
    np.testing.assert_allclose(run.metrics[-1, 4:], [np.mean(rest**2), np.mean(np.abs(rest))], 1e-4)
    assert run.metrics[-1, 4] < 0.7 * split.y_validation.var()
    np.testing.assert_array_equal(run.learning_rate, np.full(60, 0.01, np.float32))


def test_the_plans_schedule_goes_on_within_epochs():
    schedule = inverse_time_decay(0.01, 2)
    made = plan_optimizer(Plan(learning_rate=schedule, max_epochs=9), 10, None)
    rates = [float(made._learning_rate(step)) for step in range(90)]
    np.testing.assert_allclose(rates, schedule.at(np.arange(90) / 10), rtol=0.05)
    np.testing.assert_allclose(rates[::10], schedule.at(np.arange(9)), rtol=1e-6)


def test_it_is_stored_without_code_and_read_again(
    trained: tuple[Callable, Keras, Split, TrainedRun],
):
    build, learner, split, run = trained
    stored = to_stored(learner)
    again = from_stored(stored)
    assert again == learner
    assert to_stored(as_learner(build, split.task, 4)) == stored  # whatever was built before
    assert again.size(4, split.task) == learner.size(4, split.task)
    unknown = from_stored({**stored, "given": "0" * 64})  # in a process without the function
    expected = learner.predict(run.best, split.x_validation, split.task)
    if learner.description.name == "Wide":
        with pytest.raises(UserError, match=r"^Wide is an object of yours"):
            unknown.predict(run.best, split.x_validation, split.task)
    else:
        found = unknown.predict(run.best, split.x_validation, split.task)
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(UserError, match="is an object of yours"):
        unknown.fit(split, PLAN, seed=0, repeats=[0], watching=Watching())


def copy_of(learner: Keras) -> Any:
    return bare(kept(learner.given), dict(learner.settings), 4, 1)


def test_knobs_are_read_from_layers_and_turned_on_a_copy():
    split = rows_of("binary")
    learner = Keras.of(binary, split.task, 4)
    stands = {knob.name: knob.value for knob in learner.knobs()}
    assert stands == {
        "units": (8,),
        "dropout": pytest.approx(0.3),
        "l1": 0.0,
        "l2": pytest.approx(0.01),
        "weight_decay": 0.0,
    }
    other = learner.changed({"units": 0.5, "dropout": 0.6}).changed({"l2": 0.1})
    assert other.description.units == (4,)
    assert other.description.dropout == 0.6
    assert other.description.l2 == pytest.approx(0.1)
    assert other.size(4, split.task).count == 4 * 4 + 4 + 4 + 1
    assert is_plainer(other, learner)
    assert not is_plainer(learner, other)
    assert same_shape(learner.changed({"l2": 0.0}), learner)
    assert remedies_over(learner, learner.changed({"weight_decay": 0.1})) == ["weight decay"]
    run = fit(other, split)
    assert [one.shape for one in run.last.values] == [(4, 4), (4,), (4, 1), (1,)]


def test_weight_decay_shrinks_kernels_by_its_share_of_the_learning_rate():
    kernel, bias = (keras.Variable(np.ones(3, np.float32), name=n) for n in ("kernel", "bias"))
    optimizer = with_weight_decay(keras.optimizers.SGD(0.5), 0.1)
    optimizer.apply([np.zeros(3, np.float32)] * 2, [kernel, bias])
    np.testing.assert_allclose(kernel, np.full(3, 0.95), rtol=1e-6)
    np.testing.assert_array_equal(bias, np.ones(3))


def test_dropout_is_put_behind_activations_where_there_is_none():
    learner = Keras.of(multiclass, rows_of("multiclass").task, 4)
    found = [name for name, *_ in learner.changed({"dropout": 0.4}).description.layers]
    assert found[2:5] == [
        "batch_normalization (BatchNormalization)",
        "activation (Activation)",
        "dropout (Dropout)",
    ]
    assert learner.changed({"units": 2.0}).description.units == (16,)


def test_penalties_without_a_hidden_layer_are_those_of_the_only_kernel():
    split = rows_of("binary")
    linear = Keras.of(lambda: keras.Sequential([Dense(1)]), split.task, 4)
    assert [knob.name for knob in linear.knobs()] == ["l1", "l2", "weight_decay"]
    strong = linear.changed({"l2": 10.0})
    run = fit(strong, split)
    penalty = 10 * np.sum(run.last.values[0] ** 2)
    assert run.metrics[-1, 3] - run.metrics[-1, 4] == pytest.approx(penalty, rel=1e-4)


def test_a_copy_keeps_what_a_layer_has_seen():
    split = rows_of("binary")

    def build() -> keras.Model:
        seen = keras.layers.Normalization()
        seen.adapt(split.x_train * 3 + 5)
        return keras.Sequential([keras.Input((4,)), seen, Dense(4, "relu"), Dense(1)])

    learner = Keras.of(build, split.task, 4).changed({"units": 2.0})
    mean = copy_of(learner).layers[0].mean
    np.testing.assert_allclose(np.ravel(mean), split.x_train.mean(0) * 3 + 5, rtol=1e-4)
    weights = Weights(("",) * 7, tuple(copy_of(learner).get_weights()))
    elsewhere = Keras.from_dict({**learner.as_dict(), "given": "0" * 64})
    found = [one.predict(weights, split.x_train, split.task) for one in (learner, elsewhere)]
    np.testing.assert_array_equal(*found)


def test_a_layer_that_counts_what_it_has_seen_comes_back(tmp_path: Path):
    split = rows_of("binary")

    def build() -> keras.Model:
        seen = keras.layers.Normalization()
        seen.adapt(split.x_train)
        return keras.Sequential([keras.Input((4,)), seen, Dense(1)])

    learner = Keras.of(build, split.task, 4)
    values = tuple(np.asarray(one) for one in copy_of(learner).get_weights())
    assert () in [value.shape for value in values]
    learner.save(Weights(tuple(map(str, range(len(values)))), values), tmp_path / "weights")
    found = learner.load(tmp_path / "weights")
    assert [one.shape for one in found.values] == [one.shape for one in values]
    assert learner.predict(found, split.x_train, split.task).shape == (len(split.x_train),)


def test_branches_are_changed_together_or_not_at_all():
    def skip(features: int) -> keras.Model:
        inputs = keras.Input((features,))
        first = Dense(8, "relu")(inputs)
        second = keras.layers.Add()([first, Dense(8, "relu")(first)])
        return keras.Model(inputs, Dense(1)(second))

    def wide_and_deep(features: int) -> keras.Model:
        inputs = keras.Input((features,))
        deep = Dense(4, "relu")(inputs)
        return keras.Model(inputs, Dense(1)(keras.layers.Add()([inputs, deep])))

    assert Keras.of(skip, BINARY, 4).changed({"units": 0.5}).description.units == (4, 4)
    fixed = Keras.of(wide_and_deep, BINARY, 4)
    assert [knob.name for knob in fixed.knobs()] == ["dropout", "l1", "l2", "weight_decay"]


def test_nothing_is_known_of_a_class_of_the_callers_own():
    learner = Keras.of(subclassed, BINARY, 4)
    assert [knob.name for knob in learner.knobs()] == ["weight_decay"]
    assert "No knob of its layers is known" in str(learner.description)
    other = Keras.of(lambda: subclassed(), BINARY, 4)
    assert not is_plainer(learner.changed({"weight_decay": 0.1}), other)
    assert is_plainer(learner.changed({"weight_decay": 0.1}), learner)


def test_two_outputs_are_a_binary_task_too():
    split = rows_of("binary")

    def build() -> keras.Model:
        model = keras.Sequential([Dense(8, "relu"), Dense(2, "softmax")])
        model.compile("adam", "categorical_crossentropy")
        return model

    learner = Keras.of(build, split.task, 4)
    run = fit(learner, split)
    outputs = learner.predict(run.last, split.x_validation, split.task)
    assert outputs.shape == (64,)
    chances = np.asarray(learner.model(run.last)(split.x_validation))
    np.testing.assert_allclose(1 / (1 + np.exp(-outputs)), chances[:, 1], rtol=1e-4)
    np.testing.assert_allclose(run.metrics[:, 0], run.metrics[:, 1], rtol=1e-5)


def test_a_loss_of_ones_own_is_the_loss_with_penalties():
    split = rows_of("binary")

    def brier(y: Any, chance: Any) -> Any:
        return keras.ops.mean(keras.ops.square(y - chance), axis=-1)

    def build() -> keras.Model:
        model = keras.Sequential([Dense(4, "relu"), Dense(1, "sigmoid")])
        model.compile("adam", brier)
        return model

    learner = Keras.of(build, split.task, 4)
    run = fit(learner, split)
    chance = 1 / (1 + np.exp(-learner.predict(run.last, split.x_validation, split.task)))
    assert run.metrics[-1, 3] == pytest.approx(np.mean((chance - split.y_validation) ** 2), 1e-4)
    assert run.metrics[-1, 4] > run.metrics[-1, 3]


SAME = keras.Sequential([Dense(1)])
LAYER = Dense(1)


def compiled(last: Any, loss: Any) -> Callable[[], keras.Model]:
    def build() -> keras.Model:
        model = keras.Sequential([Dense(4), last() if callable(last) else last])
        model.compile("adam", loss)
        return model

    return build


class Silent(keras.Model):
    """Trains by itself and tells no metric."""

    def __init__(self) -> None:
        super().__init__()
        self.last = Dense(1)

    def call(self, x: Any) -> Any:
        return self.last(x)

    def train_step(self, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
        del data
        return {"loss": 0.0}, state


def silent() -> keras.Model:
    model = Silent()
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    return model


LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: SAME, "gives the same model each time; make everything inside of it"),
        (lambda: keras.Sequential([Dense(3), LAYER]), "gives models with the same layers"),
        (SAME, "Sequential is one model, and each run needs a new one; give a function"),
        (lambda: keras.Sequential([Dense(3)]), r"gives outputs of shape \(2, 3\) for 2 rows; a"),
        (
            lambda: keras.Sequential([keras.Input((9,)), Dense(1)]),
            "takes 9 features, and the rows have 4; leave the number out",
        ),
        (lambda: keras.Sequential([keras.layers.Flatten(), Dense(0)]), "the function fails: "),
        (lambda units: keras.Sequential([Dense(units)]), "needs 'units', which nobody gives"),
        (lambda: None, "gives nothing; it must give a keras.Model or torch.nn.Module"),
        (lambda: 1 / 0, "the function fails: division by zero"),
        (compiled(lambda: Dense(1), "binary_crossentropy"), "the last layer is linear; say from_"),
        (compiled(lambda: Dense(1, "sigmoid"), LOGITS), "the last layer gives probabilities"),
        (compiled(lambda: Dense(1), "mse"), "mean_squared_error does not suit a binary task; take"),
        (
            compiled(lambda: Dense(2), LOGITS),
            "does not suit a binary task with 2 outputs; take sparse_categorical_crossentropy",
        ),
        (Wide, "nobody can tell whether its outputs are probabilities; compile it with a loss"),
        (lambda: keras.Model(i := keras.Input((4,)), [Dense(1)(i)] * 2), "gives several outputs"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(build: Any, says: str):
    with pytest.raises(UserError, match=says) as caught:
        as_learner(build, BINARY, 4)
    assert "\n" not in str(caught.value)


def test_losses_of_classes_do_not_suit_a_number():
    with pytest.raises(UserError, match="does not suit a regression task; take mean_squared"):
        as_learner(compiled(lambda: Dense(1), LOGITS), REGRESSION, 4)


def test_what_fails_in_training_is_said_in_one_line():
    split = rows_of("binary")
    with pytest.raises(UserError, match="its own train_step tells no 'binary_crossentropy'"):
        fit(Keras.of(silent, BINARY, 4), split)
    bare = Keras.of(lambda: keras.Sequential([Dense(1)]), BINARY, 4)
    with pytest.raises(UserError, match="Keras has no optimizer 'yogi'; compile the model"):
        fit(bare, split, Plan(optimizer="yogi"))
    with pytest.raises(UserError, match=r"Keras' sgd does not work with options \{'mood': 1\}"):
        fit(bare, split, Plan(optimizer="sgd", optimizer_options={"mood": 1}))
    torch = Keras.from_dict(to_stored_on(bare, "torch"))
    with pytest.raises(UserError, match="made with Keras on torch, and this program has loaded"):
        fit(torch, split)
    wrong = Weights(("a",), (np.zeros((2, 2), np.float32),))
    with pytest.raises(UserError, match="these weights are those of another model"):
        bare.predict(wrong, split.x_train, BINARY)


def to_stored_on(learner: Keras, backend: str) -> dict[str, Any]:
    stored = learner.as_dict()
    return {**stored, "network": {**stored["network"], "library": f"Keras on {backend}"}}


def test_a_function_that_cannot_be_sent_is_refused(tmp_path: Path):
    with (tmp_path / "open").open("w") as file:

        def build() -> keras.Model:
            file.write("built")
            return keras.Sequential([Dense(1)])

        with pytest.raises(UserError, match=r"^build cannot be sent to a training process"):
            as_learner(build, BINARY, 4)
