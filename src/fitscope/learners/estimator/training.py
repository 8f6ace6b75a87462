"""One run of an estimator: fitted, looked at on both parts after each of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fitscope.errors import UserError, reason
from fitscope.learners.base import Interrupted, TrainedRun, Watching
from fitscope.learners.estimator.fitted import Fitted
from fitscope.learners.estimator.outputs import outputs_of
from fitscope.learners.estimator.prepared import last_step, parted, prepared, together
from fitscope.learners.estimator.staged import Data, Outputs, staged
from fitscope.learners.steps import Steps

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.task import Task


def train(estimator: Any, split: Split, seed: int, repeat: int, watching: Watching) -> TrainedRun:
    """Train one run.

    Args:
        estimator: a new one, unfitted; it is fitted in place.
        split: its rows.
        seed: of the study.
        repeat: number of the run.
        watching: told of its steps.

    Raises:
        UserError: the estimator cannot be fitted, or predicts what is no prediction.
        Interrupted: `watching.interrupted` said so.
    """
    steps = Steps(split, repeat, watching)
    made = prepared(estimator, split.task, seed, repeat)
    try:
        return _train(made, split, steps)
    except (UserError, Interrupted, MemoryError):
        raise
    except Exception as error:  # whatever an estimator raises
        raise _refused(made, error) from None


def outputs(state: Fitted, x: Any, task: Task) -> np.ndarray:
    """Outputs of rows, of a fitted estimator after the steps that count.

    Args:
        state: it.
        x: rows as it takes them.
        task: what was learnt.
    """
    before, final = parted(state.estimator)
    watched = staged(final) if state.rounds else None
    if watched is None:
        return outputs_of(state.estimator, x, task, state.certain)
    taken = x if before is None else before.transform(x)
    return watched.outputs(final, taken, Outputs(task, state.rounds, state.certain))


def _train(made: Any, split: Split, steps: Steps) -> TrainedRun:
    task, y = split.task, _targets(split.y_train, split.task)
    x, x_validation = _unchanged(split.train_rows), _unchanged(split.validation_rows)
    certain = 1 / (len(y) + 2)
    before, final = parted(made)
    watched = staged(final)
    weights = split.train_weights
    if watched is None:
        prefix, _ = last_step(made)
        made.fit(x, y, **({} if weights is None else {f"{prefix}sample_weight": weights}))
        steps.add(*(outputs_of(made, rows, task, certain) for rows in (x, x_validation)))
        state = Fitted(made, 0, certain)
        return steps.run(state, state)
    if before is not None:
        x = before.fit_transform(x, y)
        x_validation = before.transform(x_validation)
    y_validation = _targets(split.y_validation, task)
    data = Data(x, y, x_validation, y_validation, task, certain, weights)
    best = watched.train(final, data, steps.add)
    rate = getattr(final, "learning_rate", None)
    last = Fitted(together(before, final), len(steps) if best is None else 0, certain)
    ended = len(steps) < int(getattr(final, watched.TOTAL, None) or 0)
    return steps.run(
        Fitted(last.estimator, steps.best + 1, certain)
        if best is None
        else Fitted(together(before, best), 0, certain),
        last,
        rate if isinstance(rate, float) else 0.0,
        "early stopping" if ended else "max epochs",
    )


def _unchanged(x: Any) -> Any:
    """Rows that nobody can write to; a frame is made anew for each run."""
    if not isinstance(x, np.ndarray):
        return x
    view = x.view()
    view.flags.writeable = False
    return view


def _targets(y: np.ndarray, task: Task) -> np.ndarray:
    """Targets as an estimator takes them: whole numbers for classes."""
    return np.asarray(y).astype(np.float64 if task.kind == "regression" else np.int64)


def _refused(estimator: Any, error: Exception) -> UserError:
    """What to tell of an estimator that could not be fitted."""
    name = type(estimator).__name__
    if isinstance(error, ValueError) and "read-only" in str(error):
        return UserError(
            f"{name} changes the rows that it is given; let it work on a copy (copy=True, "
            "copy_X=True)"
        )
    return UserError(f"{name} could not be fitted: {type(error).__name__}: {reason(error)}")
