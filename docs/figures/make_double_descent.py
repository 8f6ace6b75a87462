"""Draw docs/figures/double-descent.svg: sweeps of simulated rows with noisy targets and labels.

python docs/figures/make_double_descent.py [FOLDER]

Writes two tables to FOLDER (runs/double-descent), examines them as

    fitscope examine FOLDER/rows.csv --target y --task regression --sweep --budget 10m
    fitscope examine FOLDER/labels.csv --target y --task regression --sweep --budget 10m

do, and draws the answers. What is there already is not trained again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import polars as pl

import fitscope as fs
from fitscope.examination.sweep_figures import draw_epochs, draw_widths
from fitscope.examination.sweep_lines import epoch_lines
from fitscope.report.look import FIGURE

HERE = Path(__file__).parent
ROWS, FEATURES = 625, 20
"""Of these rows 400 train in each of five folds."""
NOISE = 0.7
"""Standard deviation of what is added to a number."""
FLIPPED = 0.2
"""Share of labels that are turned over."""


def numbers(seed: int = 0) -> pl.DataFrame:
    """Rows whose target is a line and a kink along two directions, and noise."""
    random = np.random.default_rng(seed)
    x, along = directions(random)
    y = along[:, 0] + np.abs(along[:, 1]) + NOISE * random.normal(size=ROWS)
    return frame(x, y.round(4))


def labels(seed: int = 3) -> pl.DataFrame:
    """Rows whose label, 0 or 1, is on which side of a kinked line they lie, or the other one."""
    random = np.random.default_rng(seed)
    x, along = directions(random)
    y = along[:, 0] + np.abs(along[:, 1]) > 0.8
    return frame(x, np.where(random.random(ROWS) < FLIPPED, ~y, y).astype(int))


def directions(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Features, and where rows lie along two directions of them."""
    x = random.normal(size=(ROWS, FEATURES))
    return x, x @ random.normal(size=(FEATURES, 2)) / np.sqrt(FEATURES)


def frame(x: np.ndarray, y: np.ndarray) -> pl.DataFrame:
    """A table of them."""
    named = {f"x{number + 1}": column for number, column in enumerate(x.T.round(4))}
    return pl.DataFrame({**named, "y": y})


def main() -> None:
    """Write the rows, examine them, say what is seen, draw it."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/double-descent")
    folder.mkdir(parents=True, exist_ok=True)
    draw(
        examined(folder, "rows", numbers()),
        examined(folder, "labels", labels()),
        HERE / "double-descent.svg",
    )


def examined(folder: Path, name: str, table: pl.DataFrame) -> fs.Examination:
    """The sweep of a table."""
    file = folder / f"{name}.csv"
    table.write_csv(file)
    found = fs.examine(
        file,
        target="y",
        task="regression",
        sweep=True,
        budget="10m",
        out=folder / name,
        resume=True,
    )
    print(found.words)
    return found


def draw(numbers: fs.Examination, labels: fs.Examination, path: Path) -> None:
    """Squared error of both against width, and along the epochs of some networks of the first.

    Args:
        numbers: the sweep of rows with noisy numbers.
        labels: that of rows with wrong labels.
        path: the SVG file.
    """
    import matplotlib.pyplot as plt

    first, second = numbers.sweep(), labels.sweep()
    assert first is not None
    assert second is not None
    measure = first.measures[0]
    with mpl.rc_context(FIGURE):
        figure, axes = plt.subplots(1, 3, figsize=(12.0, 3.8), layout="constrained")
        draw_widths(axes[0], first, measure, "squared error")
        axes[0].set_title("Numbers with noise")
        draw_widths(axes[1], second, measure, "squared error")
        axes[1].set_title("A fifth of the labels wrong")
        lines = epoch_lines(numbers.study.stored, first, measure)
        draw_epochs(axes[2], lines, "squared error")
        axes[2].set_title("Numbers with noise, along epochs")
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
