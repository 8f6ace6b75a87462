"""The shape of results.json: what its parts are called and what they hold.

`docs/results.schema.json` is made of it by `make schema`.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired

from annotated_types import Len
from typing_extensions import TypedDict

from fitscope.diagnosis.label import Label
from fitscope.learners.base import Precision
from fitscope.study.stored_answer import StoredAnswer
from fitscope.verdicts.check import StoredCheck
from fitscope.verdicts.comparison import StoredComparison
from fitscope.verdicts.cost import Price
from fitscope.verdicts.evidence import Evidence

if TYPE_CHECKING:
    from pydantic import TypeAdapter


Pair = Annotated[list[float | None], Len(2, 2)]
"""A mean and its standard error."""


class StoredSize(TypedDict):
    """How large a model is: a count and its unit, such as "parameters"."""

    count: int
    unit: str


class StoredCost(TypedDict):
    """What overfitting costs on rows that nobody has seen: the total, then its parts."""

    value: float | None
    error: float | None
    chance: float | None
    training_on: Price | None
    richness: Price | None


class StoredVerdict(TypedDict):
    """A verdict on a model or on one of its runs."""

    source: str
    verdict: Label
    confidence: float
    best_epoch: int
    onset_epoch: int | None
    epochs: int
    evidence: Evidence
    cost: StoredCost | None
    explanation: str
    advice: list[str]
    checks: list[StoredCheck]


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
    verdict: StoredVerdict | None


class StoredFailure(TypedDict):
    """A run that failed, and why: its process died, or its memory did not suffice."""

    model: str
    repeat: int
    reason: str


class StoredModel(TypedDict):
    """One model over its runs. Scores are pairs: the mean and its standard error."""

    name: str
    groups: list[str]
    size: StoredSize
    repeats: int
    best: dict[str, Pair]
    best_corrected: dict[str, Pair] | None
    verdict: StoredVerdict | None


class StoredAdvice(TypedDict):
    """One piece of advice; `confidence` is None where none can be given."""

    title: str
    text: str
    models: list[str]
    confidence: float | None


class StoredResults(StoredAnswer):
    """The whole of results.json."""

    format: int
    task: Literal["binary", "multiclass", "regression"]
    models: list[StoredModel]
    runs: list[StoredRun]
    comparisons: list[StoredComparison]
    advice: list[StoredAdvice]
    subsets: NotRequired[list[StoredRun]]
    failed: NotRequired[list[StoredFailure]]
    precision: NotRequired[Precision]
    cautions: NotRequired[list[str]]


@cache
def results_adapter() -> TypeAdapter[StoredResults]:
    """What checks that a file has this shape."""
    from pydantic import TypeAdapter

    return TypeAdapter(StoredResults)


def json_schema() -> dict[str, Any]:
    """The JSON schema of results.json."""
    return described(results_adapter().json_schema(mode="serialization"), "results.json")


def described(schema: dict[str, Any], title: str) -> dict[str, Any]:
    """A schema with a title, and of each docstring its first paragraph."""
    for part in (schema, *schema["$defs"].values()):
        if "description" in part:
            part["description"] = " ".join(part["description"].split("\n\n")[0].split())
    return {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1, ensure_ascii=False))
