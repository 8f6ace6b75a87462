"""Programs killed at random moments, alone or with all that they have started, and gone on with."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from torture.pen import ROOT

MOST = 6  # kills of one program
SECONDS = 120  # for it to end, on a busy machine
LIMIT = 900.0  # seconds of a case
WAYS = ("program", "group", "worker", "Ctrl-C", "terminate")


def command(*words: object) -> list[str]:
    """The command line in a process of its own."""
    return [sys.executable, "-m", "fitscope.cli.entry", *map(str, words)]


class Whole(NamedTuple):
    """What a command writes that nobody kills, and how many seconds it takes."""

    path: Path
    seconds: float


def uninterrupted(*words: object, name: str = "out") -> Whole:
    """A command that nobody kills.

    Args:
        words: the command's, but `--out`.
        name: of what it writes.
    """
    out = Path(tempfile.mkdtemp(prefix="torture-whole-")) / name
    return Whole(out, taken(*words, "--out", out))


def taken(*words: object, environment: Mapping[str, str] | None = None) -> float:
    """Seconds that a command takes which nobody kills, on this machine and as busy as it is."""
    began = time.monotonic()
    whole = {**os.environ, **(environment or {})}
    subprocess.run(command(*words), check=True, capture_output=True, cwd=ROOT, env=whole)
    return time.monotonic() - began


def tormented(
    random: Random,
    words: Callable[[], Sequence[object]],
    folder: Path,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    ways: Sequence[str] = WAYS,
) -> str:
    """Kill a command some times and let it end at last.

    Args:
        random: says how often, when and how.
        words: the command's as they are to be next.
        folder: in which all that it writes lies.
        seconds: that it takes when nobody kills it; it is killed at a moment of these.
        environment: variables set on top of the parent's.
        ways: how it may be killed.

    Returns:
        What is wrong with how it ended, or with what it has left; nothing if all is well.
    """
    whole = {**os.environ, **(environment or {})}
    for _ in range(random.randrange(1, MOST)):
        if _killed(command(*words()), whole, random.choice(ways), random.uniform(0, seconds)):
            break
    last = command(*words())
    ended = subprocess.run(last, capture_output=True, text=True, check=False, cwd=ROOT, env=whole)
    if ended.returncode or "Traceback" in ended.stderr:
        return f"status {ended.returncode}: {ended.stderr[-300:]}"
    left = [file.relative_to(folder).as_posix() for file in folder.rglob("*.part")]
    left += [file.relative_to(folder).as_posix() for file in folder.rglob("checkpoints")]
    return f"left behind: {left}" if left else ""


def _killed(words: list[str], environment: Mapping[str, str], how: str, after: float) -> bool:
    """Whether the program had ended well before it was to be killed."""
    child = subprocess.Popen(
        words,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with child, contextlib.suppress(ProcessLookupError):
        try:
            child.wait(timeout=after)
            return child.returncode == 0
        except subprocess.TimeoutExpired:
            below = _children(child.pid)
        number = signal.SIGKILL
        if how in ("Ctrl-C", "terminate"):
            number = signal.SIGINT if how == "Ctrl-C" else signal.SIGTERM
        targets = below[:1] or [child.pid] if how == "worker" else [child.pid]
        targets += below if how == "group" else []
        for target in targets:
            os.kill(target, number)
        child.wait(timeout=SECONDS)
        time.sleep(0.2)  # workers end when they notice
    return False


def _children(parent: int) -> list[int]:
    try:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]
