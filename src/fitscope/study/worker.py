"""A process that trains runs: jobs come in on standard input, events go out on standard output.

Both are JSON, one document a line; files in them are names below the folder that is its argument,
so that a job can come from another machine. The number of threads is fixed by the environment
before the process starts, so that a run computes the same bits however many others there are. The
worker ends when its standard input does, that is, when its parent dies. Libraries are imported
by the learner that needs them: trees are grown without JAX.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from fitscope.errors import UserError, reason

if TYPE_CHECKING:
    from fitscope.data.split import Split
    from fitscope.learners.base import Learner, TrainedRun


def main() -> None:
    """Serve jobs until standard input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints must not mix with the events
    jobs: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    stop = _Stop()
    threading.Thread(target=_listen, args=(jobs, stop), daemon=True).start()

    send(out, event="ready")
    try:
        for number in count(1):
            job = jobs.get()
            if job.get("probe"):
                _probe(out, **job)
            else:
                _train(job, Path(sys.argv[1]), out, lambda number=number: stop.job == number)
    except UserError as error:
        send(out, event="error", message=str(error))
    except MemoryError:
        send(out, event="failed", message="the memory is used up; try fewer rows or --jobs 1")
    except RuntimeError as error:  # XLA: no such device, out of memory on it
        if "RESOURCE_EXHAUSTED" in str(error):
            advice = "try fewer rows, fewer repeats or --device cpu"
            return send(out, event="failed", message=f"the device's memory is used up; {advice}")
        advice = "try --device cpu, fewer rows or fewer repeats"
        send(out, event="error", message=f"{reason(error)}; {advice}")


@dataclass
class _Stop:
    """Which of its jobs, counted from 1, a worker was last asked to give up.

    The question may come when that job has just ended; the next one is then none of its business.
    """

    job: int = 0


def send(out: TextIO, **document: Any) -> None:
    """Write one event."""
    out.write(json.dumps(document) + "\n")
    out.flush()


def _listen(jobs: queue.SimpleQueue, stop: _Stop) -> None:
    for line in sys.stdin:
        job = json.loads(line)
        if "stop" in job:
            stop.job = job["stop"]
        else:
            jobs.put(job)
    os._exit(0)


def _probe(out: TextIO, probe: str, **shapes: Any) -> None:
    """Tell which platform JAX finds here, or how many times as fast bfloat16 products are."""
    import jax

    from fitscope.learners.mlp.half import gain

    send(out, event=probe, **{probe: gain(**shapes) if probe == "gain" else jax.default_backend()})


def _train(job: dict[str, Any], folder: Path, out: TextIO, interrupted: Callable[[], bool]) -> None:
    from fitscope.learners import from_stored
    from fitscope.learners.base import Interrupted, NewEpochs, Watching
    from fitscope.learners.given import unpack
    from fitscope.learners.mlp.plan import Plan
    from fitscope.study.handover import take_over
    from fitscope.study.refit import refit_split
    from fitscope.study.subset import subset

    def report(new: NewEpochs) -> None:
        send(
            out,
            event="progress",
            repeat=new.repeat,
            epoch=new.epoch,
            metrics=new.metrics.tolist(),
            best_epoch=new.best_epoch,
            best=new.best.tolist(),
            seconds=new.seconds,
        )

    if job["given"] is not None:
        unpack(job["given"])
    learner, split = from_stored(job["learner"]), take_over(folder / job["rows"])
    if job["refit"]:
        split = refit_split(split)
    elif job["subset"] is not None:
        split = subset(split, job["subset"], job["seed"], job["repeats"][0])
    watching = Watching(
        save=folder / job["save"],
        on_start=lambda epoch: send(out, event="started", epoch=epoch),
        on_progress=report,
        interrupted=interrupted,
    )
    try:
        runs = learner.fit(
            split,
            Plan.from_dict(job["plan"]),
            seed=job["seed"],
            repeats=job["repeats"],
            watching=watching,
        )
    except Interrupted:
        send(out, event="interrupted")
        return
    for run in runs:
        files = {name: folder / file for name, file in job["files"][str(run.repeat)].items()}
        _store(run, learner, split, files)
    send(out, event="finished")


def _store(run: TrainedRun, learner: Learner, split: Split, files: dict[str, Path]) -> None:
    """Write what the run leaves; its history goes to a file that the parent takes in."""
    from fitscope.files import replacing

    task = split.task

    rows = {
        "epoch": run.row_epochs,
        "losses": run.row_losses,
        "best_epoch": run.best_epoch,
        "last_epoch": len(run.metrics) - 1,
    }
    if run.row_scores is not None:
        rows["scores"] = run.row_scores
    if split.validation_weights is not None:
        rows["weights"] = split.validation_weights
    with replacing(files["rows"]) as part, part.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **rows)
    for which, state in (("best", run.best), ("last", run.last)):
        if which in files:
            learner.save(state, files[which])
    with replacing(files["history"]) as part, part.open("wb") as stream:
        np.savez(
            stream,
            allow_pickle=False,
            **run.history(task),
            fit_best=run.fit["best"],
            fit_last=run.fit["last"],
            best_epoch=run.best_epoch,
            stopped=run.stopped,
            reason=json.dumps(run.reason),
            seconds=run.seconds,
        )


if __name__ == "__main__":
    main()
