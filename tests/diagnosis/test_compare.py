"""Comparisons of models on shared rows, against SciPy and against simulated truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fitscope.diagnosis.around_best import around_best
from fitscope.diagnosis.compare import RowScores, difference, holm
from fitscope.diagnosis.measure import measure
from fitscope.errors import UserError
from fitscope.history import History, RowLosses
from fitscope.task import BINARY
from fitscope.verdicts.comparisons import compare, compare_all


def simulated(
    random: np.random.Generator,
    runs: int,
    rows: np.ndarray,
    mean: float = 0.0,
    own: float = 0.0,
    seed: float = 0.0,
    rest: float = 0.0,
) -> np.ndarray:
    """Scores [runs, rows]: rows shared by all models, own row effects, runs, and the rest."""
    return (
        mean
        + rows
        + own * random.normal(size=len(rows))
        + seed * random.normal(size=(runs, 1))
        + rest * random.normal(size=(runs, len(rows)))
    )


def test_one_run_a_side_is_the_paired_t_test():
    random = np.random.default_rng(0)
    rows = random.normal(size=500)
    a, b = (simulated(random, 1, rows, mean, own=0.3) for mean in (0.02, 0.0))
    found = compare(RowScores("a", {"loss": a}), RowScores("b", {"loss": b}))
    truth = stats.ttest_rel(a[0], b[0])
    low, high = truth.confidence_interval(0.95)
    assert found.about == "networks"
    assert found.metrics["loss"].p == pytest.approx(truth.pvalue)
    assert found.metrics["loss"].interval == pytest.approx((low, high))
    assert found.metrics["loss"].sign_chance == pytest.approx(1 - truth.pvalue / 2)


def test_where_rows_decide_nothing_it_is_welchs_test_of_the_runs():
    random = np.random.default_rng(1)
    a = np.repeat(random.normal(0.1, 0.02, (4, 1)), 300, axis=1)
    b = np.repeat(random.normal(0.0, 0.05, (3, 1)), 300, axis=1)
    found = difference(a, b)
    truth = stats.ttest_ind(a[:, 0], b[:, 0], equal_var=False)
    assert found.p == pytest.approx(truth.pvalue)
    assert found.interval == pytest.approx(tuple(truth.confidence_interval(0.95)))


@pytest.mark.parametrize(("seed", "rest"), [(0.0, 0.2), (0.005, 0.15), (0.02, 0.1)])
@pytest.mark.parametrize("runs", [(2, 2), (3, 3), (5, 5), (2, 4)])
def test_the_interval_holds_the_truth_as_often_as_it_says(runs, seed, rest):
    """Known truth: a lies 0.01 above b, also on rows of its own; 95 % within 2.6 errors."""
    random, missed, times = np.random.default_rng(2), 0, 400
    for _ in range(times):
        rows = random.exponential(0.6, 300)
        a = simulated(random, runs[0], rows, 0.01, own=0.1, seed=seed, rest=rest)
        b = simulated(random, runs[1], rows, 0.0, own=0.1, seed=seed, rest=rest)
        low, high = difference(a, b).interval
        missed += not low <= 0.01 <= high
    assert missed / times <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / times)


@pytest.mark.parametrize("runs", [2, 3, 5])
@pytest.mark.parametrize("seed", [0.0, 0.008, 0.05])
def test_a_model_is_seldom_different_from_itself(runs, seed):
    """No effects of its own: the rows' share of the runs' spread must not be counted twice."""
    random, called, times = np.random.default_rng(3), 0, 400
    for _ in range(times):
        rows = random.exponential(0.6, 300)
        a, b = (simulated(random, runs, rows, seed=seed, rest=0.15) for _ in range(2))
        called += difference(a, b).p < 0.05
    assert called / times <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / times)


def test_pairing_and_repeats_make_it_surer():
    random = np.random.default_rng(4)
    rows = random.exponential(0.6, 1_000)
    a, b = (simulated(random, 5, rows, mean, own=0.1, rest=0.1) for mean in (0.03, 0.0))
    found = difference(a, b)
    assert found.error < 0.3 * np.hypot(stats.sem(a[0]), stats.sem(b[0]))
    assert found.error < difference(a[:2], b[:2]).error * 1.5
    assert found.sign_chance > 0.99


values = st.floats(-10, 10, allow_subnormal=False)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4), values)
def test_turned_round_or_shifted_it_says_the_same(seed, runs_a, runs_b, shift):
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(runs_a, 20)), random.normal(size=(runs_b, 20))
    one, other, moved = difference(a, b), difference(b, a), difference(a + shift, b + shift)
    assert one.value == pytest.approx(-other.value)
    assert one.p == pytest.approx(other.p)
    assert one.interval == pytest.approx([-x for x in other.interval[::-1]])
    assert moved.value == pytest.approx(one.value, abs=1e-9)
    assert moved.p == pytest.approx(one.p, rel=1e-6)
    assert 0.5 <= one.sign_chance <= 1


def test_the_same_scores_differ_by_nothing():
    rows = np.random.default_rng(5).normal(size=(3, 50))
    for found in (difference(rows, rows), difference(rows[:1], rows[:1])):
        assert (found.value, found.p, found.sign_chance) == (0.0, 1.0, 0.5)
        assert found.interval[0] <= 0 <= found.interval[1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(4, 40), st.integers(2, 12))
def test_a_corrected_interval_agrees_with_its_verdict(seed, rows, pairs):
    """Student's interval at Holm's level (SciPy): it holds zero where no sign is claimed."""
    random = np.random.default_rng(seed)
    samples = random.normal(random.normal(0, 0.6, pairs)[:, None], 1, (pairs, rows))
    found = [difference(sample[None]) for sample in samples]
    corrected = holm([one.p for one in found])
    for sample, one, p in zip(samples, found, corrected, strict=True):
        told = replace(one, p_corrected=p)
        low, high = told.interval_corrected
        assert (low <= 0 <= high) != told.sure or p == pytest.approx(0.05)
        level = 1 - 0.05 * one.p / p
        ends = stats.ttest_1samp(sample, 0).confidence_interval(level)
        assert (low, high) == pytest.approx((ends.low, ends.high), rel=1e-6)
        assert low <= one.interval[0] <= one.interval[1] <= high
        assert told.turned().interval_corrected == pytest.approx((-high, -low))


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_what_its_definition_says(chances):
    """Rejected at level x are the smallest p up to the first one that fails its own bar."""
    corrected = np.array(holm(chances))
    for level in (0.01, 0.05, 0.2):
        rejected = np.zeros(len(chances), bool)
        for rank, at in enumerate(np.argsort(chances, kind="stable")):
            if (len(chances) - rank) * chances[at] > level:
                break
            rejected[at] = True
        assert (corrected <= level).tolist() == rejected.tolist()


def test_many_models_that_are_one_are_seldom_told_apart():
    """The chance of any wrong call among all pairs of five stays at the level."""
    random, called, times = np.random.default_rng(6), 0, 150
    for _ in range(times):
        rows = random.exponential(0.6, 200)
        found = compare_all(
            [RowScores(name, {"loss": simulated(random, 3, rows, rest=0.2)}) for name in "abcde"]
        )
        called += any(one.metrics["loss"].p_corrected < 0.05 for one in found)
    assert called / times <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / times)


def test_every_pair_in_order_and_as_plain_values():
    random = np.random.default_rng(7)
    models = [
        RowScores(name, {"x": random.normal(size=(runs, 30)), "y": random.normal(size=(runs, 30))})
        for name, runs in (("a", 2), ("b", 1), ("c", 3))
    ]
    found = [one.as_dict() for one in compare_all(models)]
    assert [(one["a"], one["b"], one["about"]) for one in found] == [
        ("a", "b", "networks"),
        ("a", "c", "models"),
        ("b", "c", "networks"),
    ]
    assert found[1]["repeats"] == [2, 3]
    for one in found:
        for told in one["metrics"].values():
            assert set(told) == {
                "difference", "error", "interval", "sign_chance", "sign_chance_corrected"
            }  # fmt: skip
            assert 0.5 <= told["sign_chance_corrected"] <= told["sign_chance"] <= 1
    assert compare_all(models[:1]) == []


def test_other_rows_cannot_be_compared():
    a, b = (RowScores(str(rows), {"loss": np.zeros((1, rows))}) for rows in (5, 6))
    with pytest.raises(UserError, match="5 and 6 rows"):
        compare(a, b)
    with pytest.raises(UserError, match="at least two"):
        compare(
            RowScores("a", {"loss": np.zeros((1, 1))}), RowScores("b", {"loss": np.ones((1, 1))})
        )


def test_one_run_a_side_counts_how_well_its_level_is_known():
    rows = np.random.default_rng(0).normal(size=50)
    a, b = (
        RowScores(name, {"loss": rows[None] + level}, {"loss": np.array([error])})
        for name, level, error in (("a", 0.1, 0.03), ("b", 0.0, 0.04))
    )
    assert compare(a, b).metrics["loss"].error == pytest.approx(0.05)  # rows differ by nothing
    several = RowScores("a", {"loss": np.stack([rows, rows])}, {"loss": np.array([0.3, 0.4])})
    assert several.level_variance("loss") == pytest.approx(0.25 / 4)
    assert compare(several, several).metrics["loss"].error == 0.0  # how runs scatter is seen


def test_networks_that_differ_by_the_luck_of_epochs_are_seldom_called_different():
    """Both validate alike; their curves jitter from epoch to epoch."""
    random = np.random.default_rng(3)
    at, rows = np.arange(60), random.exponential(0.3, 40)

    def scores(name: str) -> RowScores:
        path = 0.6 + 0.3 * np.exp(-at / 4) + 0.02 * random.normal(size=60)
        losses = path[:, None] + rows - rows.mean()
        curve = losses.mean(axis=1)
        kept = RowLosses(at, losses)
        run = History(name, "loss", at, None, curve, rows=kept)
        found = around_best(run, BINARY, measure(run), np.full(60, 0.5))
        assert found is not None
        errors = {metric: np.array([error]) for metric, error in found.errors.items()}
        return RowScores(name, {m: one[None] for m, one in found.rows.items()}, errors)

    times = 300
    pairs = [compare(scores("a"), scores("b")) for _ in range(times)]
    called = sum(pair.loss.p < 0.05 for pair in pairs)
    assert called / times <= 0.05 + 2 * (0.05 * 0.95 / times) ** 0.5
