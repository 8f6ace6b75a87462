"""Training all runs of a study on this machine: which goes to which worker, what comes back."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitscope.errors import UserError
from fitscope.process import available_cores
from fitscope.study.device import worker_environment
from fitscope.study.events import Observer, RunProgress, RunStarted
from fitscope.study.jobs import Job
from fitscope.study.worker_process import Worker


def train_jobs(
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
    crew = _Crew(list(jobs), observer, finished, most or cores)
    try:
        for _ in range(min(crew.most, sum(not job.wide for job in jobs))):
            crew.hire("narrow", worker_environment("cpu", 1))
        if any(job.wide for job in jobs):
            crew.hire("wide", worker_environment(device, cores))
        while crew.pending or crew.busy:
            crew.hand_out()
            crew.hear()
    except BaseException:
        crew.stop()
        raise
    finally:
        crew.end()


@dataclass(eq=False)
class _Crew:
    """The workers of a study: which of them has which job."""

    pending: list[Job]
    observer: Observer
    finished: Callable[[Job], None]
    most: int
    events: queue.SimpleQueue = field(default_factory=queue.SimpleQueue)
    workers: list[Worker] = field(default_factory=list)
    ready: list[Worker] = field(default_factory=list)
    busy: dict[Worker, Job] = field(default_factory=dict)

    def hire(self, name: str, environment: Mapping[str, str]) -> None:
        self.workers.append(Worker(name, self.events, environment))

    def hand_out(self) -> None:
        """Give jobs to all workers that may start one."""
        for worker in list(self.ready):
            job = self._next(worker.name == "wide")
            if job is not None:
                self.pending.remove(job)
                self.ready.remove(worker)
                self.busy[worker] = job
                worker.give(job.message)

    def hear(self) -> None:
        """Wait for the next event and take it in.

        Raises:
            UserError: a worker has failed; it is busy no longer.
        """
        worker, event = self.events.get()
        if event is None:
            job = self.busy.pop(worker, None)
            of = f" while training {job.model}" if job else ""
            raise UserError(f"a training process ended{of}: {worker.complaint()}")
        match event["event"]:
            case "error":
                job = self.busy.pop(worker, None)
                raise UserError((f"{job.model}: " if job else "") + event["message"])
            case "ready":
                self.ready.append(worker)
            case "started":
                for repeat in self.busy[worker].repeats:
                    self.observer(RunStarted(self.busy[worker].model, repeat, event["epoch"]))
            case "progress":
                self.observer(_progress(self.busy[worker], event))
            case "finished":
                self.finished(self.busy.pop(worker))
                self.ready.append(worker)

    def stop(self, patience: float = 20.0) -> None:
        """Ask the busy workers to checkpoint, and wait until they have, for a while."""
        waiting = set(self.busy)
        for worker in waiting:
            worker.ask_to_stop()
        deadline = time.monotonic() + patience
        while waiting and time.monotonic() < deadline:
            try:
                worker, event = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return
            if worker in waiting and event is not None and event["event"] == "finished":
                self.finished(self.busy[worker])
            if event is None or event["event"] in ("interrupted", "finished", "error"):
                waiting.discard(worker)

    def end(self) -> None:
        for worker in self.workers:
            worker.end()

    def _next(self, wide: bool) -> Job | None:
        """The first pending job of that kind, if it may start beside those that are."""
        if len(self.busy) >= self.most or any(job.wide for job in self.busy.values()):
            return None
        if wide and any(not job.wide for job in self.pending):
            return None
        return next((job for job in self.pending if job.wide == wide), None)


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
