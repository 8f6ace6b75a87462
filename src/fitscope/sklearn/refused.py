"""What a user has to mend, raised as scikit-learn's callers expect it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from jaxtyping import Shaped

from fitscope.errors import UserError


class RefusedValue(UserError, ValueError):
    """A `UserError` that is a `ValueError`, too, as scikit-learn's own estimators raise it."""


def refuse_one_class(classes: Shaped[np.ndarray, " labels"]) -> None:
    """Of rows that are all of one class nothing can be learnt.

    Args:
        classes: the different ones among the rows.

    Raises:
        RefusedValue: there is only one.
    """
    if len(classes) < 2:
        raise RefusedValue(
            f"all rows are of one class, {classes[0]!r}; to tell classes apart takes rows of two "
            "at the least"
        )


@contextmanager
def as_value_errors() -> Iterator[None]:
    """User errors of fitscope become value errors, with the same line.

    Example:
        >>> with as_value_errors():
        ...     raise UserError("alpha must be zero or a positive number, got -1")
        Traceback (most recent call last):
        fitscope.sklearn.refused.RefusedValue: alpha must be zero or a positive number, got -1
    """
    try:
        yield
    except RefusedValue:
        raise
    except UserError as error:
        raise RefusedValue(str(error)) from None
