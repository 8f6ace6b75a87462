"""Which epochs' row losses are kept."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.learners.kept_rows import MOST_EPOCHS, MOST_VALUES, KeptRows


def fill(kept: KeptRows, chunks: list[int], scores: np.ndarray) -> np.ndarray:
    """Feed a run in chunks, as the compiled loop hands it over; returns all of its losses."""
    total = sum(chunks)
    losses = np.arange(total * 2, dtype=np.float32).reshape(total, 2)
    first = 0
    for size in chunks:
        done = first + size
        best = int(np.argmin(scores[:done]))
        kept.add(first, losses[first:done], best)
        first = done
    return losses


@settings(max_examples=40, deadline=None)
@given(
    chunks=st.lists(st.integers(1, 120), min_size=1, max_size=25),
    seed=st.integers(0, 2**32 - 1),
)
def test_best_and_last_are_kept_and_the_others_are_spread(chunks: list[int], seed: int):
    total = sum(chunks)
    scores = np.random.default_rng(seed).integers(0, total, total)
    kept = KeptRows(rows=2)
    losses = fill(kept, chunks, scores)
    epochs, values, _ = kept.kept()

    assert len(epochs) == len(values) <= MOST_EPOCHS
    assert np.all(np.diff(epochs) > 0)
    np.testing.assert_array_equal(values, losses[epochs])
    best = int(np.argmin(scores))
    assert {0, best, total - 1} <= set(epochs.tolist())
    if total <= MOST_EPOCHS - 2:
        assert len(epochs) == total
    else:
        assert len(epochs) >= MOST_EPOCHS // 2 - 1
        assert np.diff(epochs).max() <= np.ceil(2 * total / (MOST_EPOCHS - 2))


@settings(max_examples=20, deadline=None)
@given(chunks=st.lists(st.integers(1, 90), min_size=1, max_size=12), seed=st.integers(0, 999))
def test_chunks_do_not_matter(chunks: list[int], seed: int):
    total = sum(chunks)
    scores = np.random.default_rng(seed).random(total)
    one, many = KeptRows(2), KeptRows(2)
    fill(one, chunks, scores)
    fill(many, [1] * total, scores)
    for a, b in zip(one.kept(), many.kept(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_many_rows_keep_fewer_epochs():
    for rows in (125_000, 1_000_000, 11_000_000):
        kept = KeptRows(rows)
        assert 1 <= kept.limit <= MOST_EPOCHS - 2
        assert kept.limit * rows <= max(MOST_VALUES, rows)
    kept.limit = 1  # as with 11,000,000 rows
    fill(kept, [7, 5], np.array([3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8]))
    assert kept.kept()[0].tolist() == [0, 3, 11]


def test_kept_losses_are_copies():
    kept = KeptRows(1)
    losses = np.zeros((1, 1), np.float32)
    kept.add(0, losses, 0)
    losses[:] = 7
    assert kept.kept()[1].tolist() == [[0.0]]
