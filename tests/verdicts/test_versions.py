"""A model beside plainer versions of itself: overfitting no curve shows, and its cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from fitscope.diagnosis.compare import Difference, difference
from fitscope.diagnosis.underfit import Score
from fitscope.verdicts.cost import Cost, Price
from fitscope.verdicts.evidence import Evidence
from fitscope.verdicts.means import GENERAL
from fitscope.verdicts.pooled import pooled
from fitscope.verdicts.verdict import Label, Verdict
from fitscope.verdicts.versions import Version, overfit_beside, priced, richness


def verdict(label: Label = "good", **evidence) -> Verdict:
    found = Evidence(metric="loss", needed=0.01, **evidence)
    onset = 40 if label == "overfit" else None
    return Verdict("Large", label, 0.9, 30, onset, 60, found, "It fits.", ("Nothing.",))


def version(train: float = 0.5, excess: float = 0.05, error: float = 0.01) -> Version:
    """L2, on training rows at `train` where Large is at 0.3, validating better by `excess`."""
    p = float(2 * stats.norm.sf(abs(excess) / error))
    found = Difference(excess, error, (excess - 2 * error, excess + 2 * error), p, p)
    return Version("L2", found, Score("L2", train, 0.01, 0.45, 0.0))


OWN = Score("Large", 0.3, 0.01, 0.5, 0.0)


@pytest.mark.parametrize("label", ["good", "improving", "unstable", "underfit", "too few"])
def test_a_plainer_version_shows_what_no_curve_does(label):
    found = overfit_beside(verdict(label), OWN, [version()], "loss")
    assert (found.label, found.onset_epoch) == ("overfit", None)
    assert found.confidence == pytest.approx(0.99)
    assert "L2, a plainer version of it, fits the training rows worse" in found.explanation
    assert "(loss 0.5 against 0.3)" in found.explanation
    assert found.advice == (
        "Use L2, or something between the two.",
        "Train on more data, or augment what there is.",
        *GENERAL.against,
    )


def test_the_end_of_a_run_that_came_apart_is_no_cost_of_overfitting():
    paid = Cost(training_on=Price(1e20, 1.0, 0.99, "its best epoch"))
    alone = replace(verdict("unstable"), cost=paid)
    found = priced(overfit_beside(alone, OWN, [version()], "loss"), False, [version()])
    assert found.label == "overfit"
    assert found.cost == Cost(None, richness([version()]))


@pytest.mark.parametrize(
    "other",
    [
        version(train=0.29),  # fits the training rows better itself
        version(train=0.31),  # worse, but not beyond noise
        version(excess=-0.05),  # validates worse
        version(excess=0.05, error=0.04),  # better, but not surely
        version(excess=0.009, error=0.001),  # surely better, by nothing that matters
        Version("L2", version().excess),  # nobody knows how it fits its training rows
    ],
)
def test_it_takes_both_and_surely(other):
    alone = verdict()
    assert overfit_beside(alone, OWN, [other], "loss") is alone


def test_what_the_curve_shows_stays():
    alone = verdict("overfit")
    assert overfit_beside(alone, OWN, [version()], "loss") is alone


def test_the_best_version_is_what_richness_is_measured_against():
    tiny = Version("Tiny", version(excess=0.02).excess)
    found = richness([tiny, version(), Version("Dropout", version(excess=-0.1).excess)])
    assert found is not None
    assert (found.against, found.value, found.error) == ("L2", 0.05, 0.01)
    assert richness([]) is None


def test_the_chance_of_a_cost_holds_for_the_best_of_many_that_are_alike():
    """Ten versions validate like the model itself: 95 % sure of a cost at most 5 % of the time."""
    random, called, times = np.random.default_rng(0), 0, 300
    for _ in range(times):
        rows = random.exponential(0.5, 200)
        own = rows + 0.2 * random.normal(size=200)
        others = [rows + 0.2 * random.normal(size=200) for _ in range(10)]
        found = richness(
            [Version(str(n), difference(own[None], other[None])) for n, other in enumerate(others)]
        )
        assert found is not None
        called += found.chance >= 0.95
    assert called / times <= 0.05 + 2.6 * (0.05 * 0.95 / times) ** 0.5


def test_training_on_costs_nothing_where_the_best_epoch_is_kept():
    cost = Cost(training_on=Price(0.1, 0.02, 0.9, "its best epoch"))
    run = replace(verdict("overfit"), cost=cost)
    paid, kept = priced(run, False, [version()]).cost, priced(run, True, []).cost
    assert paid is not None
    assert kept is not None
    assert (paid.value, paid.chance) == (pytest.approx(0.15), pytest.approx(1.0))
    assert (kept.value, kept.error, kept.chance) == (0.0, 0.0, 0.0)
    assert priced(verdict(), False, []).cost is None


def test_runs_pool_what_training_on_costs():
    runs = [
        replace(
            verdict("overfit"), cost=Cost(training_on=Price(value, 0.02, 0.9, "its best epoch"))
        )
        for value in (0.1, 0.2, 0.3)
    ]
    cost = pooled("Large", runs).cost
    assert cost is not None
    assert cost.value == pytest.approx(0.2)
    assert cost.error == pytest.approx(np.hypot(0.02, 0.1 / 3**0.5))
    assert cost.chance == pytest.approx(0.9)
