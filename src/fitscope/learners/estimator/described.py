"""Estimators as plain values, and back: settings only, no code.

What is made again from plain values is of scikit-learn, XGBoost, LightGBM or CatBoost, by its
settings alone. Anything else among the settings (a function, an object of the caller's own) is
described for people and not made again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import signature
from typing import Any

import numpy as np

from fitscope.errors import UserError, reason

BOOSTING = ("xgboost", "lightgbm", "catboost")
LIBRARIES = ("sklearn", *BOOSTING)
"""Packages whose estimators are made again from a description, by their settings."""
SELECTOR = "sklearn.compose.make_column_selector"
"""Not an estimator, but as plain as one."""
PLAIN_TYPES = (object, bool, int, float, str)
EXPERIMENTAL = ("enable_halving_search_cv", "enable_iterative_imputer")
"""Modules of sklearn.experimental, without which some estimators cannot be imported."""


def described(value: Any) -> Any:
    """A setting as plain values that JSON knows; estimators by class and settings.

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> found = described(Ridge(alpha=3.0))
        >>> found["class"], found["settings"]["alpha"], is_plain(found)
        ('sklearn.linear_model.Ridge', 3.0, True)
        >>> is_plain(described([1, print]))
        False
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, list):
        return [described(one) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [described(one) for one in value]}
    if isinstance(value, Mapping) and type(value) is dict:
        return {"dict": [[described(key), described(one)] for key, one in value.items()]}
    if isinstance(value, type) and (value in PLAIN_TYPES or _is_abstract(value)):
        return {"type": value.__name__}
    if isinstance(value, np.dtype) or (isinstance(value, type) and issubclass(value, np.generic)):
        return {"dtype": np.dtype(value).name}
    if isinstance(value, np.ufunc) and hasattr(np, value.__name__):
        return {"ufunc": value.__name__}
    if hasattr(value, "get_params") and not isinstance(value, type):
        return _of_object(value)
    if class_path(type(value)) == SELECTOR:
        return _of_object(value)
    return {"other": _words(value)}


_TYPES = {one.__name__: one for one in PLAIN_TYPES}


def _is_abstract(value: Any) -> bool:
    """Whether it is a type of NumPy that stands for several, such as `np.number`."""
    return (
        isinstance(value, type)
        and issubclass(value, np.generic)
        and value not in np.sctypeDict.values()
    )


def _of_object(value: Any) -> dict[str, Any]:
    settings = value.get_params(deep=False) if hasattr(value, "get_params") else vars(value)
    return {
        "class": class_path(type(value)),
        "settings": {name: described(one) for name, one in settings.items()},
    }


def is_plain(description: Any) -> bool:
    """Whether `rebuilt` makes it again."""
    if isinstance(description, list):
        return all(is_plain(one) for one in description)
    if not isinstance(description, Mapping):
        return True
    if "other" in description:
        return False
    if "class" in description:
        known = description["class"].partition(".")[0] in LIBRARIES
        return known and all(is_plain(one) for one in description["settings"].values())
    return all(is_plain(one) for one in description.values())


def rebuilt(description: Any) -> Any:
    """What `described` described, made anew.

    Raises:
        UserError: a class that is not there or is none of those known, or settings that it lacks.
    """
    if isinstance(description, list):
        return [rebuilt(one) for one in description]
    if not isinstance(description, Mapping):
        return description
    match dict(description):
        case {"class": str(path), "settings": dict(settings)}:
            made = class_at(path)
            try:
                return made(**{name: rebuilt(one) for name, one in settings.items()})
            except Exception as error:  # whatever a library's constructor raises
                raise UserError(f"{path}: cannot be made again ({reason(error)})") from None
        case {"tuple": list(values)}:
            return tuple(rebuilt(one) for one in values)
        case {"dict": list(pairs)}:
            return {rebuilt(key): rebuilt(one) for key, one in pairs}
        case {"float": str(text)}:
            return float(text)
        case {"dtype": str(name)}:
            return np.dtype(name).type
        case {"type": str(name)} if name in _TYPES or _is_abstract(getattr(np, name, None)):
            return _TYPES.get(name) or getattr(np, name)
        case {"ufunc": str(name)} if isinstance(getattr(np, name, None), np.ufunc):
            return getattr(np, name)
    raise UserError(f"{description!r} is no setting that can be made again")


def told(description: Any) -> str:
    """A description as Python would write it, of estimators what is not as usual.

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> from sklearn.pipeline import make_pipeline
        >>> told(described(make_pipeline(Ridge(alpha=3.0, tol=0.0001))))
        "Pipeline(steps=[('ridge', Ridge(alpha=3.0))])"
    """
    if isinstance(description, list):
        return f"[{', '.join(map(told, description))}]"
    if not isinstance(description, Mapping):
        return repr(description)
    match dict(description):
        case {"class": str(path), "settings": dict(settings)}:
            usual = _usual(path)
            own = {name: one for name, one in settings.items() if one != usual.get(name)}
            inner = ", ".join(f"{name}={told(one)}" for name, one in own.items())
            return f"{path.rpartition('.')[2]}({inner})"
        case {"tuple": list(values)}:
            return f"({', '.join(map(told, values))}{',' * (len(values) == 1)})"
        case {"dict": list(pairs)}:
            return f"{{{', '.join(f'{told(key)}: {told(one)}' for key, one in pairs)}}}"
    return str(next(iter(description.values()), ""))


@cache
def _usual(path: str) -> dict[str, Any]:
    """Settings of a known estimator that nobody has set; nothing of one that is not known."""
    try:
        parameters = signature(class_at(path)).parameters.values()
    except (UserError, ValueError):
        return {}
    return {one.name: described(one.default) for one in parameters if one.default is not one.empty}


def library_of(estimator: Any) -> str:
    """The package that an estimator's class is from.

    Example:
        >>> from sklearn.linear_model import Ridge
        >>> library_of(Ridge())
        'sklearn'
    """
    return type(estimator).__module__.partition(".")[0]


def class_path(kind: type) -> str:
    """Where a class is imported from, by the shortest public path.

    Example:
        >>> from sklearn.ensemble import RandomForestClassifier
        >>> class_path(RandomForestClassifier)
        'sklearn.ensemble.RandomForestClassifier'
    """
    parts = kind.__module__.split(".")
    for end in range(1, len(parts) + 1):
        module = ".".join(parts[:end])
        try:
            if getattr(import_module(module), kind.__qualname__, None) is kind:
                return f"{module}.{kind.__qualname__}"
        except ImportError:
            break
    return f"{kind.__module__}.{kind.__qualname__}"


def class_at(path: str) -> type:
    """The estimator of a library that has this path.

    Raises:
        UserError: another package, one that is not installed, or no estimator there.
    """
    module, _, name = path.rpartition(".")
    package = module.partition(".")[0]
    if package not in LIBRARIES:
        raise UserError(f"{path} is of none of {', '.join(LIBRARIES)}, so it is not made again")
    try:
        found = _attribute(module, name)
    except ImportError:
        extra = f"fitscope[{package}]" if package != "sklearn" else "scikit-learn"
        raise UserError(f"{path} cannot be imported; pip install '{extra}'") from None
    home = getattr(found, "__module__", "").partition(".")[0]
    known = hasattr(found, "get_params") or path == SELECTOR
    if not isinstance(found, type) or home != package or not known:
        raise UserError(f"{path}: no such estimator in the installed {package}")
    return found


def _attribute(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module), name, None)
    except ImportError:
        if not module.startswith("sklearn."):
            raise
    for one in EXPERIMENTAL:
        import_module(f"sklearn.experimental.{one}")
    return getattr(import_module(module), name, None)


def _words(value: Any) -> str:
    name = getattr(value, "__qualname__", None)
    if name is not None:
        kind = "class" if isinstance(value, type) else "function"
        return f"{kind} {name} of {getattr(value, '__module__', None)}"
    return f"{type(value).__module__}.{type(value).__qualname__} object"
