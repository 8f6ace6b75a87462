"""Training a Keras model by its own `fit`, watched epoch by epoch."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitscope.data.split import Split
from fitscope.errors import UserError, reason
from fitscope.learners.base import Interrupted, TrainedRun, Watching
from fitscope.learners.epochs import EpochRun
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.own.description import Description
from fitscope.learners.own.keras.losses import targets, training_metrics
from fitscope.learners.own.keras.model import Made
from fitscope.learners.own.keras.optimizers import (
    current_rate,
    plan_optimizer,
    with_weight_decay,
)
from fitscope.learners.own.reading import as_outputs
from fitscope.learners.own.scale import Scale
from fitscope.learners.own.weights import Weights
from fitscope.learners.streams import ORDER, stream

BLOCK = 8_192  # rows that outputs are computed for at once


def run_seed(seed: int, repeat: int, purpose: int, *more: int) -> int:
    """A seed for Python, NumPy and the backend together: they take 32 bits."""
    return int(stream(seed, repeat, purpose, *more).generate_state(1)[0])


def draw_from(seed: int) -> None:
    """What an epoch draws follows from this seed.

    TensorFlow's own generator goes on from the run's: to set it throws all compiled functions
    away, which takes as long as a small network's epoch.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        random.seed(seed)
        np.random.seed(seed)
    else:
        keras.utils.set_random_seed(seed)


def as_array(tensor: Any) -> np.ndarray:
    """A copy of a variable or tensor of any backend."""
    import keras

    return np.array(keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(tensor)))


def raw_outputs(model: Any, x: np.ndarray) -> np.ndarray:
    """What the model gives for rows, with regularization off.

    Raises:
        UserError: an error inside the model.
    """
    try:
        parts = [
            np.asarray(model.predict_on_batch(np.asarray(x[first : first + BLOCK])))
            for first in range(0, len(x), BLOCK)
        ]
    except UserError:
        raise
    except Exception as error:  # whatever a layer of the caller's own raises
        raise UserError(f"the model fails on these rows: {reason(error)}") from None
    return np.concatenate(parts)


@dataclass(eq=False)
class Fit:
    """A model in training, with everything that is asked of it after an epoch."""

    made: Made
    description: Description
    split: Split
    scale: Scale

    @property
    def units(self) -> np.ndarray:
        """What a unit of loss, the task's loss and score is in the target's units."""
        unit = self.scale.deviation
        return np.array([unit**2, unit**2, unit])

    def outputs(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Raw outputs of rows, and the outputs as the task has them."""
        raw = raw_outputs(self.made.model, x)
        outputs = as_outputs(raw, self.description.reading, self.split.task)
        return raw, self.scale.unscaled(outputs)

    def total(self, raw: np.ndarray, y: np.ndarray, loss: float) -> float:
        """The loss that the optimizer would see on rows, with penalties.

        Args:
            raw: the model's outputs.
            y: targets.
            loss: the task's loss on these rows.
        """
        model, unit = self.made.model, self.scale.deviation**2
        if self.made.loss.plain:
            return loss + unit * sum(float(as_array(one)) for one in model.losses)
        y = targets(self.scale.scaled(y), self.made.loss, self.made.shape, self.split.task)
        import keras

        seen = keras.ops.convert_to_tensor(raw)
        return unit * float(as_array(model.compute_loss(None, y, seen, training=False)))

    def fitted(self) -> np.ndarray:
        """Training metrics with regularization off: loss with penalties, loss and score."""
        task, y = self.split.task, self.split.y_train
        raw, outputs = self.outputs(self.split.x_train)
        loss, score = task.row_losses(outputs, y).mean(), task.row_scores(outputs, y).mean()
        return np.array([self.total(raw, y, float(loss)), loss, score], np.float32)

    def weights(self, values: Sequence[np.ndarray]) -> Weights:
        """Fitted state of these values of `variables`."""
        model = self.made.model
        at = {id(variable): value for variable, value in zip(model.variables, values, strict=True)}
        names = tuple(f"{n:04d}.{one.name}" for n, one in enumerate(model.weights))
        kept = tuple(np.asarray(at[id(one)]) for one in model.weights)
        return Weights(names, kept, self.scale)


def train_one(
    made: Made,
    description: Description,
    settings: Mapping[str, Any],
    plan: Plan,
    split: Split,
    *,
    seed: int,
    repeat: int,
    repeats: Sequence[int],
    watching: Watching,
    signature: Mapping[str, Any],
) -> TrainedRun:
    """One run of a new model.

    Args:
        made: the model.
        description: what is known of it.
        settings: what differs from what the caller's function builds.
        plan: epochs, batches, stopping rule; optimizer of a model that is not compiled.
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
    import keras

    task, model = split.task, made.model
    plan = plan.for_task(task)
    fit = Fit(made, description, split, Scale.of(split, description))
    batch = min(plan.batch_size, len(split.y_train))
    steps = -(-len(split.y_train) // batch)
    decay = settings.get("weight_decay")
    if made.optimizer is None:
        optimizer = plan_optimizer(plan, steps, decay)
    else:
        optimizer = with_weight_decay(made.optimizer, decay)
    # the base class' own: a `compile` of the caller's own may take other arguments
    keras.Model.compile(
        model,
        optimizer=optimizer,
        loss=made.loss.loss,
        metrics=training_metrics(task, made.loss, made.columns),
        run_eagerly=bool(getattr(made.given, "run_eagerly", False)),
        jit_compile=getattr(made.given, "jit_compile", "auto") or "auto",
    )
    run = EpochRun(split, plan, repeat, watching, {**signature, "keras": keras.__version__})
    optimizer.build(model.trainable_variables)
    own = (*model.variables, *optimizer.variables)
    best = [as_array(one) for one in model.variables]
    before = run.start(repeats)
    if before is not None:
        for n, variable in enumerate(own):
            variable.assign(before[f"now{n}"])
        best = [before[f"best{n}"] for n in range(len(best))]

    class Watched(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            del logs
            # rows come in an order that follows from the number of the epoch alone
            draw_from(run_seed(seed, repeat, ORDER, epoch))

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            nonlocal best
            del epoch
            raw, outputs = fit.outputs(split.x_validation)
            try:
                fitted = [float(logs[name]) for name in task.metrics]
            except KeyError as error:
                raise UserError(
                    f"its own train_step tells no {error.args[0]!r}; let it end with "
                    "return self.compute_metrics(x, y, y_pred)"
                ) from None
            keep = run.add(
                [value * unit for value, unit in zip(fitted, fit.units, strict=True)],
                lambda loss: fit.total(raw, split.y_validation, loss),
                outputs,
                current_rate(optimizer),
            )
            if keep:
                best = [as_array(one) for one in model.variables]
            if run.ended:
                model.stop_training = True
            run.pause(arrays)

    def arrays() -> dict[str, np.ndarray]:
        return {
            **{f"now{n}": as_array(one) for n, one in enumerate(own)},
            **{f"best{n}": one for n, one in enumerate(best)},
        }

    if not run.ended:
        try:
            model.fit(
                np.asarray(split.x_train),
                targets(fit.scale.scaled(split.y_train), made.loss, made.shape, task),
                batch_size=batch,
                epochs=plan.max_epochs,
                initial_epoch=run.epochs,
                callbacks=[Watched()],
                verbose=0,
            )
        except (UserError, Interrupted):
            raise
        except Exception as error:  # whatever a layer or loss of the caller's own raises
            raise UserError(f"Keras' fit fails: {reason(error)}") from None
    last = [as_array(one) for one in model.variables]
    seen = {"last": fit.fitted()}
    for variable, value in zip(model.variables, best, strict=True):
        variable.assign(value)
    seen["best"] = fit.fitted()
    return run.finish(fit.weights(best), fit.weights(last), seen)
