"""bfloat16 products of wide layers: right, used as meant, and no part of any other program."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest

from fitscope.data.split import Split
from fitscope.errors import UserError
from fitscope.learners.base import Interrupted
from fitscope.learners.mlp import train as run
from fitscope.learners.mlp.compiling import compiled
from fitscope.learners.mlp.engine import Engine
from fitscope.learners.mlp.evaluation import Rows
from fitscope.learners.mlp.half import gain, product, transposed
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.task import BINARY

PLAN = Plan(batch_size=50, max_epochs=4, stopping=None)
HALF = replace(PLAN, precision="bfloat16")
WIDE = MLP(256, 260)


@pytest.fixture(scope="module")
def rows() -> Split:
    random = np.random.default_rng(3)
    x = random.normal(size=(300, 5)).astype(np.float32)
    y = (x[:, 0] + 0.5 * random.normal(size=300) > 0).astype(np.float32)
    return Split(x[:200], y[:200], x[200:], y[200:])


def lowered(model: MLP, plan: Plan) -> Any:
    """The compiled loop for 200 rows of 5 features, before XLA has looked at it."""
    start, call = compiled(Engine(model, plan, Objective(BINARY), 200, 2, population=False))
    carry = jax.eval_shape(start, model.init(5, 0))

    def array(*shape: int, of: Any = np.float32) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct(shape, of)

    parts = [Rows(array(n, 5), array(n)) for n in (200, 100)]
    order, key = array(2, 200, of=np.int32), array(2, of=np.uint32)
    return call.lower(carry, order, key, array(of=np.int32), *parts, array(3))


def rounded(x: np.ndarray) -> np.ndarray:
    return x.astype(ml_dtypes.bfloat16).astype(np.float64)


@pytest.mark.parametrize(("rows", "inputs", "units"), [(1, 1, 1), (50, 33, 70), (64, 32, 5)])
def test_a_product_and_its_gradients_are_those_of_rounded_inputs(rows, inputs, units):
    random = np.random.default_rng(rows)
    x, kernel, gradient = (
        random.normal(size=shape).astype(np.float32)
        for shape in ((rows, inputs), (inputs, units), (rows, units))
    )
    x16, k16, g16 = map(rounded, (x, kernel, gradient))

    @jax.jit
    def both_ways(x: jax.Array, kernel: jax.Array, gradient: jax.Array) -> tuple:
        outputs, back = jax.vjp(product, x, kernel)
        return outputs, *back(gradient)

    outputs, to_x, to_kernel = both_ways(x, kernel, gradient)
    for found, wanted in ((outputs, x16 @ k16), (to_x, g16 @ k16.T), (to_kernel, x16.T @ g16)):
        assert found.dtype == jnp.float32
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=2e-4)


@pytest.mark.parametrize("shape", [(1, 1), (7, 32), (50, 33), (64, 300)])
def test_a_transpose_moves_every_number(shape):
    x = jnp.arange(np.prod(shape), dtype=jnp.float32).reshape(shape).astype(jnp.bfloat16)
    np.testing.assert_array_equal(jax.jit(transposed)(x), np.asarray(x).T)


def test_float32_programs_hold_nothing_of_it():
    assert "bf16" not in lowered(WIDE, PLAN).as_text()
    narrow = MLP(64, 64)
    assert lowered(narrow, HALF).as_text() == lowered(narrow, PLAN).as_text()


def test_wide_products_take_bfloat16_and_give_float32():
    """Of three kernels the middle one is wide: one product forward, two back; none to validate."""
    products = [
        line for line in lowered(WIDE, HALF).as_text().splitlines() if "dot_general" in line
    ]
    halved = [line.rpartition(":")[2] for line in products if "bf16" in line]
    assert sorted(halved) == [
        " (tensor<256x50xbf16>, tensor<50x260xbf16>) -> tensor<256x260xf32>",
        " (tensor<50x256xbf16>, tensor<256x260xbf16>) -> tensor<50x260xf32>",
        " (tensor<50x260xbf16>, tensor<256x260xbf16>) -> tensor<50x256xf32>",
    ]


def test_xla_keeps_the_inputs_as_they_are(
    compiled_with_care: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    """It may compute bfloat16 products in float32; then nothing is gained."""
    monkeypatch.setattr(jax, "jit", partial(jax.jit, compiler_options=compiled_with_care))
    if gain(1, 500, (512, 512), tries=3) < 1.5:
        pytest.skip("this processor multiplies no bfloat16 faster")
    text = lowered(WIDE, HALF).compile().as_text()
    upcast = [
        line
        for line in text.splitlines()
        if " convert(" in line and "= f32[" in line.split("convert")[0]
    ]
    assert not [line for line in upcast if "bf16" in line]


def test_a_run_comes_out_as_in_float32_but_for_rounding(rows: Split):
    (whole,), (half,) = (train(WIDE, plan, rows, seed=1) for plan in (PLAN, HALF))
    assert not np.array_equal(half.metrics, whole.metrics)
    loss = BINARY.monitors.index("val_binary_crossentropy")
    np.testing.assert_allclose(half.metrics[:, loss], whole.metrics[:, loss], atol=0.005)
    for leaf in jax.tree.leaves((half.best, half.last)):
        assert leaf.dtype == np.float32


@pytest.fixture(autouse=True)
def two_epochs_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "epochs_a_call", lambda *_: 2)


def test_a_run_goes_on_in_the_same_precision(rows: Split, tmp_path: Path):
    again: dict[str, Any] = {"seed": 1, "save": tmp_path / "checkpoint.npz"}
    whole = train(WIDE, HALF, rows, seed=1)
    with pytest.raises(Interrupted):
        train(WIDE, HALF, rows, **again, interrupted=lambda: True)
    begun: list[int] = []
    there = train(WIDE, HALF, rows, **again, on_start=begun.append)
    for one, other in zip(whole, there, strict=True):
        np.testing.assert_array_equal(one.metrics, other.metrics)
    with pytest.raises(Interrupted):
        train(WIDE, PLAN, rows, **again, on_start=begun.append, interrupted=lambda: True)
    assert begun == [2, 0], "a checkpoint of another precision is none"


def test_a_plan_remembers_it_and_takes_nothing_else():
    assert Plan.from_dict(HALF.as_dict()) == HALF
    old = {name: value for name, value in PLAN.as_dict().items() if name != "precision"}
    assert Plan.from_dict(old).precision == "float32"
    with pytest.raises(UserError, match="precision must be float32 or bfloat16, got 'float16'"):
        Plan(precision="float16")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hidden", "features", "outputs", "halved"),
    [
        ((512, 512), 28, 1, True),
        ((512,), 28, 1, False),
        ((512,), 300, 1, True),
        ((512,), 28, 300, True),
        ((64, 64, 64), 28, 1, False),
        ((), 300, 300, False),
        ((512, 64, 512), 28, 1, False),
    ],
)
def test_which_networks_have_wide_products(hidden, features, outputs, halved):
    """What a description says is what its program holds."""
    model = MLP(*hidden)
    assert bool(model.wide_kernels(features, outputs)) is halved
    from fitscope.learners.mlp.forward import fit_forward

    text = jax.jit(
        lambda p, x: fit_forward(model, p, {}, x, np.zeros(2, np.uint32), None, "bfloat16")[0]
    ).lower(model.init(features, 0, outputs), np.zeros((8, features), np.float32))
    assert ("bf16" in text.as_text()) is halved
