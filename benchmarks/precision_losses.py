"""What models trained in bfloat16 and in float32 lose on rows that they have not seen.

    precision_losses.py FLOAT32_FOLDER BFLOAT16_FOLDER [--data simulated:8] [--rows 50000]

Both folders hold the same models, seeds and repeats. The kept weights of each run's best epoch
predict fresh rows of the population. Prints one line of JSON: for each model mean losses, their
mean difference with its error over runs, and whether verdicts are the same; and of all pairs of
models in each repeat, how many are ordered alike by that loss.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from typing import Any

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs=2)
    parser.add_argument("--data", default="simulated:8")
    parser.add_argument("--rows", type=int, default=50_000)
    wanted = parser.parse_args()

    import fitscope as fs
    from fitscope import datasets

    split = datasets.higgs(1, wanted.rows, data=wanted.data)
    whole, half = (fs.load(folder) for folder in wanted.folders)
    losses = {name: fresh_losses(name, whole, half, split) for name in half.models}
    models = {name: compared(name, whole, half, losses[name]) for name in half.models}
    above = [np.sign(a - b) for a, b in combinations(losses.values(), 2)]
    alike = np.concatenate([pair[:, 0] == pair[:, 1] for pair in above]) if above else np.array([])
    pairs = f"{int(alike.sum())} of {len(alike)}"
    print(json.dumps({"models": models, "pairs ordered alike": pairs}))


def fresh_losses(name: str, whole: Any, half: Any, split: Any) -> np.ndarray:
    """Mean losses on fresh rows: a row a repeat, float32 and bfloat16 as columns."""
    repeats = range(half.results.model(name).repeats)
    return np.array(
        [
            [
                split.task.row_losses(
                    one.outputs(name, split.x_train, repeat, "best"), split.y_train
                ).mean()
                for one in (whole, half)
            ]
            for repeat in repeats
        ]
    )


def compared(name: str, whole: Any, half: Any, losses: np.ndarray) -> dict[str, Any]:
    """What one model lost by half the bits."""
    repeats = range(len(losses))
    differences = losses[:, 1] - losses[:, 0]
    few = len(differences) < 2
    runs = [
        tuple(one.results.runs_of(name)[repeat].verdict for one in (whole, half))
        for repeat in repeats
    ]
    return {
        "float32": float(losses[:, 0].mean()),
        "bfloat16": float(losses[:, 1].mean()),
        "difference": float(differences.mean()),
        "error": None if few else float(differences.std(ddof=1) / np.sqrt(len(differences))),
        "verdict": [str(one.verdict(name).label) for one in (whole, half)],
        "same verdicts of runs": f"{sum(_label(a) == _label(b) for a, b in runs)} of {len(runs)}",
    }


def _label(verdict: Any) -> str | None:
    return None if verdict is None else str(verdict.label)


if __name__ == "__main__":
    main()
