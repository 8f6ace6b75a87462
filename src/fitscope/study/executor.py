"""Training all runs of a study on this machine: which goes to which worker, what comes back."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.process import available_cores
from fitscope.study.events import Observer, RunProgress, RunStarted
from fitscope.study.worker_process import Worker

WIDE_FROM = 2e8
"""Work of a step (`Learner.work`) from which a run gains by using all cores by itself. Below it,
one core a run is faster, and several runs go side by side (docs/performance.md)."""


@dataclass(frozen=True)
class Job:
    """Runs that one worker trains in one go.

    Attributes:
        model: name of the learner.
        monitors: names of an epoch's metrics.
        repeats: one run, or on a GPU the whole population.
        wide: it gets all cores.
        message: what the worker is told.
    """

    model: str
    monitors: tuple[str, ...]
    repeats: tuple[int, ...]
    wide: bool
    message: Mapping[str, Any]


def choose_device(wanted: str) -> str:
    """ "cpu" or "gpu": what `--device` asks for, or for "auto" a GPU if JAX can use one.

    Raises:
        UserError: a GPU is asked for and JAX has none.
    """
    plugins = [f"jax_{kind}_plugin" for kind in ("cuda12", "cuda13", "rocm60", "rocm7")]
    possible = any(find_spec(plugin) for plugin in plugins)
    if wanted == "cpu" or (wanted == "auto" and not possible):
        return "cpu"
    if possible and _probe() == "gpu":
        return "gpu"
    if wanted == "auto":
        return "cpu"
    raise UserError(
        "this study needs a GPU (--device gpu) and JAX finds none here; install its support "
        "with: pip install 'fitscope[cuda]', or start a study with --device cpu"
    )


def run_jobs(
    jobs: Sequence[Job],
    device: str,
    observer: Observer,
    finished: Callable[[Job], None],
    most: int | None = None,
) -> None:
    """Train all jobs; narrow ones side by side first, wide ones one after another.

    Args:
        jobs: in the order in which they should start.
        device: "cpu" or "gpu".
        observer: told of starts and new epochs.
        finished: called with each job that is done.
        most: how many go side by side at most; as many as there are cores if left out. It changes
            no numbers: a job's threads do not depend on it.

    Raises:
        UserError: a job that cannot be trained, or a worker that died.
        KeyboardInterrupt: Ctrl-C; workers have written their checkpoints.
    """
    if not jobs:
        return
    cores = available_cores()
    most = most or cores
    pending = list(jobs)
    events: queue.SimpleQueue = queue.SimpleQueue()
    narrow = min(most, sum(not job.wide for job in jobs))
    workers = [Worker("narrow", events, worker_environment(device, 1)) for _ in range(narrow)]
    if any(job.wide for job in jobs):
        workers.append(Worker("wide", events, worker_environment(device, cores)))
    ready: list[Worker] = []
    running: dict[Worker, Job] = {}
    failure: UserError | None = None
    try:
        while (pending or running) and failure is None:
            for worker in list(ready):
                job = _next(pending, worker.name == "wide", running, most)
                if job is not None:
                    pending.remove(job)
                    ready.remove(worker)
                    running[worker] = job
                    worker.give(job.message)
            worker, event = events.get()
            if event is None:
                what = running.pop(worker, None)
                of = f" while training {what.model}" if what else ""
                failure = UserError(f"a training process ended{of}: {worker.complaint()}")
            elif event["event"] == "error":
                what = running.pop(worker, None)
                of = f"{what.model}: " if what else ""
                failure = UserError(of + event["message"])
            elif event["event"] == "ready":
                ready.append(worker)
            elif event["event"] == "started":
                for repeat in running[worker].repeats:
                    observer(RunStarted(running[worker].model, repeat, event["epoch"]))
            elif event["event"] == "progress":
                observer(_progress(running[worker], event))
            elif event["event"] == "finished":
                finished(running.pop(worker))
                ready.append(worker)
        if failure is not None:
            raise failure
    except BaseException:
        _stop(running, events, finished)
        raise
    finally:
        for worker in workers:
            worker.end()


def _next(pending: list[Job], wide: bool, running: dict[Worker, Job], most: int) -> Job | None:
    """The first pending job of that kind, if it may start beside those that are."""
    if len(running) >= most or any(job.wide for job in running.values()):
        return None
    if wide and any(not job.wide for job in pending):
        return None
    return next((job for job in pending if job.wide == wide), None)


def _progress(job: Job, event: Mapping[str, Any]) -> RunProgress:
    columns = zip(*event["metrics"], strict=True)
    return RunProgress(
        job.model,
        event["repeat"],
        event["epoch"],
        dict(zip(job.monitors, columns, strict=True)),
        event["best_epoch"],
        dict(zip(job.monitors, event["best"], strict=True)),
        event["seconds"],
    )


def _stop(
    running: Mapping[Worker, Job],
    events: queue.SimpleQueue,
    finished: Callable[[Job], None],
    patience: float = 20.0,
) -> None:
    """Ask the busy workers to checkpoint, and wait until they have, for a while."""
    waiting = set(running)
    for worker in waiting:
        worker.ask_to_stop()
    deadline = time.monotonic() + patience
    while waiting and time.monotonic() < deadline:
        try:
            worker, event = events.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return
        if worker in waiting and event is not None and event["event"] == "finished":
            finished(running[worker])
        if event is None or event["event"] in ("interrupted", "finished", "error"):
            waiting.discard(worker)


def worker_environment(device: str, threads: int) -> dict[str, str]:
    """What fixes a worker's device and threads; XLA sizes its thread pool by NPROC."""
    if device == "gpu":  # share its memory with a notebook that has opened it already
        return {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}
    return {
        "JAX_PLATFORMS": "cpu",
        "NPROC": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def _probe() -> str:
    """The platform that JAX finds, asked in a process that ends at once and frees the device."""
    events: queue.SimpleQueue = queue.SimpleQueue()
    worker = Worker("probe", events, {})
    worker.give({"probe": True})
    event = {"event": "ready"}
    while event and event["event"] == "ready":
        _, event = events.get()
    worker.end()
    return event["platform"] if event and event["event"] == "platform" else "cpu"


def checkpoint_file(folder: Path, slug: str, repeats: Sequence[int]) -> Path:
    """Where a job keeps its checkpoint."""
    name = str(repeats[0]) if len(repeats) == 1 else f"{repeats[0]}-{repeats[-1]}"
    return folder / slug / f"{name}.npz"
