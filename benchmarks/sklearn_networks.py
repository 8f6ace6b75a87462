"""fitscope's `MLPClassifier` beside scikit-learn's: the time of a fit to the same validation loss.

    sklearn_networks.py [--rounds 5] [--data HIGGS-11k.csv.gz]

Same rows, network, optimizer, batches and penalty; one core. First both are watched for many
epochs: the loss to reach is the higher of their lowest ones, plus one percent. Then whole calls of
`fit` that end there are timed, in turn, round by round with other seeds, in processor time; what is
printed are medians, of ratios those of rounds. scikit-learn computes in the precision of the rows,
fitscope in float32. fitscope's first `fit` of a kind compiles, and stands apart.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path
from statistics import median

import numpy as np
from environment import load
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier as Theirs
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import fitscope as fs

ROWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "HIGGS-11k.csv.gz"
SETTINGS = {"hidden_layer_sizes": (100,), "alpha": 1e-4, "batch_size": 200}
ENDLESS = {"early_stopping": False, "tol": 0.0, "n_iter_no_change": np.inf}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--data", type=Path, default=ROWS)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"load before: {load():.1f}\n")
    print("| rows | loss | scikit-learn | fitscope | times faster | fitscope's first fit |")
    print("| --- | --- | --- | --- | --- | --- |")
    with threadpool_limits(1):
        for name, (x, x_val, *y) in {"digits": digits(), **higgs(options.data)}.items():
            for kind in (np.float64, np.float32):  # fitscope's program serves the second, too
                rows = [x.astype(kind), x_val.astype(kind), *y]
                named = f"{name}, {np.dtype(kind).name}"
                compare(named, rows, options.rounds, options.epochs)


def compare(name: str, rows: list[np.ndarray], rounds: int, epochs: int) -> None:
    x, x_val, y, y_val = rows
    ours, theirs, ratios, losses, ended = [], [], [], [], []
    began = time.process_time()
    fit_ours(rows, 0, epochs)
    first = time.process_time() - began
    for seed in range(rounds):
        curve = fit_ours(rows, seed, epochs).history_
        mine = curve[next(n for n in curve if n.startswith("val_") and "crossentropy" in n)]
        watched = Theirs(**SETTINGS, random_state=seed)
        other = []
        for _ in range(epochs):
            watched.partial_fit(x, y, classes=np.unique(y))
            other.append(log_loss(y_val, watched.predict_proba(x_val)))
        goal = 1.01 * max(min(mine), min(other))
        last = [int(np.argmax(np.asarray(each) <= goal)) + 1 for each in (mine, other)]
        seconds = []
        for fit, end in ((fit_ours, last[0]), (fit_theirs, last[1])):
            began = time.process_time()
            fit(rows, seed, end)
            seconds.append(time.process_time() - began)
        ours.append(seconds[0])
        theirs.append(seconds[1])
        ratios.append(seconds[1] / seconds[0])
        losses.append(goal)
        ended.append(last)
    epochs_of = [median(each) for each in zip(*ended, strict=True)]
    print(
        f"| {name} | {median(losses):.4f} "
        f"| {median(theirs):.2f} s, {epochs_of[1]:g} epochs "
        f"| {median(ours):.3f} s, {epochs_of[0]:g} epochs "
        f"| {median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}) "
        f"| {first:.1f} s, {epochs} epochs |",
        flush=True,
    )


def fit_ours(rows: list[np.ndarray], seed: int, epochs: int) -> fs.sklearn.MLPClassifier:
    x, x_val, y, y_val = rows
    model = fs.sklearn.MLPClassifier(**SETTINGS, **ENDLESS, max_iter=epochs, random_state=seed)
    return model.fit(x, y, X_val=x_val, y_val=y_val)


def fit_theirs(rows: list[np.ndarray], seed: int, epochs: int) -> Theirs:
    model = Theirs(**SETTINGS, **ENDLESS, max_iter=epochs, random_state=seed)
    return model.fit(rows[0], rows[2])


def digits() -> list[np.ndarray]:
    x, y = load_digits(return_X_y=True)
    x, x_val, y, y_val = train_test_split(x, y, test_size=0.2, stratify=y, random_state=0)
    scaler = StandardScaler().fit(x)
    return [scaler.transform(x), scaler.transform(x_val), y, y_val]


def higgs(path: Path) -> dict[str, list[np.ndarray]]:
    there = path.exists()
    split = fs.datasets.higgs(data=path if there else "simulated")
    name = "HIGGS-11k" if there else "HIGGS, 11,000 simulated rows"
    scaler = StandardScaler().fit(split.x_train)
    x, x_val = (scaler.transform(part) for part in (split.x_train, split.x_validation))
    y, y_val = split.y_train.astype(int), split.y_validation.astype(int)
    return {name: [x, x_val, y, y_val]}


if __name__ == "__main__":
    main()
