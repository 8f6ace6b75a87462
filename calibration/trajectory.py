"""Training runs of which the population loss is known along the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import jax
import numpy as np

from fitscope.data.split import Split
from fitscope.files import replacing
from fitscope.history import RowLosses as KeptLosses
from fitscope.learners.kept_rows import KeptRows
from fitscope.learners.mlp.compiling import compiled, epochs_a_call
from fitscope.learners.mlp.description import Params, State
from fitscope.learners.mlp.engine import Engine
from fitscope.learners.mlp.evaluation import Rows, evaluate
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.objective import Objective
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.streams import WEIGHTS, epoch_order, run_key, stream
from fitscope.task import BINARY

OBJECTIVE = Objective(BINARY)


@dataclass(frozen=True)
class Trajectory:
    """One run.

    Attributes:
        metrics: float32 [epochs, 6], in the order of `Task.monitors`.
        rows: losses of single validation rows, at some epochs.
        after: numbers of epochs after which the population loss was taken, ascending.
        best_epoch: epoch of the lowest validation cross-entropy by then.
        population: population loss of the weights that were asked for, NaN where it was not.
    """

    metrics: np.ndarray
    rows: KeptLosses
    after: np.ndarray
    best_epoch: np.ndarray
    population: np.ndarray

    def column(self, name: str) -> np.ndarray:
        """A metric, epoch by epoch."""
        return self.metrics[:, BINARY.monitors.index(name)].astype(np.float64)

    def rows_until(self, epochs: int) -> KeptLosses:
        """The row losses that were known after so many epochs."""
        known = self.rows.epochs < epochs
        return KeptLosses(self.rows.epochs[known], self.rows.losses[known])

    def save(self, path: Path) -> None:
        """Write it, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part, part.open("wb") as stream:
            np.savez(
                stream,
                metrics=self.metrics,
                row_epochs=self.rows.epochs,
                row_losses=self.rows.losses,
                after=self.after,
                best_epoch=self.best_epoch,
                population=self.population,
            )

    @classmethod
    def load(cls, path: Path) -> Trajectory:
        """Read what `save` has written."""
        with np.load(path) as stored:
            rows = KeptLosses(stored["row_epochs"], stored["row_losses"])
            return cls(
                stored["metrics"], rows, stored["after"], stored["best_epoch"], stored["population"]
            )


def follow(
    model: MLP,
    plan: Plan,
    split: Split,
    fresh: Rows,
    seed: int,
    after: Iterator[int],
    *,
    best: bool,
    say: Callable[[str], None] = lambda _: None,
) -> Trajectory:
    """Train one run as `fitscope.learners.mlp.train.train` does and take the population loss.

    Args:
        model: what to train.
        plan: how.
        split: on which rows.
        fresh: events to take the population loss on.
        seed: of weights, orders and dropout masks.
        after: numbers of epochs after which to take it, ascending.
        best: take that of the best epoch's weights so far and not of the current ones.
        say: told of progress.
    """
    rows = len(split.y_train)
    size = epochs_a_call(model.parameters(split.features), rows, len(split.y_validation), 1)
    engine = Engine(model, plan.for_task(BINARY), OBJECTIVE, rows, size, population=False)
    train = Rows(jax.device_put(split.x_train), jax.device_put(split.y_train))
    validation = Rows(jax.device_put(split.x_validation), jax.device_put(split.y_validation))
    start, call = compiled(engine)
    carry = start(model.init(split.features, stream(seed, 0, WEIGHTS)))
    key = run_key(seed, 0)
    kept, metrics = KeptRows(len(split.y_validation)), []
    taken: list[tuple[int, int, float]] = []
    for begin, end in _spans(after, size, plan.max_epochs):
        orders = np.zeros((size, rows), np.int32)
        for i, epoch in enumerate(range(begin, end[0])):
            orders[i] = epoch_order(rows, seed, 0, epoch)
        carry, chunk = call(carry, orders, key, np.int32(end[0] - begin), train, validation)
        done, best_epoch = int(carry.epoch), int(carry.stopping.best_epoch)
        metrics.append(np.asarray(chunk.metrics)[: done - begin].copy())
        kept.add(begin, np.asarray(chunk.row_losses)[: done - begin], best_epoch)
        stopped = bool(carry.stopping.stop)
        if end[1] or stopped:
            if best and taken and taken[-1][1] == best_epoch:
                loss = taken[-1][2]
            else:
                weights = carry.best if best else (carry.params, carry.state)
                loss = float(_mean_loss(model, *weights, fresh))
            taken.append((done, best_epoch, loss))
            say(f"{done:,} epochs, best {best_epoch:,}, population loss {loss:.4f}")
        if stopped:
            break
    epochs, best_epochs, losses = zip(*taken, strict=True)
    return Trajectory(
        np.concatenate(metrics),
        KeptLosses(*kept.kept()[:2]),
        np.array(epochs),
        np.array(best_epochs),
        np.array(losses),
    )


def _spans(after: Iterator[int], size: int, last: int) -> Iterator[tuple[int, tuple[int, bool]]]:
    """Calls of at most `size` epochs: the first epoch, the end, whether to look then."""
    begin = 0
    for stop in after:
        look = min(stop, last)
        ends = [*range(begin + size, look, size), look]
        for first, end in pairwise([begin, *ends]):
            yield first, (end, end == look)
        begin = look
        if look == last:
            return


@partial(jax.jit, static_argnums=0)
def _mean_loss(model: MLP, params: Params, state: State, rows: Rows) -> jax.Array:
    return evaluate(model, OBJECTIVE, params, state, rows)[0].mean()
