"""How models are trained: everything that is not the model and not the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Gt

from fitscope.errors import UserError
from fitscope.learners.base import Precision
from fitscope.learners.mlp.optimizer_names import OF_OTHERS, OPTIMIZERS
from fitscope.learners.mlp.schedules import (
    Constant,
    Schedule,
    inverse_time_decay,
    schedule_as_dict,
    schedule_from_dict,
)
from fitscope.settings import Count, Words, check, valid
from fitscope.stopping.early import AUTO, EarlyStopping
from fitscope.stopping.evidence import EvidenceStopping

if TYPE_CHECKING:
    from fitscope.task import Task

Rate = Annotated[float, Gt(0), Words("a positive number or a schedule")]


@dataclass(frozen=True)
class Plan:
    """How every model of a study is trained.

    Attributes:
        batch_size: rows a step; the last step of an epoch takes what is left.
        max_epochs: where training ends if nothing stops it before.
        learning_rate: a number, `inverse_time_decay(...)`, or any schedule of Optax by
            `schedule(...)`.
        optimizer: "adam" is Keras' Adam (epsilon 1e-7, applied as Keras applies it); the others
            are Optax': "adamw", "sgd", "nadam", "lion", ...; networks of one's own get that of
            their library.
        optimizer_options: further arguments of the optimizer, such as `{"momentum": 0.9}`.
        stopping: `EarlyStopping(...)`, `fitscope.stopping.EvidenceStopping(...)` or None.
        precision: "float32", or "bfloat16" for matrix products of wide networks that take inputs
            of half the bits, where the machine is faster so; see `fitscope.learners.mlp.half`.

    Raises:
        UserError: a size that is not positive, an optimizer that nobody knows, a stopping rule
            that is none.

    Example:
        >>> plan = Plan(optimizer="sgd", optimizer_options={"momentum": 0.9})
        >>> plan.batch_size
        500
    """

    batch_size: Count = 500
    max_epochs: Count = 10_000
    learning_rate: float | Schedule = field(default_factory=lambda: inverse_time_decay(1e-3, 1_000))
    optimizer: Annotated[str, Words("the name of an optimizer")] = "adam"
    optimizer_options: Mapping[str, Any] = field(default_factory=dict)
    stopping: EarlyStopping | EvidenceStopping | None = field(default_factory=EarlyStopping)
    precision: Annotated[Precision, Words("float32 or bfloat16")] = "float32"

    def __post_init__(self) -> None:
        check(self)
        if not isinstance(self.learning_rate, Schedule):
            rate = valid(Rate, self.learning_rate, "Plan: learning_rate")
            object.__setattr__(self, "learning_rate", Constant(rate))
        if not isinstance(self.stopping, EarlyStopping | EvidenceStopping | None):
            raise UserError(
                "Plan: stopping must be EarlyStopping(...), stopping.EvidenceStopping(...) or "
                f"None, got {self.stopping!r}"
            )
        try:
            object.__setattr__(self, "optimizer_options", dict(self.optimizer_options))
            json.dumps(self.optimizer_options, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise UserError(
                f"Plan: optimizer_options must be plain numbers and words that study.json can "
                f"hold: {error}"
            ) from None
        object.__setattr__(self, "optimizer", _known_optimizer(self.optimizer))

    def __hash__(self) -> int:
        return hash(json.dumps(self.as_dict(), sort_keys=True, default=repr))

    @property
    def schedule(self) -> Schedule:
        """The learning rate as a schedule, also where a number was given."""
        assert isinstance(self.learning_rate, Schedule)
        return self.learning_rate

    @property
    def patience(self) -> EarlyStopping | None:
        """What every rule has in common, and all of it that is asked in each epoch."""
        if isinstance(self.stopping, EvidenceStopping):
            return EarlyStopping(self.stopping.monitor, self.stopping.patience)
        return self.stopping

    def for_task(self, task: Task) -> Plan:
        """The plan with the metric that its stopping rule looks at, which the task must have.

        Raises:
            UserError: it has no such metric.

        Example:
            >>> from fitscope.task import REGRESSION
            >>> Plan().for_task(REGRESSION).stopping.monitor
            'val_mean_squared_error'
        """
        rule = self.stopping
        if rule is None:
            return self
        monitor = task.loss.validation if rule.monitor == AUTO else rule.monitor
        if monitor not in task.monitors:
            raise UserError(
                f"Plan: stopping: unknown metric {monitor!r} of a {task.kind} task; choose from "
                f"{', '.join(task.monitors)}"
            )
        return replace(self, stopping=replace(rule, monitor=monitor))

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values; `Plan.from_dict` reads them back."""
        return {
            "batch_size": self.batch_size,
            "max_epochs": self.max_epochs,
            "learning_rate": schedule_as_dict(self.schedule),
            "optimizer": self.optimizer,
            "optimizer_options": dict(self.optimizer_options),
            "stopping": _rule_as_dict(self.stopping),
            "precision": self.precision,
        }

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Plan:
        """The plan that `as_dict` described."""
        return cls(
            **{
                **settings,
                "learning_rate": schedule_from_dict(settings["learning_rate"]),
                "stopping": _rule_from_dict(settings["stopping"]),
            }
        )


def _known_optimizer(name: str) -> str:
    """The optimizer as it is called here, whatever its capitals."""
    known = {one.replace("_", ""): one for one in (*OPTIMIZERS, *OF_OTHERS)}
    plain = name.replace("_", "").lower()
    if plain not in known:
        from fitscope.learners.mlp.optimizers import optimizer  # imports JAX: a newer one, perhaps

        optimizer(name, lambda _: 0.0, {})
    return known.get(plain, name)


def _rule_as_dict(rule: EarlyStopping | EvidenceStopping | None) -> dict[str, Any] | None:
    """EarlyStopping bears no name: it was the only rule once, and its studies stay readable."""
    if isinstance(rule, EvidenceStopping):
        return {"rule": "verdict", **rule.as_dict()}
    return None if rule is None else asdict(rule)


def _rule_from_dict(settings: Mapping[str, Any] | None) -> EarlyStopping | EvidenceStopping | None:
    if settings is None:
        return None
    if settings.get("rule") == "verdict":
        return EvidenceStopping(
            **{name: value for name, value in settings.items() if name != "rule"}
        )
    return EarlyStopping(**settings)
