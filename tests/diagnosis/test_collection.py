"""A small fixed part of the collection of `make calibrate`: labels of histories of known truth."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from calibration.collection.curves import SHAPES
from calibration.collection.outcomes import DEVELOPMENT, Outcome, case, judged
from fitscope.diagnosis.noise import moves_along
from fitscope.diagnosis.order import chance_of_order

TIMES = 24


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    return [
        judged(shape, number, case(shape, number, DEVELOPMENT))
        for shape in SHAPES
        for number in range(TIMES)
    ]


def right(found: list[Outcome]) -> float:
    clear = [one.label == one.truth.label for one in found if one.truth.clear]
    assert len(clear) >= 15
    return float(np.mean(clear))


@pytest.mark.parametrize("label", ["good", "overfit", "improving", "unstable", "too few"])
def test_labels_are_right_where_the_truth_is_clear(found, label):
    assert right([one for one in found if one.truth.label == label]) >= 0.85


def test_what_did_not_rise_is_rarely_overfit(found):
    still = [o for o in found if o.rose <= 0.01 and o.truth.shares.get("overfit", 0) < 0.5]
    assert np.mean([one.label == "overfit" for one in still]) <= 0.05


def test_confidences_are_near_what_is_so(found):
    stated = np.mean([one.confidence for one in found])
    assert abs(stated - np.mean([one.right for one in found])) <= 0.05


def test_the_chance_of_an_order_is_that_of_scipy():
    random = np.random.default_rng(0)
    for n in (3, 5, 8):
        for _ in range(20):
            values = random.normal(size=n)
            p = kendalltau(np.arange(n), values, method="exact", alternative="greater")[1]
            assert chance_of_order(values) == pytest.approx(p, rel=1e-9)


def test_jitter_that_both_curves_show_is_no_schedule():
    jitter, at = np.random.default_rng(0).normal(size=80), np.linspace(1, 0, 80)
    assert not moves_along(at + 0.1 * jitter, at + 0.1 * jitter)
    teeth = 0.3 * (np.arange(80) % 8) / 8
    assert moves_along(at - teeth, at - 0.8 * teeth)
