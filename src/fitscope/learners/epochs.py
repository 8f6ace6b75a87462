"""`EpochRun`: a run whose epochs somebody else's training loop makes, from its start to its end.

It holds what every such learner shares: metrics, row losses, the plan's stopping rule, progress,
checkpoints. The learner hands over each epoch and its weights as arrays.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped

from fitscope.data.split import Split
from fitscope.files import replacing
from fitscope.learners import patience
from fitscope.learners.base import Interrupted, TrainedRun, Watching
from fitscope.learners.gathered import Gathered
from fitscope.learners.kept_rows import KeptRows
from fitscope.learners.mlp.plan import Plan
from fitscope.stopping.early import EarlyStopping
from fitscope.stopping.evidence import EvidenceStopping

SAVE_EVERY = 10.0  # seconds between checkpoints
TELL_EVERY = 0.25  # seconds between two reports of new epochs

Arrays = dict[str, np.ndarray]


class EpochRun:
    """One run, epoch by epoch.

    Args:
        split: the rows.
        plan: how it is trained; its rule names a metric of the task (`Plan.for_task`).
        repeat: number of the run.
        watching: whom to tell, and where the checkpoint is.
        signature: what a checkpoint must have been written with, plain values.
    """

    def __init__(
        self,
        split: Split,
        plan: Plan,
        repeat: int,
        watching: Watching,
        signature: Mapping[str, Any],
    ) -> None:
        self.plan, self.split, self.task = plan, split, split.task
        self.gathered = Gathered(split, repeat)
        self.watch = patience.start()
        self.finite = True
        self.rates: list[float] = []
        self._watching = watching
        self._signature = json.loads(json.dumps({**signature, "rows": split.fingerprint}))
        self._before = 0.0
        self._told = 0
        self._began = self._saved = self._reported = time.monotonic()

    @property
    def epochs(self) -> int:
        """Epochs so far."""
        return self.gathered.epochs

    @property
    def ended(self) -> bool:
        """Whether no further epoch is to be trained."""
        return self.epochs >= self.plan.max_epochs or bool(self.watch.stop)

    @property
    def seconds(self) -> float:
        """Training time so far."""
        return self._before + time.monotonic() - self._began

    def start(self, repeats: Sequence[int]) -> Arrays | None:
        """Go on from the checkpoint, if there is one of the same training, and say so.

        Args:
            repeats: all the runs that are trained in one go; each keeps a checkpoint of its own.

        Returns:
            The arrays that the learner had kept; None for a new run.
        """
        found = None
        self._several = len(repeats) > 1  # the others may be interrupted yet
        self._file = _file(self._watching.save, self.gathered.repeat, repeats)
        if self._file is not None:
            found = self._read(self._file)
        self._watching.on_start(self.epochs)
        self._told = 0
        self._began = self._saved = self._reported = time.monotonic()
        return found

    def add(
        self,
        fitted: Sequence[float],
        validation_loss: Callable[[float], float],
        outputs: Shaped[np.ndarray, "rows ..."],
        rate: float,
    ) -> bool:
        """Take an epoch.

        Args:
            fitted: training loss with penalties, the task's loss and its score, over the epoch.
            validation_loss: of the task's loss on the validation rows, the loss with penalties.
            outputs: of the validation rows after the epoch; see `Task`.
            rate: learning rate after the epoch.

        Returns:
            Whether its weights are the best so far.
        """
        task, y = self.task, self.split.y_validation
        losses, scores = task.row_losses(outputs, y), task.row_scores(outputs, y)
        weights = self.split.validation_weights
        mean, score = (float(np.average(one, weights=weights)) for one in (losses, scores))
        values = [*fitted, validation_loss(mean), mean, score]
        metrics = np.array([values], np.float32)
        rule = self.plan.patience or EarlyStopping(task.loss.validation)
        with np.errstate(invalid="ignore"):  # infinities of a run that diverges
            self.watch, keep = patience.advance(
                rule,
                self.watch,
                np.int32(self.epochs),
                metrics[0, task.monitors.index(rule.monitor)],
                higher_is_better=task.metric(rule.monitor).higher_is_better,
                patient=self.plan.stopping is None,
            )
        hits = scores[None] > 0 if task.kind == "multiclass" else None
        best = int(self.watch.best_epoch)
        self.gathered.add(metrics, losses[None].astype(np.float32), hits, best)
        self.rates.append(float(rate))
        self.finite = self.finite and bool(np.isfinite(metrics[0, 0]))
        stop = not self.finite
        if isinstance(self.plan.stopping, EvidenceStopping):
            stop = stop or self.gathered.sighting(self.plan.stopping).reason is not None
        if stop:
            self.watch = self.watch._replace(stop=np.bool_(True))
        return bool(keep)

    def pause(self, arrays: Callable[[], Arrays]) -> None:
        """After an epoch: tell what is new, write a checkpoint where one is due.

        Args:
            arrays: gives what the learner needs to go on, small whole arrays by name.

        Raises:
            Interrupted: whoever watches asked for it; the checkpoint has been written.
            UserError: no space for the checkpoint.
        """
        now = time.monotonic()
        if self.ended or now - self._reported > TELL_EVERY:
            self._tell()
        stop = self._watching.interrupted()
        due = stop or now - self._saved > SAVE_EVERY or (self.ended and self._several)
        if self._file is not None and due:
            self._write(self._file, arrays())
            self._saved = time.monotonic()
        if stop and not self.ended:
            raise Interrupted

    def finish(
        self, best: Any, last: Any, fit: Mapping[str, Float32[np.ndarray, " 3"]]
    ) -> TrainedRun:
        """The finished run.

        Args:
            best: fitted state at the best epoch.
            last: at the last one.
            fit: training metrics of both with regularization off.
        """
        return self.gathered.finished(
            self.plan.stopping,
            self.watch,
            self.finite,
            best=best,
            last=last,
            fit=fit,
            seconds=self.seconds,
            learning_rate=np.array(self.rates, np.float32),
        )

    def _tell(self) -> None:
        new = self.epochs - self._told
        if new:
            best = int(self.watch.best_epoch)
            self._watching.on_progress(self.gathered.progress(new, best, self.seconds))
        self._told, self._reported = self.epochs, time.monotonic()

    def _write(self, file: Path, arrays: Arrays) -> None:
        meta = {
            "signature": self._signature,
            "seconds": self.seconds,
            "finite": self.finite,
            "watch": [one.item() for one in self.watch],
        }
        everything = {
            "meta": np.frombuffer(json.dumps(meta).encode(), np.uint8),
            "metrics": self.gathered.all_metrics(),
            "rates": np.array(self.rates),
            **{f"rows.{name}": one for name, one in self.gathered.rows.as_arrays().items()},
            **{f"own.{name}": one for name, one in arrays.items()},
        }
        with replacing(file) as part, part.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **everything)

    def _read(self, file: Path) -> Arrays | None:
        """The learner's own arrays; None if there is none, or one of another training."""
        try:
            with np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            meta = json.loads(arrays["meta"].tobytes())
            if meta["signature"] != self._signature:
                return None
            kinds = [one.dtype for one in self.watch]
            watch = [np.array(x, kind) for x, kind in zip(meta["watch"], kinds, strict=True)]
            rows = KeptRows.from_arrays(_below("rows.", arrays))
            metrics, rates = arrays["metrics"], arrays["rates"].tolist()
        except Exception:  # damage makes NumPy and zipfile raise nearly anything
            return None
        self.watch = patience.StoppingState(*watch)
        self.gathered.rows, self.gathered.metrics = rows, [metrics]
        self.rates, self.finite, self._before = rates, meta["finite"], meta["seconds"]
        return _below("own.", arrays)


def _below(prefix: str, arrays: Mapping[str, np.ndarray]) -> Arrays:
    return {
        name.removeprefix(prefix): one for name, one in arrays.items() if name.startswith(prefix)
    }


def _file(save: Path | None, repeat: int, repeats: Sequence[int]) -> Path | None:
    """Where a run keeps its checkpoint: beside that of the job, if that has several runs."""
    if save is None or len(repeats) == 1:
        return save
    return save.with_name(f"{repeat}.npz")
