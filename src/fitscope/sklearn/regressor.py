"""`MLPRegressor`: one network that predicts a number, judged after `fit`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from jaxtyping import Float64
from sklearn.base import RegressorMixin

from fitscope.data.target import training_scale
from fitscope.sklearn.network import Network
from fitscope.sklearn.refused import as_value_errors
from fitscope.task import REGRESSION

if TYPE_CHECKING:
    from fitscope.sklearn.rows import WeightedRows


class MLPRegressor(RegressorMixin, Network):
    """A network that predicts a number, and says after `fit` whether it over- or underfits.

    It is trained on targets brought to mean 0 and deviation 1, of which `tol` counts the
    variance; what it tells is in the targets' own units. Everything else is as with
    `fitscope.sklearn.MLPClassifier`, whose settings it has, `class_weight` apart.

    Attributes:
        validation_loss_: mean squared error of the rows held out, with the weights that predict.
        out_activation_: "identity".

    Example:
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.preprocessing import scale
        >>> x, y = load_diabetes(return_X_y=True)
        >>> model = MLPRegressor((32,), learning_rate_init=0.01, random_state=0).fit(scale(x), y)
        >>> model.score(scale(x), y) > 0.4, bool(model.validation_loss_ < y.var())
        (True, True)
    """

    out_activation_: str

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
            y: the number of each row.
            sample_weight: what each row counts: 2 is as good as twice the row, 0 as no row.
            X_val: rows that are held out, instead of some of `X`.
            y_val: their numbers.
            sample_weight_val: what they count.

        Raises:
            ValueError: rows or a setting that a person has to mend.
        """
        train, held = (X, y, sample_weight), (X_val, y_val, sample_weight_val)
        with as_value_errors():
            rows, validation = self._given(train, held, numeric=True)
            y = rows.y.astype(np.float64)
            mean, unit = (y[0], 1.0) if y.min() == y.max() else training_scale(y)

            def scaled(rows: WeightedRows) -> WeightedRows:
                return replace(rows, y=(rows.y.astype(np.float64) - mean) / unit)

            self.out_activation_ = "identity"
            held_out = None if validation is None else scaled(validation)
            self._train(scaled(rows), held_out, REGRESSION, unit)
            self.coefs_[-1] = self.coefs_[-1] * unit
            self.intercepts_[-1] = self.intercepts_[-1] * unit + mean
        return self

    def predict(self, X: Any) -> Float64[np.ndarray, " rows"]:
        """The number of each row."""
        return self._outputs(X)
