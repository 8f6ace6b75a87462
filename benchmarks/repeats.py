"""One repeat of Tiny and eight of them, as a study trains them: 2,000 epochs each.

    repeats.py ROWS ROUNDS EPOCHS

One JSON document a study: repeats, seconds of the whole study, seconds of the training alone
(the runs' own times, over the cores that they share).
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from guide import BATCH, load

from fitscope.api.study import Study
from fitscope.data.split import Split
from fitscope.guide.models import MODELS
from fitscope.learners.mlp.plan import Plan
from fitscope.process import available_cores

MANY = 8


def study(split: Split, repeats: int, epochs: int, folder: Path) -> dict[str, float]:
    """Train Tiny so many times in a study of its own."""
    tiny = Study(split, Plan(batch_size=BATCH, max_epochs=epochs, stopping=None))
    model, groups = MODELS["Tiny"]
    tiny.add("Tiny", model, groups)
    began = time.perf_counter()
    result = tiny.run(repeats, out=folder, device="cpu", progress=False)
    whole = time.perf_counter() - began
    own = [run.seconds for run in result.results.runs]
    training = sum(own) / min(repeats, available_cores())
    return {"repeats": repeats, "whole": whole, "training": training}


def main() -> None:
    path, rounds, epochs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    split = Split(*load(path))
    with tempfile.TemporaryDirectory() as folder:
        study(split, 1, 10, Path(folder) / "warm-up")
        for number in range(rounds):
            for repeats in (1, MANY):
                figures = study(split, repeats, epochs, Path(folder) / f"{number}-{repeats}")
                print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
