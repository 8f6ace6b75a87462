"""What watching a Keras model costs, and what the compiled loop saves, beside Keras' own `fit`.

    KERAS_BACKEND=jax python benchmarks/keras_own.py [--models Tiny,Large] [--rounds 5]

The guide's models as `keras.Sequential`, compiled as the guide compiles them, on simulated rows of
the guide's size: Keras' `fit` with validation data, fitscope's run of it, and the network and plan
that `fs.from_keras` makes of it. All train the same epochs, in turn, in one process; the first
round warms up. Seconds are of the processor, all threads together, so that other programs disturb
little. What fitscope adds is the loss of every validation row after each epoch, and the best
weights.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
from guide import FEATURES, MODELS
from keras_model import compiled

from fitscope.data.split import Split
from fitscope.learners import as_learner
from fitscope.learners.base import Watching
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.own.keras.compiled import from_keras

TRAIN, VALIDATION, BATCH = 10_000, 1_000, 500
EPOCHS = {"Tiny": 100, "Small": 100, "Medium": 40}  # of the others 8
FEW = 8


def rows() -> Split:
    """Simulated rows of the guide's size; good for times, they say nothing about scores."""
    random = np.random.default_rng(0)
    x = random.normal(size=(TRAIN + VALIDATION, FEATURES)).astype(np.float32)
    y = x[:, 0] * x[:, 1] + x[:, 2] + random.normal(size=len(x)) > 0
    return Split(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:])


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of a piece of work."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--models", default="Tiny,Large", help=f"of {', '.join(MODELS)}")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    split = rows()
    print(f"Keras {keras.__version__} on {keras.backend.backend()}\n")
    print("| model | epochs | plain `fit` | under the instrument | compiled loop |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in options.models.split(","):
        model, epochs = MODELS[name], EPOCHS.get(name, FEW)
        learner = as_learner(lambda model=model: compiled(model), split.task, split.features)
        plan = Plan(batch_size=BATCH, max_epochs=epochs, stopping=None)
        network, same = from_keras(compiled(model), split, plan)
        valid = split.x_validation, split.y_validation[:, None]

        def plain(model=model, epochs=epochs, valid=valid) -> None:
            made: Any = compiled(model)
            made.fit(
                split.x_train, split.y_train[:, None], batch_size=BATCH, epochs=epochs,
                validation_data=valid, verbose=0,
            )  # fmt: skip

        def watched(learner=learner, plan=plan) -> None:
            learner.fit(split, plan, seed=0, repeats=[0], watching=Watching())

        def in_loop(network=network, same=same) -> None:
            network.fit(split, same, seed=0, repeats=[0], watching=Watching())

        rounds = [
            [seconds(work) for work in (plain, watched, in_loop)] for _ in range(options.rounds + 1)
        ][1:]
        own, *others = zip(*rounds, strict=True)
        cells = [f"{statistics.median(own):.2f} s"]
        for ours in others:
            ratios = [b / a for a, b in zip(own, ours, strict=True)]
            cells.append(
                f"{statistics.median(ours):.2f} s, {statistics.median(ratios):.3g} times "
                f"({min(ratios):.3g} to {max(ratios):.3g})"
            )
        print(f"| {name} | {epochs} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
