"""Draw docs/figures/double-descent.svg: a sweep of simulated rows with noisy targets.

python docs/figures/make_double_descent.py [FOLDER]

Writes the rows to FOLDER/rows.csv (runs/double-descent), examines them as

    fitscope examine FOLDER/rows.csv --target y --sweep --budget 10m --out FOLDER/study

does, and draws the answer. What is there already is not trained again.
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
ROWS, FEATURES, NOISE = 625, 20, 0.7
"""Of these rows 400 train in each of five folds. The standard deviation of the noise is about that
of what there is to learn."""


def simulated(seed: int = 0) -> pl.DataFrame:
    """Rows whose target is a line and a kink along two directions, and noise."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(ROWS, FEATURES))
    along = x @ random.normal(size=(FEATURES, 2)) / np.sqrt(FEATURES)
    y = along[:, 0] + np.abs(along[:, 1]) + NOISE * random.normal(size=ROWS)
    return pl.DataFrame({f"x{number + 1}": column for number, column in enumerate(x.T)} | {"y": y})


def main() -> None:
    """Write the rows, examine them, say what is seen, draw it."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/double-descent")
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "rows.csv"
    simulated().with_columns(pl.all().round(4)).write_csv(table)
    found = fs.examine(
        table, target="y", sweep=True, budget="10m", out=folder / "study", resume=True
    )
    sweep = found.sweep()
    assert sweep is not None
    print(sweep.words)
    draw(found, HERE / "double-descent.svg")


def draw(found: fs.Examination, path: Path) -> None:
    """Squared error against width, and along the epochs of some networks.

    Args:
        found: the examination.
        path: the SVG file.
    """
    import matplotlib.pyplot as plt

    sweep = found.sweep()
    assert sweep is not None
    with mpl.rc_context(FIGURE):
        figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained")
        draw_widths(left, sweep, sweep.measures[0], "squared error")
        left.set_title("At the last epoch (full), at the best (dashed),\non training rows (open)")
        draw_epochs(
            right, epoch_lines(found.study.stored, sweep, sweep.measures[0]), "squared error"
        )
        right.set_title("Along epochs, without early stopping")
        figure.suptitle("Simulated rows with noisy targets", x=0.01, ha="left")
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
