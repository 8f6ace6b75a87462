"""`OwnNetwork`: what learners of networks that a function of the caller's own builds share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from jaxtyping import Float64, Shaped

from fitscope.errors import UserError
from fitscope.learners.base import Knob, Size, TrainedRun, Watching
from fitscope.learners.given import kept, missing
from fitscope.learners.own.description import Description
from fitscope.learners.own.weights import Weights, load_weights, save_weights

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.mlp.plan import Plan
    from fitscope.task import Task

Settings = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, repr=False)
class OwnNetwork(ABC):
    """A network that a function of the caller's own builds anew for each run.

    Attributes:
        given: fingerprint of the function, see `fitscope.learners.given`.
        description: what the network is made of, with the settings.
        settings: what differs from what the function builds: a factor of all hidden widths
            ("units"), the rate of dropout layers ("dropout"), coefficients of penalties ("l1",
            "l2", "weight_decay").
    """

    kind: ClassVar[str]
    step = "epoch"
    planned: ClassVar[bool] = True
    by_chance = True
    state_ending: ClassVar[str] = "safetensors"

    given: str
    description: Description
    settings: Settings = ()

    def __repr__(self) -> str:
        changed = "".join(f", {name}={value!r}" for name, value in self.settings)
        return f"{type(self).__name__}({self.description.name}{changed})"

    def check_weights(self) -> None:
        """Refuse rows that count unequally: its loss is the caller's, and gives one number.

        Raises:
            UserError: always.
        """
        raise UserError(
            f"{self.description.name}: a network of your own has its own loss, which knows no "
            "weights of rows; leave these away, or give fs.MLP(...)"
        )

    @property
    def sort(self) -> str:
        """What such learners are called for short."""
        return self.kind

    @property
    def family(self) -> str:
        """Networks with the same knobs; where none of these is of size, nobody knows what else
        differs but of one and the same function."""
        knobs = self.knobs()
        names = " ".join(sorted(one.name for one in knobs))
        same = self.given if all(one.remedy for one in knobs) else ""
        return f"{self.kind} {names} {same}"

    def as_dict(self) -> dict[str, Any]:
        """The function's fingerprint, the settings, and what the network is made of."""
        return {
            "given": self.given,
            "settings": dict(self.settings),
            "network": self.description.as_dict(),
        }

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """The learner that `as_dict` described."""
        return cls(
            settings["given"],
            Description.from_dict(settings["network"]),
            tuple(settings["settings"].items()),
        )

    def size(self, features: int, task: Task) -> Size:
        """Its trainable parameters."""
        del features, task
        return Size(self.description.parameters, "parameters")

    def knobs(self) -> tuple[Knob, ...]:
        """Units of its hidden layers, then what is done against overfitting, as far as known."""
        return self.description.turned()

    def layers(self, features: int, task: Task) -> Description:
        """Its layers."""
        del features, task
        return self.description

    def work(self, features: int, task: Task, plan: Plan, rows: int) -> float:
        """Floating-point operations of a step, as dense layers have them."""
        del features, task
        return 6.0 * self.description.parameters * min(plan.batch_size, rows)

    @abstractmethod
    def changed(self, settings: Mapping[str, Any]) -> Self:
        """The learner with other settings beside those that it has.

        Raises:
            UserError: its function is not in this process, or no such network can be made.
        """

    @abstractmethod
    def fit(
        self, split: Split, plan: Plan, *, seed: int, repeats: Sequence[int], watching: Watching
    ) -> list[TrainedRun]:
        """Train one run a repeat; see `fitscope.learners.base.Learner.fit`."""

    def save(self, state: Weights, path: Path) -> None:
        """Store weights, whole or not at all."""
        save_weights(path, state)

    def load(self, path: Path) -> Weights:
        """Weights that `save` stored.

        Raises:
            UserError: missing or damaged file.
        """
        return load_weights(path)

    @abstractmethod
    def predict(
        self, state: Weights, x: Shaped[np.ndarray, "rows features"], task: Task
    ) -> Float64[np.ndarray, "rows ..."]:
        """Outputs of rows; see `fitscope.task.Task`."""

    def _function(self) -> Any:
        """What the caller gave, of which `given` is the fingerprint.

        Raises:
            UserError: it is not in this process.
        """
        found = kept(self.given)
        if found is None:
            raise missing(self.description.name)
        return found

    def _signature(self, plan: Plan, seed: int, repeat: int) -> dict[str, Any]:
        """What a checkpoint of a run must have been written with."""
        return {
            "learner": self.as_dict(),
            "plan": plan.as_dict(),
            "seed": seed,
            "repeat": repeat,
        }
