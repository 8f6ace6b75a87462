"""Logs that grow, judged again and again."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from fitscope.api.judged import judged_paths
from fitscope.errors import UserError
from fitscope.verdicts.many import Unread
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.words import headline

PAUSE = 1.0  # seconds between looks
SHARE = 10.0  # times as long as the last look took, it waits at the least

RUN = re.compile(r": run (\d+) of \d+$")
State = dict[str, tuple[str, int]]


def follow(
    paths: Sequence[Path],
    train: str | None = None,
    val: str | None = None,
    higher_is_better: bool | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[str]:
    """A line whenever the verdict on a run changes, or a new run appears; without an end.

    Args:
        paths: files and folders that may grow, be written anew, or appear later.
        train: name of the training curve, found by name if left out.
        val: name of the validation curve, found by name if left out.
        higher_is_better: which way the metric is better, told by its name if left out.
        wait: sleeps for so many seconds.

    Raises:
        UserError: standard input, which ends by itself.
    """
    if any(str(path) == "-" for path in paths):
        raise UserError("-: --watch follows files and folders; standard input ends by itself")
    before: dict[str, str] = {}
    seen: State | None = None
    while True:
        start = time.monotonic()
        now = _state(paths)
        if now != seen:
            seen = now
            for run in judged_paths(paths, train, val, higher_is_better):
                line = _change(run.found, before)
                if line:
                    yield line
        wait(max(PAUSE, SHARE * (time.monotonic() - start)))


def _change(found: Verdict | Unread, before: dict[str, str]) -> str:
    """What is new of a run; a verdict that is open says nothing new."""
    run, numbered = RUN.subn(r": run \1", found.source)
    run = run if numbered else f"{run}: run 1"  # of which there may be more later
    was = before.get(run)
    if isinstance(found, Unread):
        if was is not None:
            return ""
        before[run] = "not judged"
        return f"{found.source}: not judged yet: {found.error}"
    if found.undecided or found.label == was:
        return ""
    before[run] = found.label
    history = found.history
    last = "" if history is None else f" {found.evidence.step} {int(history.epochs[-1]):,}:"
    return f"{found.source}:{last} {headline(found)}" + (f" (was {was})" if was else "")


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
