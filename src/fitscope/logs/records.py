"""JSON that holds a record an epoch, in the shapes that people give it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fitscope.logs.names import PARTS
from fitscope.logs.table import EPOCHS, STEPS

DEPTH = 4  # how deep records are looked into
OF_EPOCH = re.compile(r"(?:epochs?|ep|e)?[ _-]?(\d{1,9})", re.IGNORECASE)


def records_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """The records of a dictionary by epoch, of a data frame, or of training and other rows.

    Example:
        >>> records_of({"epoch_1": {"loss": 0.5, "val": {"loss": 0.6}}, "epoch_2": {"loss": 0.4}})
        [{'epoch': 1, 'loss': 0.5, 'val/loss': 0.6}, {'epoch': 2, 'loss': 0.4}]
        >>> records_of({"columns": ["epoch", "loss"], "data": [[1, 0.5]]})
        [{'epoch': 1, 'loss': 0.5}]
    """
    return _by_epoch(document) or _of_frame(document) or _of_parts(document)


def flattened(record: Mapping[str, Any], above: str = "", depth: int = DEPTH) -> dict[str, Any]:
    """`{"train": {"loss": 0.5}}` as `{"train/loss": 0.5}`."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping) and depth:
            found |= flattened(value, f"{above}{key}/", depth - 1)
        else:
            found[f"{above}{key}"] = value
    return found


def _by_epoch(document: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """`{"epoch_1": {"loss": 0.5}, ...}` as records with an epoch each."""
    keys = [OF_EPOCH.fullmatch(str(key)) for key in document]
    inner = all(isinstance(value, Mapping) for value in document.values())
    if len(keys) < 2 or not inner or not all(keys):
        return None
    records: list[Mapping[str, Any]] = [
        {"epoch": int(key[1]), **flattened(value)}
        for key, value in zip(keys, document.values(), strict=True)
        if key is not None
    ]
    measured = sum(isinstance(one, int | float) for one in records[0].values())
    return records if measured > 2 else None  # the epoch among them


def _of_frame(document: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """pandas' `to_json(orient="split")` as records."""
    names, rows = document.get("columns"), document.get("data")
    if not isinstance(names, list) or not isinstance(rows, list) or not rows:
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def _of_parts(document: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """`{"train": [{"epoch": 1, "loss": 0.5}], "val": [...]}` as records with the part in names."""
    parts = {key: value for key, value in document.items() if str(key).lower() in PARTS}
    if len(parts) < 2 or not all(
        isinstance(rows, list) and rows and all(isinstance(row, Mapping) for row in rows)
        for rows in parts.values()
    ):
        return None
    places = (*EPOCHS, *STEPS)
    return [
        {name if name.lower() in places else f"{part}/{name}": value for name, value in row.items()}
        for part, rows in parts.items()
        for row in rows
    ]
