"""The small chart of a terminal: dots where the values are, marks where the epochs are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fitscope.history import History
from fitscope.report.frame import whole
from fitscope.report.verdicts.chart import BEST, ONSET, chart, dots, spark
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.verdict import Verdict


def lit(signs):
    """Braille patterns as a picture, from the standard's numbering of the dots."""
    numbers = {
        (0, 0): 1,
        (1, 0): 2,
        (2, 0): 3,
        (0, 1): 4,
        (1, 1): 5,
        (2, 1): 6,
        (3, 0): 7,
        (3, 1): 8,
    }
    rows, columns = signs.shape
    picture = np.zeros((4 * rows, 2 * columns), bool)
    for (down, across), number in numbers.items():
        picture[down::4, across::2] = (signs >> (number - 1)) & 1
    return picture


def test_a_line_is_drawn_as_a_line():
    curve = np.linspace(1.0, 0.0, 24)
    picture = lit(dots(curve, np.arange(24), 0.0, 1.0, across=12, rows=6))
    assert np.array_equal(picture, np.eye(24, dtype=bool))


@given(
    curve=arrays.arrays(float, st.integers(2, 50), elements=st.floats(-2, 3)),
    across=st.integers(5, 60),
    rows=st.integers(1, 9),
)
def test_no_gaps(curve, across, rows):
    """Every column of dots is lit, and each touches the one before."""
    picture = lit(dots(curve, np.arange(len(curve)), 0.0, 1.0, across, rows))
    assert picture.any(axis=0).all()
    tops = picture.argmax(axis=0)
    bottoms = len(picture) - 1 - picture[::-1].argmax(axis=0)
    assert np.array_equal(picture.sum(axis=0), bottoms - tops + 1)
    assert np.all(tops[1:] <= bottoms[:-1] + 1)
    assert np.all(bottoms[1:] >= tops[:-1] - 1)


def verdict(onset=60, best=40, epochs=101, validation=None):
    at = np.arange(epochs)
    curve = 0.5 + 0.0001 * (at - best) ** 2.0 if validation is None else validation
    history = History("run", "loss", at, 0.5 - 0.002 * at, curve)
    return Verdict("run", "overfit", 0.9, best, onset, epochs, Evidence(), "", (), history)


def test_marks_stand_below_their_epochs():
    lines = [line.plain for line in chart(verdict(), width=110)]
    scale = lines[0].index(" ") + 1
    across = 110 - scale - 1
    below = lines[-1]
    assert below.index(f"{BEST}40") == scale + round(0.4 * (across - 1))
    assert below.index(f"{ONSET}60") == scale + round(0.6 * (across - 1))
    assert below.split()[0] == "0"
    assert below.endswith("100")


@pytest.mark.parametrize(("best", "onset"), [(0, 0), (0, 1), (100, None), (50, 51), (99, 100)])
@pytest.mark.parametrize("width", [12, 30, 120])
def test_marks_that_meet(best, onset, width):
    lines = [line.plain for line in chart(verdict(onset, best), width)]
    assert len({len(line) for line in lines[:-1]}) == 1
    assert BEST in lines[-1]
    assert len(lines[-1]) <= len(lines[0])


@pytest.mark.parametrize(
    "validation", [np.full(101, np.nan), np.full(101, 0.5), np.r_[0.5, np.full(100, np.inf)]]
)
def test_curves_of_which_little_can_be_drawn(validation):
    made = verdict(validation=validation)
    for line in chart(made, 80):
        assert len(line.plain) <= 80
    assert len(spark(made, 16)) in (0, 16)


def test_a_run_that_comes_apart_still_shows_what_it_had_learnt():
    falls = 0.4 + 1.5 * 0.8 ** np.arange(40)
    apart = np.where(np.arange(40) > 25, falls * 4.0 ** (np.arange(40) - 25), falls)
    low, high = whole([apart])
    assert falls[0] < high < 3 * falls[0]
    assert low == pytest.approx(falls[25], rel=0.02)
    flipped = whole([-apart], falling=False)
    assert flipped == (-high, -low)
    rises = 0.4 + 0.2 * np.maximum(np.arange(40) - 5, 0)
    assert whole([rises])[1] > rises[-2], "a rise is shown to its end"
