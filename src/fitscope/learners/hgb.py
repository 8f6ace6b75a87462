"""`HGB`: scikit-learn's histogram gradient boosting, watched round by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

import numpy as np
from annotated_types import Gt
from jaxtyping import Float64, Shaped

from fitscope.data.fitted import read_fitted, skops_io
from fitscope.errors import UserError
from fitscope.learners.base import Knob, Size, TrainedRun, Watching
from fitscope.learners.estimator.pace import Pace
from fitscope.learners.estimator.staged import Data, Outputs, histogram
from fitscope.learners.settings import Settings
from fitscope.learners.steps import Steps
from fitscope.learners.streams import WEIGHTS, stream
from fitscope.settings import Count, NotNegative, Positive, Share, Words, check

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task

CERTAIN = 0.0  # it gives no probabilities, of which one might be exactly 0
TRUSTED = {"sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"}


class Boosted(NamedTuple):
    """Fitted state: an estimator of scikit-learn, and how many of its rounds count."""

    estimator: Any
    rounds: int


@dataclass(frozen=True, kw_only=True)
class HGB:
    """Histogram gradient boosting of scikit-learn, for all three tasks; holds no trees.

    Wraps `HistGradientBoostingClassifier` and `HistGradientBoostingRegressor`; names and
    defaults are theirs. Of a plan nothing applies: neither batch size nor epochs, learning rate,
    optimizer or stopping rule. It trains `max_iter` rounds; the best round is that of the lowest
    validation loss. Its `loss` is the task's loss without what `l2_regularization` adds.

    Without `max_features` below 1, and on less than 200,000 rows, nothing is drawn by chance:
    repeats are then all the same.

    Attributes:
        learning_rate: share of each tree's values that is added.
        max_iter: boosting rounds.
        max_leaf_nodes: most leaves of a tree; None for no limit.
        max_depth: most splits from the root of a tree to a leaf; None for no limit.
        min_samples_leaf: fewest training rows in a leaf.
        l2_regularization: penalty on the values of leaves.
        max_features: share of the features, drawn anew for each split, that it may use.

    Raises:
        UserError: a setting outside its range, or trees without any limit.

    Example:
        >>> HGB(max_iter=50)
        HGB(max_iter=50)
        >>> HGB(max_leaf_nodes=1)
        Traceback (most recent call last):
        fitscope.errors.UserError: HGB: max_leaf_nodes must be a whole number from 2 or None, got 1
    """

    kind: ClassVar[str] = "hgb"
    step = "round"
    sort = family = "hgb"
    planned: ClassVar[bool] = False
    given = None
    state_ending: ClassVar[str] = "skops"

    learning_rate: Positive = 0.1
    max_iter: Count = 100
    max_leaf_nodes: Annotated[
        Annotated[int, Gt(1)] | None, Words("a whole number from 2 or None")
    ] = 31
    max_depth: Annotated[Annotated[int, Gt(0)] | None, Words("a whole number from 1 or None")] = (
        None
    )
    min_samples_leaf: Count = 20
    l2_regularization: NotNegative = 0.0
    max_features: Share = 1.0

    def __post_init__(self) -> None:
        check(self)
        if self.max_leaf_nodes is None and self.max_depth is None:
            raise UserError("HGB: give max_leaf_nodes or max_depth; trees need a limit")

    def __repr__(self) -> str:
        changed = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if getattr(self, field.name) != field.default
        )
        return f"HGB({', '.join(changed)})"

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values; `HGB.from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> HGB:
        """The learner that `as_dict` described."""
        return cls(**settings)

    @property
    def by_chance(self) -> bool:
        """Whether features are drawn for each split."""
        return self.max_features < 1.0

    @property
    def pace(self) -> Pace:
        """How fast it learns in how many rounds."""
        return Pace("learning_rate", self.learning_rate, "max_iter", self.max_iter)

    @property
    def leaves(self) -> int:
        """Most leaves of a tree."""
        by_depth = inf if self.max_depth is None else 2**self.max_depth
        by_leaves = inf if self.max_leaf_nodes is None else self.max_leaf_nodes
        return int(min(by_depth, by_leaves))

    def size(self, features: int, task: Task) -> Size:
        """The most leaves that all trees can have together; several labels take a tree each.

        Example:
            >>> from fitscope.task import BINARY
            >>> str(HGB().size(28, BINARY))
            '3,100 leaves'
        """
        del features
        return Size(self.max_iter * self.leaves * task.outputs, "leaves")

    def knobs(self) -> tuple[Knob, ...]:
        """How large trees may grow, then what is done against overfitting."""

        def limit(value: int | None) -> float:
            return inf if value is None else value

        return (
            Knob("max_leaf_nodes", "leaves a tree", limit(self.max_leaf_nodes), True, False),
            Knob("max_depth", "levels a tree", limit(self.max_depth), True, False),
            Knob("min_samples_leaf", "rows a leaf", self.min_samples_leaf, False, False),
            Knob("l2_regularization", "L2 regularization", self.l2_regularization, False, True),
            Knob("max_features", "random features", self.max_features, True, True, 1.0),
        )

    def layers(self, features: int, task: Task) -> Settings:
        """Its settings, and its size."""
        rows = tuple((name, str(value), "") for name, value in self.as_dict().items())
        return Settings(rows, (f"At most {self.size(features, task)}",))

    def work(self, features: int, task: Task, plan: Plan, rows: int) -> float:
        """0: a run trains on one core."""
        del features, task, plan, rows
        return 0.0

    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat; see `fitscope.learners.base.Learner.fit`.

        An interrupted run is lost: there are no checkpoints.
        """
        del plan
        if split.task.kind == "regression":
            from fitscope.data.target import training_scale

            training_scale(split.y_train)  # of a constant nothing can be learnt
        watching.on_start(0)
        return [_train(self, split, seed, repeat, watching) for repeat in repeats]

    def save(self, state: Boosted, path: Path) -> None:
        """Store fitted trees and the number of rounds that count, whole or not at all."""
        from fitscope.files import write_bytes

        write_bytes(path, skops_io().dumps(state._asdict()))

    def load(self, path: Path) -> Boosted:
        """Fitted trees that `save` stored; only types that it stores are made.

        Raises:
            UserError: missing or damaged file, or one with anything else in it.
        """
        return read_fitted(path, "trees", TRUSTED, lambda stored: Boosted(**stored))

    def predict(
        self, state: Boosted, x: Shaped[np.ndarray, "rows features"], task: Task
    ) -> Float64[np.ndarray, "rows ..."]:
        """Outputs of rows after the rounds that count; see `fitscope.task.Task`."""
        return histogram.outputs(state.estimator, x, Outputs(task, state.rounds, CERTAIN))


def _train(learner: HGB, split: Split, seed: int, repeat: int, watching: Watching) -> TrainedRun:
    task, steps = split.task, Steps(split, repeat, watching)
    estimator = _estimator(learner, task, seed, repeat)
    y, y_validation = split.y_train, split.y_validation
    data = Data(
        split.x_train, y, split.x_validation, y_validation, task, CERTAIN, split.train_weights
    )
    histogram.train(estimator, data, steps.add)
    best = Boosted(estimator, steps.best + 1)
    return steps.run(best, Boosted(estimator, learner.max_iter), learner.learning_rate)


def _estimator(learner: HGB, task: Task, seed: int, repeat: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    classes = task.kind != "regression"
    made: Any = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    return made(
        **learner.as_dict(),
        early_stopping=False,
        random_state=int(stream(seed, repeat, WEIGHTS).generate_state(1)[0]),
    )
