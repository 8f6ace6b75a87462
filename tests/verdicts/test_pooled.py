"""Several runs to one verdict, and verdicts beside other models."""

from __future__ import annotations

import numpy as np
import pytest

from fitscope.diagnosis.underfit import Score
from fitscope.history import History
from fitscope.verdicts.beside import beside
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.pooled import pooled
from fitscope.verdicts.verdict import Verdict


def run(seed: int, rise: float = 0.0, epochs: int = 200) -> Verdict:
    random = np.random.default_rng(seed)
    at = np.arange(epochs)
    falls = 0.2 * np.exp(-at / 20)
    validation = 0.5 + falls + rise * np.maximum(at - 60, 0) + random.normal(0, 0.002, epochs)
    train = 0.5 + falls - 5e-4 * at + random.normal(0, 0.002, epochs)
    return diagnose(History(f"run {seed}", "loss", at, train, validation))


def test_one_run_is_itself_under_the_models_name():
    one = run(0, 1e-3)
    found = pooled("Large", [one])
    assert found.source == "Large"
    assert {**found.as_dict(), "source": one.source} == one.as_dict()


def test_runs_that_agree_keep_label_and_confidence():
    runs = [run(seed, 1e-3) for seed in range(5)]
    found = pooled("Large", runs)
    assert found.label == "overfit"
    assert found.confidence == pytest.approx(np.mean([one.confidence for one in runs]), abs=1e-4)
    epochs = [one.best_epoch for one in runs]
    assert min(epochs) <= found.best_epoch <= max(epochs)
    assert found.onset_epoch == sorted(one.onset_epoch or 0 for one in runs)[2]
    low, high = found.evidence["onset_interval"]
    assert low <= found.onset_epoch <= high
    assert found.evidence["rise"] == pytest.approx(np.mean([one.evidence["rise"] for one in runs]))
    assert set(found.evidence) >= set(runs[0].evidence)
    assert "5 of 5 runs overfit" in found.explanation


def test_runs_that_disagree_make_it_less_sure():
    runs = [run(0, 1e-3), run(1, 1e-3), run(2)]
    found = pooled("Large", runs)
    assert found.label == "overfit"
    assert 0.5 < found.confidence < 2 / 3
    assert "2 of 3 runs overfit" in found.explanation
    assert "1 fit well" in found.explanation
    assert pooled("Large", [run(0, 1e-3), run(1), run(2)]).label == "good"


def test_epochs_are_those_of_the_runs_with_the_label():
    rising = [run(seed, 1e-3) for seed in (0, 1, 5)]
    found = pooled("Large", [run(2, epochs=60), *rising, run(3, epochs=60)])
    assert found.label == "overfit"
    wasted = [one.evidence["wasted_epochs"] for one in rising]
    assert found.evidence["wasted_epochs"] == sorted(wasted)[1]
    assert found.best_epoch == sorted(one.best_epoch for one in rising)[1]


def blown_up() -> Verdict:
    """A run whose loss grows beyond all bounds."""
    at = np.arange(200)
    losses = 0.7 * np.exp(at / 4.0)
    return diagnose(History("blown up", "loss", at, losses, losses))


def test_a_run_that_blew_up_is_no_part_of_the_means_of_the_others():
    rising = [run(seed, 1e-3) for seed in range(3)]
    found, wanted = pooled("m", [*rising, blown_up()]), pooled("m", rising)
    assert found.label == "overfit"
    assert found.cost == wanted.cost
    assert found.evidence == wanted.evidence
    assert found.confidence == pytest.approx(0.75 * wanted.confidence, abs=1e-4)
    assert "3 of 4 runs overfit" in found.explanation
    assert found.explanation.endswith("Of the others, 1 was unstable.")


def test_a_model_whose_runs_blew_up_is_described_by_them():
    found = pooled("m", [blown_up(), blown_up(), run(0)])
    assert found.label == "unstable"
    assert found.evidence["last"] > 1e6
    assert found.explanation.startswith("2 of 3 runs were unstable")


@pytest.mark.parametrize(
    ("others", "said"),
    [(1, "1 still improved at its end"), (2, "2 still improved at their end")],
)
def test_one_run_is_told_in_the_singular(others: int, said: str):
    short = [run(seed, epochs=3) for seed in range(others)]
    found = pooled("m", [run(0, 1e-3), run(1, 1e-3), *short])
    assert found.explanation.endswith(f"Of the others, {said}.")


def test_the_order_of_runs_does_not_matter():
    runs = [run(0, 1e-3), run(1, 2e-3), run(2)]
    one, other = pooled("m", runs).as_dict(), pooled("m", runs[::-1]).as_dict()
    evidence = one.pop("evidence"), other.pop("evidence")
    costs = one.pop("cost"), other.pop("cost")
    assert one == other
    assert costs[0]["error"] == pytest.approx(costs[1]["error"])
    assert evidence[0]["rise"] == pytest.approx(evidence[1]["rise"])


def test_a_shared_error_is_not_divided_by_the_number_of_runs():
    runs = [run(seed, 1e-3) for seed in range(8)]
    errors = [one.evidence["best_corrected_error"] for one in runs]
    assert pooled("m", runs).evidence["best_corrected_error"] >= np.mean(errors)


@pytest.mark.parametrize(
    ("train", "validation", "error", "label"),
    [
        (0.40, 0.45, 0.01, "underfit"),
        (0.40, 0.45, 0.05, "good"),  # better, but not beyond noise
        (0.40, 0.499, 0.0001, "good"),  # surely better, but by nothing that matters
        (0.55, 0.45, 0.01, "good"),  # it fits the training rows no better
        (0.40, 0.60, 0.01, "good"),  # it overfits
    ],
)
def test_underfit_needs_a_model_that_fits_and_validates_better(train, validation, error, label):
    alone = run(0)
    own = Score("Tiny", 0.5, 0.0, 0.5, 0.0)
    found = beside(alone, own, [Score("Big", train, 0.0, validation, error)], "loss")
    assert alone.label == "good"
    assert found.label == label
    if label == "underfit":
        assert found.evidence["reference_kind"] == "Big"
        assert found.evidence["reference"] == validation
        assert "Big fits the training rows better" in found.explanation
    else:
        assert found is alone


def test_other_labels_stay_beside_a_better_model():
    worse = run(0, 1e-3)
    found = beside(worse, Score("a", 0.5, 0, 0.5, 0), [Score("b", 0.1, 0, 0.1, 0)], "loss")
    assert found is worse
