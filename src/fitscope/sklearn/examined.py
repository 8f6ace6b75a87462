"""`ExaminedClassifier` and `ExaminedRegressor`: capacity and remedies chosen inside `fit`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from jaxtyping import Float, Float64, Shaped
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets

from fitscope.sklearn.examination import Examined, looked_at, looked_at_target
from fitscope.sklearn.refused import as_value_errors, refuse_one_class
from fitscope.sklearn.rows import row_weights


class ExaminedClassifier(ClassifierMixin, Examined):
    """A table examined inside `fit`: predicts with the model that the examination recommends.

    `fit` is `fitscope.examine` within a budget: models from a line to clearly too rich, networks
    and boosted trees, remedies for those that overfit, and the best of all, its runs averaged and
    its temperature set. Columns may be numbers, texts, truths or dates, and miss values: no
    pipeline has to encode them. Where nothing can be learnt it predicts the share of each class;
    with fewer than 50 rows, too few to be examined, a line is trained and `answer_` is None.

    A setting that scikit-learn has a name for is called so, `random_state` and `n_jobs`; the rest
    as in `fitscope.examine`. The same seed gives the same numbers as long as the budget lasts for
    the same models.

    Args:
        budget: time for `fit`: seconds, or "5m".
        learners: some of "linear", "mlp" and "hgb", or others that `fitscope.examine` knows; those
            three if left out.
        metric: what decides: "loss" is the cross-entropy, or "accuracy".
        folds: folds of cross-validation, 1 for a single validation part, "auto" for what suits.
        test: share of rows that nothing is decided by, for the scores in `answer_.test`; 0 gives
            these to training, where scores are measured elsewhere.
        repeats: fewest runs a model.
        quick: fewer models, trained shorter.
        random_state: whole number, `RandomState`, or None for other numbers each time.
        n_jobs: runs side by side, as joblib counts: None is 1, -1 is one a core.
        class_weight: what rows of each class count: a dictionary, "balanced", or None.

    Attributes:
        answer_: the answer: `words`, `recommended`, `rungs` with verdicts and costs, `remedies`,
            `more_data`, `checks`, `test`.
        model_: name of the model that predicts; of several averaged all their names, "hgb and 64".
        served_: that model with its encoding: as `fitscope predict` uses it, or the line.
        classes_: the classes in their order.
        n_features_in_: number of columns.
        feature_names_in_: their names, where they came in a data frame.
    """

    classes_: Shaped[np.ndarray, " labels"]

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
        class_weight: dict | str | None = None,
    ) -> None:
        super().__init__(
            budget,
            learners=learners,
            metric=metric,
            folds=folds,
            test=test,
            repeats=repeats,
            quick=quick,
            random_state=random_state,
            n_jobs=n_jobs,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Examine.

        Args:
            X: columns, a row an example: a data frame or an array.
            y: class of each row.
            sample_weight: what each row counts, in training and in every score; 0 is no row.

        Raises:
            ValueError: rows or a setting that a person has to mend.
        """
        with as_value_errors():
            X = looked_at(self, X, first=True, least=2)
            y = looked_at_target(self, X, y, numeric=False)
            check_classification_targets(y)
            weights = row_weights(sample_weight, len(y))
            there = y[weights > 0]
            self.classes_ = np.unique(there)
            refuse_one_class(self.classes_)
            each = compute_class_weight(self.class_weight, classes=self.classes_, y=there)
            numbers = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
            alike = sample_weight is None and self.class_weight is None
            weights = None if alike else weights * each[numbers]
            texts = [str(label) for label in self.classes_]
            kind = "binary" if len(texts) == 2 else "multiclass"
            self._examine(X, np.array(texts, object)[numbers], kind, weights)
            # the examination has them in the order of their names
            self._order = [self.served_.labels.index(text) for text in texts]
        return self

    def predict(self, X: Any) -> Shaped[np.ndarray, " rows"]:
        """The likeliest class of each row."""
        numbers = self.predict_proba(X).argmax(axis=1)
        return self.classes_[numbers]

    def predict_proba(self, X: Any) -> Float64[np.ndarray, "rows labels"]:
        """Probability of each class, in the order of `classes_`."""
        return self._served(X, "predict_proba")[:, self._order]

    def predict_log_proba(self, X: Any) -> Float64[np.ndarray, "rows labels"]:
        """Its logarithm."""
        return np.log(self.predict_proba(X))


class ExaminedRegressor(RegressorMixin, Examined):
    """A table examined inside `fit`: predicts with the model that the examination recommends.

    As `fitscope.sklearn.ExaminedClassifier`, for a number; where nothing can be learnt it
    predicts the mean. `metric` is "loss", the squared error, or "mean_absolute_error".
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Examine.

        Args:
            X: columns, a row an example: a data frame or an array.
            y: the number of each row.
            sample_weight: what each row counts, in training and in every score; 0 is no row.

        Raises:
            ValueError: rows or a setting that a person has to mend.
        """
        with as_value_errors():
            X = looked_at(self, X, first=True, least=2)
            y = looked_at_target(self, X, y, numeric=True)
            weights = None if sample_weight is None else row_weights(sample_weight, len(y))
            self._examine(X, y, "regression", weights)
        return self

    def predict(self, X: Any) -> Float[np.ndarray, " rows"]:
        """The number of each row."""
        return self._served(X, "predict")
