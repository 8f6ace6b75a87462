"""Verdicts on training histories that people have labelled, beside a rule of two lines.

The histories (Li et al., Keeping Deep Learning Models in Check, IEEE Access 2024) are not part
of the project: `labelled-histories.parquet` holds the columns history, overfit, epoch,
train_loss and val_loss. Whatever is chosen is chosen on one half of them and scored on the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.ndimage import gaussian_filter1d

from calibration.table import table
from fitscope.diagnosis import learnt as scale
from fitscope.diagnosis.label import label
from fitscope.diagnosis.measure import measure
from fitscope.diagnosis.rules import OF_FALL
from fitscope.history import History

HALVES = 100
SHARES = np.round(np.concatenate([np.arange(0.01, 0.1, 0.01), np.arange(0.1, 0.31, 0.05)]), 3)
RISES = np.round(np.arange(0.005, 0.2, 0.0025), 4)


def read(path: Path) -> tuple[list[History], np.ndarray]:
    """The histories, and whether people call them overfit."""
    import polars as pl

    frame = pl.read_parquet(path).sort("history", "epoch")
    histories, labels = [], []
    for (name,), part in frame.group_by("history", maintain_order=True):
        epochs, train, validation = (
            part[column].to_numpy() for column in ("epoch", "train_loss", "val_loss")
        )
        histories.append(
            History(str(name), "loss", epochs, train.astype(float), validation.astype(float))
        )
        labels.append(bool(part["overfit"][0]))
    return histories, np.array(labels)


def by_verdict(histories: list[History]) -> np.ndarray:
    """Called overfit: [shares, histories], for each share of the fall that a rise must have."""
    called = np.zeros((len(SHARES), len(histories)), bool)
    for number, history in enumerate(histories):
        found = measure(history)
        for i, share in enumerate(SHARES):
            with patch.object(scale, "OF_FALL", share):
                needed = scale.needed_rise(found.learnt)
            called[i, number] = label(replace(found, needed=needed)).label == "overfit"
    return called


def by_two_lines(histories: list[History]) -> np.ndarray:
    """Called overfit: [rises, histories]. Smooth, then a rise over so much of the minimum."""
    rises = []
    for history in histories:
        smooth = gaussian_filter1d(history.validation, 10, mode="nearest")
        rises.append(smooth[-1] / smooth.min() - 1)
    return np.array(rises)[None, :] > RISES[:, None]


def macro_f1(called: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Mean of the F1 scores of the two labels, along the last axis."""
    scores = []
    for one, other in ((called, labels), (~called, ~labels)):
        right = (one & other).sum(axis=-1)
        scores.append(2 * right / np.maximum(one.sum(axis=-1) + other.sum(axis=-1), 1))
    return np.mean(scores, axis=0)


def cross_validated(called: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation over random halves: chosen on one, scored on the other."""
    random, scores = np.random.default_rng(0), []
    for _ in range(HALVES):
        first = np.zeros(len(labels), bool)
        for value in (False, True):
            members = random.permutation(np.flatnonzero(labels == value))
            first[members[: len(members) // 2]] = True
        for half in (first, ~first):
            best = macro_f1(called[:, half], labels[half])
            choice = np.flatnonzero(best == best.max())
            chosen = called[choice[len(choice) // 2]]
            scores.append(macro_f1(chosen[~half], labels[~half]))
    return float(np.mean(scores)), float(np.std(scores))


def report(path: Path, say: Callable[[str], None] = print) -> str:
    """The table for docs/how-verdicts-work.md."""
    if not path.exists():
        say(f"labelled histories: {path} is not there, left out")
        return ""
    histories, labels = read(path)
    verdicts, lines = by_verdict(histories), by_two_lines(histories)
    shipped = int(np.flatnonzero(SHARES == OF_FALL)[0])
    rows = []
    for name, called, default in (
        ("verdict", verdicts, shipped),
        ("two lines", lines, int(np.flatnonzero(RISES == 0.035)[0])),
    ):
        mean, deviation = cross_validated(called, labels)
        found = called[default]
        counts = f"{(found & labels).sum()} of {labels.sum()}"
        false = f"{(found & ~labels).sum()} of {(~labels).sum()}"
        score = f"{macro_f1(found, labels):.3f}"
        rows.append([name, f"{mean:.3f} ± {deviation:.3f}", score, counts, false])
    head = ["rule", "macro F1, cross-validated", "as shipped, on all", "overfit found", "false"]
    said = (
        f"{len(labels)} histories, of which people call {labels.sum()} overfit. Cross-validated: "
        f"the share of the fall that a rise must have (shipped: {OF_FALL:g}), or the rise "
        f"of the two-line rule (3.5 %), chosen on a random half, scored on the other, {HALVES} "
        "times both ways; ± is the spread over halves. All other constants are the same for all."
    )
    return said + "\n\n" + table(head, rows)
