"""Simulated against real HIGGS rows: marginal distributions, a classifier, events a second.

    python benchmarks/simulation_check.py HIGGS.csv.gz --figure docs/figures/simulated-marginals.png

The file is read from row 1,001 to row 11,000: the first 1,000 rows are the guide's validation rows
and nothing here was tuned on them. What was tuned, and how: docs/simulation.md.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp

import fitscope as fs
from fitscope.higgs.layout import FEATURE_NAMES
from fitscope.higgs.simulation import BLOCK, block
from fitscope.higgs.simulation.scaling import TAG_UNITS

CLASSES = {1: "signal", 0: "background"}
MEASURED = {"real": "#1b6ca8", "simulated": "#d1495b"}


def real_rows(path: Path, skip: int, rows: int) -> np.ndarray:
    """Rows behind the first `skip` ones, label first."""
    split = fs.datasets.higgs(skip, rows, path)
    return np.column_stack([split.y_train, split.x_train])


def kind(name: str) -> str:
    """Which of the targets a column belongs to."""
    if name.endswith(("eta", "phi")):
        return "angle"
    if name.endswith("b-tag"):
        return "tag"
    return "mass" if name.startswith("m_") else "momentum"


def tag_shares(rows: np.ndarray, jet: int) -> np.ndarray:
    """Shares of rows without tag, with a weak and with a strong one."""
    values = np.rint(rows[:, 9 + 4 * jet] / TAG_UNITS[jet]).astype(int)
    return np.bincount(values, minlength=3) / len(rows)


def distance(ours: np.ndarray, theirs: np.ndarray, column: int) -> float:
    """Kolmogorov-Smirnov distance; for tags the largest difference of a share."""
    if kind(FEATURE_NAMES[column]) == "tag":
        jet = (column - 8) // 4
        return float(np.abs(tag_shares(ours, jet) - tag_shares(theirs, jet)).max())
    result = ks_2samp(ours[:, 1 + column], theirs[:, 1 + column], method="asymp")
    return float(result.statistic)


def comparison(ours: np.ndarray, theirs: np.ndarray) -> list[tuple[str, float, float]]:
    """Name and distances (signal, background) of every column."""
    signal, background = (
        (ours[ours[:, 0] == label], theirs[theirs[:, 0] == label]) for label in CLASSES
    )
    return [
        (name, distance(*signal, column), distance(*background, column))
        for column, name in enumerate(FEATURE_NAMES)
    ]


def area_under_curve(train: np.ndarray, test: np.ndarray) -> float:
    """AUC on `test` of scikit-learn's gradient boosting with default settings."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    model = HistGradientBoostingClassifier(random_state=0).fit(train[:, 1:], train[:, 0])
    return float(roc_auc_score(test[:, 0], model.predict_proba(test[:, 1:])[:, 1]))


def draw(ours: np.ndarray, theirs: np.ndarray, path: Path) -> None:
    """Histograms of all columns that are not azimuths, signal above background."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    columns = [i for i, name in enumerate(FEATURE_NAMES) if not name.endswith("phi")]
    per_row = 6
    lines = -(-len(columns) // per_row)
    figure, axes = plt.subplots(2 * lines, per_row, figsize=(15, 3.1 * lines), layout="constrained")
    for axis in axes.flat:
        axis.set_visible(False)
    for place, column in enumerate(columns):
        name = FEATURE_NAMES[column]
        for row, (label, title) in enumerate(CLASSES.items()):
            axis = axes[2 * (place // per_row) + row, place % per_row]
            axis.set_visible(True)
            both = [rows[rows[:, 0] == label, 1 + column] for rows in (theirs, ours)]
            if kind(name) == "tag":
                edges = (np.arange(4) - 0.5) * TAG_UNITS[(column - 8) // 4]
                axis.set_xticks(edges[:3] + edges[2] / 3, ["0", "weak", "strong"])
            else:
                low, high = np.quantile(both[0], [0.0005, 0.985])
                edges = np.linspace(-high if kind(name) == "angle" else low, high, 36)
            for values, (who, colour) in zip(both, MEASURED.items(), strict=True):
                share, _ = np.histogram(values, edges)
                filled = who == "real"
                axis.stairs(
                    share / len(values),
                    edges,
                    color=colour,
                    label=who,
                    fill=filled,
                    alpha=0.35 if filled else 1,
                    linewidth=1.3,
                )
            axis.set_title(f"{name}, {title}", fontsize=8)
            axis.tick_params(labelsize=7)
            axis.set_yticks([])
            for side in ("top", "right", "left"):
                axis.spines[side].set_visible(False)
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="lower right", bbox_to_anchor=(0.9, 0.06), frameon=False)
    figure.suptitle("Simulated against real HIGGS rows: shares of rows by value, scaled columns")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=75)


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("real", type=Path, help="real rows in the published layout")
    parser.add_argument("--skip", type=int, default=1_000, help="rows of it to leave out in front")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of it to compare with")
    parser.add_argument("--seed", type=int, default=20, help="of the simulated rows")
    parser.add_argument("--figure", type=Path, help="where to draw the distributions")
    options = parser.parse_args()

    theirs = real_rows(options.real, options.skip, options.rows)
    block(0, options.seed)
    start, used = time.perf_counter(), time.process_time()
    ours = np.concatenate([block(number, options.seed) for number in range(6)])
    wall, used = time.perf_counter() - start, time.process_time() - used

    table = comparison(ours, theirs)
    limits = {"angle": 0.03, "momentum": 0.05, "mass": 0.10, "tag": 0.03}
    print("| column | signal | background |\n| --- | --- | --- |")
    for name, *distances in table:
        print(f"| {name} | {' | '.join(f'{d:.3f}' for d in distances)} |")
    print("\n| what | target | signal | background |\n| --- | --- | --- | --- |")
    for what, limit in limits.items():
        worst = [max(row[k] for row in table if kind(row[0]) == what) for k in (1, 2)]
        print(f"| largest of: {what} | {limit} | {worst[0]:.3f} | {worst[1]:.3f} |")
    auc = area_under_curve(ours[:50_000], theirs)
    own = area_under_curve(ours[:50_000], ours[50_000:])
    print(f"\nAUC, 50,000 simulated rows -> real rows: {auc:.3f}; -> simulated rows: {own:.3f}")
    print(f"events a second: {6 * BLOCK / used:,.0f} of one core's time, {6 * BLOCK / wall:,.0f}")
    if options.figure:
        draw(ours, theirs, options.figure)
        print(f"drawn: {options.figure}")


if __name__ == "__main__":
    main()
