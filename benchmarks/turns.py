"""A contestant's side of the race: wait for a turn, train some epochs, answer with durations.

Turns come in on standard input and answers go out on standard output, one JSON document a line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable


class Watch:
    """Takes the time of the epochs of one turn. The first lap, the warm-up, is left out.

    Args:
        epochs: how many epochs to time at least.
        seconds: for how long at least.
    """

    def __init__(self, epochs: int, seconds: float) -> None:
        self.laps: list[float] = []
        self._epochs, self._seconds = epochs, seconds
        self._last: float | None = None

    def lap(self, epochs: int = 1) -> None:
        """Note that so many epochs have ended just now."""
        now = time.perf_counter()
        if self._last is not None:
            self.laps.append((now - self._last) / epochs)
            self._epochs -= epochs
            self._seconds -= now - self._last
        self._last = time.perf_counter()

    @property
    def enough(self) -> bool:
        """True when the turn is over."""
        return self._epochs <= 0 and self._seconds <= 0


def serve(versions: dict[str, str], train: Callable[[str, Watch], None]) -> None:
    """Take turns until standard input ends: `train(model, watch)` laps until `watch.enough`."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers
    print(json.dumps(versions), file=out)
    for line in sys.stdin:
        turn = json.loads(line)
        watch = Watch(turn["epochs"], turn["seconds"])
        train(turn["model"], watch)
        print(json.dumps(watch.laps), file=out)
