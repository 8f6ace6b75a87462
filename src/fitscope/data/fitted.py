"""Objects that scikit-learn fitted, read from a file by skops: never by pickle."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from fitscope.errors import UserError, reason

Made = TypeVar("Made")
_TORCH = "sklearn.externals.array_api_compat.torch"


def skops_io() -> Any:
    """`skops.io`, imported without PyTorch, which would take longer than all the rest.

    skops lists scikit-learn's estimators, and for that all its modules are looked through, one that
    imports PyTorch among them. Where it cannot be imported it is passed over.
    """
    if "skops.io" in sys.modules or "torch" in sys.modules:
        return import_module("skops.io")
    sys.modules[_TORCH] = None  # type: ignore[assignment] as Python's documentation has it
    try:
        return import_module("skops.io")
    finally:
        del sys.modules[_TORCH]


def read_fitted(
    path: Path, what: str, trusted: Collection[str], made: Callable[[dict[str, Any]], Made]
) -> Made:
    """What `skops.io.dumps` of a dictionary has stored; no other types are made than are trusted.

    Args:
        path: the file.
        what: is in it, in a word.
        trusted: names of the types that may stand in it beside those that skops trusts.
        made: what becomes of the dictionary.

    Raises:
        UserError: missing or damaged file, or one with anything else in it.
    """
    io = skops_io()
    try:
        data = path.read_bytes()
        try:
            stored = io.loads(data, trusted=sorted(trusted))
        except io.exceptions.UntrustedTypesFoundException:
            foreign = set(io.get_untrusted_types(data=data)) - set(trusted)
            raise UserError(
                f"{path}: holds {', '.join(sorted(foreign))}, which is not trusted"
            ) from None
        return made(stored)
    except FileNotFoundError:
        raise UserError(f"{path}: no such {what}") from None
    except UserError:
        raise
    except Exception as error:  # damage makes zipfile, json and NumPy raise nearly anything
        raise UserError(f"{path}: damaged {what} ({reason(error)})") from None
