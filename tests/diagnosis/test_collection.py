"""A small fixed part of the collection of `make calibrate`: labels of histories of known truth."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from calibration.collection.curves import SHAPES
from calibration.collection.outcomes import DEVELOPMENT, Outcome, case, judged
from fitscope.diagnosis.noise import moves_along
from fitscope.diagnosis.order import chance_of_order

TIMES, LONGEST = 100, 100


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    shown = (
        (shape, number, case(shape, number, DEVELOPMENT))
        for shape in SHAPES
        for number in range(TIMES)
    )
    return [judged(*one) for one in shown if len(one[-1].history.epochs) <= LONGEST]


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


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [("overfit", 0.6, 0.92), ("improving", 0.5, 0.85), ("good", 0.0, 0.5), ("good", 0.6, 0.96)],
)
def test_confidences_say_how_many_are_right(found, label, low, high):
    """As near as some forty to some hundred histories can tell."""
    said = [one for one in found if one.label == label and low <= one.confidence < high]
    assert len(said) >= 40
    stated = np.mean([one.confidence for one in said])
    assert abs(stated - np.mean([one.right for one in said])) <= 0.08


def test_the_surest_are_right(found):
    for label in ("good", "overfit", "unstable"):
        said = [one.right for one in found if one.label == label and one.confidence >= 0.96]
        assert len(said) >= 40
        assert np.mean(said) >= 0.93


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


def test_moves_of_any_size_are_compared():
    teeth = 1e95 * np.tile([3.0, 2.0, 1.0, 0.0], 6)
    assert moves_along(teeth, 0.9 * teeth)
