"""What scikit-learn's `learning_curve` and `validation_curve` return, and their displays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.history import SIZE
from fitscope.logs.axes import VALUE, is_known, named_by_training, plain_name
from fitscope.logs.frames import are_counts, array_of, as_curve, numbered
from fitscope.logs.table import Table

if TYPE_CHECKING:
    from jaxtyping import Float

TRAIN = ("train_scores", "train_score", "training_scores")
OTHERS = ("test_scores", "valid_scores", "val_scores", "validation_scores", "cv_scores")
FEWEST_ROWS = 30
"""The last of some whole numbers from which on they are numbers of training rows."""


def sklearn_curves(source: Any) -> Table | None:
    """The mean scores over folds, a row a size or a value; None for anything else.

    Args:
        source: `(train_sizes, train_scores, test_scores)`, with times behind them or not,
            `(param_range, train_scores, test_scores)`, or `(train_scores, test_scores)`, scores of
            shape (sizes, folds); a dictionary of these by name; or a `LearningCurveDisplay` or
            `ValidationCurveDisplay`.

    Example:
        >>> scores = np.array([[0.9, 1.0], [0.8, 0.9]])
        >>> list(sklearn_curves(([50, 100], scores, scores - 0.2)).numbers)
        ['training size', 'train/score', 'validation/score']
        >>> list(sklearn_curves(([1, 2], scores[::-1], scores - 0.2)).numbers)[0]
        'value of the setting'
    """
    if hasattr(source, "train_scores") and hasattr(source, "test_scores"):
        name = str(getattr(source, "param_name", SIZE))
        places = source.train_sizes if name == SIZE else source.param_range
        return _table(name, places, source.train_scores, source.test_scores)
    if isinstance(source, Mapping):
        return _of_dictionary(source)
    if not isinstance(source, tuple) or len(source) not in (2, 3, 5):
        return None
    *before, train, other = source[:3]
    first, second = _by_fold(train), _by_fold(other)
    if len(source) == 3 and first is None and second is None:
        return _of_means(*source)
    if first is None or second is None or first.shape != second.shape:
        return None
    if not before:  # two lists of pairs are something else
        given = all(isinstance(part, np.ndarray) for part in source)
        return _table(VALUE, np.arange(len(first)), first, second) if given else None
    places = array_of(before[0])
    if places is None or places.shape != first.shape[:1]:
        return None
    sizes = len(source) == 5 or _are_sizes(places, first.mean(axis=1), second.mean(axis=1))
    return _table(SIZE if sizes else VALUE, places, first, second)


def _of_means(places: Any, train: Any, other: Any) -> Table | None:
    """A learning curve of which the mean over folds was taken already."""
    sizes, first, second = map(as_curve, (places, train, other))
    if sizes is None or first is None or second is None:
        return None
    if not len(sizes) == len(first) == len(second) or not _are_sizes(sizes, first, second):
        return None
    return _table(SIZE, sizes, first[:, None], second[:, None])


def _of_dictionary(source: Mapping[Any, Any]) -> Table | None:
    """Scores of folds by name, beside one column of sizes or of a setting."""
    train = next((_by_fold(source[key]) for key in TRAIN if key in source), None)
    other = next((_by_fold(source[key]) for key in OTHERS if key in source), None)
    if train is None or other is None or train.shape != other.shape:
        return None
    columns = {str(key): array_of(value) for key, value in source.items()}
    found = [(n, c) for n, c in columns.items() if c is not None and c.shape == train.shape[:1]]
    name, places = found[0] if len(found) == 1 else (VALUE, np.arange(float(len(train))))
    return _table(name, places, train, other)


def _are_sizes(
    places: Float[np.ndarray, " n"], train: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]
) -> bool:
    """Whether the scores stand at numbers of rows, and not at values of a setting, steps or epochs.

    These are whole and rise, and either training gets no better with them or validation closes up:
    longer training and richer models do neither.
    """
    if not are_counts(places) or places[-1] < FEWEST_ROWS:
        return False
    better = (train[-1] - train[0]) * (1 if _is_score(train, other) else -1)
    gaps = np.abs(train - other)
    return bool(better <= 0 or gaps[-1] < gaps[0])


def _is_score(train: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]) -> bool:
    """Whether higher is better: training is the better of both."""
    return bool(np.mean(train - other) >= 0)


def _by_fold(values: Any) -> Float[np.ndarray, "n folds"] | None:
    found = array_of(values)
    return found if found is not None and found.ndim == 2 and found.size else None


def _table(name: str, places: Any, train: Any, test: Any) -> Table:
    """Means over folds."""
    train, test = np.mean(train, axis=1), np.mean(test, axis=1)
    at = np.asarray(places, np.float64)
    is_score = _is_score(train, test)
    if name == VALUE or not is_known(plain_name(name)):
        name = named_by_training(at, train, is_score)
    metric = "score" if is_score else "loss"
    return numbered({name: at, f"train/{metric}": train, f"validation/{metric}": test}, {})
