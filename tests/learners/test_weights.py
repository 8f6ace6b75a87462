"""Weights on disk: readable by anybody, and nothing damaged is loaded."""

from __future__ import annotations

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from fitscope.errors import UserError
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.weights import load_weights, save_weights


def moved(part: dict) -> dict:
    random = np.random.default_rng(0)
    return {
        layer: {name: random.normal(size=v.shape).astype(np.float32) for name, v in values.items()}
        for layer, values in part.items()
    }


@pytest.mark.parametrize("model", [MLP(), MLP(4), MLP(4, 3, batch_norm=True)], ids=repr)
def test_what_is_saved_is_loaded(model: MLP, tmp_path: Path):
    params, state = moved(model.init(5)), moved(model.init_state())
    path = tmp_path / "weights" / "tiny" / "0.best.safetensors"
    save_weights(path, params, state)
    for saved, found in zip((params, state), load_weights(path), strict=True):
        assert {n: set(v) for n, v in saved.items()} == {n: set(v) for n, v in found.items()}
        for layer, values in saved.items():
            for name, value in values.items():
                assert found[layer][name].dtype == np.float32
                np.testing.assert_array_equal(found[layer][name], value)
    x = np.ones((3, 5), np.float32)
    np.testing.assert_array_equal(
        model.apply(params, x, state), model.apply(load_weights(path)[0], x, load_weights(path)[1])
    )
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_file_has_the_names_of_the_layers(tmp_path: Path):
    model = MLP(4, batch_norm=True)
    path = tmp_path / "w.safetensors"
    save_weights(path, model.init(5), model.init_state())
    assert {name: value.shape for name, value in load_file(path).items()} == {
        "dense.kernel": (5, 4),
        "dense.bias": (4,),
        "batch_normalization.gamma": (4,),
        "batch_normalization.beta": (4,),
        "batch_normalization.moving_mean": (4,),
        "batch_normalization.moving_variance": (4,),
        "dense_1.kernel": (4, 1),
        "dense_1.bias": (1,),
    }


def test_arrays_of_any_make_and_layout(tmp_path: Path):
    path = tmp_path / "w.safetensors"
    kernel = np.arange(12, dtype=np.float32).reshape(4, 3).T
    save_weights(path, {"dense": {"kernel": kernel, "bias": jnp.ones(4)}}, {})
    params, state = load_weights(path)
    np.testing.assert_array_equal(params["dense"]["kernel"], kernel)
    np.testing.assert_array_equal(params["dense"]["bias"], np.ones(4))
    assert state == {}


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        load_weights(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_missing(tmp_path: Path):
    assert "no such weights" in refused(tmp_path / "w.safetensors")


@pytest.mark.parametrize("keep", [0, 4, 20, -1])
def test_damaged(keep: int, tmp_path: Path):
    path = tmp_path / "w.safetensors"
    save_weights(path, MLP(4).init(5), {})
    path.write_bytes(path.read_bytes()[:keep])
    assert "damaged" in refused(path)


def test_something_else(tmp_path: Path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"hello, this is no weights file at all")
    refused(path)
    path.unlink()
    path.mkdir()
    refused(path)


def test_weights_of_another_program(tmp_path: Path):
    path = tmp_path / "w.safetensors"
    save_file({"embedding": np.zeros(3, np.float32)}, path)
    refused(path)
