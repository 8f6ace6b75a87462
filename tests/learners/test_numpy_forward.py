"""Predictions without JAX are the ones with it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Float32

from fitscope.learners.mlp import numpy_forward
from fitscope.learners.mlp.activations import ACTIVATIONS, activation
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.numpy_forward import BLOCK, activate, outputs
from fitscope.task import BINARY

models = st.builds(
    lambda hidden, **rest: MLP(*hidden, **rest),
    st.lists(st.sampled_from([1, 5, 40]), max_size=3),
    activation=st.sampled_from(ACTIVATIONS),
    dropout=st.sampled_from([0.0, 0.5]),
    batch_norm=st.booleans(),
    noise=st.sampled_from([0.0, 0.5]),
    mix=st.sampled_from([0.0, 0.5]),
)


def weights(model: MLP, features: int, labels: int) -> tuple[dict, dict]:
    """Weights as training leaves them: biases and moving averages are not 0 and 1."""
    random = np.random.default_rng(1)
    params, state = model.init(features, 1, labels), model.init_state()
    for part in (params, state):
        for values in part.values():
            for name, value in values.items():
                if name != "kernel":
                    values[name] = value + random.uniform(0, 1, value.shape).astype(np.float32)
    return params, state


@settings(max_examples=25, deadline=None)
@given(
    model=models,
    labels=st.sampled_from([1, 3]),
    rows=st.sampled_from([0, 1, 7, BLOCK, 2 * BLOCK + 3]),
    scale=st.sampled_from([1e-3, 1.0, 30.0]),
)
def test_outputs_are_those_of_jax(model: MLP, labels: int, rows: int, scale: float):
    x = (scale * np.random.default_rng(2).normal(size=(rows, 4))).astype(np.float32)
    params, state = weights(model, 4, labels)
    found = outputs(model, params, state, x)
    expected = np.asarray(model.apply(params, x, state))
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5 * max(1.0, scale))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("expm1_is_fast", [False, True])
def test_activations_are_those_of_jax(
    name: str, expm1_is_fast: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(numpy_forward, "_expm1_is_fast", lambda: expm1_is_fast)
    x: Float32[np.ndarray, " n"] = np.concatenate(
        [np.linspace(-12, 12, 4_001), [0.0, -0.0, 1e-30, -1e-30, 88.0, -88.0, 1e4, -1e4]]
    ).astype(np.float32)
    with np.errstate(over="raise", invalid="raise"):
        found = activate(name, x.copy())
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, activation(name)(x), rtol=2e-5, atol=2e-7)


def test_gaps_stay_gaps():
    with np.errstate(invalid="raise"):
        assert np.isnan(activate("elu", np.float32([np.nan]))).all()
    assert activate("elu", np.float32([np.inf, -np.inf])).tolist() == [np.inf, -1]


def test_predictions_load_no_jax():
    program = (
        "import sys, numpy as np; from fitscope.learners.mlp.network import MLP; "
        "from fitscope.task import BINARY; model = MLP(4); "
        "model.predict((model.init(3), {}), np.zeros((2, 3), np.float32), BINARY); "
        "print(sorted({'jax', 'polars', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_predictions_take_other_types():
    model = MLP(3)
    params = model.init(2)
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(
        model.predict((params, {}), x, BINARY), model.apply(params, x.astype(np.float32)), rtol=1e-5
    )
