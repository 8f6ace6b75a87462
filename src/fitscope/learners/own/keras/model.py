"""A Keras model made anew: built, looked at, ready to be trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.learners.own.building import Build, built, named
from fitscope.learners.own.description import Description
from fitscope.learners.own.keras import layers
from fitscope.learners.own.keras.losses import Loss, own_loss, plan_loss
from fitscope.learners.own.reading import columns, misshapen
from fitscope.task import Task

TRIED = {"units": 0.5, "dropout": 0.5, "l2": 1e-3}
"""Settings that a copy is tried with, to know which knobs a model has."""


@dataclass(frozen=True, eq=False)
class Made:
    """A new model with what it is trained with.

    Attributes:
        model: built for the rows, with new weights.
        loss: what it is trained on.
        shape: of its outputs for a row.
        given: the model as the caller's function built it: compiled, or not.
    """

    model: Any
    loss: Loss
    shape: tuple[int, ...]
    given: Any

    @property
    def columns(self) -> int:
        """How many outputs it has."""
        return self.shape[0] if self.shape else 1

    @property
    def optimizer(self) -> Any:
        """Its own optimizer; None if the plan's is to be taken."""
        return self.given.optimizer if self.given.compiled else None


def made(build: Build, settings: Mapping[str, Any], features: int, task: Task) -> Made:
    """A new model with these settings, and its loss.

    Args:
        build: the caller's function.
        settings: what differs from what it builds; see `layers.with_settings`.
        features: columns of the rows.
        task: what is to be learnt.

    Raises:
        UserError: it gives no model that could be trained on such rows.
    """
    given = _given(build, features, task.outputs)
    shape = _shape(given, features, task)
    count = shape[0] if shape else 1
    loss = own_loss(given, task, count) if given.compiled else plan_loss(given, task, count)
    return Made(_copy(given, settings, features), loss, shape, given)


def bare(build: Build, settings: Mapping[str, Any], features: int, outputs: int) -> Any:
    """A new model with these settings, built for rows of so many features."""
    given = _given(build, features, outputs)
    _called(given, features)
    return _copy(given, settings, features)


def described(build: Build, features: int, task: Task) -> Description:
    """What a model is made of, found by building it.

    Raises:
        UserError: it cannot be trained on such rows, or `build` gives one model twice.
    """
    import keras

    one, other = (made(build, {}, features, task) for _ in range(2))
    _check_new(build, one.given, other.given)
    optimizer = "the plan's" if one.optimizer is None else type(one.optimizer).__name__
    return Description(
        name=type(one.given).__name__,
        library=f"Keras on {keras.backend.backend()}",
        weight_decay=float(getattr(one.optimizer, "weight_decay", None) or 0.0),
        knobs=_knobs(one.model, features),
        reading=one.loss.reading,
        columns=one.columns,
        scaled=one.optimizer is None and task.kind == "regression",
        training=(f"Loss: {one.loss.words}", f"Optimizer: {optimizer}"),
        features=features,
        outputs=task.outputs,
        **layers.read(one.model),
    )


def described_again(
    build: Build, settings: Mapping[str, Any], description: Description
) -> Description:
    """The description with other settings.

    Raises:
        UserError: no such copy can be made.
    """
    model = bare(build, settings, description.features, description.outputs)
    decay = settings.get("weight_decay", description.weight_decay)
    return replace(description, weight_decay=decay, **layers.read(model))


def _given(build: Build, features: int, outputs: int) -> Any:
    import keras

    model = built(build, {"features": features, "outputs": outputs})
    if not isinstance(model, keras.Model):
        raise UserError(f"{named(build)} gives {_kind(model)}, no keras.Model")
    return model


def _copy(given: Any, settings: Mapping[str, Any], features: int) -> Any:
    """The model, or a copy where its layers change."""
    of_layers = {name: value for name, value in settings.items() if name in layers.OF_LAYERS}
    if not of_layers:
        return given
    model = layers.with_settings(given, of_layers, features)
    _called(model, features)
    return model


def _knobs(model: Any, features: int) -> tuple[str, ...]:
    """Which knobs a model has: those with which a copy can be made."""
    found = []
    if layers.is_transparent(model):
        hidden = bool(layers.hidden_layers(model))
        for name, value in TRIED.items():
            try:
                same = _called(_copy(model, {name: value}, features), features).shape[1:]
            except UserError:
                continue
            if (hidden or name == "l2") and same == _called(model, features).shape[1:]:
                found += ["l1", "l2"] if name == "l2" else [name]
    return (*found, "weight_decay")


def _called(model: Any, features: int) -> Any:
    """The model's outputs for two rows; builds it.

    Raises:
        UserError: it takes other rows.
    """
    try:
        if not model.built and layers.is_transparent(model):
            model.build((None, features))
        return model(np.zeros((2, features), np.float32))
    except Exception as error:  # whatever a layer raises on a shape that it does not expect
        wanted = getattr(model, "input_shape", None)
        if isinstance(wanted, tuple) and len(wanted) == 2 and wanted[1] not in (None, features):
            raise UserError(
                f"it takes {wanted[1]} features, and the rows have {features}; leave the number "
                "out, or let the function ask for features"
            ) from None
        raise UserError(f"it does not take rows of {features} features: {reason(error)}") from None


def _shape(model: Any, features: int, task: Task) -> tuple[int, ...]:
    """The shape of its outputs for a row.

    Raises:
        UserError: another one than the task needs.
    """
    shape = getattr(_called(model, features), "shape", None)
    if shape is not None and (
        (len(shape) == 2 and shape[1] in columns(task)) or (len(shape) == 1 and task.outputs == 1)
    ):
        return tuple(int(one) for one in shape[1:])
    found = "several outputs" if shape is None else f"outputs of shape {tuple(shape)} for 2 rows"
    raise misshapen(found, task)


def _check_new(build: Build, one: Any, other: Any) -> None:
    """Refuse a function that gives the same model, or the same layers, twice."""
    shared = {id(v) for v in one.variables} & {id(v) for v in other.variables}
    if one is other or shared:
        what = "the same model" if one is other else "models with the same layers"
        raise UserError(
            f"{named(build)} gives {what} each time; make everything inside of it, so that each "
            "run begins anew"
        )


def _kind(value: Any) -> str:
    kind = type(value)
    return "nothing" if value is None else f"a {kind.__module__.partition('.')[0]} {kind.__name__}"
