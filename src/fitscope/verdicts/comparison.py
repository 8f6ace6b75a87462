"""`Comparison`: how far two models differ, how sure that is, and what it is about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from annotated_types import Len
from typing_extensions import TypedDict

from fitscope.diagnosis.compare import Difference
from fitscope.diagnosis.rules import SURE_SIGN
from fitscope.numbers import signed
from fitscope.task import BINARY, Metric, Task
from fitscope.verdicts.plain import plain
from fitscope.verdicts.shown import as_html
from fitscope.verdicts.words import sure

About = Literal["networks", "models"]


class StoredDifference(TypedDict):
    """A difference as results.json keeps it; None for what is not finite."""

    difference: float | None
    error: float | None
    interval: Annotated[list[float | None], Len(2, 2)]
    sign_chance: float | None
    sign_chance_corrected: float | None


class StoredComparison(TypedDict):
    """A comparison of two models as results.json keeps it: a - b of every metric."""

    a: str
    b: str
    about: About
    repeats: Annotated[list[int], Len(2, 2)]
    metrics: dict[str, StoredDifference]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two models, or single trained runs of them, on the same validation rows.

    Attributes:
        a: name of the one.
        b: name of the other.
        about: "models" if both have several runs; otherwise "networks", the single ones that
            were trained, and nothing is said about other seeds.
        repeats: runs of `a` and of `b`.
        metrics: name of a validation metric to the difference a - b.
        task: what was learnt; it knows the metrics' words and directions.

    Example:
        >>> lower = Difference(-0.02, 0.005, (-0.03, -0.01), p=0.001, p_corrected=0.003)
        >>> pair = Comparison("L2", "Large", "models", (5, 5), {BINARY.loss.validation: lower})
        >>> pair.better(), pair.told(), pair.turned().told()
        ('L2', 'better', 'worse')
    """

    a: str
    b: str
    about: About
    repeats: tuple[int, int]
    metrics: Mapping[str, Difference]
    task: Task = BINARY

    @property
    def loss(self) -> Difference:
        """The difference of the losses that verdicts are drawn on; below zero `a` is better."""
        return self.metrics[self.task.loss.validation]

    def turned(self) -> Comparison:
        """The same comparison with `a` and `b` exchanged."""
        metrics = {name: found.turned() for name, found in self.metrics.items()}
        return replace(self, a=self.b, b=self.a, repeats=self.repeats[::-1], metrics=metrics)

    def better(self, metric: str | None = None) -> str:
        """Name of the one that does better; how sure that is, the difference says.

        Args:
            metric: name of a metric; the task's loss if left out.
        """
        name = metric or self.task.loss.validation
        higher = self.task.metric(name).higher_is_better
        return self.a if (self.metrics[name].value > 0) == higher else self.b

    def told(
        self, level: float = SURE_SIGN, metric: str | None = None
    ) -> Literal["better", "worse", "not told apart"]:
        """What can be said of `a` against `b` where all pairs together are asked to be sure.

        Args:
            level: the chance that is asked of the sign, corrected for all pairs.
            metric: name of a metric; the task's loss if left out.
        """
        found = self.metrics[metric or self.task.loss.validation]
        if found.value == 0 or not found.sign_chance_corrected >= level:
            return "not told apart"
        return "better" if self.better(metric) == self.a else "worse"

    def metric(self, name: str) -> Metric:
        """Words and direction of a metric by its name in `metrics`."""
        return self.task.metric(name)

    def as_dict(self) -> StoredComparison:
        """The entry of results.json."""
        return {
            "a": self.a,
            "b": self.b,
            "about": self.about,
            "repeats": list(self.repeats),
            "metrics": {name: _stored(found) for name, found in self.metrics.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any], task: Task = BINARY) -> Comparison:
        """The comparison that `as_dict` was called on.

        Args:
            stored: the entry of results.json.
            task: what was learnt.

        Raises:
            KeyError: a key is missing.
        """
        metrics = {name: _difference(one) for name, one in stored["metrics"].items()}
        a_runs, b_runs = stored["repeats"]
        return cls(stored["a"], stored["b"], stored["about"], (a_runs, b_runs), metrics, task)

    def __str__(self) -> str:
        lines = [f"{self.a} - {self.b}"]
        for name, found in self.metrics.items():
            low, high = found.interval
            words = self.metric(name).words
            lines.append(
                f"  validation {words}: {signed(found.value)} "
                f"(95 % interval {signed(low)} to {signed(high)})"
            )
            better = f"{self.better(name)} is better" if found.value else "no difference"
            lines.append(
                f"    {better}: {sure(found.sign_chance)} sure, "
                f"{sure(found.sign_chance_corrected)} corrected for all pairs"
            )
        return "\n".join([*lines, f"  {about(self)}"])

    def __repr__(self) -> str:
        return f"<Comparison of {self.a} and {self.b}, {about(self)}>\n{self}"

    def _repr_html_(self) -> str | None:
        return as_html(self)


def about(pair: Comparison) -> str:
    """What a comparison is about, in words.

    Example:
        >>> about(Comparison("a", "b", "networks", (1, 1), {}))
        'about two trained runs on these rows, not about the models'
    """
    a, b = pair.repeats
    if pair.about == "models":
        return f"about the models: {a} and {b} runs, rows and runs both as sources of error"
    if max(pair.repeats) == 1:
        return "about two trained runs on these rows, not about the models"
    return f"about these {a} and {b} trained runs on these rows, not about the models"


def _stored(found: Difference) -> StoredDifference:
    low, high = found.interval
    return {
        "difference": plain(found.value),
        "error": plain(found.error),
        "interval": [plain(low), plain(high)],
        "sign_chance": plain(found.sign_chance),
        "sign_chance_corrected": plain(found.sign_chance_corrected),
    }


def _difference(stored: Mapping[str, Any]) -> Difference:
    def number(value: float | None) -> float:
        return math.nan if value is None else value

    low, high = map(number, stored["interval"])
    p, corrected = (
        2 * (1 - number(stored[key])) for key in ("sign_chance", "sign_chance_corrected")
    )
    error = number(stored["error"])
    return Difference(number(stored["difference"]), error, (low, high), p, corrected)
