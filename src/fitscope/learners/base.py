"""What a learner is: anything that can be trained on a split and tells how rich it is.

An *epoch* is one step of a learner's history, whatever the learner itself calls it: a pass over the
rows, a boosting round. `Learner.step` is the word for screens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np

from fitscope.history import SINGLE

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Float32, Int32, Shaped

    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task

Precision = Literal["float32", "bfloat16"]
"""Of the wide products of networks."""


@dataclass(frozen=True)
class Size:
    """How large a learner is.

    Example:
        >>> str(Size(803_329, "parameters"))
        '803,329 parameters'
    """

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count:,} {self.unit}"


@dataclass(frozen=True)
class Knob:
    """A setting that moves a learner's capacity.

    Attributes:
        name: the setting.
        words: what sentences call it, such as "L2".
        value: where it stands; a tuple for layers, infinity for no limit.
        richer: True if more of it means more capacity.
        remedy: True for what is added against overfitting (a penalty, dropout), False for size.
        off: the value at which a remedy does nothing.
        less: turning it to less capacity, in words, where these cannot be told from the others.
        more: turning it to more capacity, in words.
    """

    name: str
    words: str
    value: Any
    richer: bool
    remedy: bool
    off: Any = 0.0
    less: str = ""
    more: str = ""


@dataclass(frozen=True)
class NewEpochs:
    """New epochs of one run while it trains.

    Attributes:
        repeat: number of the run among the repeats.
        epoch: number of the first new epoch, from 0.
        metrics: float32 [new epochs, 6], in the order of `Task.monitors`.
        best_epoch: best epoch so far.
        best: the metrics there, float32 [6].
        seconds: training time so far.
    """

    repeat: int
    epoch: int
    metrics: Float32[np.ndarray, "epochs 6"]
    best_epoch: int
    best: Float32[np.ndarray, " 6"]
    seconds: float


@dataclass(frozen=True)
class TrainedRun:
    """A finished run of any learner.

    Attributes:
        repeat: number of the run among the repeats.
        metrics: float32 [epochs, 6], in the order of `Task.monitors`.
        best_epoch: the epoch whose state is `best`.
        best: fitted state at the best epoch; what it is, the learner knows.
        last: fitted state at the last epoch.
        fit: the training metrics with regularization off, `{"best": [3], "last": [3]}`.
        row_epochs: epochs at which the losses of single validation rows were kept, rising.
        row_losses: those losses, float32 [row_epochs, validation rows].
        row_scores: the rows' hits at the same steps where losses do not tell them, else None.
        stopped: "early stopping", "max epochs" or "diverged".
        seconds: training time.
        learning_rate: one value a step, float32.
        reason: why the evidence rule ended the run; None with any other rule.
    """

    repeat: int
    metrics: Float32[np.ndarray, "epochs 6"]
    best_epoch: int
    best: Any
    last: Any
    fit: Mapping[str, Float[np.ndarray, " 3"]]
    row_epochs: Int32[np.ndarray, " kept"]
    row_losses: Float32[np.ndarray, "kept validation"]
    row_scores: Bool[np.ndarray, "kept validation"] | None
    stopped: str
    seconds: float
    learning_rate: Float32[np.ndarray, " epochs"]
    reason: Mapping[str, Any] | None = None

    def history(self, task: Task) -> dict[str, np.ndarray]:
        """One array a metric, with Keras' names, and the learning rate after each epoch."""
        columns: dict[str, np.ndarray] = dict(zip(task.monitors, self.metrics.T, strict=True))
        return {**columns, "learning_rate": self.learning_rate}


@dataclass(frozen=True)
class Watching:
    """How a fit talks to whoever waits for it.

    Attributes:
        save: checkpoint file; a learner that keeps none ignores it.
        on_start: called with the step from which training goes on, 0 for a new run.
        on_progress: called with new steps.
        interrupted: asked now and then; True ends training with `Interrupted`.
    """

    save: Path | None = None
    on_start: Callable[[int], None] = field(default=lambda _: None)
    on_progress: Callable[[NewEpochs], None] = field(default=lambda _: None)
    interrupted: Callable[[], bool] = field(default=lambda: False)


class Interrupted(Exception):
    """Training was asked to stop before its end; a checkpoint, if any, holds what was done."""


class Layers(Protocol):
    """What a learner is made of; `str` gives it as a table."""

    def rows(self) -> list[tuple[str, str, str]]:
        """Three texts a layer or setting: what it is, how large or what value, its parameters."""
        ...

    def totals(self) -> list[str]:
        """Closing lines."""
        ...


@runtime_checkable
class Learner(Protocol):
    """Anything that can be trained: an immutable description without fitted state.

    Attributes:
        kind: the name under which study.json keeps it.
        state_ending: ending of the files that hold its fitted state.
        planned: whether it trains in the plan's epochs; a boosting round knows nothing of them.
    """

    kind: ClassVar[str]
    state_ending: ClassVar[str]
    planned: ClassVar[bool]

    @property
    def sort(self) -> str:
        """What such learners are called for short, whatever their settings: "mlp", "forest"."""
        ...

    @property
    def family(self) -> str:
        """The same for all learners that differ in nothing but their knobs: of two of one family
        either may be a plainer version of the other."""
        ...

    @property
    def step(self) -> str:
        """What one step of its history is: "epoch", "round", or `fitscope.history.SINGLE`."""
        ...

    @property
    def by_chance(self) -> bool:
        """Whether runs on the same rows differ; where they do not, a repeat shows nothing."""
        ...

    @property
    def given(self) -> str | None:
        """Fingerprint of an object of the caller's own that training needs and study.json cannot
        hold; see `fitscope.learners.given`. None of a learner that its settings describe wholly."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values that JSON knows."""
        ...

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Learner:
        """The learner that `as_dict` described."""
        ...

    def size(self, features: int, task: Task) -> Size:
        """How large it is on rows of so many features."""
        ...

    def knobs(self) -> tuple[Knob, ...]:
        """The settings that move its capacity, those of size first."""
        ...

    def layers(self, features: int, task: Task) -> Layers:
        """What it is made of."""
        ...

    def work(self, features: int, task: Task, plan: Plan, rows: int) -> float:
        """Floating-point operations of one optimizer step; 0 if it trains on one core anyway."""
        ...

    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat.

        Raises:
            Interrupted: `watching.interrupted` said so.
            UserError: something a user can mend.
        """
        ...

    def save(self, state: Any, path: Path) -> None:
        """Store fitted state, whole or not at all, without pickle."""
        ...

    def load(self, path: Path) -> Any:
        """Fitted state that `save` stored.

        Raises:
            UserError: missing or damaged.
        """
        ...

    def predict(
        self, state: Any, x: Float32[np.ndarray, "rows features"], task: Task
    ) -> Shaped[np.ndarray, "rows ..."]:
        """Outputs of rows; see `Task`."""
        ...


def has_steps(learner: Learner) -> bool:
    """Whether a learner's history is a curve."""
    return learner.step != SINGLE


def is_reference(learner: Learner) -> bool:
    """Whether a learner is there to be compared with only, and gets neither verdict nor advice."""
    return learner.kind == "constant"


def keeps_best(learner: Learner, plan: Plan) -> bool:
    """Whether a run ends with the state of its best epoch: the learner follows a plan that says so.

    Example:
        >>> from fitscope.learners.hgb import HGB
        >>> from fitscope.learners.mlp.network import MLP
        >>> from fitscope.learners.mlp.plan import Plan
        >>> from fitscope.stopping.early import EarlyStopping
        >>> plan = Plan(stopping=EarlyStopping(restore_best_weights=True))
        >>> keeps_best(MLP(16), plan), keeps_best(MLP(16), Plan()), keeps_best(HGB(), plan)
        (True, False, False)
    """
    rule = plan.stopping
    return learner.planned and rule is not None and rule.restore_best_weights
