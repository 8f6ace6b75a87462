"""study.json of format 1, which fitscope 0.1 wrote, as one of today."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fitscope.task import BINARY


def from_version_1(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What format 1 says, in the words of format 2: all of it were networks on two labels.

    Args:
        raw: the content of the file.

    Raises:
        KeyError, TypeError, AttributeError: it is not what fitscope 0.1 wrote.

    Example:
        >>> shares = {"train": 0.5, "validation": 0.75}
        >>> found = from_version_1({"data": {"label_mean": shares}, "models": []})
        >>> found["data"]["target"], round(found["data"]["constant"], 4)
        ({'train': [0.5, 0.5], 'validation': [0.25, 0.75]}, 0.6931)
    """
    data = dict(raw["data"])
    shares = {part: [1 - share, share] for part, share in data.pop("label_mean").items()}
    data |= {
        "task": {"kind": BINARY.kind, "labels": []},
        "target": shares,
        "constant": _crossentropy(shares["validation"], shares["train"]),
    }
    models = []
    for old in raw["models"]:
        entry = dict(old)
        entry["spec"] = {"learner": "mlp", **entry["spec"]}
        entry["size"] = {"count": entry.pop("parameters"), "unit": "parameters"}
        models.append(entry)
    return {**raw, "format": 2, "data": data, "models": models}


def _crossentropy(of: list[float], guessed: list[float]) -> float | None:
    """Of predicting the shares `guessed` for rows with the shares `of`; see `Task.constant_loss`.

    The rows themselves are not at hand when a folder is read.
    """
    if not all(0 < share < 1 for share in guessed):
        return None
    return -sum(share * math.log(guess) for share, guess in zip(of, guessed, strict=True))
