"""`Constant`: predicts the share of each label, or the mean: what a model must beat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fitscope.errors import UserError
from fitscope.history import SINGLE
from fitscope.learners.base import Knob, Size, TrainedRun, Watching
from fitscope.learners.settings import Settings
from fitscope.learners.steps import Steps

if TYPE_CHECKING:
    from jaxtyping import Float64, Shaped

    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task

LEAST = 1e-300
"""Share of a label that no training row has: its rows then cost much, and not infinitely much."""


@dataclass(frozen=True)
class Constant:
    """The best prediction that looks at no feature: shares of the labels, or the mean.

    It is there for other models to be compared with and gets no verdict. Its fitted state are the
    outputs that it gives for every row, see `fitscope.task.Task`.

    Example:
        >>> from fitscope.data.split import Split
        >>> from fitscope.learners.mlp.plan import Plan
        >>> x, y = np.zeros((4, 1), np.float32), np.array([0, 0, 0, 1])
        >>> split = Split(x, y, x[2:], y[2:])
        >>> (run,) = Constant().fit(split, Plan(), seed=0, repeats=[0], watching=Watching())
        >>> run.best.round(4), run.row_losses.round(4)  # log(1 / 3), -log(3 / 4) and -log(1 / 4)
        (array([-1.0986]), array([[0.2877, 1.3863]], dtype=float32))
    """

    kind: ClassVar[str] = "constant"
    step = SINGLE
    sort = family = "constant"
    planned: ClassVar[bool] = False
    by_chance = False
    given = None
    state_ending: ClassVar[str] = "json"

    def as_dict(self) -> dict[str, Any]:
        """No settings."""
        return {}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Constant:
        """The learner that `as_dict` described."""
        return cls(**settings)

    def size(self, features: int, task: Task) -> Size:
        """A number an output."""
        del features
        return Size(task.outputs, "constants" if task.outputs > 1 else "constant")

    def knobs(self) -> tuple[Knob, ...]:
        """None: nothing can be turned."""
        return ()

    def layers(self, features: int, task: Task) -> Settings:
        """What it predicts."""
        what = "the mean" if task.kind == "regression" else "the share of each label"
        return Settings((("predicts", what, ""),), (str(self.size(features, task)),))

    def work(self, features: int, task: Task, plan: Plan, rows: int) -> float:
        """0: a run trains on one core."""
        del features, task, plan, rows
        return 0.0

    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat, all alike; see `fitscope.learners.base.Learner.fit`."""
        del plan, seed
        watching.on_start(0)
        return [_fit(split, repeat, watching) for repeat in repeats]

    def save(self, state: Float64[np.ndarray, " outputs"], path: Path) -> None:
        """Store the outputs, whole or not at all."""
        from fitscope.files import write_text

        write_text(path, json.dumps({"outputs": state.tolist()}) + "\n")

    def load(self, path: Path) -> Float64[np.ndarray, " outputs"]:
        """Outputs that `save` stored.

        Raises:
            UserError: missing or damaged.
        """
        try:
            outputs = np.array(json.loads(path.read_bytes())["outputs"], np.float64)
            if outputs.ndim != 1 or not np.isfinite(outputs).all():
                raise ValueError("no list of numbers")
        except FileNotFoundError:
            raise UserError(f"{path}: no such constant") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{path}: damaged constant ({error})") from None
        return outputs

    def predict(
        self,
        state: Float64[np.ndarray, " outputs"],
        x: Shaped[np.ndarray, "rows features"],
        task: Task,
    ) -> Float64[np.ndarray, "rows ..."]:
        """The same outputs for every row; see `fitscope.task.Task`."""
        return _of_rows(state, len(x), task)


def _fit(split: Split, repeat: int, watching: Watching) -> TrainedRun:
    task, steps = split.task, Steps(split, repeat, watching)
    outputs = _outputs(split.y_train, split.train_weights, task)
    steps.add(*(_of_rows(outputs, len(y), task) for y in (split.y_train, split.y_validation)))
    return steps.run(outputs, outputs)


def _outputs(
    y: Shaped[np.ndarray, " rows"], weights: Float64[np.ndarray, " rows"] | None, task: Task
) -> Float64[np.ndarray, " outputs"]:
    if task.kind == "regression":
        return np.array([np.average(np.asarray(y, np.float64), weights=weights)])
    logs = np.log(np.maximum(task.shares(y, weights), LEAST))
    return logs[1:] - logs[:1] if task.kind == "binary" else logs


def _of_rows(outputs: np.ndarray, rows: int, task: Task) -> Float64[np.ndarray, "rows ..."]:
    shape = (rows, len(outputs)) if task.kind == "multiclass" else (rows,)
    return np.broadcast_to(outputs, shape).astype(np.float64)
