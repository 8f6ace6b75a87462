"""Optimizers of a Keras model: the plan's, or the model's own with another weight decay."""

from __future__ import annotations

from typing import Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import Constant, Schedule, inverse_time_decay, schedule

OPTIONS = {"b1": "beta_1", "b2": "beta_2", "eps": "epsilon"}
"""Optax' names of options, in which a plan has them, and Keras'."""
NOT_DECAYED = ["bias", "gamma", "beta"]


def plan_optimizer(plan: Plan, steps: int, weight_decay: float | None) -> Any:
    """The plan's optimizer as Keras has it.

    Args:
        plan: the plan.
        steps: optimizer steps of an epoch.
        weight_decay: decoupled weight decay of kernels; None for none beside the plan's.

    Raises:
        UserError: Keras has no such optimizer, or it does not take these options.
    """
    import keras

    name = plan.optimizer
    options = {OPTIONS.get(one, one): value for one, value in plan.optimizer_options.items()}
    schedule = plan.schedule
    rate = schedule.rate if isinstance(schedule, Constant) else _by_epochs(plan, steps)
    kinds = {
        kind.lower(): one for kind, one in vars(keras.optimizers).items() if isinstance(one, type)
    }
    kind = kinds.get(name.replace("_", "").lower())
    if kind is None or not issubclass(kind, keras.optimizers.Optimizer):
        raise UserError(f"Plan: Keras has no optimizer {name!r}; compile the model with one of its")
    try:
        made = kind(learning_rate=rate, **options)
    except Exception as error:  # Keras raises what it likes on a wrong option
        raise UserError(
            f"Plan: Keras' {name} does not work with options {options}: {reason(error)}"
        ) from None
    return with_weight_decay(made, weight_decay)


def with_weight_decay(optimizer: Any, weight_decay: float | None) -> Any:
    """A new optimizer like this one that shrinks kernels by `learning_rate * weight_decay` a step.

    Args:
        optimizer: of Keras.
        weight_decay: None leaves it as it is.
    """
    if weight_decay is None:
        return optimizer
    rate = optimizer._learning_rate
    config = {**optimizer.get_config(), "weight_decay": weight_decay or None}
    if callable(rate):  # a schedule of the caller's own need not be described
        config["learning_rate"] = rate
    made = type(optimizer).from_config(config)
    made.exclude_from_weight_decay(var_names=NOT_DECAYED)
    return made


def current_rate(optimizer: Any) -> float:
    """The learning rate of the next step."""
    import keras

    rate: Any = keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(optimizer.learning_rate))
    return float(rate)


def rate_by_epochs(optimizer: Any, steps: int) -> float | Schedule | None:
    """The optimizer's learning rate as a plan has it; None where a plan has none like it.

    Args:
        optimizer: of Keras.
        steps: optimizer steps of an epoch.
    """
    rate: Any = optimizer._learning_rate
    kind: type = type(rate)
    if not callable(rate):
        return float(f"{current_rate(optimizer):.7g}")  # Keras keeps float32
    if not kind.__module__.startswith("keras."):  # a schedule of the caller's own
        return None
    config: dict[str, Any] = optimizer.get_config()["learning_rate"]["config"]
    if kind.__name__ == "CosineDecay":
        if config["warmup_target"] is not None:
            return None
        return schedule(
            "cosine_decay_schedule",
            init_value=config["initial_learning_rate"],
            decay_steps=config["decay_steps"] / steps,
            alpha=config["alpha"],
        )
    if kind.__name__ not in ("InverseTimeDecay", "ExponentialDecay"):
        return None
    start, epochs = config["initial_learning_rate"], config["decay_steps"] / steps
    if kind.__name__ == "InverseTimeDecay":
        return inverse_time_decay(start, epochs, config["decay_rate"], config["staircase"])
    return schedule(
        "exponential_decay",
        init_value=start,
        transition_steps=epochs,
        decay_rate=config["decay_rate"],
        staircase=config["staircase"],
    )


def _by_epochs(plan: Plan, steps: int) -> Any:
    """The plan's schedule as Keras takes one: a line between the rates of neighbouring epochs."""
    import keras

    rates = np.asarray(plan.schedule.at(np.arange(plan.max_epochs + 2)), np.float32)

    class ByEpochs(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            epoch = keras.ops.cast(step, "float32") / steps
            before = keras.ops.minimum(keras.ops.floor(epoch), len(rates) - 2)
            place = keras.ops.cast(before, "int32")
            low: Any = keras.ops.take(rates, place)
            high: Any = keras.ops.take(rates, place + 1)
            return low + (high - low) * (epoch - before)

        def get_config(self) -> dict[str, Any]:
            return {}

    return ByEpochs()
