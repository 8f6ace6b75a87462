"""Which rows an estimator can be given as they are."""

from __future__ import annotations

from typing import Any

from fitscope.errors import UserError
from fitscope.learners.estimator.described import BOOSTING, library_of


def takes_missing(estimator: Any) -> bool:
    """Whether an estimator says that values may be missing.

    Example:
        >>> from sklearn.ensemble import HistGradientBoostingClassifier
        >>> from sklearn.linear_model import Ridge
        >>> takes_missing(HistGradientBoostingClassifier()), takes_missing(Ridge())
        (True, False)
    """
    from sklearn.utils import get_tags

    if library_of(estimator) in BOOSTING:
        return True
    try:
        return bool(get_tags(estimator).input_tags.allow_nan)
    except (AttributeError, TypeError, ValueError):  # of a class that says nothing of itself
        return False


def takes_categories(estimator: Any) -> bool:
    """Whether an estimator takes categories of pandas, as its settings stand.

    Example:
        >>> from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
        >>> takes_categories(HistGradientBoostingClassifier())
        True
        >>> takes_categories(RandomForestClassifier())
        False
    """
    settings = estimator.get_params()
    library = library_of(estimator)
    if library == "lightgbm":
        return True
    if library == "xgboost":
        return bool(settings.get("enable_categorical"))
    return settings.get("categorical_features") == "from_dtype"


def refuse_weights(estimator: Any) -> None:
    """Refuse an estimator that takes no weights of rows.

    Raises:
        UserError: it takes none.
    """
    from sklearn.utils.validation import has_fit_parameter

    if not has_fit_parameter(estimator, "sample_weight"):
        raise UserError(
            f"{type(estimator).__name__} takes no sample_weight in fit, and these rows have "
            "weights; leave them away, or give another learner"
        )
