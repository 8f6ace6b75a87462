"""The epochs of runs that are still training, on disk, so that others can look on."""

from __future__ import annotations

import io
import time
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from fitscope.files import write_bytes
from fitscope.study.document import StudyDocument
from fitscope.study.events import (
    Event,
    Observer,
    RunFailed,
    RunFinished,
    RunProgress,
    RunStarted,
    StudyGrown,
)
from fitscope.study.folder import Folder

EVERY = 1.0  # seconds between two writes of one run
METRICS = 6  # of an epoch, whatever the task


class Journal:
    """An observer that keeps each unfinished run's epochs in the checkpoints folder.

    Args:
        folder: the study folder.
        document: study.json.
        observer: who is told next.
    """

    def __init__(self, folder: Folder, document: StudyDocument, observer: Observer) -> None:
        self._folder = folder
        self._document = document
        self._observer = observer
        self._epochs: dict[tuple[str, int], list[np.ndarray]] = {}
        self._written: dict[tuple[str, int], float] = {}

    def __call__(self, event: Event) -> None:
        """Take in what happened, then tell the next observer."""
        if isinstance(event, StudyGrown):
            self._document = event.document
            return self._observer(event)
        run = event.model, event.repeat
        file = self._folder.epochs(self._document.entry(event.model).slug, event.repeat)
        match event:
            case RunStarted():
                earlier = read_epochs(file)
                # a run that goes on from its checkpoint has those epochs again that came after
                missing = np.full((max(event.epoch - len(earlier), 0), METRICS), np.nan, np.float32)
                self._epochs[run] = [earlier[: event.epoch], missing]
                file.unlink(missing_ok=True)
            case RunProgress():
                monitors = self._document.task.monitors
                new = np.array([event.metrics[name] for name in monitors], np.float32).T
                self._epochs.setdefault(run, []).append(new)
                if time.monotonic() - self._written.get(run, -EVERY) >= EVERY:
                    self._written[run] = time.monotonic()
                    self._epochs[run] = [np.concatenate(self._epochs[run])]
                    stream = io.BytesIO()
                    np.save(stream, self._epochs[run][0])
                    write_bytes(file, stream.getvalue())
            case RunFinished() | RunFailed():
                self._epochs.pop(run, None)
                file.unlink(missing_ok=True)
        return self._observer(event)


def read_epochs(file: Path) -> Float32[np.ndarray, "epochs 6"]:
    """The metrics of a run's epochs so far, float32 [epochs, 6] in the order of `Task.monitors`.

    None at all if the file is not there or not whole: nothing depends on it but the view.
    """
    nothing = np.empty((0, METRICS), np.float32)
    try:
        epochs = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        epochs = nothing
    return epochs if epochs.ndim == 2 and epochs.shape[1] == METRICS else nothing
