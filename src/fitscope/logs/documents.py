"""Logs as JSON: dumps of `history.history`, skorch's history, Hugging Face's state, JSON lines."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.logs.evaluations import evaluations
from fitscope.logs.frames import numbered
from fitscope.logs.log import Log
from fitscope.logs.names import PARTS, meaning
from fitscope.logs.table import Table, logs, refuse_many

DEPTH = 4  # how deep below the top of a document histories are looked for


def read_document(source: str, text: str) -> list[Log]:
    """The runs of a JSON or JSON-lines file.

    Args:
        source: where it came from.
        text: what it holds.

    Raises:
        UserError: broken JSON, or no curves in it.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        raise UserError(f"{source}: nested too deep for a log") from None
    except ValueError as error:
        document = _lines(text)
        if document is None:
            where = getattr(error, "lineno", 1)
            raise UserError(f"{source}: line {where}: broken JSON ({_reason(error)})") from None
    return document_logs(source, document)


def document_logs(source: str, document: Any) -> list[Log]:
    """The runs of a JSON document: columns, records, or a dictionary of these by name.

    Raises:
        UserError: no curves in it, or columns of unequal lengths.
    """
    found = _search(source, document, DEPTH)
    if not found:
        raise UserError(f"{source}: no curves in it: neither columns nor a list of records")
    return found


def _search(source: str, document: Any, depth: int) -> list[Log]:
    if isinstance(document, Sequence) and not isinstance(document, str | bytes):
        records = [item for item in document if isinstance(item, Mapping)]
        if records and len(records) == len(document):
            table = _records(source, records)
            if table.numbers:
                return logs(source, table)
        return []
    if not isinstance(document, Mapping):
        return []
    refuse_many(source, 1, len(document))
    if (log := evaluations(source, document)) is not None:
        return [log]
    flat = _columns(document)
    measured = any(meaning(name).part in ("validation", "test") for name in flat)
    inner = [] if measured or depth == 0 else _inside(source, document, depth - 1)
    return inner or (logs(source, _table(source, flat)) if flat else [])


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
            if all(str(index).isdigit() for index in value) and _is_column([*value.values()]):
                found[str(key)] = [*value.values()]  # pandas' own JSON
            elif str(key).lower() in PARTS or _is_set(str(key)):
                inner = _columns(value)
                found |= {f"{key}/{name}": values for name, values in inner.items()}
    return found


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
        and all(item is None or _is_number(item) for item in value)
        and any(item is not None for item in value)
    )


def _is_number(item: Any) -> bool:
    if isinstance(item, bool | np.bool_ | str):
        return False
    return isinstance(item, Real | np.generic) or getattr(item, "shape", None) == ()


def _table(source: str, columns: Mapping[str, Sequence[Any]]) -> Table:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        most = max(lengths, key=lambda name: lengths[name])
        least = min(lengths, key=lambda name: lengths[name])
        raise UserError(
            f"{source}: unequal lengths: {least} has {lengths[least]:,} values and {most} "
            f"{lengths[most]:,}; give a table with an epoch column"
        )
    return numbered({name: _floats(values) for name, values in columns.items()}, {})


def _records(source: str, records: Sequence[Mapping[str, Any]]) -> Table:
    """The columns of records; what is not a number, such as skorch's batches, is left out."""
    names = dict.fromkeys(str(key) for record in records for key in record)
    refuse_many(source, len(records), len(names))
    numbers: dict[str, np.ndarray] = {}
    words: dict[str, list[str]] = {}
    for name in names:
        values = [record.get(name) for record in records]
        given = [value for value in values if value is not None]
        if given and all(_is_number(value) for value in given):
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


def _lines(text: str) -> list[Any] | None:
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
