"""One network trained in this process, on rows that are padded: runs of like sizes share programs.

To compile a small network takes a hundred times as long as to train it. So rows are padded with
others of weight 0 to one of a few sizes, and learning rate and penalty are handed over as numbers:
a program serves whatever differs in these alone.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float64, Int32

from fitscope.errors import UserError
from fitscope.learners.base import TrainedRun
from fitscope.learners.gathered import Gathered
from fitscope.learners.mlp.carry import Carry
from fitscope.learners.mlp.compiling import compiled, epochs_a_call
from fitscope.learners.mlp.description import Architecture, Params, State, numbered
from fitscope.learners.mlp.engine import Engine
from fitscope.learners.mlp.evaluation import Rows, Traced
from fitscope.learners.mlp.numpy_forward import outputs
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.schedules import Constant
from fitscope.learners.streams import WEIGHTS, epoch_order, run_key, stream

if TYPE_CHECKING:
    from fitscope.data.split import Split

SMALL, FINE = 32, 256
"""The fewest rows that are made room for; up to `FINE` the next power of two, beyond it a quarter
of one at most too many."""
LITTLE = 5e8
"""Floating-point operations of a whole run below which it is over, even in a program compiled with
little care, before one compiled with more is ready: a tenth of a second against one."""


def train_padded(
    model: Architecture,
    plan: Plan,
    split: Split,
    *,
    alpha: float = 0.0,
    seed: int = 0,
) -> TrainedRun:
    """Train one network in this process.

    All means are weighted, of losses, scores and batch statistics. The order of rows and the
    dropout masks are those of any other run with this seed, so that the run is that of
    `fitscope.learners.mlp.train.train` but for rounding and for `alpha`.

    Args:
        model: what to train; mixing of rows and its own L1 and L2 are none of it.
        plan: how; its rule must name a metric (`Plan.for_task`) and not look at the evidence.
        split: on which rows, and what they count: 2 is as good as the row twice.
        alpha: L2 as scikit-learn's networks have it: `alpha / 2` times the sum of all squared
            weights, biases apart, over the weight of a step's rows, is added to the step's loss.
        seed: of weights, orders and masks.

    Returns:
        The finished run.

    Raises:
        UserError: an optimizer that does not exist, or targets too large for float32.
    """
    task = split.task
    rows, seen = len(split.y_train), len(split.y_validation)
    batch = model.batch(plan, rows)
    room, seen_room = padded(rows), padded(seen)
    steps, most_steps = -(-rows // batch), -(-room // plan.batch_size)
    width = min(room, model.batch(plan, room))
    parameters = model.parameters(split.features, task.outputs)
    size = epochs_a_call(parameters, room, seen_room, 1)
    objective = _objective(split)
    rate = plan.schedule.rate if isinstance(plan.schedule, Constant) else None
    engine = Engine(
        _penalized(model, alpha),
        _alike(plan, rate),
        objective if not task.labels else replace(objective, task=task.of(_numbers(task.outputs))),
        room,
        size,
        population=False,
    )
    numbers = 1.0 if rate is None else rate, alpha / 2, steps
    traced = Traced(*(jnp.asarray(number, jnp.float32) for number in numbers))
    y, y_seen = objective.scaled(split.y_train), objective.scaled(split.y_validation)
    fixed = (
        _rows(split.x_train, y, split.train_weights, room, traced),
        _rows(split.x_validation, y_seen, split.validation_weights, seen_room),
        objective.units,
    )
    key = run_key(seed, 0)

    def orders(first: int) -> Int32[np.ndarray, "epochs steps batch"]:
        each = np.full((size, most_steps, width), rows, np.int32)  # a row of weight 0
        for e in range(min(size, plan.max_epochs - first)):
            order = epoch_order(rows, seed, 0, first + e)
            for step in range(steps):
                mine = order[step * batch : (step + 1) * batch]
                each[e, step, : len(mine)] = mine
        return each

    quickly = 6.0 * parameters * rows * plan.max_epochs < LITTLE
    start, call = compiled(engine, quickly)
    carry = start(model.init(split.features, stream(seed, 0, WEIGHTS), task.outputs))
    run = Gathered(split, 0)
    upcoming = orders(0)
    carry, _ = call(carry, upcoming, key, np.int32(0), *fixed)  # no epochs: compiles
    seconds = 0.0
    while run.epochs < plan.max_epochs and not carry.stopping.stop:
        began = time.perf_counter()
        count = np.int32(min(size, plan.max_epochs - run.epochs))
        carry, chunk = call(carry, upcoming, key, count, *fixed)
        upcoming = orders(run.epochs + int(count))  # while the device works
        new = int(carry.epoch) - run.epochs
        losses = np.asarray(chunk.row_losses)[:new, :seen]
        scores = None if chunk.row_scores is None else np.asarray(chunk.row_scores)[:new, :seen]
        best = int(carry.stopping.best_epoch)
        run.add(np.asarray(chunk.metrics)[:new], losses, scores, best)
        seconds += time.perf_counter() - began
    return _finish(model, plan, split, objective, run, carry, seconds)


def padded(rows: int) -> int:
    """Room for so many rows and at least one more, of weight 0.

    Example:
        >>> [padded(rows) for rows in (1, 31, 32, 100, 1_000, 1_100)]
        [32, 32, 64, 128, 1024, 1280]
    """
    power = 2 ** (rows.bit_length() - 1)
    grid = max(power if rows < FINE else power // 4, SMALL)
    return (rows // grid + 1) * grid


class _Penalized(Architecture):
    """A network in which L2 acts on every kernel."""

    @property
    def regularized(self) -> list[str]:
        return [numbered("dense", number) for number in range(len(self.hidden) + 1)]


def _penalized(model: Architecture, alpha: float) -> Architecture:
    """The network with an L2 of 1, by which its strength is multiplied."""
    if model.mix:
        raise UserError(
            "rows of no weight fill these steps, not to be mixed with others; leave mix out"
        )
    settings = {**model.as_dict(), "l1": 0.0, "l2": 1.0 if alpha else 0.0}
    return _Penalized.from_dict(settings) if alpha else Architecture.from_dict(settings)


def _alike(plan: Plan, rate: float | None) -> Plan:
    """The plan without what is no part of the program."""
    schedule = plan.schedule if rate is None else Constant(1.0)
    return replace(plan, max_epochs=1, learning_rate=schedule)


def _numbers(outputs: int) -> list[str]:
    return [str(number) for number in range(max(outputs, 2))]


def _objective(split: Split) -> Objective:
    """As it always is; and of targets that are all the same, where nothing has to be scaled."""
    y = split.y_train
    if split.task.kind == "regression" and y.min() == y.max():
        return Objective(split.task, float(y[0]))
    return Objective.of(split)


def _rows(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray | None,
    room: int,
    traced: Traced | None = None,
) -> Rows:
    """Rows on the device, with others of weight 0 behind them."""
    more = room - len(y)
    weights = np.ones(len(y)) if weights is None else weights
    columns = np.pad(x, ((0, more), (0, 0))), np.pad(y, (0, more)), np.pad(weights, (0, more))
    given = (jax.device_put(column.astype(np.float32)) for column in columns)
    return Rows(*given, traced=traced)


def _finish(
    model: Architecture,
    plan: Plan,
    split: Split,
    objective: Objective,
    run: Gathered,
    carry: Carry,
    seconds: float,
) -> TrainedRun:
    layer = numbered("dense", len(model.hidden))
    pairs = {"best": carry.best, "last": (carry.params, carry.state)}
    final = {
        which: (objective.unscaled(params, layer), state)
        for which, (params, state) in jax.tree.map(np.asarray, pairs).items()
    }
    return run.finished(
        plan.stopping,
        carry.stopping,
        bool(carry.finite),
        **final,
        fit={which: _fitted(model, split, pair) for which, pair in final.items()},
        seconds=seconds,
        learning_rate=np.asarray(plan.schedule.at(np.arange(1, run.epochs + 1)), np.float32),
    )


def _fitted(
    model: Architecture,
    split: Split,
    fitted: tuple[Params, State],
) -> Float64[np.ndarray, " 3"]:
    """Loss, loss again and score on the training rows, with regularization off."""
    with np.errstate(over="ignore", invalid="ignore"):  # of a run that diverged
        found: Any = outputs(model, *fitted, split.x_train)
        loss, score = (
            np.average(of(found, split.y_train), weights=split.train_weights)
            for of in (split.task.row_losses, split.task.row_scores)
        )
    return np.array([loss, loss, score])
