"""Optimizers of a PyTorch module: the caller's, or the plan's as PyTorch has it."""

from __future__ import annotations

from typing import Any

from fitscope.errors import UserError, reason
from fitscope.learners.libraries import library
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.own.building import named
from fitscope.learners.own.torch.given import TorchBuild

KERAS_EPSILON = 1e-7  # of a plan's "adam", which is Keras'


def own_optimizer(given: TorchBuild, module: Any) -> Any:
    """The caller's optimizer for a new module.

    Args:
        given: holds the function that makes it.
        module: whose parameters it trains.

    Raises:
        UserError: it gives no optimizer.
    """
    torch = library("torch", "torch")

    assert given.optimizer is not None
    try:
        made = given.optimizer(_trained(module))
    except Exception as error:  # whatever an optimizer raises on its settings
        raise UserError(f"its optimizer {named(given.optimizer)} fails: {reason(error)}") from None
    if not isinstance(made, torch.optim.Optimizer):
        raise UserError(
            f"its optimizer {named(given.optimizer)} gives a {type(made).__name__}; it must give a "
            "torch.optim.Optimizer of the parameters that it is given"
        )
    return made


def plan_optimizer(plan: Plan, module: Any) -> Any:
    """The plan's optimizer as PyTorch has it; its learning rate is set before each step.

    Raises:
        UserError: PyTorch has no such optimizer, or it does not take these options.
    """
    torch = library("torch", "torch")

    options = dict(plan.optimizer_options)
    if {"b1", "b2"} & set(options):
        options["betas"] = (options.pop("b1", 0.9), options.pop("b2", 0.999))
    if "adam" in plan.optimizer:
        options.setdefault("eps", KERAS_EPSILON)
    name = plan.optimizer.replace("_", "").lower()
    kinds = {kind.lower(): one for kind, one in vars(torch.optim).items() if isinstance(one, type)}
    kind = kinds.get(name)
    if kind is None or not issubclass(kind, torch.optim.Optimizer):
        raise UserError(
            f"Plan: PyTorch has no optimizer {plan.optimizer!r}; give fs.torch(..., optimizer=...)"
        )
    try:
        return kind(_trained(module), lr=float(plan.schedule.at(0.0)), **options)
    except Exception as error:  # whatever an optimizer raises on its settings
        raise UserError(
            f"Plan: PyTorch's {plan.optimizer} does not work with options {options}: "
            f"{reason(error)}"
        ) from None


def decays_instead(optimizer: Any) -> None:
    """Let the optimizer decay nothing by itself: `decay` does so in its place."""
    for group in optimizer.param_groups:
        if "weight_decay" in group:
            group["weight_decay"] = 0.0


def decay(optimizer: Any, share: float) -> None:
    """Shrink kernels by `learning_rate * share`, apart from the gradient, before a step.

    That is what `weight_decay` of any other learner means. PyTorch's optimizers add it to the
    gradient (but for AdamW), where Adam makes something much stronger of it (Loshchilov and Hutter,
    Decoupled Weight Decay Regularization, 2019).
    """
    torch = library("torch", "torch")
    with torch.no_grad():
        for group in optimizer.param_groups:
            for one in group["params"]:
                if one.ndim > 1:
                    one.mul_(1 - group["lr"] * share)


def _trained(module: Any) -> list[Any]:
    return [one for one in module.parameters() if one.requires_grad]
