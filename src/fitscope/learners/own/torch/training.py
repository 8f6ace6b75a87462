"""Training a PyTorch module: a small loop over epochs and batches."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fitscope.data.split import Split
from fitscope.errors import UserError, reason
from fitscope.learners.base import TrainedRun, Watching
from fitscope.learners.epochs import EpochRun
from fitscope.learners.libraries import library
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.own.description import Description
from fitscope.learners.own.reading import as_outputs
from fitscope.learners.own.scale import Scale
from fitscope.learners.own.torch.given import TorchBuild
from fitscope.learners.own.torch.module import Made
from fitscope.learners.own.torch.optimizers import (
    decay,
    decays_instead,
    own_optimizer,
    plan_optimizer,
)
from fitscope.learners.own.weights import Weights
from fitscope.learners.streams import STEPS, epoch_order, stream

BLOCK = 8_192  # rows that outputs are computed for at once


def seed_all(seed: int, repeat: int, *purpose: int) -> None:
    """Seed everything that a module may draw from."""
    torch = library("torch", "torch")

    word = int(stream(seed, repeat, *purpose).generate_state(1)[0])
    random.seed(word)
    np.random.seed(word)
    torch.manual_seed(word)


def device() -> Any:
    """The GPU that PyTorch finds, or the processor."""
    torch = library("torch", "torch")

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def raw_outputs(module: Any, x: Any) -> np.ndarray:
    """What the module gives for rows, with regularization off."""
    torch = library("torch", "torch")

    module.eval()
    with torch.no_grad():
        parts = [module(part) for part in x.split(BLOCK)]
    return _as_array(torch.cat(parts))


def batches(places: Any, size: int) -> list[Any]:
    """Places in batches; a single one that is left over joins the batch before, because batch
    normalization takes two rows at the least.

    Args:
        places: a tensor.
        size: of a batch.
    """
    torch = library("torch", "torch")

    found = list(places.split(size))
    if len(found) > 1 and len(found[-1]) == 1:
        found[-2:] = [torch.cat(found[-2:])]
    return found


class Fit:
    """A module in training, with its rows where it trains.

    Args:
        made: the module and its loss.
        description: what is known of it.
        split: the rows.
    """

    def __init__(self, made: Made, description: Description, split: Split) -> None:
        torch = library("torch", "torch")

        self.split, self.loss, self.description = split, made.loss, description
        self.scale = Scale.of(split, description)
        self.place = device()
        self.module = made.module.to(self.place)
        kind = torch.float32 if made.loss.one_column else torch.int64

        def moved(values: np.ndarray, kind: Any) -> Any:
            return torch.as_tensor(np.array(values), dtype=kind).to(self.place)

        self.x, self.x_validation = (
            moved(x, torch.float32) for x in (split.x_train, split.x_validation)
        )
        self.y, self.y_validation = (
            moved(self.scale.scaled(y), kind) for y in (split.y_train, split.y_validation)
        )

    def outputs(self, raw: np.ndarray) -> np.ndarray:
        """Raw outputs as the task has them."""
        found = as_outputs(raw, self.description.reading, self.split.task)
        return self.scale.unscaled(found)

    def total(self, raw: np.ndarray, y: Any, loss: float) -> float:
        """The caller's loss on rows, in the target's units; `loss` is the task's own."""
        torch = library("torch", "torch")

        if self.loss.plain:
            return loss
        seen = torch.as_tensor(raw, dtype=torch.float32).to(self.place)
        return float(self.loss.of(seen, y)) * self.scale.deviation**2

    def fitted(self) -> np.ndarray:
        """Training metrics with regularization off: loss, the task's loss and its score."""
        task, y = self.split.task, self.split.y_train
        raw = raw_outputs(self.module, self.x)
        outputs = self.outputs(raw)
        loss, score = task.row_losses(outputs, y).mean(), task.row_scores(outputs, y).mean()
        return np.array([self.total(raw, self.y, float(loss)), loss, score], np.float32)

    def epoch(
        self, optimizer: Any, order: np.ndarray, batch: int, rates: Any, weight_decay: float | None
    ) -> list[float]:
        """One pass over the training rows.

        Args:
            optimizer: of the module's parameters.
            order: of the rows.
            batch: rows a step.
            rates: learning rate of each step; None leaves them to the optimizer.
            weight_decay: of kernels; None leaves it to the optimizer.

        Returns:
            Loss, the task's loss and score, of each step's outputs before it, over all rows.
        """
        torch = library("torch", "torch")

        self.module.train()
        places = torch.as_tensor(order.astype(np.int64)).to(self.place)
        total = torch.zeros((), device=self.place)
        parts = []
        for step, chosen in enumerate(batches(places, batch)):
            if rates is not None:
                for group in optimizer.param_groups:
                    group["lr"] = float(rates[step])
            outputs = self.module(self.x[chosen])
            loss = self.loss.of(outputs, self.y[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            if weight_decay is not None:
                decay(optimizer, weight_decay)
            optimizer.step()
            total += loss.detach() * len(chosen)
            parts.append(outputs.detach())
        task, y = self.split.task, np.asarray(self.split.y_train)[order]
        outputs = self.outputs(_as_array(torch.cat(parts)))
        mean = float(total) / len(order) * self.scale.deviation**2
        return [
            mean,
            float(task.row_losses(outputs, y).mean()),
            float(task.row_scores(outputs, y).mean()),
        ]

    def state(self) -> dict[str, np.ndarray]:
        """All that the module holds, by name."""
        return {name: _as_array(one) for name, one in self.module.state_dict().items()}

    def take(self, state: Mapping[str, np.ndarray]) -> None:
        """Give the module what `state` gave."""
        put(self.module, state)

    def weights(self, state: Mapping[str, np.ndarray]) -> Weights:
        """Fitted state."""
        return Weights(tuple(state), tuple(state.values()), self.scale)


def put(module: Any, state: Mapping[str, np.ndarray]) -> None:
    """Give a module these weights.

    Raises:
        UserError: they are those of another one.
    """
    torch = library("torch", "torch")

    try:
        module.load_state_dict({name: torch.as_tensor(one) for name, one in state.items()})
    except RuntimeError as error:
        raise UserError(f"these weights are those of another module ({reason(error)})") from None


def train_one(
    given: TorchBuild,
    made: Made,
    description: Description,
    weight_decay: float | None,
    plan: Plan,
    split: Split,
    *,
    seed: int,
    repeat: int,
    repeats: Sequence[int],
    watching: Watching,
    signature: Mapping[str, Any],
) -> TrainedRun:
    """One run of a new module.

    Args:
        given: what the caller gave.
        made: the module.
        description: what is known of it.
        weight_decay: of kernels; None for what the optimizer has.
        plan: epochs, batches, stopping rule; the optimizer where none was given.
        split: the rows.
        seed: seed of the study.
        repeat: number of the run.
        repeats: all runs that are trained in one go.
        watching: whom to tell.
        signature: what a checkpoint must have been written with.

    Raises:
        Interrupted: `watching.interrupted` said so; the checkpoint has been written.
        UserError: something the caller can mend.
    """
    torch = library("torch", "torch")

    plan = plan.for_task(split.task)
    fit = Fit(made, description, split)
    rows = len(split.y_train)
    batch = min(plan.batch_size, rows)
    steps = -(-rows // batch)
    if given.optimizer is None:
        optimizer = plan_optimizer(plan, fit.module)
    else:
        optimizer = own_optimizer(given, fit.module)
    if weight_decay is not None:
        decays_instead(optimizer)
    run = EpochRun(split, plan, repeat, watching, {**signature, "torch": torch.__version__})
    best = fit.state()
    before = run.start(repeats)
    if before is not None:
        fit.take({name: before[f"now.{name}"] for name in best})
        best = {name: before[f"best.{name}"] for name in best}
        memory = torch.load(io.BytesIO(before["optimizer"].tobytes()), weights_only=True)
        optimizer.load_state_dict(memory)

    def arrays() -> dict[str, np.ndarray]:
        memory = io.BytesIO()
        torch.save(optimizer.state_dict(), memory)
        return {
            **{f"now.{name}": one for name, one in fit.state().items()},
            **{f"best.{name}": one for name, one in best.items()},
            "optimizer": np.frombuffer(memory.getvalue(), np.uint8),
        }

    while not run.ended:
        epoch = run.epochs
        seed_all(seed, repeat, STEPS, epoch)
        rates = None
        if given.optimizer is None:
            rates = np.asarray(plan.schedule.at(epoch + np.arange(steps) / steps))
        order = epoch_order(rows, seed, repeat, epoch)
        try:
            fitted = fit.epoch(optimizer, order, batch, rates, weight_decay)
            raw = raw_outputs(fit.module, fit.x_validation)
        except Exception as error:  # whatever a module of the caller's own raises
            raise UserError(f"training the module fails: {reason(error)}") from None
        rate = plan.schedule.at(epoch + 1.0) if rates is not None else _rate(optimizer)
        keep = run.add(
            fitted,
            lambda loss, raw=raw: fit.total(raw, fit.y_validation, loss),
            fit.outputs(raw),
            float(rate),
        )
        if keep:
            best = fit.state()
        run.pause(arrays)
    last = fit.state()
    seen = {"last": fit.fitted()}
    fit.take(best)
    seen["best"] = fit.fitted()
    return run.finish(fit.weights(best), fit.weights(last), seen)


def _rate(optimizer: Any) -> float:
    return float(optimizer.param_groups[0]["lr"])


def _as_array(tensor: Any) -> np.ndarray:
    """A copy as NumPy has it, which knows no bfloat16."""
    found = tensor.detach().cpu()
    return (found.float() if found.dtype.itemsize == 2 else found).numpy().copy()
