"""A model without a curve is good where no version of it is better: by closed form."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from fitscope.diagnosis.compare import Difference
from fitscope.history import SINGLE, History
from fitscope.verdicts.between import good_between
from fitscope.verdicts.single_step import single_step
from fitscope.verdicts.versions import Version


def alone():
    return single_step(
        History(
            "forest", "loss", np.arange(1), np.array([0.1]), np.array([0.5]), reference=0.69,
            step=SINGLE,
        )
    )  # fmt: skip


def version(name, gain, error=0.01):
    """A version whose loss is lower by `gain`."""
    ends = (gain - 1.96 * error, gain + 1.96 * error)
    return Version(name, Difference(gain, error, ends, 0.5, 0.5))


def test_it_is_good_where_neither_side_gains():
    verdict = alone()
    assert verdict.label == "too few"
    needed = verdict.evidence.needed
    found = good_between(
        verdict, [version("leaf 5", -0.02)], [version("leaf 1", -0.005, 0.02)], "loss"
    )
    assert found.label == "good"
    assert found.confidence == pytest.approx(norm.cdf((needed + 0.005) / 0.02), abs=1e-3)
    assert "1 plainer and 1 richer" in found.explanation
    assert "all of them are higher" in found.explanation


def test_it_stays_open_where_a_version_may_well_be_better():
    verdict = alone()
    better = version("leaf 5", verdict.evidence.needed + 0.005)
    assert good_between(verdict, [better], [], "loss") == verdict
    assert good_between(verdict, [], [version("leaf 1", -0.1)], "loss") == verdict
    for label in ("overfit", "underfit"):
        judged = replace(verdict, label=label)
        assert good_between(judged, [version("leaf 5", -0.1)], [], "loss") == judged


def test_an_exact_difference_is_no_division_by_zero():
    found = good_between(alone(), [version("leaf 2", 0.0, 0.0)], [], "loss")
    assert (found.label, found.confidence) == ("good", 0.99)
