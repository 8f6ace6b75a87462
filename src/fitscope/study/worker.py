"""A process that trains runs: jobs come in on standard input, events go out on standard output.

Both are JSON, one document a line. The number of threads is fixed by the environment before
the process starts, so that a run computes the same bits however many others there are. The
worker ends when its standard input does, that is, when its parent dies.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from fitscope.errors import UserError
from fitscope.task import BINARY


def main() -> None:
    """Serve jobs until standard input ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints must not mix with the events
    jobs: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(jobs, stop), daemon=True).start()

    try:
        import jax

        send(out, event="ready", platform=jax.default_backend())
        while True:
            job = jobs.get()
            _train(job, out, stop)
    except UserError as error:
        send(out, event="error", message=str(error))
    except RuntimeError as error:  # XLA: no such device, out of memory on it
        reason = str(error).splitlines()[0]
        send(out, event="error", message=f"{reason}; try --device cpu, fewer rows or fewer repeats")


def send(out: TextIO, **document: Any) -> None:
    """Write one event."""
    out.write(json.dumps(document) + "\n")
    out.flush()


def _listen(jobs: queue.SimpleQueue, stop: threading.Event) -> None:
    for line in sys.stdin:
        job = json.loads(line)
        if job.get("stop"):
            stop.set()
        else:
            jobs.put(job)
    os._exit(0)


def _train(job: dict[str, Any], out: TextIO, stop: threading.Event) -> None:
    from fitscope.learners.base import Interrupted, NewEpochs
    from fitscope.learners.mlp.description import MLP
    from fitscope.learners.mlp.plan import Plan
    from fitscope.learners.mlp.train import train
    from fitscope.study.handover import take_over

    plan = Plan.from_dict(job["plan"])

    def report(progress: NewEpochs) -> None:
        send(
            out,
            event="progress",
            repeat=progress.repeat,
            epoch=progress.epoch,
            metrics=progress.metrics.tolist(),
            best_epoch=progress.best_epoch,
            best=progress.best.tolist(),
            seconds=progress.seconds,
        )

    try:
        runs = train(
            MLP.from_dict(job["model"]),
            plan,
            take_over(job["rows"]),
            seed=job["seed"],
            repeats=job["repeats"],
            save=Path(job["save"]),
            on_start=lambda epoch: send(out, event="started", epoch=epoch),
            on_progress=report,
            interrupted=stop.is_set,
        )
    except Interrupted:
        send(out, event="interrupted")
        return
    for run in runs:
        _store(run, job["files"][str(run.repeat)])
    send(out, event="finished")


def _store(run: Any, files: dict[str, str]) -> None:
    """Write what the run leaves; its history goes to a file that the parent takes in."""
    from fitscope.files import replacing
    from fitscope.learners.mlp.weights import save_weights

    with replacing(files["rows"]) as part, part.open("wb") as stream:
        np.savez(
            stream,
            epoch=run.row_epochs,
            losses=run.row_losses,
            best_epoch=run.best_epoch,
            last_epoch=len(run.metrics) - 1,
        )
    save_weights(Path(files["best"]), *run.best)
    save_weights(Path(files["last"]), *run.last)
    with replacing(files["history"]) as part, part.open("wb") as stream:
        np.savez(
            stream,
            allow_pickle=False,
            **run.history(BINARY),
            fit_best=run.fit["best"],
            fit_last=run.fit["last"],
            best_epoch=run.best_epoch,
            stopped=run.stopped,
            reason=json.dumps(run.reason),
            seconds=run.seconds,
        )


if __name__ == "__main__":
    main()
