"""Draw docs/figures/more-data.svg: Large on more and more simulated rows, till it overfits no more.

python docs/figures/make_more_data.py [FOLDER]

Each number of rows is a study in FOLDER (runs/more-data), all of them validated on the same 10,000
rows; what is there already is not trained again. On one core of a machine like that of
docs/performance.md the first six take about a quarter of an hour, the last as long again.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl

import fitscope as fs
from fitscope.datasets import FEATURE_NAMES, simulated_higgs
from fitscope.diagnosis.rules import UNDECIDED
from fitscope.guide.models import MODELS, plan
from fitscope.report.look import FIGURE, LOOKS, MUTED, PAPER, PLAIN

HERE = Path(__file__).parent
VALIDATION = 10_000
EPOCHS = {1_000: 300, 3_000: 200, 10_000: 100, 30_000: 50, 100_000: 30, 300_000: 20, 1_000_000: 10}
"""Training rows, and passes over them: fewer where a pass has more steps."""
LOSS = "binary_crossentropy"
OPEN = "open"


class Size(NamedTuple):
    """What came out with a number of training rows.

    Attributes:
        rows: training rows.
        train: cross-entropy on them at the last epoch.
        best: validation cross-entropy around the best epoch.
        last: the same at the last epoch.
        label: the verdict; "open" where it is less likely than not.
        confidence: how sure it is.
        seconds: of training.
    """

    rows: int
    train: float
    best: float
    last: float
    label: str
    confidence: float
    seconds: float


def main() -> None:
    """Train what is missing, print the table, draw the figure."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/more-data")
    x, y = simulated_higgs(VALIDATION + max(EPOCHS), seed=7)
    sizes = []
    for rows, epochs in EPOCHS.items():
        train = slice(VALIDATION, VALIDATION + rows)
        split = fs.Split(x[train], y[train], x[:VALIDATION], y[:VALIDATION], FEATURE_NAMES)
        study = fs.Study(split, replace(plan(max_epochs=epochs), stopping=None))
        study.add("Large", MODELS["Large"][0])
        sizes.append(measured(study.run(out=folder / str(rows), resume=True), rows))
        print(told(sizes[-1]), flush=True)
    draw(sizes, HERE / "more-data.svg")


def measured(result: fs.Result, rows: int) -> Size:
    """The one run of a study."""
    (run,) = result.results.runs
    verdict = result.verdicts()[0]
    best = verdict.evidence.best_corrected
    return Size(
        rows,
        run.final[f"fit_{LOSS}"] or 0.0,
        run.best[f"val_{LOSS}"] or 0.0 if best is None else best,
        run.final[f"val_{LOSS}"] or 0.0,
        verdict.label if verdict.confidence >= UNDECIDED else OPEN,
        verdict.confidence,
        run.seconds,
    )


def told(one: Size) -> str:
    """A line of the table in docs/performance.md, and the seconds that it took."""
    sure = f"{one.label}, {min(round(100 * one.confidence), 99)} %"
    sure = one.label if one.label == OPEN else sure
    losses = " | ".join(f"{loss:.3f}" for loss in (one.train, one.best, one.last))
    return f"| {one.rows:,} | {losses} | {sure} | {one.seconds:.0f} |"


def draw(sizes: list[Size], path: Path) -> None:
    """Training and validation loss against rows, each verdict in its colour.

    Args:
        sizes: few rows first.
        path: the SVG file.
    """
    import matplotlib.pyplot as plt

    rows = [one.rows for one in sizes]
    with mpl.rc_context(FIGURE):
        figure, axes = plt.subplots(figsize=(7.0, 3.8), layout="constrained")
        axes.plot(rows, [one.last for one in sizes], color=PLAIN, lw=1.6, label="validation, end")
        axes.plot(rows, [one.best for one in sizes], "--", color=PLAIN, label="validation, best")
        axes.plot(
            rows, [one.train for one in sizes], "o-", color=MUTED, mfc=PAPER, label="training, end"
        )
        for one in sizes:
            colour = MUTED if one.label == OPEN else LOOKS[one.label].light[0]
            axes.plot(one.rows, one.last, "o", color=colour, ms=8)
            axes.annotate(
                one.label, (one.rows, one.last), (8, 6), textcoords="offset points",
                fontsize=9, color=colour,
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xticks(rows, [f"{count:,}" for count in rows])
        axes.minorticks_off()
        axes.margins(x=0.1, y=0.12)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("training rows (simulated collisions)")
        axes.set_ylabel("cross-entropy")
        axes.set_title("Large on more and more rows", loc="left")
        axes.legend(fontsize=9)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
