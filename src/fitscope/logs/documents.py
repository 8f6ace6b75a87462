"""Logs as JSON: dumps of `history.history`, skorch's history, Hugging Face's state, JSON lines."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.logs.direction import higher_is_better, is_metric
from fitscope.logs.evaluations import evaluations
from fitscope.logs.frames import left_out, numbered
from fitscope.logs.log import Log
from fitscope.logs.names import PARTS, meaning
from fitscope.logs.records import flattened, records_of
from fitscope.logs.series import series
from fitscope.logs.sklearn_curves import sklearn_curves
from fitscope.logs.table import Table, logs, refuse_many
from fitscope.logs.uneven import uneven

WRITTEN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|[-+]?inf(?:inity)?", re.I)
DEPTH = 4  # how deep below the top of a document histories are looked for


def parsed(source: str, text: str) -> Any:
    """What JSON or JSON lines hold.

    Args:
        source: where the text came from.
        text: the JSON.

    Raises:
        UserError: broken JSON.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise UserError(f"{source}: nested too deep for a log") from None
    except ValueError as error:
        if (document := _json_lines(text)) is not None:
            return document
        where = getattr(error, "lineno", 1)
        raise UserError(f"{source}: line {where}: broken JSON ({_reason(error)})") from None


def document_logs(source: str, document: Any) -> list[Log]:
    """The runs of a JSON document: columns, records, or a dictionary of these by name.

    Raises:
        UserError: no curves in it, or columns of unequal lengths.
    """
    if isinstance(document, Mapping) and "ongoing_trials" in document:
        raise UserError(
            f"{source}: no curves in it: what a tuner knows of its trials; each has a trial.json"
        )
    found = _search(source, document, DEPTH)
    if not found:
        raise UserError(f"{source}: no curves in it: neither columns nor a list of records")
    return [log for log in found if has_metrics(log)] or found


def has_metrics(log: Log) -> bool:
    """Whether any curve is one by its name, and not a list of settings."""
    return any(map(is_metric, log.curves))


def _search(source: str, document: Any, depth: int) -> list[Log]:
    if (of_tracker := series(source, document)) is not None:
        return [of_tracker]
    if isinstance(document, Sequence) and not isinstance(document, str | bytes):
        records = [item for item in document if isinstance(item, Mapping)]
        if records and len(records) == len(document):
            if all(map(_holds_curves, records)):  # a run each
                return [
                    log
                    for number, record in enumerate(records, 1)
                    for log in _search(f"{source}: {number}", record, depth)
                ]
            table = _records(source, records)
            if table.numbers:
                return logs(source, table)
        return []
    if not isinstance(document, Mapping):
        return []
    refuse_many(source, 1, len(document))
    if (curves := sklearn_curves(document)) is not None:
        return logs(source, curves)
    if (log := evaluations(source, document)) is not None:
        return [log]
    if (records := records_of(document)) is not None:
        return logs(source, _records(source, records))
    flat = _columns(document)
    measured = any(meaning(name).part in ("validation", "test") for name in flat)
    inner = [] if measured or depth == 0 else _inside(source, document, depth - 1)
    found = inner or (_of_columns(source, flat) if flat else [])
    said = tuple(
        left_out(key, value)
        for key, value in document.items()
        if isinstance(value, list) and key not in flat and is_metric(str(key)) and texts(value)
    )
    return [replace(log, notes=(*log.notes, *said)) for log in found] if said else found


def _holds_curves(record: Mapping[str, Any]) -> bool:
    """Whether it is a run with columns, and not an epoch with a list among its figures."""
    held_back = [k for k in record if meaning(str(k)).part in ("validation", "test")]
    return bool(held_back) and all(_is_column(record[key]) for key in held_back)


def _inside(source: str, document: Mapping[str, Any], depth: int) -> list[Log]:
    for key in ("log_history", "history"):  # Hugging Face's state; a History that was dumped
        found = _search(source, document.get(key), depth)
        if found:
            return found
    return [
        log
        for key, value in document.items()
        if isinstance(value, Mapping | list) and not _is_column(value)
        for log in _search(f"{source}: {key}", value, depth)
    ]


def _columns(document: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """Name to values, where the dictionary is one of columns; `{"train": {"loss": [...]}}` too."""
    found: dict[str, Sequence[Any]] = {}
    for key, value in document.items():
        if _is_column(value):
            found[str(key)] = value
        elif isinstance(value, Mapping) and value:
            if all(str(index).isdecimal() for index in value) and _is_column([*value.values()]):
                found[str(key)] = [*value.values()]  # pandas' own JSON
            elif _are_parts(value) and higher_is_better(meaning(str(key)).metric) is not None:
                found |= {f"{key}/{part}": values for part, values in value.items()}
            elif str(key).lower() in PARTS or _is_set(str(key)):
                inner = _columns(value) or _combined(value)
                found |= {f"{key}/{name}": values for name, values in inner.items()}
    return found


def _combined(value: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """Columns of several outputs, as Ludwig has them: of their sum, and of the others what it
    lacks."""
    outputs = {str(k): _columns(inner) for k, inner in value.items() if isinstance(inner, Mapping)}
    total = outputs.pop("combined", {})
    if not total:
        return {}
    several = len(outputs) > 1
    others = {
        f"{output}/{name}" if several else name: values
        for output, columns in outputs.items()
        for name, values in columns.items()
        if name not in total
    }
    return total | others


def _are_parts(value: Mapping[str, Any]) -> bool:
    """Whether it holds a column of training rows and one of others: `{"train": [], "val": []}`."""
    return all(str(k).lower() in PARTS and _is_column(c) for k, c in value.items())


def _is_set(key: str) -> bool:
    """Whether a key names rows and no metric: `validation_0`, `valid_sets`, `dtrain`."""
    known = meaning(key)
    return known.part is not None and known.metric in ("", "sets")


def _is_column(value: Any) -> bool:
    if getattr(value, "ndim", None) == 1:  # an array of any library
        return np.asarray(value).dtype.kind in "fiu" and len(value) > 0
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str | bytes)
        and len(value) > 0
        and all(item is None or _is_number(item) or _is_written(item) for item in value)
        and any(item is not None for item in value)
    )


def _is_written(item: Any) -> bool:
    """Whether it is a number that was written as text."""
    return isinstance(item, str) and WRITTEN.fullmatch(item.strip()) is not None


def _is_number(item: Any) -> bool:
    if isinstance(item, bool | np.bool_ | str):
        return False
    return isinstance(item, Real | np.generic) or getattr(item, "shape", None) == ()


def _of_columns(source: str, columns: Mapping[str, Sequence[Any]]) -> list[Log]:
    kept = {name: _floats(values) for name, values in _of_runs(columns).items()}
    lengths = {name: len(values) for name, values in kept.items()}
    if len(set(lengths.values())) == 1:
        return logs(source, numbered(kept, {}))
    fitting = uneven(source, kept)
    if fitting is not None:
        return [fitting]
    most = max(lengths, key=lambda name: lengths[name])
    least = min(lengths, key=lambda name: lengths[name])
    raise UserError(
        f"{source}: unequal lengths: {least} has {lengths[least]:,} values and {most} "
        f"{lengths[most]:,}; give a table with an epoch column"
    )


def _of_runs(columns: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """Without lists of settings, which have other lengths than the curves."""
    known = {name: values for name, values in columns.items() if is_metric(name)}
    lengths = {len(values) for values in known.values()}
    return {
        name: values
        for name, values in columns.items()
        if not known or name in known or len(values) in lengths
    }


def _records(source: str, records: Sequence[Mapping[str, Any]]) -> Table:
    """The columns of records; what is not a number, such as skorch's batches, is left out."""
    if any(isinstance(value, Mapping) for record in records for value in record.values()):
        records = [flattened(record) for record in records]
    names = dict.fromkeys(str(key) for record in records for key in record)
    refuse_many(source, len(records), len(names))
    numbers: dict[str, np.ndarray] = {}
    words: dict[str, list[str]] = {}
    for name in names:
        values = [record.get(name) for record in records]
        given = [value for value in values if value is not None]
        if given and all(_is_number(value) or _is_written(value) for value in given):
            numbers[name] = _floats(values)
        elif given and all(isinstance(value, str) for value in given):
            words[name] = [value or "" for value in values]
    return numbered(numbers, words)


def _floats(values: Sequence[Any]) -> np.ndarray:
    if hasattr(values, "ndim"):
        return np.asarray(values, np.float64)
    return np.array([np.nan if value is None else _float(value) for value in values], np.float64)


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # JSON knows whole numbers of any length
        return math.inf if value > 0 else -math.inf


def _json_lines(text: str) -> list[Any] | None:
    """JSON lines; a last line that was cut off is left out."""
    rows = [line for line in text.splitlines() if line.strip()]
    found = []
    for number, line in enumerate(rows):
        try:
            found.append(json.loads(line))
        except RecursionError:
            return None
        except ValueError:
            if number < 2 or number + 1 < len(rows):
                return None
    return found if len(found) > 1 else None


def _reason(error: Exception) -> str:
    return reason(error).split(": line")[0]


def texts(value: Any) -> list[str]:
    """The texts among some values, or the one that it is."""
    return [value] if isinstance(value, str) else [v for v in value or () if isinstance(v, str)]
