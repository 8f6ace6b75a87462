import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from fitscope.data.describe import describe, feature_histogram
from fitscope.data.split import Split
from fitscope.higgs.layout import FEATURE_NAMES
from fitscope.higgs.rows import higgs


@given(
    x=arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=30),
        elements=st.floats(-1e3, 1e3, width=32),
    ),
    bins=st.integers(1, 101),
)
def test_every_value_is_counted_once_in_bins_of_equal_width(x, bins):
    counts, edges = feature_histogram(x, bins)
    assert counts.sum() == x.size
    assert len(counts) == bins
    np.testing.assert_allclose(np.diff(edges), (edges[-1] - edges[0]) / bins, rtol=1e-2)
    assert edges[0] <= x.min()
    assert edges[-1] >= x.max()


def test_real_rows_as_the_guide_shows_them(shared):
    split = higgs(data=shared / "HIGGS-11k.csv.gz")
    first = describe(split)
    assert first.label == 1
    assert tuple(first.record) == FEATURE_NAMES
    assert first.record["m_wwbb"] == pytest.approx(0.877)
    assert first.rows == 1_000
    assert len(first.counts) == 101
    expected, edges = np.histogram(split.x_validation.astype(np.float64), 101)
    assert np.abs(first.counts - expected).sum() <= 4  # a value on a border may fall either way
    np.testing.assert_allclose(first.edges, edges, atol=1e-6)
    for name, column in zip(FEATURE_NAMES, split.x_validation.T, strict=True):
        assert first.ranges[name] == (column.min(), column.max())


def test_few_validation_rows_are_filled_up_from_the_training_rows(shared):
    path = shared / "HIGGS-11k.csv.gz"
    all_in_validation = describe(higgs(1_000, 10_000, path))
    some = describe(higgs(300, 10_000, path))
    np.testing.assert_array_equal(all_in_validation.counts, some.counts)
    assert describe(higgs(10, 20, path)).rows == 30


def test_the_first_record_says_its_label_or_value():
    x = np.arange(6, dtype=np.float32).reshape(3, 2)
    for y, label in ((["a", "b", "a"], "a"), ([0.25, 1.5, 2.0], 0.25), ([1, 0, 1], 1)):
        assert describe(Split(x, y, x, y)).label == label
