"""What the two examined estimators have in common: a table is examined inside `fit`."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float64, Shaped
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from fitscope.errors import Notice
from fitscope.sklearn.refused import RefusedValue, as_value_errors

if TYPE_CHECKING:
    from fitscope.data.table import Table
    from fitscope.examination.options import Options
    from fitscope.serving.served import Served
    from fitscope.sklearn.line import FittedLine
    from fitscope.study.answer import Answer

TARGET, WEIGHT = "target", "weight"


class Examined(BaseEstimator):
    """An examination as an estimator; see `fitscope.sklearn.ExaminedClassifier`."""

    answer_: Answer | None
    model_: str
    served_: Served | FittedLine

    def __init__(
        self,
        budget: float | str = "1m",
        *,
        learners: Sequence[str] | str | None = None,
        metric: str = "loss",
        folds: int | str = "auto",
        test: float = 0.2,
        repeats: int = 1,
        quick: bool = False,
        random_state: Any = None,
        n_jobs: Any = None,
    ) -> None:
        self.budget = budget
        self.learners = learners
        self.metric = metric
        self.folds = folds
        self.test = test
        self.repeats = repeats
        self.quick = quick
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _examine(
        self,
        X: Any,
        y: Shaped[np.ndarray, " rows"],
        task: str,
        weights: Float64[np.ndarray, " rows"] | None,
    ) -> None:
        """Examine, keep the answer and the model to take, and leave nothing behind.

        Args:
            X: features that scikit-learn has looked at.
            y: texts of classes, or numbers.
            task: "binary", "multiclass" or "regression".
            weights: what each row counts; None where all count alike.
        """
        from joblib import effective_n_jobs

        from fitscope.data.memory import from_arrays
        from fitscope.data.parts import FEWEST
        from fitscope.data.table import read_table
        from fitscope.examination.options import options

        target = _free(TARGET, X)
        counted = None if weights is None else _free(WEIGHT, X)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        made = options(
            target=target,
            task=task,
            weights=counted,
            budget=self.budget,
            learners=self.learners,
            metric=self.metric,
            folds=self.folds,
            test=self.test,
            repeats=self.repeats,
            quick=self.quick,
            seed=seed,
            jobs=effective_n_jobs(self.n_jobs),
        )
        frame = from_arrays(X, y, target)
        if counted is not None:
            frame = from_arrays(frame, weights, counted)
        table = read_table(frame, target, texts=(target,))
        rows = len(y) if weights is None else int(np.count_nonzero(weights))
        if rows >= FEWEST:
            self.answer_, self.served_ = _examined(made, table)
            self.model_ = self.served_.taken.name
            return
        from fitscope.sklearn.line import fit_line

        warnings.warn(
            f"{rows} rows are too few to be examined, that takes {FEWEST}: a line is trained, "
            "and there is no answer",
            Notice,
            stacklevel=3,
        )
        self.answer_, self.served_ = None, fit_line(table, target, task, seed, counted)
        self.model_ = "linear"

    def __sklearn_tags__(self) -> Any:
        tags: Any = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    def _served(self, X: Any, of: Literal["predict", "predict_proba"]) -> np.ndarray:
        """What the model says of rows."""
        check_is_fitted(self)
        with as_value_errors():
            return getattr(self.served_, of)(looked_at(self, X, first=False))


def _examined(options: Options, table: Table) -> tuple[Answer, Served]:
    """What an examination says, and the model to take: the constant where none is to be taken."""
    from fitscope.examination.run import CONSTANT, run_examination
    from fitscope.serving.served import serve

    with tempfile.TemporaryDirectory(prefix="fitscope-") as folder:
        stored = run_examination(options, Path(folder), given=table, drawn=False)
        answer = stored.results.answer
        assert answer is not None
        taken = answer.recommended
        return answer, serve(folder, CONSTANT if taken is None else None)


def looked_at(estimator: Any, X: Any, *, first: bool, least: int = 1) -> Any:
    """Features as scikit-learn looks at them; columns of a data frame may be of any kind.

    Args:
        estimator: whose features they are.
        X: a data frame or an array.
        first: whether the estimator learns its features from them; else they must be the same.
        least: fewest rows.

    Raises:
        ValueError: they are none, or not those that were learnt.
    """
    if hasattr(X, "columns"):
        validate_data(estimator, X, reset=first, skip_check_array=True)
        return X
    dtype: Any = None
    finite: Any = "allow-nan"
    return validate_data(
        estimator, X, reset=first, dtype=dtype, ensure_all_finite=finite, ensure_min_samples=least
    )


def looked_at_target(
    estimator: Any, X: Any, y: Any, *, numeric: bool
) -> Shaped[np.ndarray, " rows"]:
    """Targets as scikit-learn looks at them.

    Args:
        estimator: whose they are.
        X: the features, which have as many rows.
        y: a target a row.
        numeric: whether they must be numbers.

    Raises:
        ValueError: they are missing, not finite, or more or fewer than rows.
    """
    if y is None:
        raise RefusedValue(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None"
        )
    dtype: Any = None
    y = check_array(column_or_1d(y, warn=True), ensure_2d=False, dtype=dtype, input_name="y")
    check_consistent_length(X, y)
    return y.astype(np.float64) if numeric else y


def _free(name: str, X: Any) -> str:
    """The name, or what is made of it where a column has it."""
    while name in getattr(X, "columns", ()):
        name += "_"
    return name
