"""All rows that do not test as training rows, for a model that is chosen already."""

from __future__ import annotations

import numpy as np

from fitscope.data.split import Split


def refit_split(split: Split) -> Split:
    """Training and validation rows to train on; the same validation rows, which show nothing then.

    Args:
        split: the rows.

    Example:
        >>> x, y = np.zeros((4, 1), np.float32), np.array([0, 1, 0, 1])
        >>> whole = refit_split(Split(x, y, x[:2], y[:2]))
        >>> len(whole.y_train), len(whole.y_validation)
        (6, 2)
    """
    weights = None
    if split.train_weights is not None and split.validation_weights is not None:
        weights = np.concatenate([split.train_weights, split.validation_weights])
    x = np.concatenate([split.x_train, split.x_validation])
    y = np.concatenate([split.y_train, split.y_validation])
    return split.trained_on(x, y, weights, "refit")
