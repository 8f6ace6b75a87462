"""What to try comes from the learner's own knobs."""

from __future__ import annotations

import numpy as np
import pytest

from fitscope.history import History
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.study.means import means_of
from fitscope.verdicts.judge import diagnose, diagnose_measured
from fitscope.verdicts.means import GENERAL

BOTH = "both together often do best."


@pytest.mark.parametrize(
    ("learner", "against"),
    [
        (MLP(64, 64), GENERAL.against),
        (MLP(64, l2=0.1), (f"Raise L2, or add dropout; {BOTH}", GENERAL.against[1])),
        (MLP(64, dropout=0.5), (f"Raise dropout, or add L2; {BOTH}", GENERAL.against[1])),
        (MLP(64, l2=0.1, dropout=0.5), ("Raise L2 or raise dropout.", GENERAL.against[1])),
        (MLP(64, batch_norm=True), ("Add L2 or dropout.", GENERAL.against[1])),
        (MLP(), ()),
        (
            HGB(),
            (
                "Add L2 regularization or random features.",
                "Use a smaller model: fewer leaves a tree or more rows a leaf.",
            ),
        ),
        (
            HGB(max_leaf_nodes=None, max_depth=3, l2_regularization=1.0, max_features=0.5),
            (
                "Raise L2 regularization or use fewer random features.",
                "Use a smaller model: fewer levels a tree or more rows a leaf.",
            ),
        ),
    ],
)
def test_against_overfitting(learner, against):
    assert means_of(learner).against == against


@pytest.mark.parametrize(
    ("learner", "causes"),
    [
        (MLP(64), (GENERAL.weak, GENERAL.short)),
        (MLP(64, dropout=0.5), ("Over-regularized: lower dropout.", GENERAL.weak, GENERAL.short)),
        (
            HGB(),
            (
                "Too weak: use a larger model (more leaves a tree, fewer rows a leaf or more "
                "rounds) or better features.",
                "Trained too short: try more rounds or a higher learning rate.",
            ),
        ),
    ],
)
def test_causes_of_underfitting(learner, causes):
    assert means_of(learner).causes == causes


def rising(step: str = "round", bend: int = 25) -> History:
    at = np.arange(60)
    train = np.exp(-at / 10)
    validation = 0.4 + np.maximum(train, train[bend]) + 0.01 * np.maximum(at - bend, 0)
    return History("run", "mean_squared_error", at, train, validation, step=step)


def test_boosting_is_not_told_what_only_networks_have():
    verdict, _ = diagnose_measured(rising(), means_of(HGB()))
    assert verdict.label == "overfit"
    assert verdict.advice == (
        f"Stop early, at about round {verdict.best_epoch}.",
        "Train on more data, or augment what there is.",
        *means_of(HGB()).against,
    )
    first, _ = diagnose_measured(rising(bend=0), means_of(HGB()))
    assert first.advice[0] == "Its first round is its best: lower the learning rate."


def test_without_a_learner_the_general_sentences_stay():
    verdict = diagnose(rising("epoch"))
    assert verdict.advice[0].endswith(", and keep the weights of the best epoch.")
    assert verdict.advice[2:] == GENERAL.against
