"""Contestants in processes of their own that take turns, round by round, on the same work.

All wait while one works, and all do the same model before any goes on to the next one, so that
a machine that gets faster or slower in the meantime does so for everybody.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent


@dataclass
class Contestant:
    """One way to train the guide's models.

    Attributes:
        name: as the tables call it.
        command: interpreter, script in this folder, arguments.
        environments: variables of its process for each model that it trains; models with the
            same variables share a process.
    """

    name: str
    command: Sequence[str]
    environments: Mapping[str, Mapping[str, str]]


@dataclass
class Times:
    """What a race gives.

    Attributes:
        rounds: `rounds[contestant][model]` is the median seconds of an epoch in each round.
        versions: of the libraries that took part.
        failures: contestants that dropped out, and why.
    """

    rounds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def epoch(self, contestant: str, model: str) -> float | None:
        """Median over the rounds, or None if it did not finish them."""
        rounds = self.rounds.get(contestant, {}).get(model)
        return median(rounds) if rounds and contestant not in self.failures else None


class Dropped(Exception):
    """A contestant's process has ended; the message is its last words."""


def race(
    contestants: Sequence[Contestant],
    models: Sequence[str],
    rounds: int,
    epochs: int,
    seconds: float,
    say: Callable[[str], None],
) -> Times:
    """Let everybody take turns.

    Args:
        contestants: who.
        models: on what, in this order.
        rounds: how often.
        epochs: epochs to time in a turn, at least, after one to warm up.
        seconds: for how long to take the time in a turn, at least.
        say: told what is going on.
    """
    times = Times()
    with ExitStack() as running:
        processes: dict[tuple[str, str], _Process] = {}
        for contestant in contestants:
            started: dict[str, _Process] = {}
            for model, environment in contestant.environments.items():
                key = json.dumps(environment, sort_keys=True)
                if key not in started:
                    started[key] = running.enter_context(_Process(contestant, environment))
                processes[contestant.name, model] = started[key]
            for process in started.values():
                try:
                    times.versions.update(process.answer())
                except Dropped as reason:
                    times.failures[contestant.name] = str(reason)
        for number in range(rounds):
            for model in models:
                for contestant in contestants:
                    process = processes.get((contestant.name, model))
                    if process is None or contestant.name in times.failures:
                        continue
                    try:
                        laps = process.turn(model, epochs, seconds)
                    except Dropped as reason:
                        times.failures[contestant.name] = str(reason)
                        continue
                    mine = times.rounds.setdefault(contestant.name, {})
                    mine.setdefault(model, []).append(median(laps))
                    shown = f"{1e3 * median(laps):9.2f} ms"
                    say(f"round {number + 1}/{rounds}  {model:9}{contestant.name:30}{shown}")
    for name, reason in times.failures.items():
        say(f"{name} dropped out: {reason}")
    return times


class _Process:
    def __init__(self, contestant: Contestant, environment: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by __exit__
        python, script, *arguments = contestant.command
        self._child = subprocess.Popen(
            [python, str(HERE / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=dict(environment),
            text=True,
        )

    def turn(self, model: str, epochs: int, seconds: float) -> list[float]:
        assert self._child.stdin is not None
        order = {"model": model, "epochs": epochs, "seconds": seconds}
        try:
            self._child.stdin.write(json.dumps(order) + "\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            pass  # its end shows in its answer
        return self.answer()

    def answer(self) -> Any:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if line:
            return json.loads(line)
        status = self._child.wait()
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace").strip().splitlines()
        raise Dropped(words[-1] if words else f"ended with status {status}")

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.communicate()
        self._errors.close()
