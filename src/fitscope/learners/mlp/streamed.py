"""Training on rows that are read while it goes on: they may be more than memory holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jaxtyping import Float32

from fitscope.data.on_disk import LARGE
from fitscope.learners.base import TrainedRun, Watching
from fitscope.learners.epochs import Arrays, EpochRun
from fitscope.learners.mlp.compiling import compiled_outputs, compiled_steps
from fitscope.learners.mlp.description import Architecture, Params, State, numbered
from fitscope.learners.mlp.engine import Engine
from fitscope.learners.mlp.evaluation import Rows
from fitscope.learners.mlp.forward import penalty
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.portions import Portions
from fitscope.learners.streams import WEIGHTS, run_key, stream

if TYPE_CHECKING:
    from fitscope.data.split import Split

SLICE, BYTES = 2**15, 2**25
"""Rows, and bytes of features, that are evaluated at once: activations of 512 units take 64 MB."""

Fitted = tuple[Params, State]


def is_streamed(split: Split) -> bool:
    """Whether networks are trained on these rows as they are read."""
    return 4 * split.features * (len(split.y_train) + len(split.y_validation)) > LARGE


def train_streamed(
    model: Architecture,
    plan: Plan,
    split: Split,
    *,
    seed: int,
    repeat: int,
    repeats: Sequence[int],
    watching: Watching,
) -> TrainedRun:
    """Train one run in memory that does not grow with the rows.

    The steps are those of `fitscope.learners.mlp.train`, and so are weights, masks and noise. Rows
    come in another order: see `fitscope.learners.mlp.portions`. Means are summed in float64.

    Args:
        model: what to train.
        plan: how.
        split: on which rows; arrays may be memory maps.
        seed: seed of the study.
        repeat: number of the run.
        repeats: all runs that are trained in one go; each keeps a checkpoint of its own.
        watching: whom to tell. Whether to stop is asked after each portion of rows, and a
            checkpoint holds a part of an epoch.

    Raises:
        Interrupted: `watching.interrupted` said so; the checkpoint has been written.
        UserError: an optimizer or a metric that does not exist, a target that is constant, or
            no space for the checkpoint.
    """
    plan, objective = plan.for_task(split.task), Objective.of(split)
    rows, outputs = len(split.y_train), split.task.outputs
    engine = Engine(model, plan, objective, rows, 1, population=False)
    portions = Portions(split, objective, engine.batch, seed, repeat)
    key = run_key(seed, repeat)
    carry = engine.start(model.init(split.features, stream(seed, repeat, WEIGHTS), outputs))
    inner = (carry.params, carry.state, carry.optimizer, np.int32(0))
    best = _kept(carry)
    signature = {
        "model": model.as_dict(),
        "plan": plan.as_dict(),
        "seed": seed,
        "repeat": repeat,
        "jax": jax.__version__,  # another version may compute other last bits
    }
    run = EpochRun(split, plan, repeat, watching, signature)
    first, total = 0, np.zeros(3)
    if before := run.start(repeats):
        (inner, best), (first, total) = _restored((inner, best), before)

    def arrays() -> Arrays:
        leaves = {
            str(number): np.asarray(x) for number, x in enumerate(jax.tree.leaves((inner, best)))
        }
        return {**leaves, "first": np.array(first), "total": total}

    call = compiled_steps(engine)
    while not run.ended:
        for portion in portions.epoch(run.epochs, first):
            x, y, weights, order = portion
            inner, sums = call(inner, order, key, Rows(*jax.device_put((x, y, weights))))
            total = total + np.asarray(sums, np.float64)  # waits until the portion is done with
            first += 1
            if first < len(portions):
                run.pause(arrays)
        params, state, *_ = inner
        added = float(penalty(model, params)) * float(objective.units[0])
        seen = _outputs(model, objective, (params, state), split.x_validation)
        keep = run.add(
            (total / rows * objective.units).tolist(),
            lambda loss, added=added: loss + added,
            np.concatenate(list(seen)),
            float(np.asarray(plan.schedule.at(run.epochs + 1))),
        )
        if keep:
            best = _kept(inner)
        first, total = 0, np.zeros(3)
        run.pause(arrays)

    pairs = {"best": best, "last": _kept(inner)}
    fit = {"last": _fitted(model, objective, pairs["last"], split)}
    at_its_best = int(run.watch.best_epoch) == run.epochs - 1
    fit["best"] = fit["last"] if at_its_best else _fitted(model, objective, best, split)
    layer = numbered("dense", len(model.hidden))
    final = {which: (objective.unscaled(pair[0], layer), pair[1]) for which, pair in pairs.items()}
    return run.finish(**final, fit=fit)


def _outputs(
    model: Architecture, objective: Objective, fitted: Fitted, x: np.ndarray
) -> Iterator[np.ndarray]:
    """Outputs of rows with dropout off, in the target's units, slice by slice."""
    call = compiled_outputs(model)
    rows = max(1, min(SLICE, BYTES // (4 * x.shape[1])))
    for start in range(0, len(x), rows):
        found = np.asarray(call(*fitted, np.ascontiguousarray(x[start : start + rows])))
        if objective.task.kind == "regression":
            found = found * objective.deviation + objective.mean
        yield found


def _fitted(
    model: Architecture, objective: Objective, fitted: Fitted, split: Split
) -> Float32[np.ndarray, " 3"]:
    """Training metrics with regularization off: loss with penalties, loss and score."""
    task, at, sums, counted = split.task, 0, np.zeros(2), 0.0
    for outputs in _outputs(model, objective, fitted, split.x_train):
        rows = slice(at, at + len(outputs))
        y = split.y_train[rows]
        weights = np.ones(len(y)) if split.train_weights is None else split.train_weights[rows]
        sums += [task.row_losses(outputs, y) @ weights, task.row_scores(outputs, y) @ weights]
        counted += weights.sum()
        at = rows.stop
    loss, score = sums / counted
    added = float(penalty(model, fitted[0])) * objective.units[0]
    return np.array([loss + added, loss, score], np.float32)


def _kept(carried: Any) -> Fitted:
    """A copy of weights and state: the memory of what is carried is written over."""
    params, state = jax.tree.map(np.array, tuple(carried[:2]))
    return params, state


def _restored(like: Any, arrays: Arrays) -> tuple[Any, tuple[int, np.ndarray]]:
    """What `arrays` of a checkpoint hold, in the place of what is `like` it."""
    structure = jax.tree.structure(like)
    leaves = [arrays[str(number)] for number in range(structure.num_leaves)]
    return jax.tree.unflatten(structure, leaves), (int(arrays["first"]), arrays["total"])
