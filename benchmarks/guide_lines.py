"""Write docs/guide.md's figures: the guide's printed lines and tf.keras beside a stored study.

    fitscope guide --data ../shared/data/HIGGS-11k.csv.gz --repeats 5 --out runs/five
    python benchmarks/guide_lines.py runs/five ../shared/data/guide-tf-keras.json \\
        ../shared/data/HIGGS-11k.csv.gz [SEEDS.json]

SEEDS.json is what benchmarks/keras_seeds.py writes: many seeds of tf.keras. The second file holds
`{model: {"history": {metric: [value an epoch]}}}`, one run a model. What
stands between the markers in docs/guide.md is replaced.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from fitscope.api.result import Result
from fitscope.higgs.rows import higgs
from fitscope.learners.mlp.plan import Plan
from fitscope.learners.mlp.train import train
from fitscope.opening import load
from fitscope.task import BINARY

PAGE = Path(__file__).parents[1] / "docs/guide.md"
MARKERS = "<!-- measured -->", "<!-- end of measured -->"
COMPARED = (10, 20, 40)

# Printed by the published guide (TensorFlow 2.18), every 100 epochs from epoch 0: accuracy,
# binary_crossentropy, val_accuracy. Its page cuts the validation cross-entropies off.
PRINTED = {
    "Tiny": [
        (0.5069, 0.8599, 0.5020),
        (0.6051, 0.6266, 0.5800),
        (0.6273, 0.6128, 0.5970),
        (0.6379, 0.6033, 0.6240),
        (0.6582, 0.5960, 0.6300),
        (0.6559, 0.5908, 0.6400),
        (0.6590, 0.5872, 0.6430),
        (0.6675, 0.5844, 0.6400),
        (0.6639, 0.5830, 0.6330),
    ],
    "Small": [
        (0.4751, 0.7112, 0.4580),
        (0.6290, 0.6104, 0.6300),
        (0.6619, 0.5857, 0.6730),
        (0.6731, 0.5762, 0.6610),
        (0.6823, 0.5691, 0.6740),
        (0.6819, 0.5654, 0.6530),
        (0.6905, 0.5617, 0.6690),
        (0.6938, 0.5590, 0.6720),
        (0.6960, 0.5556, 0.6790),
        (0.6972, 0.5525, 0.6700),
        (0.7018, 0.5500, 0.6660),
    ],
    "Medium": [(0.4952, 0.6848, 0.5030), (0.7148, 0.5259, 0.6720), (0.7875, 0.4266, 0.6460)],
    "Large": [(0.5085, 0.8122, 0.4780), (1.0, 0.0020, 0.6330), (1.0, 0.0001, 0.6390)],
    "L2": [
        (0.5009, 0.7780, 0.4670),
        (0.6606, 0.5928, 0.6620),
        (0.6755, 0.5822, 0.6680),
        (0.6781, 0.5747, 0.6610),
        (0.6918, 0.5653, 0.6730),
        (0.6888, 0.5616, 0.6710),
    ],
    "Dropout": [
        (0.4970, 0.8047, 0.4620),
        (0.6566, 0.5953, 0.6640),
        (0.6895, 0.5574, 0.6790),
        (0.7264, 0.5143, 0.6940),
    ],
    "Combined": [
        (0.5017, 0.7989, 0.5170),
        (0.6496, 0.6078, 0.6320),
        (0.6611, 0.5926, 0.6860),
        (0.6682, 0.5833, 0.6730),
        (0.6769, 0.5770, 0.6990),
        (0.6811, 0.5707, 0.6890),
        (0.6810, 0.5681, 0.7060),
        (0.6904, 0.5578, 0.6930),
        (0.6866, 0.5575, 0.7060),
    ],
}


def main() -> None:
    """Replace the measured part of docs/guide.md."""
    result = load(sys.argv[1])
    with open(sys.argv[2]) as file:
        keras = {name.lower(): run["history"] for name, run in json.load(file).items()}
    parts = [early(result, keras)]
    if len(sys.argv) > 4:
        with open(sys.argv[4]) as file:
            parts.append(seeds(result, json.load(file)))
    parts += [best(result, keras), large(result, keras)]
    parts += [accuracies(result), *lines(result, keras)]
    text = PAGE.read_text()
    start, end = (text.index(marker) for marker in MARKERS)
    measured = "\n\n".join([MARKERS[0], *parts, ""])
    PAGE.write_text(text[:start] + measured + text[end:])


def early(result: Result, keras: dict) -> str:
    """Training cross-entropy at a few early epochs."""
    head = "".join(f" epoch {e} | tf.keras | difference |" for e in COMPARED)
    rows = [f"| model | runs |{head}", "| --- | ---: |" + " ---: | ---: | ---: |" * len(COMPARED)]
    for name in trained(result):
        cells = []
        for epoch in COMPARED:
            ours = at(result, name, "binary_crossentropy", epoch)
            theirs = keras[name.lower()]["binary_crossentropy"][epoch]
            cells += [spread(ours), f"{theirs:.4f}", f"{ours.mean() - theirs:+.4f}"]
        rows.append(f"| {name} | {len(ours)} | {' | '.join(cells)} |")
    return "### Training cross-entropy early on\n\n" + "\n".join(rows)


def seeds(result: Result, keras: dict) -> str:
    """The same with as many seeds of fitscope as there are of tf.keras."""
    head = "".join(f" epoch {e} | tf.keras | difference |" for e in COMPARED)
    rows = [f"| model | seeds of each |{head}", "| --- | ---: |" + " ---: |" * 9]
    split = higgs(data=sys.argv[3])
    plan = Plan(max_epochs=max(COMPARED) + 1, stopping=None)
    for name, runs in keras.items():
        trained = [train(result.model(name), plan, split, repeats=[r])[0] for r in range(len(runs))]
        curves = np.array([run.history(BINARY)["binary_crossentropy"] for run in trained])
        cells = []
        for epoch in COMPARED:
            ours, theirs = curves[:, epoch].astype(float), np.array(runs)[:, epoch]
            difference = f"{ours.mean() - theirs.mean():+.4f}"
            cells += [spread(ours), spread(theirs), difference]
        rows.append(f"| {name} | {len(runs)} | {' | '.join(cells)} |")
    return "### The same with many seeds of both\n\n" + "\n".join(rows)


def best(result: Result, keras: dict) -> str:
    """Lowest validation cross-entropy and where it was."""
    rows = [
        "| model | runs | epochs | best epoch | best validation cross-entropy | tf.keras (epoch) "
        "| difference |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in trained(result):
        runs = [run for run in result.results.runs if run.model == name]
        ours = np.array([run.best["val_binary_crossentropy"] for run in runs])
        theirs = np.array(keras[name.lower()]["val_binary_crossentropy"])
        epochs = np.mean([run.epochs for run in runs])
        where = np.mean([run.best_epoch for run in runs])
        rows.append(
            f"| {name} | {len(runs)} | {epochs:,.0f} | {where:,.0f} "
            f"| {spread(ours)} | {theirs.min():.4f} ({theirs.argmin():,}) "
            f"| {ours.mean() - theirs.min():+.4f} |"
        )
    return "### Best validation cross-entropy\n\n" + "\n".join(rows)


def large(result: Result, keras: dict) -> str:
    """Where Large turns upward."""
    rows = ["| epochs | fitscope | tf.keras |", "| --- | ---: | ---: |"]
    theirs = np.array(keras["large"]["val_binary_crossentropy"])
    for first in range(0, 60, 10):
        span = range(first, first + 10)
        ours = np.mean([at(result, "Large", "val_binary_crossentropy", e).mean() for e in span])
        rows.append(f"| {first} to {first + 9} | {ours:.4f} | {theirs[span].mean():.4f} |")
    title = "### Large turns upward: validation cross-entropy, means over ten epochs"
    return title + "\n\n" + "\n".join(rows)


def accuracies(result: Result) -> str:
    """Validation accuracy at the best epoch, counted both ways."""
    document = result.stored.document
    split = higgs(document.data.validation_rows, 1, data=sys.argv[3])
    rows = ["| model | probability > 0.5 | logit > 0.5 |", "| --- | ---: | ---: |"]
    for name in trained(result):
        runs = [run for run in result.results.runs if run.model == name]
        counted = []
        for run in runs:
            params, _ = result.weights(name, run.repeat, "best")
            logits = np.asarray(result.model(name).apply(params, split.x_validation))
            counted.append(
                [np.mean((logits > cut) == (split.y_validation > 0.5)) for cut in (0, 0.5)]
            )
        zero, half = np.array(counted).T
        rows.append(f"| {name} | {spread(zero)} | {spread(half)} |")
    return "### Validation accuracy at the best epoch, counted both ways\n\n" + "\n".join(rows)


def lines(result: Result, keras: dict) -> Iterator[str]:
    """The guide's printed lines, model by model."""
    for name, printed in PRINTED.items():
        rows = [
            "| epoch | guide | tf.keras | fitscope | guide | tf.keras | fitscope | fitscope |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            "| | accuracy | accuracy | accuracy | cross-entropy | cross-entropy | cross-entropy "
            "| val cross-entropy |",
        ]
        theirs = keras[name.lower()]
        for number, (accuracy, crossentropy, _) in enumerate(printed):
            epoch = 100 * number
            there = [
                f"{theirs[m][epoch]:.4f}" if epoch < len(theirs[m]) else ""
                for m in ("accuracy", "binary_crossentropy")
            ]
            ours = [
                f"{x.mean():.4f}" if len(x := at(result, name, metric, epoch)) else ""
                for metric in ("accuracy", "binary_crossentropy", "val_binary_crossentropy")
            ]
            rows.append(
                f"| {epoch} | {accuracy:.4f} | {there[0]} | {ours[0]} | {crossentropy:.4f} "
                f"| {there[1]} | {ours[1]} | {ours[2]} |"
            )
        yield f"### {name}\n\n" + "\n".join(rows)


def trained(result: Result) -> list[str]:
    """Models that have finished runs."""
    return [model.name for model in result.results.models]


def at(result: Result, model: str, metric: str, epoch: int) -> np.ndarray:
    """The metric at that epoch, one value a run that got there."""
    chosen = (pl.col("model") == model) & (pl.col("epoch") == epoch)
    return result.histories.filter(chosen)[metric].to_numpy().astype(float)


def spread(numbers: np.ndarray) -> str:
    """Mean and standard error as text."""
    if len(numbers) < 2:
        return f"{numbers.mean():.4f}"
    return f"{numbers.mean():.4f} ± {numbers.std(ddof=1) / np.sqrt(len(numbers)):.4f}"


main()
