"""Noise on features and mixing of rows: what is drawn, and what it does to training.

All numbers are fixed by their keys, so nothing here fails by chance; the bounds are those that
fair draws would break once in a hundred thousand tests or less.
"""

from __future__ import annotations

from itertools import combinations

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import pytest
from scipy import stats
from sklearn.linear_model import Ridge

from fitscope.data.split import Split
from fitscope.learners.mlp.augment import augmented, normal, shares
from fitscope.learners.mlp.dropout import mask
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import inverse_time_decay
from fitscope.learners.mlp.train import train
from fitscope.learners.mlp.words import step_key
from fitscope.learners.streams import WEIGHTS, epoch_order, run_key, stream

RARE = 1e-5
STEPS_APART = (0, 1, 2, 255, 65_536)


def key(seed: int = 0, repeat: int = 0, step: int = 0) -> jax.Array:
    return step_key(jnp.asarray(run_key(seed, repeat)), jnp.int32(step))


# --- what is drawn ------------------------------------------------------------------------------


def test_noise_is_normal():
    drawn = np.asarray(normal(key(), (512, 512)), float)
    assert stats.kstest(drawn.ravel(), stats.norm.cdf).pvalue > RARE
    # a sum of squares tells the standard deviation, and the tails are there
    assert RARE < stats.chi2(drawn.size).cdf((drawn**2).sum()) < 1 - RARE
    assert (
        stats.binomtest(int((np.abs(drawn) > 4).sum()), drawn.size, 2 * stats.norm.sf(4)).pvalue
        > RARE
    )


def test_noise_is_that_of_keras():
    """Keras' layer on a constant, in another generator's numbers."""
    x = np.full((400, 50), 3.0, np.float32)
    keras.utils.set_random_seed(1)
    theirs = np.asarray(keras.layers.GaussianNoise(0.3)(x, training=True))
    ours = np.asarray(augmented(MLP(noise=0.3), jnp.asarray(x), jnp.zeros(400), key()).x)
    assert stats.ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-3
    np.testing.assert_allclose([ours.mean(), ours.std()], [3.0, 0.3], atol=0.01)


def test_draws_of_places_steps_runs_and_purposes_are_independent():
    shape = (128, 256)
    fields = {f"step {s}": np.asarray(normal(key(step=s), shape)) for s in STEPS_APART}
    fields["repeat 1"] = np.asarray(normal(key(repeat=1), shape))
    fields["seed 1"] = np.asarray(normal(key(seed=1), shape))
    fields["dropout 0"] = 2.0 * np.asarray(mask(key(), 0, shape, 0.5)) - 1
    fields["shares"] = np.asarray(shares(key(), 128 * 256, 1.0)).reshape(shape) * 12**0.5 - 3**0.5
    bound = stats.norm.isf(RARE / 2) / np.sqrt(128 * 256)
    for (a, one), (b, other) in combinations(fields.items(), 2):
        assert abs((one * other).mean()) < 1.1 * bound, (a, b)
    first = fields["step 0"]
    for lag in (1, 2, 16):
        assert abs((first[lag:] * first[:-lag]).mean()) < 1.1 * bound, f"rows {lag} apart"
        assert abs((first[:, lag:] * first[:, :-lag]).mean()) < 1.1 * bound, f"{lag} columns apart"


@pytest.mark.parametrize("concentration", [0.05, 0.2, 0.5, 1.0, 3.0, 50.0])
def test_shares_are_of_a_beta_distribution(concentration: float):
    drawn = np.asarray(shares(key(), 40_000, concentration), float)
    assert ((drawn >= 0) & (drawn <= 1)).all()
    inner = drawn[(drawn > 1e-4) & (drawn < 1 - 1e-4)]  # nearer to an end float32 is too coarse
    law = stats.beta(concentration, concentration)
    assert stats.binomtest(len(inner), len(drawn), law.cdf(1 - 1e-4) - law.cdf(1e-4)).pvalue > RARE
    low, high = law.cdf([1e-4, 1 - 1e-4])
    assert stats.kstest((law.cdf(inner) - low) / (high - low), "uniform").pvalue > RARE
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < stats.norm.isf(RARE / 2) / 200


# --- what a step trains on ----------------------------------------------------------------------


def test_without_noise_and_mixing_rows_stay_as_they_are():
    x, y = jnp.ones((3, 2)), jnp.zeros(3)
    rows = augmented(MLP(4, dropout=0.5), x, y, key())
    assert rows.x is x
    assert rows.y is y
    assert rows.others is None


def test_a_row_is_mixed_with_the_one_before_it():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(5, 3)).astype(np.float32), np.arange(5, dtype=np.float32)
    rows = augmented(MLP(mix=0.7), jnp.asarray(x), jnp.asarray(y), key(step=4))
    share = np.asarray(shares(key(step=4), 5, 0.7))
    expected = share[:, None] * x + (1 - share)[:, None] * x[[4, 0, 1, 2, 3]]
    np.testing.assert_allclose(rows.x, expected, rtol=1e-6)
    assert rows.others is not None
    np.testing.assert_array_equal(rows.others[0], share)
    assert np.asarray(rows.others[1]).tolist() == [4, 0, 1, 2, 3]
    alone = augmented(MLP(mix=0.7), jnp.asarray(x[:1]), jnp.asarray(y[:1]), key())
    np.testing.assert_allclose(alone.x, x[:1], rtol=1e-6)


def soft_losses(
    kind: str, outputs: np.ndarray, y: np.ndarray, other: np.ndarray, share: np.ndarray
):
    """By Optax, from mixed targets where a mixed target means the same as a mixed loss."""
    if kind == "binary":
        return optax.sigmoid_binary_cross_entropy(outputs, share * y + (1 - share) * other)
    if kind == "multiclass":
        hot = np.eye(3)
        soft = share[:, None] * hot[y.astype(int)] + (1 - share)[:, None] * hot[other.astype(int)]
        return optax.softmax_cross_entropy(outputs, soft)
    return share * (outputs - y) ** 2 + (1 - share) * (outputs - other) ** 2


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_every_step_of_every_run_has_its_own_noise_and_mixture(kind: str):
    """With a learning rate that changes nothing, the loss of an epoch shows what it trained on."""
    model = MLP(3, noise=0.4, mix=0.6, batch_size=5, activation="tanh")
    random = np.random.default_rng(2)
    x = random.normal(size=(10, 3)).astype(np.float32)
    y = {"binary": np.arange(10) % 2, "multiclass": np.arange(10) % 3}.get(kind, 7 + 2 * x[:, 0])
    split = Split(x, y, x, y, task=kind)
    task = split.task
    mean, deviation = (y.mean(), y.std()) if kind == "regression" else (0.0, 1.0)
    targets = ((y - mean) / deviation).astype(np.float32)
    plan = Plan(max_epochs=4, learning_rate=1e-30, optimizer="sgd", stopping=None)
    for found in train(model, plan, split, seed=3, repeats=(0, 4)):
        weights = model.init(3, stream(3, found.repeat, WEIGHTS), task.outputs)
        expected = []
        for step in range(8):
            used = epoch_order(10, 3, found.repeat, step // 2)[5 * (step % 2) :][:5]
            own, other = used, np.roll(used, 1)
            of_step = key(3, found.repeat, step)
            share = np.asarray(shares(of_step, 5, 0.6))
            seen = share[:, None] * x[own] + (1 - share)[:, None] * x[other]
            outputs = model.apply(weights, seen + 0.4 * np.asarray(normal(of_step, (5, 3))))
            losses = soft_losses(kind, np.asarray(outputs), targets[own], targets[other], share)
            expected.append(np.mean(losses) * deviation**2)
        np.testing.assert_allclose(
            found.metrics[:, 1], np.reshape(expected, (4, 2)).mean(axis=1), rtol=2e-5
        )
        assert len(set(found.metrics[:, 1].tolist())) == 4
        # the rows that it is validated and fitted on are left alone
        plainly = task.row_losses(np.asarray(model.apply(weights, x)), targets) * deviation**2
        np.testing.assert_allclose(found.metrics[0, 4], plainly.mean(), rtol=2e-5)
        np.testing.assert_allclose(found.fit["last"][1], plainly.mean(), rtol=2e-5)


# --- what it does -------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_noise_makes_linear_regression_ridge_regression(noise: float):
    """Bishop, Training with noise is equivalent to Tikhonov regularization, 1995."""
    random = np.random.default_rng(1)
    rows = 3_000
    x = random.normal(size=(rows, 4)).astype(np.float32)
    x[:, 1] = 0.8 * x[:, 0] + 0.6 * x[:, 1]  # correlated, so that ridge does more than shrink
    y = x @ [1.0, -1.0, 0.5, 0.0] + random.normal(size=rows)
    split = Split(x, y, x[:10], y[:10])
    plan = Plan(
        batch_size=500, max_epochs=300, learning_rate=inverse_time_decay(0.1, 5),
        optimizer="sgd", stopping=None,
    )  # fmt: skip
    (found,) = train(MLP(noise=noise), plan, split)
    kernel = found.last[0]["dense"]["kernel"][:, 0]
    ridge = Ridge(alpha=rows * noise**2).fit(x, y).coef_
    plain = Ridge(alpha=0).fit(x, y).coef_
    assert np.abs(kernel - ridge).max() < 0.01 < 0.05 < np.abs(plain - ridge).max()


def test_mixing_leaves_linear_regression_alone():
    """Targets are mixed as features are, and a line through the mixtures is the rows' line.

    With x and x' independent, s their shares and z = s x + (1 - s) x', the best slope b' of
    s (b' z - y)^2 + (1 - s) (b' z - y')^2 solves b' E[z z] = E[z (s y + (1 - s) y')], in which
    both sides hold s^2 + (1 - s)^2.
    """
    random = np.random.default_rng(1)
    x = random.normal(size=(3_000, 3)).astype(np.float32)
    y = x @ [1.0, -1.0, 0.5] + random.normal(size=3_000)
    split = Split(x, y, x[:10], y[:10])
    plan = Plan(
        batch_size=500, max_epochs=200, learning_rate=inverse_time_decay(0.1, 5),
        optimizer="sgd", stopping=None,
    )  # fmt: skip
    (found,) = train(MLP(mix=0.5), plan, split)
    plain = Ridge(alpha=0).fit(x, y).coef_
    np.testing.assert_allclose(found.last[0]["dense"]["kernel"][:, 0], plain, atol=0.03)
