"""Kaldi's nnet3 logs: for each iteration a file on training rows and one on validation rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from fitscope.errors import UserError
from fitscope.logs.log import Log, Logged, in_order
from fitscope.logs.source import of_file

FILE = re.compile(r"compute_prob_(train|valid)\.(\d{1,9})\.log")
OVERALL = re.compile(
    rb"Overall ([\w -]+) for '([^'\n]*)' is ([-+]?[\d.]+(?:e[-+]?\d+)?|-?nan|-?inf)\b"
)


def is_kaldi(names: Iterable[str]) -> bool:
    """Whether a folder is one of nnet3's logs, by the names of its files."""
    return {"train", "valid"} <= {found[1] for name in names if (found := FILE.fullmatch(name))}


def read_kaldi(folder: Path) -> Log:
    """The curves of a run: objectives and accuracies of each output.

    Raises:
        UserError: a file cannot be read, or no figure is in any of them.
    """
    found: dict[tuple[str, str, str], dict[int, float]] = defaultdict(dict)
    for file in folder.iterdir():
        named = FILE.fullmatch(file.name)
        if named is None:
            continue
        for metric, output, value in OVERALL.findall(of_file(file).whole()):
            key = named[1], output.decode(errors="replace"), metric.decode()
            found[key][int(named[2])] = float(value)
    if not found:
        raise UserError(f"{folder}: no overall figure in compute_prob_train and _valid")
    several = len({output for _, output, _ in found}) > 1
    curves = {}
    for (part, output, metric), values in sorted(found.items()):
        name = f"{part}/{output}/{metric}" if several else f"{part}/{metric}"
        figures, steps = in_order(values)
        curves[name] = Logged(figures, steps=steps)
    return Log(str(folder), curves)
