"""Optimizers of a PyTorch module: the caller's, or the plan's as PyTorch has it."""

from __future__ import annotations

from typing import Any

from fitscope.errors import UserError, reason
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.own.building import named
from fitscope.learners.own.torch.given import TorchBuild
from fitscope.learners.own.torch.installed import torch_module

KERAS_EPSILON = 1e-7  # of a plan's "adam", which is Keras'


def own_optimizer(given: TorchBuild, module: Any, weight_decay: float | None) -> Any:
    """The caller's optimizer for a new module.

    Args:
        given: holds the function that makes it.
        module: whose parameters it trains.
        weight_decay: of kernels; None leaves what the function says.

    Raises:
        UserError: it gives no optimizer.
    """
    torch = torch_module()

    assert given.optimizer is not None
    try:
        made = given.optimizer(_parameters(module, weight_decay))
    except Exception as error:  # whatever an optimizer raises on its settings
        raise UserError(f"its optimizer {named(given.optimizer)} fails: {reason(error)}") from None
    if not isinstance(made, torch.optim.Optimizer):
        raise UserError(
            f"its optimizer {named(given.optimizer)} gives a {type(made).__name__}; it must give a "
            "torch.optim.Optimizer of the parameters that it is given"
        )
    return made


def plan_optimizer(plan: Plan, module: Any, weight_decay: float | None) -> Any:
    """The plan's optimizer as PyTorch has it; its learning rate is set before each step.

    Raises:
        UserError: PyTorch has no such optimizer, or it does not take these options.
    """
    torch = torch_module()

    options = dict(plan.optimizer_options)
    if {"b1", "b2"} & set(options):
        options["betas"] = (options.pop("b1", 0.9), options.pop("b2", 0.999))
    if "adam" in plan.optimizer:
        options.setdefault("eps", KERAS_EPSILON)
    name = plan.optimizer.replace("_", "").lower()
    if name == "adam" and weight_decay:
        name = "adamw"  # decay apart from the gradient, as that of other learners
    kinds = {kind.lower(): one for kind, one in vars(torch.optim).items() if isinstance(one, type)}
    kind = kinds.get(name)
    if kind is None or not issubclass(kind, torch.optim.Optimizer):
        raise UserError(
            f"Plan: PyTorch has no optimizer {plan.optimizer!r}; give fs.torch(..., optimizer=...)"
        )
    try:
        return kind(_parameters(module, weight_decay), lr=float(plan.schedule.at(0.0)), **options)
    except Exception as error:  # whatever an optimizer raises on its settings
        raise UserError(
            f"Plan: PyTorch's {plan.optimizer} does not work with options {options}: "
            f"{reason(error)}"
        ) from None


def _parameters(module: Any, weight_decay: float | None) -> Any:
    """All parameters; kernels apart from the others, which are not decayed."""
    every = [one for one in module.parameters() if one.requires_grad]
    if weight_decay is None:
        return every
    kernels = [one for one in every if one.ndim >= 2]
    others = [one for one in every if one.ndim < 2]
    groups = [{"params": kernels, "weight_decay": weight_decay}]
    return [*groups, {"params": others, "weight_decay": 0.0}] if others else groups
