"""What `MLPClassifier` and `MLPRegressor` have in common: settings, training, what is kept."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from fitscope.data.split import Split
from fitscope.sklearn.refused import RefusedValue
from fitscope.sklearn.rows import WeightedRows, given_rows, held_out
from fitscope.sklearn.settings import chosen

if TYPE_CHECKING:
    from fitscope.learners.base import TrainedRun
    from fitscope.learners.mlp.network import MLP
    from fitscope.learners.mlp.schedules import Schedule
    from fitscope.task import Task
    from fitscope.verdicts.verdict import Verdict


class Network(BaseEstimator):
    """One network as an estimator; see `fitscope.sklearn.MLPClassifier` for its settings."""

    verdict_: Verdict
    history_: dict[str, np.ndarray]
    validation_loss_: float
    best_epoch_: int
    coefs_: list[Float64[np.ndarray, "inputs units"]]
    intercepts_: list[Float64[np.ndarray, " units"]]
    network_: MLP

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float | Schedule = 0.001,
        max_iter: int = 200,
        random_state: Any = None,
        tol: float = 1e-4,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = True,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        dropout: float = 0.0,
        batch_norm: bool = False,
        noise: float = 0.0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.tol = tol
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.noise = noise

    def _given(
        self, train: tuple[Any, Any, Any], validation: tuple[Any, Any, Any], *, numeric: bool
    ) -> tuple[WeightedRows, WeightedRows | None]:
        """The rows to learn from, and those that a user holds out: features, targets, weights."""
        rows = given_rows(self, *train, numeric=numeric)
        if all(part is None for part in validation):
            return rows, None
        if validation[0] is None or validation[1] is None:
            raise RefusedValue("X_val and y_val go together; give both of them")
        return rows, given_rows(self, *validation, numeric=numeric, first=False)

    def _train(
        self, rows: WeightedRows, validation: WeightedRows | None, task: Task, unit: float = 1.0
    ) -> None:
        """Train on targets that are numbers, judge, and keep what is left.

        Args:
            rows: rows to learn from.
            validation: rows held out; None draws them.
            task: what is learnt.
            unit: what 1 is in a regression's own units.
        """
        from fitscope.learners.mlp.numpy_forward import folded
        from fitscope.learners.mlp.padded import train_padded
        from fitscope.sklearn.judged import judged
        from fitscope.sklearn.threads import hold_threads

        made = chosen(type(self).__name__, self.get_params(deep=False), task)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        if validation is None:
            random = np.random.default_rng(seed)
            classes = task.kind != "regression"
            mask = held_out(rows.y, made.validation_fraction, random, classes)
            rows, validation = rows.take(~mask), rows.take(mask)
        split = Split(
            rows.x,
            rows.y,
            validation.x,
            validation.y,
            checked=True,
            task=task,
            train_weights=rows.weights,
            validation_weights=validation.weights,
        )
        hold_threads()
        run = train_padded(made.network, made.plan, split, alpha=made.alpha, seed=seed)
        loss = task.monitors.index(task.loss.validation)
        kept = run.best_epoch if made.keeps_best else len(run.metrics) - 1
        if not np.isfinite(run.metrics[kept, loss]):
            raise RefusedValue(
                "training came apart: the validation loss is not finite; scale the features "
                "(StandardScaler), or lower learning_rate_init"
            )
        params, state = run.best if made.keeps_best else run.last
        layers = [
            folded(made.network, params, state, number, np.float64)
            for number in range(len(made.network.hidden) + 1)
        ]
        run = _in_own_units(run if made.keeps_best else _without_best(run, loss), unit)
        self.network_ = made.described(len(rows.y))
        self.verdict_ = judged(run, self.network_, split, type(self).__name__, unit)
        self.coefs_ = [kernel for kernel, _ in layers]
        self.intercepts_ = [bias for _, bias in layers]
        self.history_ = run.history(task)
        self.best_epoch_ = run.best_epoch
        self.validation_loss_ = float(run.metrics[kept, loss])
        self.loss_curve_ = self.history_["loss"].tolist()
        self.loss_ = self.loss_curve_[kept]
        self.n_iter_ = len(run.metrics)
        self.n_layers_ = len(layers) + 1
        self.n_outputs_ = task.outputs
        if run.stopped == "max epochs" and self.verdict_.label == "improving":
            warnings.warn(
                f"after max_iter={self.n_iter_} epochs the validation loss was still falling; "
                "raise max_iter",
                ConvergenceWarning,
                stacklevel=3,
            )

    def _outputs(self, X: Any) -> Float64[np.ndarray, "rows ..."]:
        """Log-odds, logits or values."""
        from fitscope.learners.mlp.numpy_forward import chained

        check_is_fitted(self)
        x: Any = validate_data(self, X, dtype=np.float32, reset=False)
        layers = list(zip(self.coefs_, self.intercepts_, strict=True))
        return chained(layers, self.network_.activation, x)


def _without_best(run: TrainedRun, loss: int) -> TrainedRun:
    """A run whose rule looked at the training loss: its best epoch is told by the other one."""
    best_epoch = int(np.nanargmin(run.metrics[:, loss]))
    return replace(run, best_epoch=best_epoch, fit={"last": run.fit["last"]})


def _in_own_units(run: TrainedRun, unit: float) -> TrainedRun:
    """A run of targets that were divided by `unit`, as one of the targets themselves."""
    square = unit**2
    units = np.array([square, square, unit])
    return replace(
        run,
        metrics=(run.metrics * np.tile(units, 2)).astype(np.float32),
        fit={which: found * units for which, found in run.fit.items()},
        row_losses=(run.row_losses * square).astype(np.float32),
    )
