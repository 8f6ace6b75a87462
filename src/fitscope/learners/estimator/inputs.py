"""Which rows an estimator can be given as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fitscope.errors import UserError
from fitscope.learners.estimator.described import BOOSTING, library_of

if TYPE_CHECKING:
    from fitscope.data.raw import RawColumn


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


def encodes(estimator: Any) -> bool:
    """Whether an estimator brings an encoding of columns with it: it is a pipeline, or has one.

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> from sklearn.model_selection import GridSearchCV
        >>> from sklearn.pipeline import make_pipeline
        >>> encodes(GridSearchCV(make_pipeline(Ridge()), {})), encodes(GridSearchCV(Ridge(), {}))
        (True, False)
    """
    from sklearn.pipeline import Pipeline

    parts = (estimator, *estimator.get_params(deep=True).values())
    return any(isinstance(one, Pipeline) for one in parts)


def takes_words(estimator: Any, columns: Sequence[RawColumn]) -> bool:
    """Whether an estimator takes those columns that are texts or dates, as its settings stand.

    Boosting libraries and scikit-learn's histogram boosting take categories of pandas, CatBoost
    those columns that its `cat_features` names, by their names or places.

    Example:
        >>> from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
        >>> from fitscope.data.raw import RawColumn
        >>> land = RawColumn("land", "category", levels=("DE", "FR"), typed=True)
        >>> takes_words(HistGradientBoostingClassifier(), [land])
        True
        >>> takes_words(RandomForestClassifier(), [land])
        False
    """
    words = [at for at, one in enumerate(columns) if one.kind in ("category", "date")]
    settings, library = estimator.get_params(), library_of(estimator)
    if library == "catboost":
        named = settings.get("cat_features")
        named = [] if named is None else [named] if isinstance(named, str | int) else list(named)
        return all(columns[at].name in named or at in named for at in words)
    if not all(columns[at].typed for at in words):
        return False
    if library == "xgboost":
        return not words or bool(settings.get("enable_categorical"))
    typed = library == "lightgbm" or settings.get("categorical_features") == "from_dtype"
    return not words or typed


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
