"""What boosting libraries keep of their evaluations: CatBoost's JSON, LightGBM's means of folds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fitscope.logs.log import Log, Logged
from fitscope.logs.names import meaning


def evaluations(source: str, document: Mapping[str, Any]) -> Log | None:
    """The curves of a run, if a document is one of a boosting library.

    Example:
        >>> folds = {"l2-mean": [3.0, 2.0], "l2-stdv": [0.1, 0.1]}
        >>> list(evaluations("cv", folds).curves), evaluations("other", {"loss": [1.0]})
        (['valid l2-mean', 'valid l2-stdv'], None)
    """
    return _catboost(source, document) or _folds(source, document) or _sets(source, document)


def _catboost(source: str, document: Mapping[str, Any]) -> Log | None:
    """`catboost_training.json`: a list of rounds, their metrics named at the top."""
    meta, rounds = document.get("meta"), document.get("iterations")
    if not isinstance(meta, Mapping) or not isinstance(rounds, list) or not rounds:
        return None
    curves: dict[str, Logged] = {}
    for part in ("learn", "test"):
        named = meta.get(f"{part}_metrics")
        for at, metric in enumerate(named if isinstance(named, list) else ()):
            found = [
                (one["iteration"], one[part][at])
                for one in rounds
                if isinstance(one, Mapping)
                and isinstance(one.get("iteration"), int)
                and isinstance(one.get(part), list)
                and len(one[part]) > at
                and isinstance(one[part][at], int | float)
            ]
            if found and isinstance(metric, Mapping):
                places, values = np.array(found, np.float64).T
                curves[f"{part}/{metric.get('name')}"] = Logged(values, places)
    return Log(source, curves, step="round") if curves else None


def _folds(source: str, document: Mapping[str, Any]) -> Log | None:
    """`lgb.cv` and `xgb.cv`: a mean and a deviation of each metric over the folds."""
    bands = ("-stdv", "-std")
    curves: dict[str, Logged] = {}
    for name, values in document.items():
        stem = str(name).removesuffix("-mean")
        band = next((band for band in bands if f"{stem}{band}" in document), None)
        if stem != name and band is not None:
            shown = stem if meaning(stem).part is not None else f"valid {stem}"
            curves[f"{shown}-mean"] = Logged(np.asarray(values, np.float64))
            curves[f"{shown}{band}"] = Logged(np.asarray(document[f"{stem}{band}"], np.float64))
    return Log(source, curves, step="round") if curves else None


def _sets(source: str, document: Mapping[str, Any]) -> Log | None:
    """`evals_result()`: sets by name, in each the metrics by name."""
    if not document or not all(isinstance(one, Mapping) and one for one in document.values()):
        return None
    known = {key: meaning(str(key)) for key in document}
    if any(m.part is None or m.metric not in ("", "sets") for m in known.values()):
        return None
    if not any(
        m.number is not None or str(k).lower() in ("training", "learn") for k, m in known.items()
    ):
        return None
    curves: dict[str, Logged] = {}
    for key, metrics in document.items():
        for metric, values in metrics.items():
            array = np.asarray(values)
            if array.ndim != 1 or array.dtype.kind not in "fiu" or not len(array):
                return None
            curves[f"{key}/{metric}"] = Logged(array.astype(np.float64))
    return Log(source, curves, step="round")
