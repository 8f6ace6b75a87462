"""What scikit-learn's `learning_curve` and `validation_curve` return, and their displays."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitscope.history import SIZE
from fitscope.logs.axes import VALUE
from fitscope.logs.frames import numbered
from fitscope.logs.table import Table


def sklearn_curves(source: Any) -> Table | None:
    """The mean scores over folds, a row a size or a value; None for anything else.

    Args:
        source: `(train_sizes, train_scores, test_scores)`, with times behind them or not, or
            `(train_scores, test_scores)`, scores of shape (sizes, folds); or a
            `LearningCurveDisplay` or `ValidationCurveDisplay`.

    Example:
        >>> scores = np.array([[0.9, 1.0], [0.8, 0.9]])
        >>> list(sklearn_curves(([50, 100], scores, scores - 0.2)).numbers)
        ['training size', 'train/score', 'validation/score']
    """
    if hasattr(source, "train_scores") and hasattr(source, "test_scores"):
        name = str(getattr(source, "param_name", SIZE))
        places = source.train_sizes if name == SIZE else source.param_range
        return _table(name, places, source.train_scores, source.test_scores)
    if not isinstance(source, tuple) or len(source) not in (2, 3, 5):
        return None
    if not all(isinstance(part, np.ndarray) for part in source[-2:]):
        return None
    first, second = source[:2] if len(source) == 2 else source[1:3]
    if np.ndim(first) != 2 or np.shape(first) != np.shape(second) or np.shape(first)[1] == 0:
        return None
    if len(source) == 2:
        return _table(VALUE, np.arange(len(first)), first, second)
    return _table(SIZE, source[0], first, second)


def _table(name: str, places: Any, train: Any, test: Any) -> Table:
    train, test = np.mean(train, axis=1), np.mean(test, axis=1)
    at = np.asarray(places, np.float64)
    return numbered({name: at, "train/score": train, "validation/score": test}, {})
