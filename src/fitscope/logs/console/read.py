"""Printed text as a log: by epochs, or by steps where one epoch holds many evaluations."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fitscope.logs.console.reader import Printed
from fitscope.logs.log import Log
from fitscope.logs.names import meaning

FEWEST_STEPS = 3  # named beside epochs, from which on they may count instead


def read_printed(source: str, lines: Iterable[tuple[str, str]]) -> Log:
    """The curves of printed lines.

    Args:
        source: where they came from.
        lines: as `fitscope.logs.console.lines.lines` yields them.

    Example:
        >>> text = ["Epoch 1", "loss: 2.0 - val_loss: 2.1", "Epoch 2", "loss: 1.5 - val_loss: 1.8"]
        >>> log = read_printed("here", zip(text, text))
        >>> log.curves["val_loss"].values.tolist(), log.curves["val_loss"].epochs.tolist()
        ([2.1, 1.8], [1.0, 2.0])
    """
    return _read(source, lines, by_step=False)[0]


def read_by_step(source: str, lines: Callable[[], Iterable[tuple[str, str]]]) -> Log:
    """The curves of printed lines, by steps where one epoch holds many, as of large models.

    Args:
        source: where they came from.
        lines: gives the lines from the beginning.
    """
    log, printed = _read(source, lines(), by_step=False)
    count = _most_evaluations(log)
    many = printed.overwritten >= max(FEWEST_STEPS, count / 2)
    if printed.steps_seen < FEWEST_STEPS or (count > 1 and not (many and printed.steps_rise)):
        return log
    by_step, _ = _read(source, lines(), by_step=True)
    return by_step if _most_evaluations(by_step) > count else log


def _read(source: str, lines: Iterable[tuple[str, str]], by_step: bool) -> tuple[Log, Printed]:
    printed = Printed(by_step)
    for bare, line in lines:
        printed.add(bare, line)
    return printed.log(source), printed


def _most_evaluations(log: Log) -> int:
    parts = ("validation", "test")
    counts = [len(curve.values) for n, curve in log.curves.items() if meaning(n).part in parts]
    return max(counts, default=0)
