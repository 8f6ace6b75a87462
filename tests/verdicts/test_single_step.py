"""Learners trained in one step: judged against the constant predictor and by models beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fitscope.diagnosis.compare import Difference
from fitscope.diagnosis.underfit import Score
from fitscope.history import SINGLE, History, RowLosses
from fitscope.verdicts.beside import beside
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.versions import Version, overfit_beside

NATS = "binary_crossentropy"


def run(train: float, validation: float, spread: float = 0.2, step: str = SINGLE) -> History:
    losses = np.random.default_rng(0).normal(0, spread, (1, 500))
    losses += validation - losses.mean()
    at, values = np.arange(1), (np.array([train]), np.array([validation]))
    return History("m", NATS, at, *values, rows=RowLosses(at, losses), reference=0.69, step=step)


def test_by_itself_only_the_constant_predictor_can_tell():
    assert diagnose(run(0.68, 0.69)).label == "underfit"
    assert diagnose(run(0.0, 0.95)).label == "overfit"
    open_ = diagnose(run(0.4, 0.5))
    assert open_.label == "too few"
    assert "one step" in open_.explanation
    assert not any("epoch" in text or "Validate at more" in text for text in open_.advice)
    assert open_.evidence.gap == pytest.approx(0.1)
    assert open_.evidence.best_corrected_error == pytest.approx(0.2 / 500**0.5, rel=0.1)


def test_without_a_constant_predictor_nothing_is_told():
    alone = diagnose(replace(run(0.0, 0.95), reference=None))
    assert (alone.label, alone.evidence.reference_kind) == ("too few", None)


def test_a_better_model_shows_that_it_underfits():
    own, other = Score("m", 0.4, 0.0, 0.5, 0.0), Score("Large", 0.2, 0.0, 0.4, 0.01)
    assert beside(diagnose(run(0.4, 0.5)), own, [other], "loss").label == "underfit"
    # of a network that was validated once nothing is known, beside others neither
    once = diagnose(run(0.4, 0.5, step="epoch"))
    assert beside(once, own, [other], "loss").label == "too few"


def test_a_plainer_version_shows_that_it_overfits_if_that_matters():
    own, plain = Score("m", 0.1, 0.001, 0.5, 0.0), Score("Plain", 0.3, 0.001, 0.4, 0.0)
    alone = diagnose(run(0.1, 0.5))
    needed = alone.evidence.needed
    assert needed is not None
    assert needed > 0
    for value, label in ((0.1, "overfit"), (0.5 * needed, "too few")):
        excess = Difference(value, value / 20, (0.9 * value, 1.1 * value), 1e-9, 1e-9)
        found = overfit_beside(alone, own, [Version("Plain", excess, plain)], "loss")
        assert found.label == label
