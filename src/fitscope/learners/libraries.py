"""Libraries that an extra brings, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fitscope.errors import UserError, reason


def library(name: str, extra: str) -> Any:
    """The module of that name.

    Args:
        name: of the module, such as "keras".
        extra: what brings it, as in `pip install 'fitscope[keras]'`.

    Raises:
        UserError: it is not there, or cannot be imported.

    Example:
        >>> library("no_such_thing", "nothing")
        Traceback (most recent call last):
        fitscope.errors.UserError: no_such_thing is not installed; pip install 'fitscope[nothing]'
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name.partition(".")[0]:
            raise UserError(
                f"{error.name} is not installed; pip install 'fitscope[{extra}]'"
            ) from None
        raise UserError(f"{name} cannot be imported: {reason(error)}") from None
    except ImportError as error:
        raise UserError(f"{name} cannot be imported: {reason(error)}") from None
