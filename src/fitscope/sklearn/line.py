"""A line on the columns of a table, for rows that are too few to be examined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from fitscope.sklearn.classifier import MLPClassifier
from fitscope.sklearn.regressor import MLPRegressor

if TYPE_CHECKING:
    from fitscope.data.encoding import Encoding
    from fitscope.data.table import Table


@dataclass(frozen=True, eq=False)
class FittedLine:
    """A network without a hidden layer and the encoding before it, in the place of a `Served`.

    Attributes:
        encoding: of the columns.
        network: fitted.
        columns: their names, for rows that come as an array.
    """

    encoding: Encoding
    network: MLPClassifier | MLPRegressor
    columns: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of their probabilities."""
        assert isinstance(self.network, MLPClassifier)
        return tuple(self.network.classes_)

    def predict(self, given: Any) -> Float[np.ndarray, " rows"]:
        """The number of each row."""
        return np.asarray(self.network.predict(self._encoded(given)), np.float64)

    def predict_proba(self, given: Any) -> Float[np.ndarray, "rows labels"]:
        """Probability of each label."""
        assert isinstance(self.network, MLPClassifier)
        return self.network.predict_proba(self._encoded(given))

    def _encoded(self, given: Any) -> np.ndarray:
        from fitscope.data.table import read_table

        if isinstance(given, np.ndarray):
            given = dict(zip(self.columns, given.T, strict=True))
        return self.encoding.transform(read_table(given, texts=self.encoding.texts))


def fit_line(
    table: Table, target: str, task: str, seed: int, weights: str | None = None
) -> FittedLine:
    """Train a line on all columns of a table, stopped by a fifth of its rows.

    Args:
        table: the rows.
        target: the column that is to be predicted.
        task: "binary", "multiclass" or "regression".
        seed: of the rows that are held out.
        weights: the column that says what each row counts.

    Raises:
        UserError: no column to predict from, or a value that is none of its column's kind.
    """
    from fitscope.data.columns import look_at
    from fitscope.data.encoding import Encoding
    from fitscope.data.weights import rows_that_count

    made: Any = MLPRegressor if task == "regression" else MLPClassifier
    network = made(
        (),
        learning_rate_init=0.01,
        max_iter=1_000,
        validation_fraction=0.2,
        n_iter_no_change=50,
        random_state=seed,
    )
    table, counted = rows_that_count(table, weights, [])
    encoding = Encoding.fit(table, look_at(table, target, weights=weights))
    network.fit(encoding.transform(table), table.frame[target].to_numpy(), counted)
    names = [name for name in table.frame.columns if name not in (target, weights)]
    return FittedLine(encoding, network, tuple(names))
