"""Dropout masks: how often, how independent, and what they do to outputs and gradients.

All numbers are fixed by their keys, so nothing here fails by chance; the bounds are those that a
fair coin would break once in a hundred thousand tests or less.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from fitscope.learners.mlp.dropout import mask
from fitscope.learners.mlp.forward import fit_forward, predict
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.words import mix, step_key
from fitscope.learners.streams import run_key

RARE = 1e-5


@partial(jax.jit, static_argnames=("layer", "shape", "rate"))
def drawn(run: jax.Array, step: jax.Array, layer: int, shape: tuple[int, int], rate: float):
    return mask(step_key(run, step), layer, shape, rate)


def draw(
    seed: int = 0,
    repeat: int = 0,
    step: int = 0,
    layer: int = 0,
    shape: tuple[int, int] = (256, 512),
    rate: float = 0.5,
) -> np.ndarray:
    """Kept outputs, as a training run with these numbers has them."""
    return np.asarray(drawn(run_key(seed, repeat), np.int32(step), layer, shape, rate))


def many(steps: int, shape: tuple[int, int], rate: float = 0.5, layer: int = 0) -> np.ndarray:
    """The masks of the first `steps` steps: [steps, rows, units]."""
    one = jax.vmap(lambda step: mask(step_key(run_key(3, 1), step), layer, shape, rate))
    return np.asarray(jax.jit(one)(np.arange(steps)))


def signs(kept: np.ndarray) -> np.ndarray:
    """The mask centred and scaled: mean 0, variance 1."""
    return (kept - kept.mean()) / kept.std()


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5, 0.9])
def test_share_and_its_scatter(rate: float):
    kept = draw(shape=(512, 512), rate=rate)
    assert stats.binomtest(int(kept.sum()), kept.size, 1 - rate).pvalue > RARE
    for axis in (0, 1):  # units, then rows: binomial counts, neither wider nor narrower
        counts = kept.sum(axis=axis)
        scatter = ((counts - 512 * (1 - rate)) ** 2 / (512 * rate * (1 - rate))).sum()
        assert RARE < stats.chi2(512).cdf(scatter) < 1 - RARE


@pytest.mark.parametrize("rate", [2.0**-18, 1 - 2.0**-18])
def test_rates_are_finely_resolved(rate: float):
    kept = draw(shape=(2048, 4096), rate=rate)
    assert stats.binomtest(int((~kept).sum()), kept.size, rate).pvalue > 1e-3


def test_rates_are_nested():
    """One hash decides for every rate: a higher rate drops what a lower one drops, and more."""
    few, more = draw(rate=0.2), draw(rate=0.6)
    assert not np.any(more & ~few)


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_units_rows_layers_steps_repeats_and_seeds_are_independent(rate: float):
    masks = {
        "first": draw(rate=rate),
        **{f"step {s}": draw(step=s, rate=rate) for s in (1, 2, 3, 256, 65_536, 2**30)},
        **{f"layer {n}": draw(layer=n, rate=rate) for n in (1, 2, 3)},
        **{f"repeat {r}": draw(repeat=r, rate=rate) for r in (1, 2)},
        "seed 1": draw(seed=1, rate=rate),
        "layer 1 of step 1": draw(layer=1, step=1, rate=rate),
    }
    bound = stats.norm.isf(RARE / 2) / np.sqrt(masks["first"].size)
    for (a, one), (b, other) in combinations(masks.items(), 2):
        assert abs((signs(one) * signs(other)).mean()) < bound, (a, b)
    first = signs(masks["first"])
    for lag in (1, 2, 3, 8, 16, 64):
        assert abs((first[lag:] * first[:-lag]).mean()) < 1.1 * bound, f"rows {lag} apart"
        assert abs((first[:, lag:] * first[:, :-lag]).mean()) < 1.1 * bound, f"units {lag} apart"


def test_both_words_of_a_key_matter():
    """With one word alone, 32 bits, the masks of a long run would soon overlap."""
    draw = jax.jit(lambda key: mask(key, 0, (256, 512), 0.5))
    keys = [(1, 2), (1, 3), (1, 2 + 2**31), (2, 2), (1 + 2**31, 2), (2, 1)]
    masks = [np.asarray(draw(jnp.array(key, jnp.uint32))) for key in keys]
    bound = stats.norm.isf(RARE / 2) / np.sqrt(masks[0].size)
    for one, other in combinations(masks, 2):
        assert abs((signs(one) * signs(other)).mean()) < bound


def patterns(bits: np.ndarray) -> float:
    """p-value of "all patterns of the bits in the last axis are equally frequent"."""
    width = bits.shape[-1]
    codes = (bits.reshape(-1, width) << np.arange(width)).sum(axis=1)
    return stats.chisquare(np.bincount(codes, minlength=2**width)).pvalue


def test_patterns_are_equally_frequent():
    kept = many(4096, (16, 32)).astype(np.int64)
    assert patterns(kept.reshape(4096, 16, 4, 8)) > RARE  # neighbouring units
    assert patterns(kept.reshape(4096, 2, 8, 32).swapaxes(2, 3)) > RARE  # neighbouring rows
    by_step = np.moveaxis(kept.reshape(512, 8, 16, 32), 1, -1)
    assert patterns(by_step) > RARE  # the same output in successive steps
    layers = np.stack([many(8192, (8, 8), layer=n) for n in range(6)], -1).astype(np.int64)
    assert patterns(layers) > RARE  # the same output in six layers


def test_every_output_is_kept_equally_often():
    steps = 4096
    counts = many(steps, (16, 32), rate=0.3).sum(axis=0)
    scatter = ((counts - 0.7 * steps) ** 2 / (0.21 * steps)).sum()
    assert RARE < stats.chi2(counts.size).cdf(scatter) < 1 - RARE


def hadamard(x: np.ndarray) -> np.ndarray:
    """Walsh-Hadamard transform: turns XOR shifts into products, as Fourier's does with shifts."""
    x = x.ravel().copy()
    half = 1
    while half < x.size:
        pairs = x.reshape(-1, 2, half)
        x = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], 1).ravel()
        half *= 2
    return x


@pytest.mark.parametrize("other", [{"step": 1}, {"step": 2}, {"repeat": 1}, {"layer": 1}])
def test_no_mask_is_a_shifted_copy_of_another(other: dict[str, int]):
    shape = (128, 256)
    one, two = signs(draw(shape=shape)), signs(draw(shape=shape, **other))
    size = one.size
    bound = stats.norm.isf(RARE / size / 2) / np.sqrt(size)  # over all shifts
    flat = np.fft.irfft(np.fft.rfft(one.ravel()) * np.fft.rfft(two.ravel()).conj(), size) / size
    plane = np.fft.irfft2(np.fft.rfft2(one) * np.fft.rfft2(two).conj(), shape) / size
    exclusive = hadamard(hadamard(one) * hadamard(two)) / size / size
    for correlations in (flat, plane, exclusive):
        assert np.abs(correlations).max() < bound


def test_a_mask_does_not_repeat_itself():
    shape = (128, 256)
    one = signs(draw(shape=shape))
    size = one.size
    bound = stats.norm.isf(RARE / size / 2) / np.sqrt(size)
    flat = np.fft.irfft(np.abs(np.fft.rfft(one.ravel())) ** 2, size) / size
    exclusive = hadamard(hadamard(one) ** 2) / size / size
    assert np.abs(flat[1:]).max() < bound
    assert np.abs(exclusive[1:]).max() < bound * np.sqrt(2)  # every pair is in there twice


def test_mix_is_a_bijection_that_flips_half_the_bits():
    words = np.arange(2**16, dtype=np.uint32)
    low, high = np.asarray(mix(words)), np.asarray(mix(words << 16))
    assert len(np.unique(low)) == len(np.unique(high)) == 2**16
    for bit in range(32):
        flipped = np.asarray(mix(words ^ np.uint32(1 << bit))) ^ low
        assert 15.5 < np.bitwise_count(flipped).mean() < 16.5


def test_rescaling_keeps_the_expectation():
    model = MLP(12, activation="linear", dropout=0.4)
    params = model.init(4, 1)
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    forward = jax.jit(
        jax.vmap(lambda step: fit_forward(model, params, {}, x, step_key(run_key(0, 0), step))[0])
    )
    logits = np.asarray(forward(np.arange(20_000)), float)
    error = logits.std(axis=0) / np.sqrt(len(logits))
    assert np.all(np.abs(logits.mean(axis=0) - predict(model, params, {}, x)) < 4.5 * error)
    # variance: sum of (w * h)^2 * rate / (1 - rate)
    hidden = x @ params["dense"]["kernel"] * params["dense_1"]["kernel"][:, 0]
    np.testing.assert_allclose(logits.var(axis=0), (hidden**2).sum(axis=1) * 0.4 / 0.6, rtol=0.06)


def test_forward_uses_the_mask_of_each_layer():
    model = MLP(6, 5, dropout=0.3)
    params = model.init(4, 1)
    x = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)
    key = step_key(jnp.asarray(run_key(0, 0)), jnp.int32(5))
    h = x
    for layer, units in enumerate((6, 5)):
        weights = params["dense" if layer == 0 else f"dense_{layer}"]
        kept = draw(step=5, layer=layer, shape=(7, units), rate=0.3)
        h = h @ weights["kernel"] + weights["bias"]
        h = np.where(h > 0, h, np.expm1(h)) * kept / 0.7
    expected = h @ params["dense_2"]["kernel"][:, 0]
    logits, _ = jax.jit(lambda p: fit_forward(model, p, {}, x, key))(params)
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)


def test_no_gradient_through_a_dropped_output():
    model = MLP(32, dropout=0.5)
    params = model.init(4, 1)
    x = np.ones((1, 4), np.float32)
    key = step_key(jnp.asarray(run_key(0, 0)), jnp.int32(0))
    gradients = jax.jit(jax.grad(lambda p: fit_forward(model, p, {}, x, key)[0].sum()))(params)
    dropped = ~draw(shape=(1, 32))[0]
    assert 0 < dropped.sum() < 32
    for layer, name, axis in (
        ("dense", "kernel", 1),
        ("dense", "bias", 0),
        ("dense_1", "kernel", 0),
    ):
        gradient = np.moveaxis(np.asarray(gradients[layer][name]), axis, 0)
        assert np.all(gradient[dropped] == 0)
        assert np.all(gradient[~dropped] != 0)


def test_rate_zero_is_no_dropout():
    params = jax.tree.map(jnp.asarray, MLP(8).init(4, 1))
    x = jnp.asarray(np.random.default_rng(0).normal(size=(5, 4)), jnp.float32)
    key = jnp.array([1, 2], jnp.uint32)
    np.testing.assert_array_equal(
        fit_forward(MLP(8, dropout=0.0), params, {}, x, key)[0], predict(MLP(8), params, {}, x)
    )
    assert draw(rate=0.0).all()


def test_prediction_is_without_dropout():
    params = MLP(8).init(4, 1)
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_array_equal(MLP(8, dropout=0.7).apply(params, x), MLP(8).apply(params, x))
