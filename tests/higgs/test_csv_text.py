import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from fitscope.higgs.csv_text import csv_text


def as_python_writes(rows):
    line = ",".join(["%.18e"] * rows.shape[1]) + "\n"
    return "".join(line % tuple(row) for row in rows.tolist()).encode()


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=8),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False)
        | st.floats(-10, 10, width=32),
    )
)
def test_every_digit_is_the_one_that_python_writes(rows):
    assert csv_text(rows) == as_python_writes(rows)


def test_round_numbers_their_neighbours_and_ties():
    rows = np.array([1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000], np.float32)
    beside = [np.nextafter(rows, np.float32(end)) for end in (0, 1e9)]
    rows = np.array([rows, *beside, -rows, 0 * rows, -0.0 * rows], np.float32)
    assert csv_text(rows) == as_python_writes(rows)
    random = np.random.default_rng(0)
    halves = random.integers(-(2**24), 2**24, (2_000, 29)) * 0.5 ** random.integers(14, 36, 29)
    assert csv_text(halves.astype(np.float32)) == as_python_writes(halves.astype(np.float32))


def test_any_layout_in_memory(random_table):
    rows = random_table(50)
    assert csv_text(np.asfortranarray(rows)) == as_python_writes(rows)
