import numpy as np
import pytest

from fitscope.data.split import Split
from fitscope.errors import UserError


def split(rows=300_000, bad=None, label=None, **how):
    x, y = np.zeros((rows, 2), np.float32), np.zeros(rows, np.float32)
    if bad is not None:
        x[280_000, 1] = bad
    if label is not None:
        y[:2], y[280_000] = (0, 1), label
    return Split(x, y, x[:5], y[:5], **how)


def test_rows_that_are_fine():
    assert split().features == 2


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite(bad):
    with pytest.raises(UserError, match="train row 280001: 'feature 1' is missing or not finite"):
        split(bad=bad)


def test_a_label_that_is_no_label():
    with pytest.raises(UserError, match="train row 280001: label 2 is neither 0 nor 1"):
        split(label=2)


def test_checked_rows_are_not_looked_at_again():
    assert np.isnan(split(bad=np.nan, checked=True).x_train[280_000, 1])


def test_shapes_are_looked_at_all_the_same():
    x, y = np.zeros((3, 2), np.float32), np.zeros(3, np.float32)
    with pytest.raises(UserError, match="3 rows of features but 2 labels"):
        Split(x, y[:2], x, y, checked=True)
    with pytest.raises(UserError, match="there are none"):
        Split(x[:0], y[:0], x, y, checked=True)


def test_the_fingerprint_depends_on_values_and_not_on_memory_order():
    x, y = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([0, 1, 0], np.float32)
    first = Split(x, y, x, y)
    assert first.fingerprint == Split(np.asfortranarray(x), y, x, y).fingerprint
    assert first.fingerprint != Split(x + 1, y, x, y).fingerprint


def test_truths_are_the_rows_that_they_were_before_they_had_names():
    x, y = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([True, False, True])
    assert Split(x, y, x, y).fingerprint == Split(x, y.astype(int), x, y.astype(int)).fingerprint
