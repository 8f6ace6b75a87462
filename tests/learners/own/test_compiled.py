"""Keras models on the compiled loop, held against Keras' own `fit` with the same rows in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from learners.keras_twin import give
from learners.own.rows import simulated

import fitscope as fs
from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.mlp.train import train
from fitscope.learners.streams import WEIGHTS, epoch_order, stream

layers, optimizers = keras.layers, keras.optimizers
schedules, L2 = keras.optimizers.schedules, keras.regularizers.L2
SEED, REPEAT, EPOCHS, BATCH = 5, 1, 5, 16
ROWS = 64
STEPS = ROWS // BATCH
PLAN = fs.Plan(batch_size=BATCH, max_epochs=EPOCHS, stopping=None)
LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)


def compiled(optimizer: Any, loss: Any, *parts: Any) -> keras.Sequential:
    model = keras.Sequential(list(parts))
    model.compile(optimizer, loss)
    return model


def guide() -> keras.Model:
    """As TensorFlow's guide writes its regularized model, without dropout."""
    decayed = schedules.InverseTimeDecay(0.02, decay_steps=STEPS * 2, decay_rate=1, staircase=False)
    return compiled(
        optimizers.Adam(decayed),
        LOGITS,
        layers.Dense(8, kernel_regularizer=L2(0.01), activation="elu"),
        layers.Dense(8, kernel_regularizer=L2(0.01), activation="elu"),
        layers.Dense(1),
    )


def functional(features: int) -> keras.Model:
    """Activations as layers, normalization before them, probabilities at the end."""
    inputs = hidden = keras.Input((features,))
    for units in (6, 5):
        hidden = layers.Dense(units, use_bias=True)(hidden)
        hidden = layers.BatchNormalization()(hidden)
        hidden = layers.ReLU()(hidden)
    model = keras.Model(inputs, layers.Activation("softmax")(layers.Dense(3)(hidden)))
    model.compile(
        optimizers.RMSprop(schedules.ExponentialDecay(0.01, 2 * STEPS, 0.5)),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    return model


def nesterov() -> keras.Model:
    return compiled(
        optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        "binary_crossentropy",
        *(layers.Dense(7), layers.LeakyReLU(negative_slope=0.2)),
        layers.Dense(1, activation="sigmoid"),
    )


def linear() -> keras.Model:
    return compiled(
        optimizers.Adam(schedules.CosineDecay(0.05, 4 * STEPS, alpha=0.1), beta_1=0.8),
        "sparse_categorical_crossentropy",
        layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.L1(0.001)),
    )


CASES = {guide: "binary", functional: "multiclass", nesterov: "binary", linear: "multiclass"}


@pytest.mark.parametrize("build", CASES, ids=lambda one: one.__name__)
def test_the_compiled_loop_computes_what_keras_fit_computes(build):
    split = simulated(CASES[build], rows=128, train=ROWS)
    network, plan = fs.from_keras(build, split, PLAN)
    (mine,) = train(network, plan, split, seed=SEED, repeats=[REPEAT])
    theirs: Any = model_of(build, split.features)
    weights = network.init(split.features, stream(SEED, REPEAT, WEIGHTS), split.task.outputs)
    give(theirs, weights, network.init_state())
    losses = []
    for epoch in range(EPOCHS):
        order = epoch_order(ROWS, SEED, REPEAT, epoch)
        fitted = theirs.fit(
            split.x_train[order], split.y_train[order], BATCH, shuffle=False, verbose=0
        )
        losses += fitted.history["loss"]
    np.testing.assert_allclose(mine.history(split.task)["loss"], losses, rtol=1e-4, atol=1e-5)
    assert abs(losses[0] - losses[-1]) > 0.02  # something was learnt, so something compared
    outputs = network.predict(mine.last, split.x_validation, split.task)
    wanted = raw(theirs)(split.x_validation)
    np.testing.assert_allclose(outputs, np.reshape(wanted, outputs.shape), rtol=2e-3, atol=1e-4)


def model_of(build: Callable[..., keras.Model], features: int) -> keras.Model:
    """The model with layers that are named as fitscope's are."""
    keras.backend.clear_session(free_memory=False)
    model = build(features) if build is functional else build()
    model.build((None, features))
    return model


def raw(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """Outputs before the activation that makes probabilities of them."""
    last = [one for one in model.layers if isinstance(one, layers.Dense)][-1]
    last.activation = keras.activations.linear
    at = model.layers.index(last)
    tail = model.layers[at + 1 :]
    assert all(isinstance(one, layers.Activation) for one in tail)
    for one in tail:
        one.activation = keras.activations.linear
    return lambda x: np.asarray(model(x))


def test_without_a_compile_the_plan_stays(simulated_binary):
    model = keras.Sequential([layers.Dense(4, "tanh"), layers.Dropout(0.25), layers.Dense(1)])
    plan = fs.Plan(optimizer="lion", learning_rate=0.01)
    assert fs.from_keras(model, simulated_binary, plan) == (
        fs.MLP(4, activation="tanh", dropout=0.25),
        plan,
    )


def test_a_twin_of_a_network_is_that_network(simulated_binary):
    for network in (
        fs.MLP(),
        fs.MLP(l2=0.5),
        fs.MLP(8, 3, noise=0.1, dropout=0.5, l1=0.125, activation="gelu"),
        fs.MLP(8, 3, batch_norm=True, activation="linear"),
    ):
        found, plan = fs.from_keras(network.keras, simulated_binary)
        assert (found, plan) == (network, fs.Plan())


@pytest.fixture(scope="module")
def simulated_binary() -> Split:
    return simulated("binary", rows=128, train=ROWS)


def hidden(**settings: Any) -> Callable[[], keras.Model]:
    def build() -> keras.Model:
        parts = [layers.Dense(4, **settings), layers.Dense(4), layers.Dense(1)]
        return compiled("adam", LOGITS, *parts)

    return build


def ending(*parts: Any, optimizer: Any = "adam", loss: Any = LOGITS) -> Callable[[], keras.Model]:
    return lambda: compiled(optimizer, loss, layers.Dense(4, "relu"), *parts)


def branching(features: int) -> keras.Model:
    inputs = keras.Input((features,))
    hidden = layers.Dense(features)(inputs)
    return keras.Model(inputs, layers.Dense(1)(layers.Add()([inputs, hidden])))


class Own(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.last = layers.Dense(1)

    def call(self, x: Any) -> Any:
        return self.last(x)


def own() -> keras.Model:
    model = Own()
    model.compile("adam", LOGITS)
    return model


LAST = layers.Dense
REFUSED = {
    "a class of your own": own,
    "layers that branch": branching,
    "use_bias False in the Dense layer": hidden(activation="relu", use_bias=False),
    "kernel_initializer 'HeNormal()' in the Dense layer": hidden(
        activation="relu", kernel_initializer="he_normal"
    ),
    "activation 'linear' in the Dense layer": hidden(activation="relu"),
    "the activation mish": hidden(activation="mish"),
    "momentum 0.9 in the BatchNormalization": lambda: compiled(
        "adam", LOGITS, LAST(4), layers.BatchNormalization(momentum=0.9), layers.ReLU(), LAST(1)
    ),
    "activation 'relu' in the Dense layer": lambda: compiled(
        "adam", LOGITS, LAST(4, "relu"), layers.BatchNormalization(), LAST(1)
    ),
    "has a Dropout layer": ending(LAST(4, "relu"), layers.Dropout(0.5), LAST(1)),
    "the LayerNormalization layer": ending(layers.LayerNormalization(), LAST(1)),
    "the loss BinaryFocalCrossentropy": ending(
        LAST(1), loss=keras.losses.BinaryFocalCrossentropy(from_logits=True)
    ),
    "two outputs for two labels": ending(
        LAST(2), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    ),
    "activation 'relu' in the Dense layer 'logits'": ending(LAST(1, "relu", name="logits")),
    "activation 'hard_sigmoid' in the Dense": ending(
        LAST(1, "hard_sigmoid"), loss="binary_crossentropy"
    ),
    "the optimizer Nadam": ending(LAST(1), optimizer="nadam"),
    "clipnorm=1.0": ending(LAST(1), optimizer=optimizers.Adam(clipnorm=1.0)),
    "the optimizer AdamW": ending(LAST(1), optimizer="adamw"),
    "a learning rate whose schedule": ending(
        LAST(1), optimizer=optimizers.Adam(schedules.PolynomialDecay(0.1, 10))
    ),
    "momentum beside a learning rate": ending(
        LAST(1), optimizer=optimizers.SGD(schedules.ExponentialDecay(0.1, 10, 0.5), momentum=0.5)
    ),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_the_loop_does_not_compute_is_refused(words, simulated_binary):
    with pytest.raises(UserError) as refused:
        fs.from_keras(REFUSED[words], simulated_binary)
    assert words in str(refused.value)
    assert str(refused.value).endswith(
        "give the function that builds it to the study: then Keras trains it"
    )


def test_a_compiled_regression_is_refused():
    split = simulated("regression", rows=40, train=20)
    build = ending(LAST(1), loss="mse")
    with pytest.raises(UserError, match="leave it uncompiled"):
        fs.from_keras(build, split)
