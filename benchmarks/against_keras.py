"""Hold a study of the guide against tf.keras' histories on the same rows; print Markdown.

    fitscope guide --data ../shared/data/HIGGS-11k.csv.gz --repeats 5 --out runs/five
    python benchmarks/against_keras.py runs/five ../shared/data/guide-tf-keras.json

The second file holds `{model: {"history": {metric: [value an epoch]}}}`, one run a model.
"""

import json
import sys

import numpy as np
import polars as pl

from fitscope.api.result import load

EPOCHS = (10, 20, 40)


def main() -> None:
    """Print the three tables."""
    result = load(sys.argv[1])
    with open(sys.argv[2]) as file:
        keras = {name.lower(): run["history"] for name, run in json.load(file).items()}
    repeats = max(run["repeat"] for run in result.summary["runs"]) + 1

    print(
        f"Training cross-entropy, mean ± standard error of {repeats} runs (one run of tf.keras):\n"
    )
    heads = "".join(f" epoch {e} | tf.keras | difference |" for e in EPOCHS)
    print(f"| model |{heads}\n| --- |{' ---: | ---: | ---: |' * len(EPOCHS)}")
    for name in result.models:
        theirs = keras[name.lower()]["binary_crossentropy"]
        cells = []
        for epoch in EPOCHS:
            ours = values(result.histories, name, "binary_crossentropy", epoch)
            cells.append(
                f"{spread(ours)} | {theirs[epoch]:.4f} | {ours.mean() - theirs[epoch]:+.4f}"
            )
        print(f"| {name} | {' | '.join(cells)} |")

    print("\nBest validation cross-entropy and where:\n")
    print(
        "| model | epochs | best epoch | best val cross-entropy | tf.keras (epoch) | difference |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in result.models:
        runs = [run for run in result.summary["runs"] if run["model"] == name]
        best = np.array([run["best"]["val_binary_crossentropy"] for run in runs])
        theirs = np.array(keras[name.lower()]["val_binary_crossentropy"])
        print(
            f"| {name} | {listed(runs, 'epochs')} | {listed(runs, 'best_epoch')} | {spread(best)} "
            f"| {theirs.min():.4f} ({theirs.argmin()}) | {best.mean() - theirs.min():+.4f} |"
        )

    print("\nLarge, validation cross-entropy averaged over five epochs:\n")
    print("| epochs | fitscope | tf.keras |\n| --- | ---: | ---: |")
    theirs = np.array(keras["large"]["val_binary_crossentropy"])
    for first in range(0, 60, 5):
        ours = np.mean([values(result.histories, "Large", "val_binary_crossentropy", e)
                        for e in range(first, first + 5)])  # fmt: skip
        print(f"| {first} to {first + 4} | {ours:.4f} | {theirs[first : first + 5].mean():.4f} |")


def values(histories: pl.DataFrame, model: str, metric: str, epoch: int) -> np.ndarray:
    """The metric at that epoch, one value a repeat."""
    chosen = histories.filter((pl.col("model") == model) & (pl.col("epoch") == epoch))
    return chosen[metric].to_numpy().astype(float)


def spread(numbers: np.ndarray) -> str:
    """Mean and standard error as text."""
    if len(numbers) < 2:
        return f"{numbers.mean():.4f}"
    return f"{numbers.mean():.4f} ± {numbers.std(ddof=1) / np.sqrt(len(numbers)):.4f}"


def listed(runs: list[dict], key: str) -> str:
    """Mean of a whole number over runs."""
    return f"{np.mean([run[key] for run in runs]):.0f}"


main()
