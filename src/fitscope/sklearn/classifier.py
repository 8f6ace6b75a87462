"""`MLPClassifier`: one network that tells classes apart, judged after `fit`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from jaxtyping import Float64, Shaped
from scipy.special import expit, log_expit, log_softmax, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets

from fitscope.sklearn.network import Network
from fitscope.sklearn.refused import RefusedValue, as_value_errors, refuse_one_class
from fitscope.task import BINARY, MULTICLASS

if TYPE_CHECKING:
    from fitscope.learners.mlp.schedules import Schedule
    from fitscope.sklearn.rows import WeightedRows


class MLPClassifier(ClassifierMixin, Network):
    """A network that tells classes apart, and says after `fit` whether it over- or underfits.

    A setting that is called as in scikit-learn's `MLPClassifier` means the same. Some rows are
    held out always, for without them there is nothing to judge by.

    Features should be scaled, with `StandardScaler` say. First weights, order of rows and rows
    held out follow from `random_state`.

    Args:
        hidden_layer_sizes: units of each hidden layer.
        activation: "relu", "tanh", "logistic", "identity", or another one of `fitscope.MLP`.
        solver: "adam", "sgd", or another optimizer of Optax by name, with Optax' defaults.
        alpha: L2: `alpha / 2` times the sum of all squared weights, biases apart, over the rows
            of a step is added to the step's loss.
        batch_size: rows a step; "auto" are 200.
        learning_rate_init: learning rate, or a schedule: `fitscope.inverse_time_decay(1e-3, 50)`.
        max_iter: epochs at the most.
        random_state: whole number, `RandomState`, or None for other numbers each time.
        tol: by less than this the loss has not improved.
        momentum: of "sgd".
        nesterovs_momentum: whether it is Nesterov's.
        early_stopping: True ends training when the validation loss has not improved for
            `n_iter_no_change` epochs, and keeps the weights of the best epoch; False when the
            training loss has not, and keeps the last ones.
        validation_fraction: share of the rows of each class that is held out, unless `fit` is
            given such rows.
        beta_1: decay of Adam's average gradient.
        beta_2: decay of its average squared gradient.
        epsilon: what Adam adds to the root of that.
        n_iter_no_change: epochs without improvement that end training; infinity for no end.
        dropout: share of hidden outputs that are set to zero at training time.
        batch_norm: normalize each hidden layer over a step's rows.
        noise: standard deviation of normal noise that features get at training time.
        class_weight: what rows of each class count: a dictionary, "balanced", or None.

    Attributes:
        verdict_: `fitscope.Verdict`: under- or overfit, how sure, what it costs, what to try.
        history_: metrics by Keras' names, one value an epoch each.
        validation_loss_: cross-entropy of the rows held out, with the weights that predict.
        best_epoch_: epoch, from 0, of the lowest one.
        classes_: the classes in their order.
        coefs_: kernel of each layer, with batch normalization folded in.
        intercepts_: bias of each layer, likewise.
        network_: the network as `fitscope.MLP`, to go on with in a study.
        loss_curve_: training loss with penalty, one value an epoch.
        loss_: the one of the weights that predict.
        n_iter_: epochs trained.
        n_layers_: layers, that of the features among them.
        n_outputs_: 1 for two classes, else as many as there are.
        out_activation_: "logistic" for two classes, else "softmax".
        n_features_in_: number of features.
        feature_names_in_: their names, where they came in a data frame.

    Example:
        >>> from sklearn.datasets import make_moons
        >>> x, y = make_moons(400, noise=0.3, random_state=0)
        >>> model = MLPClassifier((64,), learning_rate_init=0.01, n_iter_no_change=30)
        >>> model.set_params(random_state=0).fit(x, y).score(x, y) > 0.85
        True
        >>> len(model.history_["val_loss"]) == model.n_iter_
        True
    """

    classes_: Shaped[np.ndarray, " labels"]

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
        class_weight: dict | str | None = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes,
            activation,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate_init=learning_rate_init,
            max_iter=max_iter,
            random_state=random_state,
            tol=tol,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            n_iter_no_change=n_iter_no_change,
            dropout=dropout,
            batch_norm=batch_norm,
            noise=noise,
        )
        self.class_weight = class_weight

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train and judge.

        Args:
            X: features, a row an example.
            y: class of each row: number, text or truth.
            sample_weight: what each row counts: 2 is as good as twice the row, 0 as no row.
            X_val: rows that are held out, instead of some of `X`.
            y_val: their classes.
            sample_weight_val: what they count.

        Raises:
            ValueError: rows or a setting that a person has to mend.
        """
        train, held = (X, y, sample_weight), (X_val, y_val, sample_weight_val)
        with as_value_errors():
            rows, validation = self._given(train, held, numeric=False)
            check_classification_targets(rows.y)
            self.classes_ = np.unique(rows.y)
            refuse_one_class(self.classes_)
            each = compute_class_weight(self.class_weight, classes=self.classes_, y=rows.y)
            rows = self._numbered(rows, each)
            validation = None if validation is None else self._numbered(validation, each)
            binary = len(self.classes_) == 2
            task = (BINARY if binary else MULTICLASS).of([str(label) for label in self.classes_])
            self.out_activation_ = "logistic" if binary else "softmax"
            self._train(rows, validation, task)
        return self

    def predict(self, X: Any) -> Shaped[np.ndarray, " rows"]:
        """The likeliest class of each row."""
        outputs = self._outputs(X)
        numbers = (outputs > 0).astype(int) if outputs.ndim == 1 else outputs.argmax(axis=1)
        return self.classes_[numbers]

    def predict_proba(self, X: Any) -> Float64[np.ndarray, "rows labels"]:
        """Probability of each class, in the order of `classes_`."""
        outputs = self._outputs(X)
        if outputs.ndim == 1:
            return np.stack([expit(-outputs), expit(outputs)], axis=1)
        return softmax(outputs, axis=1)

    def predict_log_proba(self, X: Any) -> Float64[np.ndarray, "rows labels"]:
        """Its logarithm."""
        outputs = self._outputs(X)
        if outputs.ndim == 1:
            return np.stack([log_expit(-outputs), log_expit(outputs)], axis=1)
        return log_softmax(outputs, axis=1)

    def _numbered(self, rows: WeightedRows, each: Float64[np.ndarray, " labels"]) -> WeightedRows:
        """Rows with numbers of classes, and with what each class counts in their weights."""
        numbers = np.searchsorted(self.classes_, rows.y)
        there = np.minimum(numbers, len(self.classes_) - 1)
        unknown = self.classes_[there] != rows.y
        if unknown.any():
            label = rows.y[int(np.argmax(unknown))]
            raise RefusedValue(f"y_val holds the class {label!r}, of which no row of X is")
        rows = replace(rows, y=there.astype(np.float32), weights=rows.weights * each[there])
        return rows.take(rows.weights > 0)
