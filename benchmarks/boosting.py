"""What it costs to watch boosting: fitscope's runs beside the libraries' own `fit`.

    python benchmarks/boosting.py

Both train the same rounds on one core, in turns; the libraries with the validation rows as an
evaluation set. fitscope's run gives metrics of every round on training and validation rows, and the
losses of single validation rows beside. Seconds are of the processor, so that other programs
disturb little.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from fitscope.data.split import Split
from fitscope.learners import as_learner
from fitscope.learners.base import Watching
from fitscope.learners.mlp.plan import Plan

TURNS = 5
SIZES = ((5_000, 20), (50_000, 30))


def rows(train: int, features: int) -> Split:
    """Simulated rows: a product and a sum say something of the label."""
    random = np.random.default_rng(0)
    x = random.normal(size=(train + train // 4, features)).astype(np.float32)
    y = x[:, 0] * x[:, 1] + x[:, 2] + random.normal(size=len(x)) > 0
    return Split(x[:train], y[:train], x[train:], y[train:])


def contestants() -> dict[str, tuple[Any, Callable[[Any, Split], object]]]:
    """Name to an estimator and its own fit with an evaluation set."""
    from lightgbm import LGBMClassifier, log_evaluation
    from sklearn.ensemble import HistGradientBoostingClassifier
    from xgboost import XGBClassifier

    def pair(split: Split) -> tuple[np.ndarray, np.ndarray]:
        return split.x_validation, split.y_validation.astype(int)

    def histogram(estimator: Any, split: Split) -> object:
        x, y = pair(split)
        estimator.set_params(early_stopping=True, n_iter_no_change=10_000)
        return estimator.fit(split.x_train, split.y_train.astype(int), X_val=x, y_val=y)

    def xgboost(estimator: Any, split: Split) -> object:
        y = split.y_train.astype(int)
        return estimator.fit(split.x_train, y, eval_set=[pair(split)], verbose=False)

    def lightgbm(estimator: Any, split: Split) -> object:
        x, y = pair(split)
        return estimator.fit(
            split.x_train, split.y_train.astype(int), eval_X=x, eval_y=y,
            callbacks=[log_evaluation(0)],
        )  # fmt: skip

    return {
        "HistGradientBoosting": (HistGradientBoostingClassifier(), histogram),
        "XGBoost": (XGBClassifier(n_jobs=1), xgboost),
        "LightGBM": (LGBMClassifier(n_jobs=1, verbose=-1), lightgbm),
    }


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of a piece of work."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Print a table."""
    from sklearn.base import clone

    print("| learner | rows | fit with evaluation set | under the instrument | times |")
    print("| --- | --- | --- | --- | --- |")
    for train, features in SIZES:
        split = rows(train, features)
        for name, (estimator, fit) in contestants().items():
            learner = as_learner(estimator)
            own, ours = [], []
            for _ in range(TURNS + 1):  # the first one warms up
                own.append(seconds(partial(fit, clone(estimator), split)))
                run = {"seed": 0, "repeats": [0], "watching": Watching()}
                ours.append(seconds(partial(learner.fit, split, Plan(), **run)))
            a, b = statistics.median(own[1:]), statistics.median(ours[1:])
            print(f"| {name} | {train:,} x {features} | {a:.2f} s | {b:.2f} s | {b / a:.2f} |")


if __name__ == "__main__":
    main()
