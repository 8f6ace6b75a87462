"""Checkpoints: what is written is read again, and nothing else is ever taken for it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.errors import UserError
from fitscope.learners.kept_rows import KeptRows
from fitscope.learners.mlp import checkpoint
from fitscope.learners.mlp.carry import Carry
from fitscope.learners.mlp.engine import Engine
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.task import BINARY

PLAN = Plan().for_task(BINARY)
SIGNATURE = {
    "model": MLP(3).as_dict(),
    "plan": PLAN.as_dict(),
    "rows": "abc",
    "seed": 1,
    "repeats": [0],
}


def member(epochs: int, seed: int = 0) -> tuple[np.ndarray, KeptRows]:
    random = np.random.default_rng(seed)
    metrics = random.random((epochs, 6)).astype(np.float32)
    rows = KeptRows(4)
    for epoch in range(epochs):
        best = int(np.argmin(metrics[: epoch + 1, 4]))
        rows.add(epoch, random.random((1, 4)).astype(np.float32), best)
    return metrics, rows


@pytest.fixture(scope="module")
def carry() -> Carry:
    return start(MLP(3, batch_norm=True))


def start(model: MLP) -> Carry:
    return Engine(model, PLAN, Objective(BINARY), 10, 1, False).start(model.init(2))


@pytest.fixture(scope="module")
def written(carry: Carry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / "new" / "checkpoint.npz"
    checkpoint.write(path, SIGNATURE, checkpoint.Saved(carry, 1.5, [member(7), member(5, 1)]))
    return path


def same(saved: checkpoint.Saved, carry: Carry) -> None:
    assert saved.seconds == 1.5
    leaves, structure = jax.tree.flatten(saved.carry)
    assert structure == jax.tree.structure(carry)
    for a, b in zip(leaves, jax.tree.leaves(carry), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    assert len(saved.members) == 2
    for (metrics, rows), (expected, expected_rows) in zip(
        saved.members, [member(7), member(5, 1)], strict=True
    ):
        np.testing.assert_array_equal(metrics, expected)
        for a, b in zip(rows.kept(), expected_rows.kept(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_what_is_written_is_read(written: Path, carry: Carry):
    saved = checkpoint.read(written, SIGNATURE, carry)
    assert saved is not None
    same(saved, carry)
    assert [p.name for p in written.parent.iterdir()] == ["checkpoint.npz"]


@pytest.mark.parametrize("name", SIGNATURE)
def test_another_training_has_another_signature(name: str, written: Path, carry: Carry):
    assert checkpoint.read(written, {**SIGNATURE, name: "other"}, carry) is None


def test_another_structure_is_not_read(written: Path):
    for model in (MLP(4, batch_norm=True), MLP(3), MLP(3, 3, batch_norm=True)):
        assert checkpoint.read(written, SIGNATURE, start(model)) is None


def npy(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def foreign(meta: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, meta=np.frombuffer(json.dumps(meta).encode(), np.uint8))

    return write


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"hello"),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: (path.unlink(), path.mkdir()),
        npy,
        foreign([1, 2]),
        foreign({"signature": SIGNATURE}),
        foreign({"signature": SIGNATURE, "seconds": 0, "members": 1}),
    ],
    ids=[
        "none",
        "empty",
        "text",
        "one byte short",
        "half",
        "folder",
        "npy",
        "list",
        "bare",
        "numbers",
    ],
)
def test_what_is_none_is_not_read(
    written: Path, carry: Carry, tmp_path: Path, damage: Callable[[Path], object]
):
    path = tmp_path / "checkpoint.npz"
    shutil.copy(written, path)
    damage(path)
    assert checkpoint.read(path, SIGNATURE, carry) is None


def test_no_changed_bit_is_ever_taken_for_the_checkpoint(
    written: Path, carry: Carry, tmp_path: Path
):
    """A bit flipped in the data, or anywhere in the archive's own tables at the end."""
    whole = written.read_bytes()
    path = tmp_path / "checkpoint.npz"
    tables = whole.index(b"PK\x01\x02")
    random = np.random.default_rng(0)
    places = [*random.integers(0, tables, 60), *random.integers(tables, len(whole), 240)]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << int(random.integers(8))
        path.write_bytes(bytes(changed))
        saved = checkpoint.read(path, SIGNATURE, carry)
        if saved is not None:  # a bit that means nothing, such as a date
            same(saved, carry)


@settings(max_examples=15, deadline=None)
@given(before=st.integers(1, 500), after=st.integers(1, 300), seed=st.integers(0, 99))
def test_row_losses_go_on_where_they_were(
    before: int, after: int, seed: int, carry: Carry, tmp_path_factory: pytest.TempPathFactory
):
    random = np.random.default_rng(seed)
    scores = random.random(before + after)
    losses = random.random((before + after, 1)).astype(np.float32)

    def feed(rows: KeptRows, first: int, last: int) -> None:
        for epoch in range(first, last):
            rows.add(epoch, losses[epoch : epoch + 1], int(np.argmin(scores[: epoch + 1])))

    rows = KeptRows(1)
    feed(rows, 0, before)
    path = tmp_path_factory.mktemp("rows") / "checkpoint.npz"
    metrics = np.zeros((before, 6), np.float32)
    checkpoint.write(path, SIGNATURE, checkpoint.Saved(carry, 0.0, [(metrics, rows)]))
    saved = checkpoint.read(path, SIGNATURE, carry)
    assert saved is not None
    again = saved.members[0][1]
    feed(rows, before, before + after)
    feed(again, before, before + after)
    for a, b in zip(rows.kept(), again.kept(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_checkpoint_that_cannot_be_written_is_said(carry: Carry, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="file"):
        checkpoint.write(
            tmp_path / "file" / "checkpoint.npz", SIGNATURE, checkpoint.Saved(carry, 0.0, [])
        )
