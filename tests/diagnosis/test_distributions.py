"""The normal and Student's distribution against SciPy's, which takes too long to be imported."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from fitscope.diagnosis import gaussian, student

FREEDOMS = (0.7, 1, 1.5, 2, 3, 4.7, 10, 19.3, 39.99, 40, 100, 1e3, 1e5)


def test_normal_numbers():
    x = np.linspace(-45, 45, 20_001)
    assert gaussian.below(x) == pytest.approx(ndtr(x), rel=1e-8, abs=1e-300)
    assert np.abs(gaussian.below(x) - ndtr(x)).max() < 1e-15
    assert gaussian.below(np.array([-np.inf, np.inf])).tolist() == [0, 1]
    for share in (1e-9, 0.025, 0.3, 0.5, 0.95, 1 - 1e-9):
        assert gaussian.quantile(share) == pytest.approx(ndtri(share), rel=1e-13)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_students(freedom):
    for t in (0.1, 0.9, 1.7, 3, 9, 50, 1e4):
        for signed in (t, -t):
            expected = stdtr(freedom, signed)
            assert student.below(signed, freedom) == pytest.approx(expected, rel=1e-10, abs=1e-300)
    for share in (1e-5, 0.025, 0.3, 0.6, 0.9, 0.95, 0.975, 0.9995, 1 - 1e-7):
        expected = stdtrit(freedom, share)
        assert student.quantile(share, freedom) == pytest.approx(expected, rel=1e-9)
        if share > 0.5:
            assert student.freedom(share, expected) == pytest.approx(freedom, rel=1e-5)


def test_where_the_formula_is_closed():
    """One degree of freedom is Cauchy's distribution; near 0 the density is the slope."""
    for t in (1e-8, 0.3, 2, 1e8):
        assert student.below(-t, 1) == pytest.approx(np.arctan2(1, t) / np.pi, rel=1e-13)
    assert student.quantile(0.5, 3) == 0
    assert student.quantile(0.5 + 1e-6, 4) == pytest.approx(1e-6 / 0.375, rel=1e-6)
    assert student.below(-1e200, 5) == 0
