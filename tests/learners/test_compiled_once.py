"""Folds of equal shape share what is compiled, whatever the scale of a regression's targets."""

import jax
import numpy as np

from fitscope.data.split import Split
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.task import REGRESSION

PLAN = Plan(batch_size=16, max_epochs=4, stopping=None)


def fold(number: int, scale: float) -> Split:
    random = np.random.default_rng(number)
    x = random.normal(size=(60, 3)).astype(np.float32)
    y = scale * (5 + x[:, 0] + random.normal(size=60))
    return Split(x[:40], y[:40], x[40:], y[40:], ("a", "b", "c"), task=REGRESSION)


def test_a_second_fold_compiles_nothing_and_computes_what_it_would_alone():
    first, second = fold(0, 1.0), fold(1, 1_000.0)
    compiled = []

    def count(event: str, duration_secs: float, **kwargs: str | int) -> None:
        del duration_secs, kwargs
        compiled.append(event.endswith("backend_compile_duration"))

    train(MLP(3), PLAN, first)
    jax.monitoring.register_event_duration_secs_listener(count)
    try:
        (beside,) = train(MLP(3), PLAN, second)
        assert not any(compiled)
        jax.clear_caches()
        (alone,) = train(MLP(3), PLAN, second)
        assert any(compiled)
    finally:
        jax.monitoring.unregister_event_duration_listener(count)
    assert np.array_equal(beside.metrics, alone.metrics)
    assert np.array_equal(beside.row_losses, alone.row_losses)
    means = alone.row_losses.astype(float).mean(axis=1)
    np.testing.assert_allclose(alone.metrics[alone.row_epochs, 4], means, rtol=1e-5)
    assert 1e5 < means.min() < 1e8, "in the targets' own units, squared"
