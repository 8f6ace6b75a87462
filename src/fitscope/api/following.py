"""Logs that grow, judged again and again."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from fitscope.api.judged import judged_paths
from fitscope.errors import UserError
from fitscope.verdicts.failing import FailOn, failures
from fitscope.verdicts.many import Unread
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import headline

PAUSE = 1.0  # seconds between looks
SHARE = 10.0  # times as long as the last look took, it waits at the least

RUN = re.compile(r": run (\d+) of \d+$")
NONE = ""  # the label of a run that was not judged so far
NOTHING = (NONE, "too few")  # labels that say nothing a later one could change
State = dict[str, tuple[str, int]]
Told = dict[str, tuple[str, int]]  # run to the label that was told, and how long it was then


def follow(
    paths: Sequence[Path],
    train: str | None = None,
    val: str | None = None,
    higher_is_better: bool | None = None,
    wanted: FailOn | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[str]:
    """A line whenever the verdict on a run changes, or a new run appears.

    It goes on until a verdict, or a check beside one, is among what is not to be found.

    Args:
        paths: files and folders that may grow, be written anew, or appear later.
        train: name of the training curve, found by name if left out.
        val: name of the validation curve, found by name if left out.
        higher_is_better: which way the metric is better, told by its name if left out.
        wanted: what is not to be found; nothing if left out.
        wait: sleeps for so many seconds.

    Raises:
        UserError: standard input or another pipe, which ends by itself.
    """
    for path in paths:
        if str(path) == "-" or path.is_fifo():
            raise UserError(
                f"{path}: --watch follows files and folders; a pipe ends by itself: write a file, "
                "as with tee, and watch that"
            )
    before: Told = {}
    seen: State | None = None
    while True:
        start = time.monotonic()
        now = _state(paths)
        if now != seen:
            seen = now
            ended = False
            for run in judged_paths(paths, train, val, higher_is_better):
                line = _change(run.found, before)
                if line:
                    yield line
                # what cannot be judged yet may be judged later
                judged = wanted if isinstance(run.found, Verdict) else None
                ended = ended or bool(judged and failures(run.found, judged))
            if ended:
                return
        wait(max(PAUSE, SHARE * (time.monotonic() - start)))


def _change(found: Verdict | Unread, before: Told) -> str:
    """What is new of a run; a verdict that is open says nothing new.

    A log that is shorter than before was begun anew: its label is no other run's.
    """
    run, numbered = RUN.subn(r": run \1", found.source)
    run = run if numbered else f"{run}: run 1"  # of which there may be more later
    was, length = before.get(run, (None, 0))
    if isinstance(found, Unread):
        if was is not None:
            return ""
        before[run] = NONE, 0
        return f"{found.source}: not judged yet: {found.error}"
    anew = found.epochs < length
    before[run] = NONE if was is None or anew else was, found.epochs
    if found.undecided or found.label == before[run][0]:
        return ""
    before[run] = found.label, found.epochs
    history = found.history
    last = "" if history is None else f" {found.evidence.step} {int(history.epochs[-1]):,}:"
    then = ", begun anew" if anew else f" (was {was})" if was not in (None, *NOTHING) else ""
    return f"{found.source}:{last} {headline(found)}{then}"


def _state(paths: Sequence[Path]) -> State:
    """Size and time of every file, so that nothing is read that has not changed."""
    found: State = {}
    for path in paths:
        files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
        for file in files:
            try:
                status = os.stat(file)
            except OSError:  # gone meanwhile
                continue
            found[str(file)] = (str(status.st_mtime_ns), status.st_size)
    return found
