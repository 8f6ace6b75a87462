"""Curves of trackers' JSON: each with the steps of its values, as ClearML, Sacred, KerasTuner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from fitscope.logs.log import Log, Logged
from fitscope.logs.table import EPOCHS

PLACES = ("x", "step", "steps", "epoch", "epochs", "iteration", "iterations", "index")
VALUES = ("y", "value", "values", "metric_values")
DEPTH = 4  # how deep series are looked for


def series(source: str, document: Any) -> Log | None:
    """The curves of a document that gives each with its steps; None where it does not.

    Example:
        >>> found = series("a", {"loss": {"train": {"x": [1, 2], "y": [0.5, 0.4]}}})
        >>> found.curves["loss/train"].steps.tolist(), found.curves["loss/train"].values.tolist()
        ([1.0, 2.0], [0.5, 0.4])
        >>> list(series("a", {"val_loss": [[1, 0.5], [2, 0.4]]}).curves)
        ['val_loss']
        >>> list(series("a", {"metrics": [{"name": "val_loss", "values": [0.5, 0.4]}]}).curves)
        ['val_loss']
        >>> series("a", {"loss": [0.5, 0.4]}) is None
        True
    """
    alone = _curve(document)
    found = {"value": alone} if alone is not None else dict(_named(document, "", DEPTH))
    return Log(source, found) if found else None


def _named(document: Any, above: str, depth: int) -> Iterator[tuple[str, Logged]]:
    if isinstance(document, Mapping):
        for key, value in document.items():
            name = f"{above}/{key}" if above and above != "metrics" else str(key)
            curve = _curve(value)
            if curve is not None:
                yield name, curve
            elif depth and isinstance(value, Mapping | list):
                yield from _named(value, name, depth - 1)
    elif isinstance(document, list):  # of series that bear their names
        for one in document:
            name = one.get("name") if isinstance(one, Mapping) else None
            curve = _curve(one) or _in_order(one) if isinstance(name, str) else None
            if curve is not None:
                yield f"{name}", curve


def _curve(value: Any) -> Logged | None:
    """Steps and values: in two lists, in pairs, or in triples with the time before them."""
    if isinstance(value, Mapping) and isinstance(value.get("observations"), list):
        return _observed(value["observations"])
    if isinstance(value, Mapping):
        at = next((key for key in PLACES if key in value), None)
        of = next((key for key in VALUES if key in value), None)
        if at is None or of is None:
            return None
        places, values = value[at], value[of]
        by_epoch = at in EPOCHS
    elif isinstance(value, list) and value and all(_is_point(one) for one in value):
        if len({len(one) for one in value}) > 1:
            return None
        places, values = [one[-2] for one in value], [one[-1] for one in value]
        by_epoch = len(value[0]) == 2
    else:
        return None
    if not _are_numbers(places) or not _are_numbers(values) or len(places) != len(values):
        return None
    at_places, curve = np.asarray(places, np.float64), np.asarray(values, np.float64)
    rising = np.all(np.diff(at_places) > 0)
    return (
        Logged(curve, *((at_places, None) if by_epoch else (None, at_places))) if rising else None
    )


def _observed(observations: list[Any]) -> Logged | None:
    """KerasTuner's observations: at each epoch a value of each execution, of which this is the
    mean."""
    rows = [one for one in observations if isinstance(one, Mapping)]
    if not rows or not all(_are_numbers(one.get("value")) for one in rows):
        return None
    places = [one.get("step") for one in rows]
    if not _are_numbers(places):
        return None
    means = np.array([np.mean(np.asarray(one["value"], np.float64)) for one in rows])
    return Logged(means, np.asarray(places, np.float64))


def _in_order(one: Mapping[str, Any]) -> Logged | None:
    """Values that stand beside their name without steps."""
    values = next((one[key] for key in VALUES if key in one), None)
    return Logged(np.asarray(values, np.float64)) if _are_numbers(values) else None


def _is_point(one: Any) -> bool:
    return isinstance(one, list) and len(one) in (2, 3) and _are_numbers(one)


def _are_numbers(values: Any) -> bool:
    return (
        isinstance(values, Sequence)
        and not isinstance(values, str)
        and len(values) > 0
        and all(isinstance(one, Real) and not isinstance(one, bool) for one in values)
    )
