"""Fitted estimators in files: by skops, and boosting libraries' models in their own formats."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fitscope.data.fitted import read_fitted, skops_io
from fitscope.errors import UserError, reason
from fitscope.learners.estimator.described import LIBRARIES
from fitscope.learners.estimator.functions import with_functions, without_functions
from fitscope.learners.estimator.native import Native, natively, revived

PLAIN = ("builtins.object",)
"""Names of types that do nothing when they are made."""


class Fitted(NamedTuple):
    """Fitted state.

    Attributes:
        estimator: fitted; of one that was trained in rounds, all of them.
        rounds: how many rounds count, 0 for one that has none.
        certain: the probability that stands for exactly 0; see
            `fitscope.learners.estimator.outputs.of_probabilities`.
    """

    estimator: Any
    rounds: int
    certain: float


def save_fitted(state: Fitted, path: Path) -> None:
    """Store fitted state, whole or not at all.

    Raises:
        UserError: it holds something that cannot be stored without running code to read it.
    """
    from fitscope.files import write_bytes

    native, estimator = natively(without_functions(state.estimator))
    stored = {**state._asdict(), "estimator": estimator, "native": native and native._asdict()}
    try:
        data = skops_io().dumps(stored)
    except Exception as error:  # whatever the estimator's own attributes raise
        raise UserError(
            f"what {type(state.estimator).__name__} has learnt cannot be stored without pickle "
            f"({reason(error)})"
        ) from None
    write_bytes(path, data)


def load_fitted(path: Path, given: Any = None) -> Fitted:
    """Fitted state that `save_fitted` stored.

    Only classes of known libraries and of the caller's own packages are made.

    Args:
        path: the file.
        given: the estimator as the caller gave it in this process; its packages are trusted, and
            its functions put back.

    Raises:
        UserError: missing or damaged file, or one with anything else in it.
    """

    def made(stored: dict[str, Any]) -> Fitted:
        native = stored.pop("native")
        if native is not None:
            stored["estimator"] = revived(Native(**native), stored["estimator"])
        if given is not None:
            stored["estimator"] = with_functions(stored["estimator"], given)
        return Fitted(**stored)

    own = set() if given is None else packages(given)
    try:
        found = skops_io().get_untrusted_types(file=path) if path.exists() else []
    except Exception as error:  # damage makes zipfile, json and NumPy raise nearly anything
        raise UserError(f"{path}: damaged estimator ({reason(error)})") from None
    trusted = [one for one in found if _is_class(one, own)]
    return read_fitted(path, "estimator", trusted, made)


def packages(estimator: Any) -> set[str]:
    """The packages that the classes of an estimator and of its parts are from."""
    parts = [estimator, *estimator.get_params(deep=True).values()]
    kinds = [one if isinstance(one, type) else type(one) for one in parts]
    return {kind.__module__.partition(".")[0] for kind in kinds} - {"builtins"}


def _is_class(name: str, own: Collection[str]) -> bool:
    """Whether a name is that of a class of a known library, or from a package of the caller's."""
    module, _, word = name.rpartition(".")
    package = module.partition(".")[0]
    if package in own or name in PLAIN:
        return True
    if package not in (*LIBRARIES, "numpy"):
        return False
    try:
        found = getattr(import_module(module), word, None)
    except ImportError:
        return False
    if package == "numpy":
        known = ("numpy.dtype", "numpy.random.mtrand.RandomState")
        return name in known or (isinstance(found, type) and issubclass(found, np.generic))
    return isinstance(found, type) and found.__module__ == module
