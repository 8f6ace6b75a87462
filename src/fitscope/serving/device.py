"""Where the networks of a model in use are computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fitscope.errors import UserError
from fitscope.serving.served import Member, Served, on_processor

if TYPE_CHECKING:
    import jax
    from jaxtyping import Float32, Shaped

    from fitscope.data.batches import Batches
    from fitscope.learners.mlp.network import MLP
    from fitscope.task import Task

MUCH = 5e12
"""Floating-point operations from which on a GPU is worth its start: some ten seconds on two cores,
where JAX needs three to begin."""
BYTES_A_VALUE = 4  # of a table in a file, about: a guess at how many rows it has
ROWS = 16_384  # rows at once, always as many, so that JAX compiles once


def placed(served: Served, wanted: str, given: Batches) -> Served:
    """The model, computed where it shall be.

    Args:
        served: the model.
        wanted: "cpu", "gpu", or "auto": a GPU where there is one and much to do.
        given: the table.

    Raises:
        UserError: a GPU is wanted, and there is none, or the model is no network.
    """
    from fitscope.study.device import choose_device

    network = any(member.learner.kind == "mlp" for member in served.members)
    if wanted == "gpu" and not network:
        raise UserError(
            f"{served.taken.name}: no network, so a GPU does nothing for it; leave --device out"
        )
    if wanted == "cpu" or not network or (wanted == "auto" and _work(served, given) < MUCH):
        return served
    try:
        found = choose_device(wanted)
    except UserError:
        raise UserError(
            "JAX finds no GPU here; install its support with: pip install 'fitscope[cuda]', or "
            "leave --device out"
        ) from None
    return replace(served, forward=on_gpu) if found == "gpu" else served


def on_gpu(
    member: Member, x: Float32[np.ndarray, "rows features"], task: Task
) -> Shaped[np.ndarray, "rows ..."]:
    """Outputs of a network by JAX, in full float32; of any other learner as on the processor.

    Args:
        member: the run.
        x: features.
        task: what was learnt.
    """
    import jax

    if member.learner.kind != "mlp":
        return on_processor(member, x, task)
    params, state = jax.device_put(member.state)
    compute, found = _compiled(member.learner), []
    with jax.default_matmul_precision("highest"):  # otherwise GPUs round to 10 bits
        for begin in range(0, len(x), ROWS):
            part = x[begin : begin + ROWS]
            padded = np.zeros((ROWS, x.shape[1]), np.float32)
            padded[: len(part)] = part
            found.append(np.asarray(compute(params, state, padded))[: len(part)])
    return np.concatenate(found)


@cache
def _compiled(learner: MLP) -> Callable[..., jax.Array]:
    import jax

    return jax.jit(lambda params, state, part: learner.apply(params, part, state))


def _work(served: Served, given: Batches) -> float:
    """Floating-point operations, about."""
    if not isinstance(given.given, Path):
        rows = given.given.frame.height
    else:
        rows = given.given.stat().st_size / (BYTES_A_VALUE * max(len(given.columns), 1))
    document, parts = served.trained.document, served.taken.parts
    each = [
        document.entry(parts[member.part].model).size.count
        for member in served.members
        if member.learner.kind == "mlp"
    ]
    return 2.0 * sum(each) * rows
