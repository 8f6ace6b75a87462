"""A PyTorch module made anew: built, looked at, ready to be trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.learners.libraries import library
from fitscope.learners.own.building import built, named
from fitscope.learners.own.description import Description
from fitscope.learners.own.reading import columns, misshapen
from fitscope.learners.own.torch import modules
from fitscope.learners.own.torch.given import TorchBuild
from fitscope.learners.own.torch.losses import Loss, loss_of, tried
from fitscope.task import Task

TRIED = {"units": 0.5, "dropout": 0.5}
"""Settings that a module is tried with, to know which knobs it has."""
ROWS = 64  # of a rehearsal


@dataclass(frozen=True, eq=False)
class Made:
    """A new module with what it is trained with.

    Attributes:
        module: with new weights, on the processor.
        loss: what it is trained on.
        columns: how many outputs it has.
    """

    module: Any
    loss: Loss
    columns: int


def made(given: TorchBuild, settings: Mapping[str, Any], features: int, task: Task) -> Made:
    """A new module with these settings, and its loss.

    Raises:
        UserError: it cannot be trained on such rows.
    """
    module = bare(given, settings, features, task.outputs)
    count = _columns(module, features, task)
    return Made(module, loss_of(given.loss, module, task, count), count)


def bare(given: TorchBuild, settings: Mapping[str, Any], features: int, outputs: int) -> Any:
    """A new module with these settings, whose lazy parts know how many features there are.

    Raises:
        UserError: it cannot be built, lies on another device, or does not take such rows.
    """
    torch = library("torch", "torch")
    module = built(given.build, {"features": features, "outputs": outputs})
    if not isinstance(module, torch.nn.Module):
        raise UserError(f"{named(given.build)} gives a {type(module).__name__}, no torch.nn.Module")
    rehearsed(module, features)
    held = [*module.parameters(), *module.buffers()]
    if others := {str(one.device) for one in held if one.device.type != "cpu"}:
        raise UserError(
            f"its parameters are on {sorted(others)[0]}; leave out .to(...), fitscope moves the "
            "module to where it trains"
        )
    if not any(one.requires_grad for one in module.parameters()):
        raise UserError("it has no parameters to train")
    changed = modules.change(module, settings)
    if settings:
        rehearsed(changed, features)
    return changed


def described(given: TorchBuild, features: int, task: Task) -> Description:
    """What a module is made of, found by building it.

    Raises:
        UserError: it cannot be trained on such rows, or `build` gives one module twice.
    """
    torch = library("torch", "torch")
    from fitscope.learners.own.torch.optimizers import own_optimizer

    one, other = (made(given, {}, features, task) for _ in range(2))
    pointers = [{id(p) for p in each.module.parameters()} for each in (one, other)]
    if one.module is other.module or pointers[0] & pointers[1]:
        raise UserError(
            f"{named(given.build)} gives the same module, or the same parameters, each time; make "
            "everything inside of it, so that each run begins anew"
        )
    rows = torch.as_tensor(_rows(features))
    with torch.no_grad():
        outputs = one.module.eval()(rows)
    labels = np.arange(ROWS) % max(len(task.labels), 2)
    kind = torch.float32 if one.loss.one_column else torch.int64
    tried(one.loss, outputs, torch.as_tensor(labels, dtype=kind))
    own = None if given.optimizer is None else own_optimizer(given, one.module)
    groups = [] if own is None else own.param_groups
    decay = max((float(group.get("weight_decay", 0.0)) for group in groups), default=0.0)
    optimizer = "the plan's" if own is None else type(own).__name__
    return Description(
        name=type(one.module).__name__,
        library="PyTorch",
        l1=0.0,
        l2=0.0,
        weight_decay=decay,
        knobs=(*_knobs(given, features, task.outputs), "weight_decay"),
        reading=one.loss.reading,
        columns=one.columns,
        outputs=task.outputs,
        scaled=given.loss is None and task.kind == "regression",
        training=(f"Loss: {one.loss.words}", f"Optimizer: {optimizer}"),
        features=features,
        **_facts(one.module, features),
    )


def described_again(
    given: TorchBuild, settings: Mapping[str, Any], description: Description
) -> Description:
    """The description with other settings.

    Raises:
        UserError: no such module can be made.
    """
    module = bare(given, settings, description.features, description.outputs)
    decay = settings.get("weight_decay", description.weight_decay)
    return replace(description, weight_decay=decay, **_facts(module, description.features))


def rehearsed(module: Any, features: int) -> Any:
    """Outputs for some rows.

    Raises:
        UserError: it does not take such rows.
    """
    torch = library("torch", "torch")
    try:
        with torch.no_grad():
            return module.eval()(torch.as_tensor(_rows(features)))
    except Exception as error:  # whatever a module raises on a shape that it does not expect
        raise UserError(f"it does not take rows of {features} features: {reason(error)}") from None


def _rows(features: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, features)).astype(np.float32)


def _columns(module: Any, features: int, task: Task) -> int:
    outputs = rehearsed(module, features)
    shape = getattr(outputs, "shape", None)
    if shape is not None and shape[:1] == (ROWS,):
        if len(shape) == 1 and task.outputs == 1:
            return 1
        if len(shape) == 2 and shape[1] in columns(task):
            return int(shape[1])
    found = "no tensor" if shape is None else f"outputs of shape {tuple(shape)} for {ROWS} rows"
    raise misshapen(found, task)


def _knobs(given: TorchBuild, features: int, outputs: int) -> tuple[str, ...]:
    """Which knobs a module has: those that it still takes rows with."""
    found = []
    plain = rehearsed(bare(given, {}, features, outputs), features)
    for name, value in TRIED.items():
        try:
            changed = rehearsed(bare(given, {name: value}, features, outputs), features)
        except UserError:
            continue
        if changed.shape == plain.shape:
            found.append(name)
    return tuple(found)


def _facts(module: Any, features: int) -> dict[str, Any]:
    shapes: dict[str, tuple[int, ...]] = {}

    def note(name: str) -> Any:
        def hook(_: Any, __: Any, outputs: Any) -> None:
            if hasattr(outputs, "shape"):
                shapes[name] = tuple(outputs.shape)

        return hook

    hooks = [one.register_forward_hook(note(name)) for name, one in module.named_modules()]
    rehearsed(module, features)
    for hook in hooks:
        hook.remove()
    return modules.read(module, shapes)
