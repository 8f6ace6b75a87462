"""Measure remedies that need no training: another temperature, and averaging runs.

    python benchmarks/without_training.py             half a minute on two cores
    python benchmarks/without_training.py --out runs/remedies

The networks, rows and plan are those of benchmarks/remedies.py. What is measured goes into
docs/remedies/temperature-scaling.md and docs/remedies/averaging.md.
"""

import numpy as np
from remedies import MODELS, PLAIN_NAME, PLAN, TRAIN, asked, spread, study, write

import fitscope as fs
from fitscope.diagnosis.compare import difference
from fitscope.diagnosis.temperature import scaled
from fitscope.task import BINARY

NAMES = (PLAIN_NAME, "128 x 3", "dropout 0.25")


def main() -> None:
    """Train what is missing, then write both tables."""
    settings, docs = asked("measure remedies that need no training")
    models = {name: MODELS[name] for name in NAMES}
    result = study("without-training", models, PLAN, TRAIN, settings)
    split = fs.datasets.higgs(validation=settings.validation, train=TRAIN, data=settings.data)
    write(docs / "temperature-scaling.md", temperatures(result, split))
    write(docs / "averaging.md", averages(result, split))


def outputs(result: fs.Result, split: fs.Split, model: str, which: str) -> np.ndarray:
    """Log-odds of every run on the validation rows: [runs, rows]."""
    repeats = range(len(result.results.runs_of(model)))
    return np.stack(
        [result.outputs(model, split.x_validation, repeat=one, which=which) for one in repeats]
    )


def temperatures(result: fs.Result, split: fs.Split) -> str:
    """Each network's temperature, and what it takes away, at its best and its last epoch."""
    lines = [
        "| network | weights | temperature | validation cross-entropy | scaled | less by |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for model in NAMES:
        for which in ("best", "last"):
            runs = outputs(result, split, model, which)
            found = [scaled(run, split.y_validation, BINARY) for run in runs]
            before = np.stack([one.before for one in found])
            after = np.stack([one.after for one in found])
            hot = np.exp(np.mean(np.log([one.temperature for one in found])))
            scores = f"{spread(difference(before))} | {spread(difference(after))}"
            gain = spread(difference(before - after), "+")
            lines.append(f"| {model} | {which} epoch | {hot:.2f} | {scores} | {gain} |")
    return "\n".join(lines)


def averages(result: fs.Result, split: fs.Split) -> str:
    """What averaging the probabilities of all runs takes away from the mean of single runs."""
    count = len(result.results.runs_of(PLAIN_NAME))
    lines = [
        f"| network | weights | one run | {count} runs averaged | less by |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for model in NAMES:
        for which in ("best", "last"):
            runs = outputs(result, split, model, which)
            single = np.stack([BINARY.row_losses(run, split.y_validation) for run in runs])
            share = np.clip((1 / (1 + np.exp(-runs.astype(float)))).mean(axis=0), 1e-12, 1 - 1e-12)
            together = BINARY.row_losses(np.log(share / (1 - share)), split.y_validation)
            gain = spread(difference((single.mean(axis=0) - together)[None]), "+")
            scores = f"{spread(difference(single))} | {spread(difference(together[None]))}"
            lines.append(f"| {model} | {which} epoch | {scores} | {gain} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
