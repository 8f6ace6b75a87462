"""Logs in memory: Keras' `History`, dictionaries of columns, data frames, lists, and several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError
from fitscope.logs.documents import document_logs
from fitscope.logs.estimators import kept_curves
from fitscope.logs.frames import are_counts, array_of, as_curve, frame_table
from fitscope.logs.log import Log, Logged
from fitscope.logs.refusals import is_search, why_no_search
from fitscope.logs.sklearn_curves import sklearn_curves
from fitscope.logs.table import logs, search_logs
from fitscope.logs.uneven import epochs_between

if TYPE_CHECKING:
    from jaxtyping import Float


def object_logs(source: Any, name: str | None = None) -> list[Log]:
    """The runs of an object.

    Args:
        source: Keras' `History` or fitted model, a dictionary of columns or of such dictionaries by
            name, a list of records (skorch's `net.history`, `log_history` of a trainer), a
            trainer, a fitted estimator that keeps its losses, a Polars or pandas data frame, a
            learning or validation curve of scikit-learn, or a pair of curves.
        name: what messages call it; something plain if left out.

    Raises:
        UserError: another kind of object, or no curves in it.
    """
    if isinstance(source, Iterator):  # zip(train, validation)
        source = list(source)
    inner = _history_of(source)
    if isinstance(inner, Mapping):
        numbers = np.asarray(getattr(source, "epoch", None) or (), np.float64)
        return _of_keras(name or "history", inner, numbers)
    if inner is not None:  # a fitted skorch net, a trainer of Hugging Face
        return document_logs(name or "history", inner)
    search = getattr(source, "cv_results_", source)
    if isinstance(search, Mapping) and is_search(search):
        if found := search_logs(name or "search", search):
            return found
        raise UserError(f"{name or 'search'}: {why_no_search(search)}")
    kept = kept_curves(source)
    if kept is not None:
        found = document_logs(name or type(source).__name__, kept)
        rounds = "train/score" in kept or not hasattr(source, "loss_curve_")
        return [replace(log, step="round" if rounds else log.step) for log in found]
    if (curves := sklearn_curves(source)) is not None:
        return logs(name or "curve", curves)
    if is_frame(source):
        return logs(name or "table", frame_table(source))
    if (columns := _numbered_pair(source)) is not None:
        return document_logs(name or "curves", columns)
    if (pair := as_pair(source)) is not None:
        return [pair_log(*pair, name)]
    if as_curve(source) is not None:
        raise UserError(_refusal(source, name))
    if isinstance(source, Mapping | list | tuple):
        return document_logs(name or "history", source)
    raise UserError(_refusal(source, name))


def several(source: Any) -> dict[str, Any] | None:
    """Objects by their names, where what is given holds several that are more than numbers.

    Args:
        source: a dictionary such as `{"tiny": model.fit(...), "large": model.fit(...)}`, or a list.

    Example:
        >>> several([{"loss": [2, 1], "val_loss": [2, 1]}] * 2).keys()
        dict_keys(['history 1', 'history 2'])
        >>> several({"loss": [2, 1]}), several([{"loss": 2}, {"loss": 1}])
        (None, None)
    """
    if isinstance(source, Mapping):
        found = {str(name): one for name, one in source.items()}
    elif isinstance(source, list | tuple):
        found = {f"history {number}": one for number, one in enumerate(source, 1)}
    else:
        return None
    listed = not isinstance(source, Mapping)
    if found and any(_is_object(one) or (listed and _is_columns(one)) for one in found.values()):
        return found
    return None


def as_pair(source: Any) -> tuple[Any, Any] | None:
    """A training and a validation curve, where those are all that is given.

    Example:
        >>> as_pair([[3, 2, 1], [3, 2.5, 2]])[1].tolist(), as_pair([1, 2, 3])
        ([3.0, 2.5, 2.0], None)
    """
    values = array_of(source)
    if values is None or values.ndim != 2:
        return None
    if len(values) == 2 and values.shape[1] > 2:
        return values[0], values[1]
    return (values[:, 0], values[:, 1]) if values.shape[1] == 2 else None


def _numbered_pair(source: Any) -> dict[str, Any] | None:
    """Epochs or steps, a training and a validation curve, where those are all that is given."""
    if not isinstance(source, tuple) or len(source) != 3:
        return None
    places, train, validation = map(as_curve, source)
    if places is None or train is None or validation is None or len(places) < 3:
        return None
    if not are_counts(places):
        return None
    unit = "epoch" if np.all(np.diff(places) == 1) else "step"
    return {unit: places, "train": train, "validation": validation}


def pair_log(train: Any, validation: Any, name: str | None = None) -> Log:
    """The log of two plain curves.

    Args:
        train: the metric on training rows.
        validation: the same on validation rows.
        name: what messages call it.

    Raises:
        UserError: these are no curves, or have lengths that do not fit.
    """
    curves: dict[str, Float[np.ndarray, " n"]] = {}
    for part, values in (("train", train), ("validation", validation)):
        numbers = as_curve(values)
        if numbers is None:
            raise UserError(
                f"{part}: a curve is a list of numbers, one an epoch, got {type(values).__name__}; "
                "what a gap between two scores costs is measured by fs.examine(X, y, learner=model)"
            )
        curves[part] = numbers
    note = "the first curve is taken for training, the second for validation"
    (log,) = document_logs(name or "curves", curves)
    return replace(log, notes=(*log.notes, note))


def is_frame(source: Any) -> bool:
    """Whether it is a data frame of Polars or pandas."""
    return hasattr(source, "columns") and hasattr(source, "dtypes")


def _is_object(one: Any) -> bool:
    return is_frame(one) or _history_of(one) is not None or hasattr(one, "get_params")


def _is_columns(one: Any) -> bool:
    """A dictionary of lists, and no record."""
    return isinstance(one, Mapping) and any(as_curve(values) is not None for values in one.values())


def _history_of(source: Any) -> Any:
    """What a trained model, a trainer or a Keras `History` has kept."""
    for path in (("history",), ("history", "history"), ("log_history",), ("state", "log_history")):
        inner = source
        for part in path:
            inner = None if isinstance(inner, Mapping) else getattr(inner, part, None)
        if isinstance(inner, Mapping) or (isinstance(inner, Sequence) and len(inner)):
            return inner
    return None


def _of_keras(name: str, columns: Mapping[str, Any], numbers: np.ndarray) -> list[Log]:
    """Keras' `History` knows the epoch of each value, and validates every few at most."""
    lengths = {len(values) for values in columns.values()}
    if len(numbers) and len(lengths) == 2 and max(lengths) == len(numbers):
        at = epochs_between(len(numbers), min(lengths))
        if at is not None:
            places = {len(numbers): numbers, min(lengths): numbers[at]}
            curves = {
                key: Logged(np.asarray(values, np.float64), places[len(values)])
                for key, values in columns.items()
            }
            return [Log(name, curves)]
    return [_numbered(log, numbers) for log in document_logs(name, columns)]


def _numbered(log: Log, epochs: np.ndarray) -> Log:
    fitting = {
        name: replace(curve, epochs=epochs)
        for name, curve in log.curves.items()
        if len(epochs) == len(curve.values) and curve.epochs is None
    }
    return replace(log, curves={**log.curves, **fitting})


def _refusal(source: Any, name: str | None) -> str:
    """Why nothing can be read of an object, and what to do instead."""
    kind = type(source).__name__
    begin = f"{name}: " if name else ""
    if hasattr(source, "get_params"):
        return (
            f"{begin}this {kind} keeps no curve with validation scores; fs.examine(X, y, "
            f"learner={kind}()) tells whether it overfits on your rows"
        )
    if as_curve(source) is not None:
        return f"{begin}one curve alone; give two: fs.diagnose(train_losses, validation_losses)"
    return (
        f"{begin}cannot diagnose a {kind}; give a dictionary of columns, a data frame, two lists, "
        "Keras' History, a path, or a result of fitscope"
    )
