"""Settings of the estimators, as scikit-learn names them, in the words of learners and plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Gt, Lt

from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import Schedule
from fitscope.settings import LARGEST, Count, Flag, NotNegative, Number, Positive, Words, valid
from fitscope.sklearn.refused import RefusedValue
from fitscope.stopping.early import EarlyStopping

if TYPE_CHECKING:
    from fitscope.task import Task

ACTIVATIONS = {"logistic": "sigmoid", "identity": "linear"}
"""scikit-learn's names of those that are called otherwise here."""
USUAL_BATCH = 200
PartOfRows = Annotated[float, Gt(0), Lt(1), Words("above 0 and below 1")]


@dataclass(frozen=True)
class Chosen:
    """What is trained, and how.

    Attributes:
        network: without L2, which is `alpha` here.
        plan: its batches, optimizer and rule.
        alpha: see `fitscope.learners.mlp.padded.train_padded`.
        keeps_best: whether the weights of the best epoch predict, not the last ones.
        validation_fraction: share of the rows that is held out.
    """

    network: MLP
    plan: Plan
    alpha: float
    keeps_best: bool
    validation_fraction: float

    def described(self, rows: int) -> MLP:
        """The network with its L2 as `MLP` counts it, for so many training rows."""
        l2 = self.alpha / (2 * self.network.batch(self.plan, rows))
        return MLP.from_dict({**self.network.as_dict(), "l2": l2})


def chosen(name: str, given: Mapping[str, Any], task: Task) -> Chosen:
    """The settings of an estimator, checked.

    Args:
        name: of the estimator, for messages.
        given: its parameters.
        task: what is learnt.

    Raises:
        UserError: a setting that cannot be.
    """

    def take(setting: str, hint: Any) -> Any:
        return valid(hint, given[setting], f"{name}: {setting}")

    keeps_best = take("early_stopping", Flag)
    endless = given["n_iter_no_change"] == inf
    rule = EarlyStopping(
        monitor=task.loss.validation if keeps_best else "loss",
        patience=LARGEST if endless else take("n_iter_no_change", Count),
        min_delta=take("tol", NotNegative),
        restore_best_weights=keeps_best,
    )
    rate = given["learning_rate_init"]
    plan = Plan(
        batch_size=USUAL_BATCH if _is(given["batch_size"], "auto") else take("batch_size", Count),
        max_epochs=take("max_iter", Count),
        learning_rate=rate if isinstance(rate, Schedule) else take("learning_rate_init", Positive),
        optimizer=_text(name, "solver", given["solver"]),
        optimizer_options=_options(given["solver"], take),
        stopping=rule,
    )
    activation = _text(name, "activation", given["activation"])
    network = MLP(
        *_units(name, given["hidden_layer_sizes"]),
        activation=ACTIVATIONS.get(activation, activation),
        dropout=given["dropout"],
        batch_norm=given["batch_norm"],
        noise=given["noise"],
    )
    return Chosen(
        network,
        plan,
        take("alpha", NotNegative),
        keeps_best,
        take("validation_fraction", PartOfRows),
    )


def _options(solver: Any, take: Any) -> dict[str, Any]:
    """Options of the optimizers that scikit-learn has, too."""
    if _is(solver, "adam"):
        return {
            "b1": take("beta_1", NotNegative),
            "b2": take("beta_2", NotNegative),
            "eps": take("epsilon", Positive),
        }
    if _is(solver, "sgd"):
        return {
            "momentum": take("momentum", Number),
            "nesterov": take("nesterovs_momentum", Flag),
        }
    return {}


def _units(name: str, given: Any) -> list[int]:
    several = given if isinstance(given, Sequence | np.ndarray) else [given]
    return [valid(Count, units, f"{name}: hidden_layer_sizes") for units in several]


def _text(name: str, setting: str, given: Any) -> str:
    if not isinstance(given, str):
        raise RefusedValue(f"{name}: {setting} must be a name, got {given!r}")
    return given


def _is(given: Any, word: str) -> bool:
    return isinstance(given, str) and given == word
