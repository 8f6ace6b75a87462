"""Training runs from the first epoch, or from a checkpoint, to the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jaxtyping import Float32, Float64

from fitscope.data.split import Split
from fitscope.learners.base import Interrupted, NewEpochs, TrainedRun
from fitscope.learners.gathered import Gathered
from fitscope.learners.mlp import checkpoint
from fitscope.learners.mlp.carry import Carry
from fitscope.learners.mlp.compiling import compiled, epochs_a_call
from fitscope.learners.mlp.description import Architecture, numbered
from fitscope.learners.mlp.engine import Engine
from fitscope.learners.mlp.evaluation import Rows, fitted_metrics
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.streams import WEIGHTS, epoch_order, run_key, stream
from fitscope.stopping.evidence import EvidenceStopping, moments


def train(
    model: Architecture,
    plan: Plan,
    split: Split,
    *,
    seed: int = 0,
    repeats: Sequence[int] = (0,),
    save: Path | None = None,
    save_every: float = 10.0,
    on_start: Callable[[int], None] | None = None,
    on_progress: Callable[[NewEpochs], None] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> list[TrainedRun]:
    """Train one model, once or as a population of repeats side by side.

    A single run computes the same whatever else the machine does. The runs of a population
    share each operation, which a GPU likes; their last bits depend on how many they are.

    Args:
        model: what to train.
        plan: how.
        split: on which rows.
        seed: seed of the study.
        repeats: numbers of the runs; each has its own weights, row orders, dropout masks and noise.
        save: checkpoint file. If it is there and belongs to the same training, training goes
            on from it, and ends with the history that it would have had without a break.
        save_every: seconds between checkpoints.
        on_start: called with the epoch from which training goes on, 0 for a new run.
        on_progress: called with new epochs.
        interrupted: asked between calls of the compiled loop; True ends training.

    Returns:
        The finished runs, in the order of `repeats`.

    Raises:
        Interrupted: `interrupted` said so; the checkpoint has been written.
        UserError: an optimizer or a metric that does not exist, a target that is constant, or
            no space for the checkpoint.
    """
    outputs = split.task.outputs
    plan, objective = plan.for_task(split.task), Objective.of(split)
    population = len(repeats) > 1
    rows = len(split.y_train)
    parameters = model.parameters(split.features, outputs)
    size = epochs_a_call(parameters, rows, len(split.y_validation), len(repeats))
    size = min(size, plan.max_epochs)
    engine = Engine(model, plan, objective, rows, size, population)
    train_rows, validation_rows = (
        Rows(jax.device_put(x), jax.device_put(objective.scaled(y)), _shares(weights))
        for x, y, weights in (
            (split.x_train, split.y_train, split.train_weights),
            (split.x_validation, split.y_validation, split.validation_weights),
        )
    )
    fixed = (train_rows, validation_rows, objective.units)
    keys = _together([run_key(seed, repeat) for repeat in repeats], population)
    weights = [
        model.init(split.features, stream(seed, repeat, WEIGHTS), outputs) for repeat in repeats
    ]

    start, call = compiled(engine)
    carry = start(_together(weights, population))
    members = [Gathered(split, repeat) for repeat in repeats]
    seconds = 0.0
    signature = {
        "model": model.as_dict(),
        "plan": plan.as_dict(),
        "rows": split.fingerprint,
        "seed": seed,
        "repeats": list(repeats),
        "jax": jax.__version__,  # another version may compute other last bits
    }
    before = checkpoint.read(save, signature, carry) if save else None
    if before:
        carry, seconds = before.carry, before.seconds
        for member, (metrics, kept) in zip(members, before.members, strict=True):
            member.metrics, member.rows = [metrics], kept

    def ahead(first: int) -> int:
        """Epochs of the call after `first` epochs; it ends where a verdict is to be drawn."""
        end = min(first + size, plan.max_epochs)
        if isinstance(plan.stopping, EvidenceStopping):
            end = min(end, next(epochs for epochs in moments() if epochs > first))
        return end - first

    def orders(first: int) -> np.ndarray:
        each = np.empty((len(repeats), size, rows), np.int32)
        for i, repeat in enumerate(repeats):
            for e in range(ahead(first)):
                each[i, e] = epoch_order(rows, seed, repeat, first + e)
        return each if population else each[0]

    first = max(member.epochs for member in members)
    if on_start is not None:
        on_start(first)
    upcoming = orders(first)
    # no epochs: compiles, so that the times of epochs are times of epochs
    carry, _ = call(carry, upcoming, keys, np.int32(0), *fixed)
    last_save = time.monotonic()
    while not _finished(carry, first, plan):
        count = np.int32(ahead(first))
        arguments = (carry, upcoming, keys, count, *fixed)
        began = time.perf_counter()
        carry, chunk = call(*arguments)
        upcoming = orders(first + int(count))  # while the device works
        chunk = jax.tree.map(np.asarray, chunk)
        seconds += time.perf_counter() - began
        done, best = np.atleast_1d(carry.epoch), np.atleast_1d(carry.stopping.best_epoch)
        for i, member in enumerate(members):
            new = int(done[i]) - member.epochs
            if new:
                mine = jax.tree.map(partial(_newest, new, i if population else None), chunk)
                seen = mine.metrics, mine.row_losses, mine.row_scores
                member.add(*seen, int(best[i]))
                if on_progress is not None:
                    on_progress(member.progress(new, int(best[i]), seconds))
        first += int(count)
        if isinstance(plan.stopping, EvidenceStopping):
            carry = _judge(plan.stopping, members, carry)
        stop = interrupted()
        if save and (stop or time.monotonic() - last_save > save_every):
            state = [(member.all_metrics(), member.rows) for member in members]
            checkpoint.write(save, signature, checkpoint.Saved(carry, seconds, state))
            last_save = time.monotonic()
        if stop and not _finished(carry, first, plan):
            raise Interrupted

    runs = []
    if population:  # cut by NumPy: JAX would compile that for each shape of a weight
        carry = jax.tree.map(np.asarray, carry)
    for i, member in enumerate(members):
        mine = jax.tree.map(lambda leaf, i=i: leaf[i], carry) if population else carry
        runs.append(_finish(engine, objective, member, mine, train_rows, seconds))
    return runs


def _shares(weights: Float64[np.ndarray, " rows"] | None) -> jax.Array | None:
    """Weights of mean 1, in float32."""
    return (
        None if weights is None else jax.device_put((weights / weights.mean()).astype(np.float32))
    )


def _judge(rule: EvidenceStopping, members: Sequence[Gathered], carry: Carry) -> Carry:
    """The carry with those runs stopped of which the rule has seen enough."""
    stop = np.array(carry.stopping.stop)
    flags = np.atleast_1d(stop)
    for i, member in enumerate(members):
        if not flags[i]:
            flags[i] = member.sighting(rule).reason is not None
    return carry._replace(stopping=carry.stopping._replace(stop=jax.numpy.asarray(stop)))


def _finish(
    engine: Engine,
    objective: Objective,
    member: Gathered,
    carry: Carry,
    train_rows: Rows,
    seconds: float,
) -> TrainedRun:
    model, plan = engine.model, engine.plan
    weights = {"best": carry.best, "last": (carry.params, carry.state)}
    fit = {
        which: np.asarray(fitted_metrics(model, objective, *pair, train_rows, objective.units))
        for which, pair in weights.items()
    }
    final = {
        which: (objective.unscaled(params, numbered("dense", len(model.hidden))), state)
        for which, (params, state) in jax.tree.map(np.asarray, weights).items()
    }
    return member.finished(
        plan.stopping,
        carry.stopping,
        bool(carry.finite),
        **final,
        fit=fit,
        seconds=seconds,
        learning_rate=_rates(plan, member.epochs),
    )


def _newest(new: int, run: int | None, epochs: np.ndarray) -> np.ndarray:
    """The first `new` epochs of a chunk, of one run of a population."""
    return epochs[:new] if run is None else epochs[:new, run]


def _rates(plan: Plan, epochs: int) -> Float32[np.ndarray, " epochs"]:
    """Learning rate after each epoch."""
    return np.asarray(plan.schedule.at(np.arange(1, epochs + 1)), np.float32)


def _finished(carry: Carry, epochs: int, plan: Plan) -> bool:
    return epochs >= plan.max_epochs or bool(np.asarray(carry.stopping.stop).all())


def _together(members: list[Any], population: bool) -> Any:
    if not population:
        return members[0]
    return jax.tree.map(lambda *leaves: np.stack(leaves), *members)
