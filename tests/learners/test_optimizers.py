"""Adam against Keras' Adam, the others against Optax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import pytest

from fitscope.errors import UserError
from fitscope.learners.mlp.optimizer_names import OPTIMIZERS
from fitscope.learners.mlp.optimizers import optimizer
from fitscope.learners.mlp.schedules import inverse_time_decay

STEPS, STEPS_AN_EPOCH = 36, 4


def gradients() -> list[dict[str, np.ndarray]]:
    """Large and small ones, and some near Adam's epsilon, where its place in the formula shows."""
    random = np.random.default_rng(0)
    size = np.array([10.0, 1.0, 1e-3, 1e-6, 1e-7, 1e-8, 0.0])
    return [
        {
            "a": (size * random.normal(size=7)).astype(np.float32),
            "b": random.normal(size=(2, 3)).astype(np.float32),
        }
        for _ in range(STEPS)
    ]


def start() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    return {
        name: random.normal(size=g.shape).astype(np.float32) for name, g in gradients()[0].items()
    }


def walk(made: optax.GradientTransformation) -> dict[str, np.ndarray]:
    """The parameters after each step: {name: [steps, ...]}."""

    def step(carry: Any, gradient: Any) -> tuple[Any, Any]:
        params, state = carry
        updates, state = made.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
        return (params, state), params

    every = jax.tree.map(lambda *leaves: jnp.stack(leaves), *gradients())
    params = jax.tree.map(jnp.asarray, start())
    _, path = jax.jit(lambda p: jax.lax.scan(step, (p, made.init(p)), every))(params)
    return jax.tree.map(np.asarray, path)


@pytest.mark.parametrize(
    ("options", "keras_options"),
    [
        ({}, {"epsilon": 1e-7}),
        ({"b1": 0.7, "b2": 0.9, "eps": 1e-3}, {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3}),
    ],
)
def test_adam_is_keras_adam(options: dict, keras_options: dict):
    schedule = inverse_time_decay(1e-2, decay_epochs=3, decay_rate=1.5)
    rate: Callable = lambda step: schedule.at(step / jnp.float32(STEPS_AN_EPOCH))  # noqa: E731
    mine = walk(optimizer("adam", rate, options))

    theirs = keras.optimizers.Adam(
        keras.optimizers.schedules.InverseTimeDecay(1e-2, 3 * STEPS_AN_EPOCH, 1.5), **keras_options
    )
    variables = {name: keras.Variable(value) for name, value in start().items()}
    for number, gradient in enumerate(gradients()):
        theirs.apply([jnp.asarray(gradient[n]) for n in variables], list(variables.values()))
        for name, variable in variables.items():
            np.testing.assert_allclose(
                mine[name][number], variable, rtol=2e-6, atol=1e-6, err_msg=f"step {number}"
            )
    # with epsilon where Optax has it, the steps on tiny gradients are others
    elsewhere = walk(optax.adam(rate, eps=1e-7))
    assert np.abs(elsewhere["a"][0] - mine["a"][0]).max() > 1e-3 or options


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("adamw", {"weight_decay": 0.1}),
        ("sgd", {}),
        ("sgd", {"momentum": 0.9}),
        ("sgd", {"momentum": 0.9, "nesterov": True}),
        ("nadam", {"b1": 0.8}),
        ("rmsprop", {"decay": 0.8}),
        ("adagrad", {}),
        ("lion", {}),
        ("lamb", {}),
    ],
)
def test_other_names_are_optax(name: str, options: dict):
    schedule = inverse_time_decay(0.1, decay_epochs=3)
    mine = walk(optimizer(name, schedule.at, options))
    theirs = walk(getattr(optax, name)(schedule.at, **options))
    for part in mine:
        np.testing.assert_array_equal(mine[part], theirs[part])
        assert np.any(mine[part][0] != mine[part][-1])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_name_that_a_plan_knows_is_one_of_optax(name: str):
    optimizer(name, lambda step: 0.1, {})  # noqa: ARG005


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("adamm", {}, "adamm"),
        ("", {}, "unknown optimizer"),
        ("Adam", {}, "Adam"),
        ("chain", {}, "chain"),  # in Optax, but no optimizer
        ("contrib", {}, "contrib"),
        ("__doc__", {}, "__doc__"),
        (None, {}, "unknown optimizer"),
        (7, {}, "7"),
        ("adam", {"momentum": 0.9}, "momentum"),
        ("sgd", {"beta": 0.9}, "beta"),
        ("sgd", {"learning_rate": 0.9}, "learning_rate"),
        ("adam", {"b1": "much"}, "b1"),
        ("adamw", {"weight_decay": "much"}, "weight_decay"),
        ("lbfgs", {}, "lbfgs"),  # needs more than gradients
    ],
)
def test_what_does_not_exist_or_does_not_work(name: Any, options: dict, says: str):
    with pytest.raises(UserError, match=says) as caught:
        optimizer(name, lambda step: 0.1, options)  # noqa: ARG005
    assert len(str(caught.value).splitlines()) == 1
