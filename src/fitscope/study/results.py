"""`Results`: what came out of a study, for each run and for each model over its runs.

results.json is made of it (`as_dict`) and read into it (`from_dict`), nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fitscope.learners.base import Precision, Size
from fitscope.study.advice import Advice
from fitscope.study.answer import Answer
from fitscope.study.document import RESULTS_FORMAT
from fitscope.study.estimate import Estimate
from fitscope.study.failed import FailedRun
from fitscope.study.schema import StoredModel, StoredResults, StoredRun, StoredVerdict
from fitscope.task import BINARY, TASKS, Task
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.plain import plain
from fitscope.verdicts.verdict import Verdict


@dataclass(frozen=True)
class RunResult:
    """One finished run.

    Attributes:
        model: name of its model.
        repeat: number of the run among the model's, from 0.
        epochs: how many there were.
        best_epoch: the epoch of the kept weights: of the lowest monitored metric, from 0. The
            best epoch that verdicts speak of is that of the trend; see `Verdict.best_epoch`.
        best: all metrics there; None for what is not finite.
        final: all metrics at the last epoch.
        stopped: "early stopping", "max epochs" or "diverged".
        seconds: training time.
        stopping: what a stopping rule that judges gave as its reason; None of other rules.
        verdict: None before it is judged, and for a run of which nothing can be said.
    """

    model: str
    repeat: int
    epochs: int
    best_epoch: int
    best: Mapping[str, float | None]
    final: Mapping[str, float | None]
    stopped: str
    seconds: float
    stopping: Mapping[str, Any] | None = None
    verdict: Verdict | None = None

    def as_dict(self) -> StoredRun:
        """The run's entry in results.json."""
        return {
            "model": self.model,
            "repeat": self.repeat,
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "best": {name: plain(value) for name, value in self.best.items()},
            "final": {name: plain(value) for name, value in self.final.items()},
            "stopped": self.stopped,
            "seconds": self.seconds,
            "stopping": None if self.stopping is None else dict(self.stopping),
            "verdict": _stored(self.verdict),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> RunResult:
        """The run that `as_dict` was called on.

        Raises:
            KeyError: a key is missing.
        """
        return cls(
            stored["model"],
            stored["repeat"],
            stored["epochs"],
            stored["best_epoch"],
            stored["best"],
            stored["final"],
            stored["stopped"],
            stored["seconds"],
            stored.get("stopping"),
            _verdict(stored),
        )


@dataclass(frozen=True)
class ModelResult:
    """A model over its finished runs.

    Attributes:
        name: as given.
        groups: the groups that show it.
        size: how large it is.
        repeats: number of its finished runs.
        best: each metric at the epochs of the kept weights.
        best_corrected: each metric around the best epochs of the trend, corrected for their
            having been picked; None before it is judged, or where it is not known.
        verdict: None before it is judged, or where no run can be.
    """

    name: str
    groups: tuple[str, ...]
    size: Size
    repeats: int
    best: Mapping[str, Estimate]
    best_corrected: Mapping[str, Estimate] | None = None
    verdict: Verdict | None = None

    def as_dict(self) -> StoredModel:
        """The model's entry in results.json."""
        corrected = self.best_corrected
        return {
            "name": self.name,
            "groups": list(self.groups),
            "size": {"count": self.size.count, "unit": self.size.unit},
            "repeats": self.repeats,
            "best": _pairs(self.best),
            "best_corrected": None if corrected is None else _pairs(corrected),
            "verdict": _stored(self.verdict),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> ModelResult:
        """The model that `as_dict` was called on, or one of format 1.

        Raises:
            KeyError: a key is missing.
        """
        size = stored.get("size") or {"count": stored["parameters"], "unit": "parameters"}
        corrected = stored.get("best_corrected")
        return cls(
            stored["name"],
            tuple(stored["groups"]),
            Size(size["count"], size["unit"]),
            stored["repeats"],
            _estimates(stored["best"]),
            None if corrected is None else _estimates(corrected),
            _verdict(stored),
        )


@dataclass(frozen=True)
class Results:
    """What came out of a study.

    Attributes:
        models: those with a finished run, in the study's order.
        runs: the finished runs, by model and repeat.
        comparisons: all pairs of models that can be compared.
        advice: what the study says, the headline first.
        task: what was learnt; it knows the metrics.
        answer: what an examination of a table says; None for any other study.
        subsets: the finished runs on fewer rows, which are not judged; no models of the study.
        failed: runs whose process died, in the study's order; none of them is a finished run.
        precision: in which the wide products of networks were trained.
        cautions: sentences about rows that cannot show what is asked of them.

    Example:
        >>> run = RunResult("A", 0, 9, 4, {"val_loss": 0.5}, {"val_loss": 0.6}, "max epochs", 1.0)
        >>> model = ModelResult("A", (), Size(9, "parameters"), 1, {"val_loss": Estimate(0.5)})
        >>> results = Results((model,), (run,))
        >>> results.judged, results.model("A").size, len(results.runs_of("A"))
        (False, Size(count=9, unit='parameters'), 1)
        >>> Results.from_dict(results.as_dict()) == results
        True
    """

    models: tuple[ModelResult, ...] = ()
    runs: tuple[RunResult, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    advice: tuple[Advice, ...] = ()
    task: Task = BINARY
    answer: Answer | None = None
    subsets: tuple[RunResult, ...] = ()
    failed: tuple[FailedRun, ...] = ()
    precision: Precision = "float32"
    cautions: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether verdicts are there; a model of which nothing can be said has none even then."""
        return not self.models or any(model.verdict is not None for model in self.models)

    def model(self, name: str) -> ModelResult:
        """The model of that name.

        Raises:
            KeyError: none, or none of its runs has finished.
        """
        for model in self.models:
            if model.name == name:
                return model
        raise KeyError(name)

    def runs_of(self, name: str) -> tuple[RunResult, ...]:
        """The finished runs of a model, by their repeat."""
        return tuple(run for run in self.runs if run.model == name)

    def as_dict(self) -> StoredResults:
        """The whole of results.json."""
        stored: StoredResults = {
            "format": RESULTS_FORMAT,
            "task": self.task.kind,
            "models": [model.as_dict() for model in self.models],
            "runs": [run.as_dict() for run in self.runs],
            "comparisons": [pair.as_dict() for pair in self.comparisons],
            "advice": [one.as_dict() for one in self.advice],
        }
        if self.subsets:
            stored["subsets"] = [run.as_dict() for run in self.subsets]
        if self.failed:
            stored["failed"] = [run.as_dict() for run in self.failed]
        if self.precision != "float32":
            stored["precision"] = self.precision
        if self.cautions:
            stored["cautions"] = list(self.cautions)
        return stored if self.answer is None else {**stored, **self.answer.as_dict()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Results:
        """The results that `as_dict` was called on, or those of format 1.

        Raises:
            KeyError: a key is missing.
        """
        task = TASKS[stored.get("task", BINARY.kind)]
        return cls(
            tuple(map(ModelResult.from_dict, stored["models"])),
            tuple(map(RunResult.from_dict, stored["runs"])),
            tuple(Comparison.from_dict(pair, task) for pair in stored.get("comparisons", ())),
            tuple(map(Advice.from_dict, stored.get("advice", ()))),
            task,
            Answer.from_dict(stored) if "recommended" in stored else None,
            tuple(map(RunResult.from_dict, stored.get("subsets", ()))),
            tuple(FailedRun(**run) for run in stored.get("failed", ())),
            stored.get("precision", "float32"),
            tuple(stored.get("cautions", ())),
        )

    def __eq__(self, other: object) -> bool:
        """Whether results.json would be the same: verdicts carry curves that it does not hold."""
        return isinstance(other, Results) and self.as_dict() == other.as_dict()

    __hash__ = None  # type: ignore[assignment]


def _verdict(stored: Mapping[str, Any]) -> Verdict | None:
    found = stored.get("verdict")
    return None if found is None else Verdict.from_dict(found)


def _stored(verdict: Verdict | None) -> StoredVerdict | None:
    return None if verdict is None else cast("StoredVerdict", verdict.as_dict())


def _pairs(estimates: Mapping[str, Estimate]) -> dict[str, list[float | None]]:
    return {name: estimate.as_pair() for name, estimate in estimates.items()}


def _estimates(stored: Mapping[str, Sequence[float | None]]) -> dict[str, Estimate]:
    return {name: Estimate(mean, error) for name, (mean, error) in stored.items()}
