"""Verdicts on histories that people have labelled, where they lie beside the project."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from fitscope.history import History
from fitscope.verdicts.judge import diagnose


@pytest.fixture(scope="module")
def labelled(shared):
    """Name, label, training and validation curve of each of the 419 histories."""
    pl = pytest.importorskip("polars")
    frame = pl.read_parquet(shared / "labelled-histories.parquet").sort("history", "epoch")
    return [
        (
            str(name),
            bool(part["overfit"][0]),
            part["train_loss"].to_numpy().astype(float),
            part["val_loss"].to_numpy().astype(float),
        )
        for (name,), part in frame.group_by("history", maintain_order=True)
    ]


def macro_f1(called: np.ndarray, labels: np.ndarray) -> float:
    scores = [
        2 * np.sum(a & b) / (np.sum(a) + np.sum(b))
        for a, b in ((called, labels), (~called, ~labels))
    ]
    return float(np.mean(scores))


def test_the_half_on_which_nothing_was_chosen(labelled):
    """The shares that matter were chosen on the histories with even numbers, by name."""
    held_out = labelled[1::2]
    labels = np.array([label for _, label, _, _ in held_out])
    called = np.array(
        [
            diagnose(History(name, "loss", np.arange(len(v)), t, v)).label == "overfit"
            for name, _, t, v in held_out
        ]
    )
    by_two_lines = []
    for _, _, _, validation in held_out:
        smooth = gaussian_filter1d(validation, 10, mode="nearest")
        by_two_lines.append(smooth[-1] > 1.035 * smooth.min())
    assert macro_f1(called, labels) >= 0.97
    assert macro_f1(called, labels) >= macro_f1(np.array(by_two_lines), labels) - 0.02
