"""The shape of results.json: what its parts are called and what they hold.

`docs/results.schema.json` is made of it.
"""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

FORMAT = 2
"""Raised whenever a program that reads the file could misread it."""


class StoredSize(TypedDict):
    """How large a model is: a count and its unit, such as "parameters"."""

    count: int
    unit: str


class StoredRun(TypedDict):
    """One run. `best` and `final` hold every metric at the two epochs; None where it diverged."""

    model: str
    repeat: int
    epochs: int
    best_epoch: int
    best: dict[str, float | None]
    final: dict[str, float | None]
    stopped: str
    seconds: float
    stopping: dict[str, Any] | None
    verdict: dict[str, Any] | None


class StoredModel(TypedDict):
    """One model over its runs. Scores are pairs: the mean and its standard error."""

    name: str
    groups: list[str]
    size: StoredSize
    repeats: int
    best: dict[str, tuple[float | None, float | None]]
    best_corrected: dict[str, tuple[float | None, float | None]] | None
    verdict: dict[str, Any] | None


class StoredAdvice(TypedDict):
    """One piece of advice; `confidence` is None where none can be given."""

    title: str
    text: str
    models: list[str]
    confidence: float | None


class StoredResults(TypedDict):
    """The whole of results.json."""

    format: int
    task: Literal["binary", "multiclass", "regression"]
    models: list[StoredModel]
    runs: list[StoredRun]
    comparisons: list[dict[str, Any]]
    advice: list[StoredAdvice]
