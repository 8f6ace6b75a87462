"""What a user has to mend, raised as scikit-learn's callers expect it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fitscope.errors import UserError


class RefusedValue(UserError, ValueError):
    """A `UserError` that is a `ValueError`, too, as scikit-learn's own estimators raise it."""


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
