"""Parameter counts, summaries, fresh weights and settings, against Keras."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learners.keras_twin import take, twin
from scipy import stats

from fitscope.errors import UserError
from fitscope.learners.knobs import is_plain, is_plainer, remedies_over, same_shape
from fitscope.learners.mlp.activations import ACTIVATIONS
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.report.notebook.models import layers_html
from fitscope.task import BINARY

models = st.builds(
    lambda hidden, **rest: MLP(*hidden, **rest),
    st.lists(st.integers(1, 40), max_size=3),
    activation=st.sampled_from(ACTIVATIONS),
    l1=st.sampled_from([0.0, 1e-5, 0.25]),
    l2=st.sampled_from([0.0, 1e-3, 0.5]),
    weight_decay=st.sampled_from([0.0, 0.01]),
    dropout=st.sampled_from([0.0, 0.2, 0.5]),
    batch_norm=st.booleans(),
    noise=st.sampled_from([0.0, 0.25]),
    mix=st.sampled_from([0.0, 0.5]),
    batch_size=st.sampled_from([None, 1, 32]),
)


@pytest.mark.parametrize(
    ("hidden", "parameters"),
    [((16,), 481), ((16, 16), 753), ((64, 64, 64), 10_241), ((512,) * 4, 803_329)],
)
def test_the_guides_models_have_the_guides_parameters(hidden: tuple[int, ...], parameters: int):
    assert MLP(*hidden).parameters(features=28) == parameters


@settings(max_examples=10, deadline=None)
@given(model=models, features=st.integers(1, 30), outputs=st.integers(1, 4))
def test_summary_and_fresh_weights_are_those_of_keras(model: MLP, features: int, outputs: int):
    network = twin(model, features, outputs)
    # fitscope counts the activation to the batch normalization before it
    layers = [x for x in network.layers if not isinstance(x, keras.layers.Activation)]
    summary = model.summary(features, outputs)
    assert summary.rows() == [
        (f"{x.name} ({type(x).__name__})", f"{x.output.shape}", f"{x.count_params():,}")
        for x in layers
    ]
    assert summary.trainable + summary.non_trainable == network.count_params()
    trainable = [int(np.prod(weight.shape)) for weight in network.trainable_weights]
    assert model.parameters(features, outputs) == summary.trainable == sum(trainable)

    lines: list[str] = []
    network.summary(print_fn=lambda text, **_: lines.extend(text.splitlines()))
    printed = [line.strip() for line in lines if "params:" in line]
    assert summary.totals() == printed
    assert all(line in str(summary) for line in printed)
    assert all(line in layers_html(summary) for line in printed)

    for mine, theirs in zip(
        (model.init(features, outputs=outputs), model.init_state()), take(network), strict=True
    ):
        assert shapes(mine) == shapes(theirs)
        for layer, values in mine.items():
            for name, value in values.items():
                if name != "kernel":  # biases, and batch normalization, start as in Keras
                    np.testing.assert_array_equal(value, theirs[layer][name])


def shapes(part: dict) -> dict:
    return {(n, k): (v.shape, v.dtype) for n, x in part.items() for k, v in x.items()}


def test_kernels_are_glorot_uniform():
    kernel = MLP(300).init(100, seed=7)["dense"]["kernel"]
    limit = np.sqrt(6 / 400)
    assert np.abs(kernel).max() <= limit
    assert stats.kstest(kernel.ravel(), stats.uniform(-limit, 2 * limit).cdf).pvalue > 1e-3
    # and as widely spread as those of Keras' own initializer
    theirs = np.asarray(keras.initializers.GlorotUniform(seed=1)((100, 300)))
    assert stats.ks_2samp(kernel.ravel(), theirs.ravel()).pvalue > 1e-3


def test_seeds_make_weights():
    model = MLP(6, 4)

    def weights(seed: int | np.random.SeedSequence) -> np.ndarray:
        params = model.init(3, seed)
        return np.concatenate([layer["kernel"].ravel() for layer in params.values()])

    np.testing.assert_array_equal(weights(5), weights(5))
    np.testing.assert_array_equal(weights(5), weights(np.random.SeedSequence(5)))
    assert not np.any(weights(5) == weights(6))


@given(model=models)
def test_settings_survive_json(model: MLP):
    again = MLP.from_dict(json.loads(json.dumps(model.as_dict())))
    assert again == model
    assert hash(again) == hash(model)
    assert eval(repr(model)) == model


def test_numpy_integers_are_whole_numbers():
    model = MLP(np.int64(3), np.int32(2))
    assert model == MLP(3, 2)
    assert json.loads(json.dumps(model.as_dict()))["hidden"] == [3, 2]


def test_a_model_cannot_be_changed():
    with pytest.raises(AttributeError):
        MLP(3).l2 = 1.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        ({"l1": 1e-3}, "L1"),
        ({"l2": 1e-3}, "L2"),
        ({"weight_decay": 0.1}, "weight decay"),
        ({"dropout": 0.2}, "dropout"),
        ({"batch_norm": True}, "batch normalization"),
        ({"noise": 0.1}, "input noise"),
        ({"mix": 0.2}, "mixing of rows"),
        ({"batch_size": 32}, "small batches"),
    ],
)
def test_remedies(remedy: dict, words: str):
    plain, mended = MLP(16, 8), MLP(16, 8, **remedy)
    assert is_plain(plain)
    assert not is_plain(mended)
    assert same_shape(plain, mended)
    assert remedies_over(plain, mended) == remedies_over(None, mended) == [words]
    assert remedies_over(mended, plain) == []
    assert is_plainer(mended, plain)
    assert not is_plainer(plain, mended)


def test_stronger_remedies_are_plainer():
    assert is_plainer(MLP(8, batch_size=16, noise=0.2), MLP(8, batch_size=64, noise=0.1))
    assert remedies_over(MLP(8, batch_size=64), MLP(8, batch_size=16)) == ["small batches"]
    assert not is_plainer(MLP(8, batch_size=16), MLP(8, noise=0.1))


def test_steps_are_of_its_own_batch_size_or_of_the_plans():
    plan = Plan(batch_size=50)
    assert [model.batch(plan, 120) for model in (MLP(8), MLP(8, batch_size=7))] == [50, 7]
    assert MLP(8, batch_size=200).batch(plan, 120) == 120
    half = MLP(8, batch_size=25).work(3, BINARY, plan, 120)
    assert MLP(8).work(3, BINARY, plan, 120) == 2 * half == 6 * 41 * 50


def test_models_stored_before_there_was_noise_are_read():
    stored = {
        "hidden": [16], "activation": "elu", "l1": 0.0, "l2": 0.1, "weight_decay": 0.0,
        "dropout": 0.0, "batch_norm": False,
    }  # fmt: skip
    assert MLP.from_dict(stored) == MLP(16, l2=0.1)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((0,), {}),
        ((-1,), {}),
        ((True,), {}),
        ((2.5,), {}),
        (("16",), {}),
        (([16, 16],), {}),
        ((16,), {"activation": "eluu"}),
        ((16,), {"activation": None}),
        *[
            ((16,), {name: bad})
            for name in ("l1", "l2", "weight_decay", "noise", "mix")
            for bad in (-1e-9, np.nan, np.inf, True)
        ],
        *[((16,), {"dropout": bad}) for bad in (-0.1, 1.0, 1.5, np.nan, np.inf)],
        *[((16,), {"batch_size": bad}) for bad in (0, -1, 2.5, True, 2**31)],
    ],
)
def test_settings_that_make_no_sense(arguments: tuple, options: dict):
    with pytest.raises(UserError) as caught:
        MLP(*arguments, **options)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["l1", "l2", "weight_decay", "dropout", "noise", "mix"])
@pytest.mark.parametrize("bad", ["0.1", None])
def test_settings_of_the_wrong_type(name: str, bad: object):
    with pytest.raises(UserError, match=name):
        MLP(16, **{name: bad})  # type: ignore[arg-type]
