"""Measure what each remedy buys, and write it into docs/remedies/.

    python benchmarks/remedies.py                     about five minutes on two cores
    python benchmarks/remedies.py --out runs/remedies --repeats 5

Every page of docs/remedies/ has a table between two markers, which this replaces, and a figure.
All of it is measured on simulated rows (docs/simulation.md), so that anybody can repeat it.
Training rows are few, so that there is something to mend; validation rows are many, so that small
differences are seen. Studies that are in the folder already are taken from there.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import fitscope as fs
from fitscope import stopping
from fitscope.diagnosis.compare import difference
from fitscope.study.judge import judge_run
from fitscope.study.results import RunResult

DOCS = Path(__file__).parents[1] / "docs/remedies"
MARKERS = "<!-- measured -->", "<!-- end of measured -->"
PLAIN, PLAIN_NAME = (64, 64, 64), "plain"
WIDE = (128, 128, 128)
TRAIN, VALIDATION, EPOCHS = 2_500, 5_000, 200
RULES = {
    "patience 5": fs.EarlyStopping(patience=5),
    "patience 20": fs.EarlyStopping(patience=20),
    "patience 50": fs.EarlyStopping(patience=50),
    "by verdict": stopping.EvidenceStopping(patience=50),
}
SIZES = (1_000, 2_500, 10_000, 40_000)
PLAN = fs.Plan(batch_size=250, max_epochs=EPOCHS, stopping=None)

MODELS = {
    PLAIN_NAME: fs.MLP(*PLAIN),
    "no hidden layer": fs.MLP(),
    "4": fs.MLP(4),
    "16": fs.MLP(16),
    "128 x 3": fs.MLP(*WIDE),
    "L2 0.0001": fs.MLP(*PLAIN, l2=1e-4),
    "L2 0.001": fs.MLP(*PLAIN, l2=1e-3),
    "L2 0.01": fs.MLP(*PLAIN, l2=1e-2),
    "L1 0.0001": fs.MLP(*PLAIN, l1=1e-4),
    "L1 0.001": fs.MLP(*PLAIN, l1=1e-3),
    "weight decay 0.1": fs.MLP(*PLAIN, weight_decay=0.1),
    "weight decay 0.3": fs.MLP(*PLAIN, weight_decay=0.3),
    "weight decay 1": fs.MLP(*PLAIN, weight_decay=1.0),
    "weight decay 3": fs.MLP(*PLAIN, weight_decay=3.0),
    "dropout 0.1": fs.MLP(*PLAIN, dropout=0.1),
    "dropout 0.25": fs.MLP(*PLAIN, dropout=0.25),
    "dropout 0.5": fs.MLP(*PLAIN, dropout=0.5),
    "128 x 3, dropout 0.5": fs.MLP(*WIDE, dropout=0.5),
    "batch normalization": fs.MLP(*PLAIN, batch_norm=True),
    "batch normalization, dropout 0.25": fs.MLP(*PLAIN, batch_norm=True, dropout=0.25),
}
ROWS_CHANGED = {
    PLAIN_NAME: fs.MLP(*PLAIN),
    **{f"noise {x:g}": fs.MLP(*PLAIN, noise=x) for x in (0.1, 0.3, 0.6, 1.0)},
    **{f"mixing {x:g}": fs.MLP(*PLAIN, mix=x) for x in (0.1, 0.3, 1.0, 3.0)},
    **{f"batches of {n}": fs.MLP(*PLAIN, batch_size=n) for n in (100, 25)},
}
"""What changes the rows of a step, or how many they are: a study of its own."""
PAGES = {
    "capacity": ("no hidden layer", "4", "16", PLAIN_NAME, "128 x 3"),
    "l1-and-l2": (PLAIN_NAME, *(name for name in MODELS if name.startswith(("L1", "L2")))),
    "weight-decay": (PLAIN_NAME, "L2 0.001", *(n for n in MODELS if n.startswith("weight"))),
    "dropout": (PLAIN_NAME, *(name for name in MODELS if "dropout 0" in name[:11]), "128 x 3",
                "128 x 3, dropout 0.5"),
    "batch-normalization": (PLAIN_NAME, "dropout 0.25", *(n for n in MODELS if "batch" in n)),
}  # fmt: skip
PAGES_OF_ROWS = {
    page: (PLAIN_NAME, *(name for name in ROWS_CHANGED if name.startswith(word)))
    for page, word in (
        ("input-noise", "noise"), ("mixing-rows", "mixing"), ("small-batches", "batches")
    )
}  # fmt: skip

SHORT = {
    "[less capacity](capacity.md)": ("no hidden layer", "4", "16"),
    "[more capacity](capacity.md)": ("128 x 3",),
    "[L1](l1-and-l2.md)": [name for name in MODELS if name.startswith("L1")],
    "[L2](l1-and-l2.md)": [name for name in MODELS if name.startswith("L2")],
    "[weight decay](weight-decay.md)": [name for name in MODELS if name.startswith("weight")],
    "[dropout](dropout.md)": [name for name in MODELS if name.startswith("dropout")],
    "[dropout](dropout.md) in a larger network": ("128 x 3, dropout 0.5",),
    "[batch normalization](batch-normalization.md)": ("batch normalization",),
    "[batch normalization](batch-normalization.md) with dropout": (
        "batch normalization, dropout 0.25",
    ),
}
SHORT_OF_ROWS = {
    "[input noise](input-noise.md)": PAGES_OF_ROWS["input-noise"][1:],
    "[mixing rows](mixing-rows.md)": PAGES_OF_ROWS["mixing-rows"][1:],
    "[smaller batches](small-batches.md)": PAGES_OF_ROWS["small-batches"][1:],
}


@dataclass(frozen=True)
class Settings:
    """Where studies are kept, how often each model is trained, and on which rows."""

    folder: Path
    repeats: int
    data: str
    validation: int = VALIDATION


def main() -> None:
    """Train what is missing, then write every page's table and figure."""
    settings, docs = asked("measure what each remedy buys")
    remedies = study("remedies", MODELS, PLAN, TRAIN, settings)
    changed = study("rows-changed", ROWS_CHANGED, PLAN, TRAIN, settings)
    for result, pages in ((remedies, PAGES), (changed, PAGES_OF_ROWS)):
        for page, models in pages.items():
            write(docs / f"{page}.md", table(result, models))
            draw(result, models, docs / f"{page}.png")
    write(docs / "early-stopping.md", stopping_table(remedies, settings))
    sizes = on_more_rows(settings)
    write(docs / "more-data.md", more_data(sizes))
    draw_sizes(sizes, docs / "more-data.png")
    write(docs / "index.md", in_short(remedies, changed, sizes))


def asked(description: str) -> tuple[Settings, Path]:
    """What the command line says: the settings, and where the pages are."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, default=Path("runs/remedies"))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", default="simulated", help="as in fitscope guide --data")
    parser.add_argument("--docs", type=Path, default=DOCS, help="the pages")
    chosen = parser.parse_args()
    return Settings(chosen.out, chosen.repeats, chosen.data), chosen.docs


def study(name: str, models: dict[str, fs.MLP], plan: fs.Plan, rows: int, settings: Settings):
    """The stored study of that name, trained first if it is not there."""
    folder = settings.folder / name
    if (folder / "results.json").exists() and not (folder / "checkpoints").exists():
        return fs.load(folder)
    split = fs.datasets.higgs(validation=settings.validation, train=rows, data=settings.data)
    made = fs.Study(split, plan)
    for model, what in models.items():
        made.add(model, what, group="remedies")
    print(f"{name}: {len(models)} models, {settings.repeats} runs each", flush=True)
    return made.run(settings.repeats, out=folder, resume=folder.exists())


def scores(result: fs.Result, model: str):
    """Validation cross-entropy row by row, around each run's best epoch: [runs, rows].

    Corrected for the best epoch having been picked, as `result.compare` has it.
    """
    import polars as pl

    stored, found = result.stored, []
    for run in runs(result, model):
        mine = (pl.col("model") == model) & (pl.col("repeat") == run.repeat)
        judged = judge_run(stored.document, stored.folder, run, result.histories.filter(mine))
        assert judged.scores is not None
        found.append(judged.scores.rows["val_binary_crossentropy"])
    return np.stack(found)


def row_losses(result: fs.Result, model: str, which: str):
    """Validation losses of the weights of the "best" or the "last" epoch: [runs, rows]."""
    folder, slug = result.stored.folder, result.stored.document.entry(model).slug
    found = []
    for run in runs(result, model):
        epoch = run.best_epoch if which == "best" else run.epochs - 1
        with np.load(folder.rows(slug, run.repeat)) as stored:
            found.append(stored["losses"][np.flatnonzero(stored["epoch"] == epoch)[0]])
    return np.stack(found)


def runs(result: fs.Result, model: str) -> list[RunResult]:
    """The model's runs."""
    return [run for run in result.results.runs if run.model == model]


def mean(result: fs.Result, model: str, of) -> float:
    """Mean over the runs of a model."""
    return float(np.mean([of(run) for run in runs(result, model)]))


def fit(run: RunResult) -> float:
    """Training cross-entropy at the best epoch, with dropout off."""
    return run.best["fit_binary_crossentropy"]


def table(result: fs.Result, models: tuple[str, ...]) -> str:
    """What the models reach, and how far each is from the plain one."""
    parameters = {model: result.stored.document.entry(model).size.count for model in models}
    sized = len(set(parameters.values())) > 2  # batch normalization adds a few
    headings = ["model", *(["parameters"] if sized else []), "best epoch"]
    headings += ["validation cross-entropy", "less than plain", "training cross-entropy"]
    headings += ["validation at the last epoch", "verdict"]
    lines = [headings, ["---", *["---:"] * (len(headings) - 2), "---"]]
    plain = scores(result, PLAIN_NAME)
    for model in models:
        mine = scores(result, model)
        bought = "" if model == PLAIN_NAME else spread(difference(plain, mine), sign="+")
        cells = [model, *([f"{parameters[model]:,}"] if sized else [])]
        cells += [f"{mean(result, model, lambda run: run.best_epoch):.0f}"]
        cells += [spread(difference(mine)), bought, f"{mean(result, model, fit):.4f}"]
        cells += [spread(difference(row_losses(result, model, "last")))]
        cells += [verdict(result, model)]
        lines.append(cells)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def verdict(result: fs.Result, model: str) -> str:
    """The verdict on a model in two words."""
    found = result.verdict(model)
    onset = "" if found.onset_epoch is None else f" from epoch {found.onset_epoch}"
    return f"{found.label}{onset}"


def stopping_table(remedies: fs.Result, settings: Settings) -> str:
    """What stopping early saves, with weights of the last and of the best epoch."""
    lines = [
        "| rule | epochs trained | weights of the last epoch | weights of the best epoch "
        "| best less than last |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    found = {"none": remedies}
    for name, rule in RULES.items():
        model = {PLAIN_NAME: MODELS[PLAIN_NAME]}
        plan = replace(PLAN, stopping=rule)
        found[name] = study(name.replace(" ", "-"), model, plan, TRAIN, settings)
    for name, result in found.items():
        best, last = (row_losses(result, PLAIN_NAME, which) for which in ("best", "last"))
        epochs = mean(result, PLAIN_NAME, lambda run: run.epochs)
        reached = f"{spread(difference(last))} | {spread(difference(best))}"
        # the same runs on both sides: their differences are what has an error
        bought = spread(difference(last - best), sign="+")
        lines.append(f"| {name} | {epochs:.0f} | {reached} | {bought} |")
    return "\n".join(lines)


def on_more_rows(settings: Settings) -> dict[int, fs.Result]:
    """The plain network on more and more rows, each stopped early."""
    plan = replace(PLAN, stopping=fs.EarlyStopping(patience=20))
    model = {PLAIN_NAME: MODELS[PLAIN_NAME]}
    return {rows: study(f"rows-{rows}", model, plan, rows, settings) for rows in SIZES}


def more_data(found: dict[int, fs.Result]) -> str:
    """What more rows bought."""
    lines = [
        "| training rows | best epoch | validation cross-entropy | less than with "
        f"{TRAIN:,} rows | training cross-entropy |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    few = scores(found[TRAIN], PLAIN_NAME)
    for rows, result in found.items():
        mine = scores(result, PLAIN_NAME)
        cells = (
            f"{rows:,}",
            f"{mean(result, PLAIN_NAME, lambda run: run.best_epoch):.0f}",
            spread(difference(mine)),
            "" if rows == TRAIN else spread(difference(few, mine), sign="+"),
            f"{mean(result, PLAIN_NAME, fit):.4f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def in_short(remedies: fs.Result, changed: fs.Result, sizes: dict[int, fs.Result]) -> str:
    """The best of each remedy, the one that bought most first."""
    few = scores(sizes[TRAIN], PLAIN_NAME)
    most = max(sizes)
    times = f"{most // TRAIN} times the rows"
    found = [("[more data](more-data.md)", times, difference(few, scores(sizes[most], PLAIN_NAME)))]
    for result, tried in ((remedies, SHORT), (changed, SHORT_OF_ROWS)):
        plain = scores(result, PLAIN_NAME)
        for remedy, models in tried.items():
            gains = [(difference(plain, scores(result, model)), model) for model in models]
            bought, model = max(gains, key=lambda one: one[0].value)
            found.append((remedy, model, bought))
    found.sort(key=lambda one: -one[2].value)
    head = ["| remedy | its best here | less than plain |", "| --- | --- | ---: |"]
    lines = [f"| {remedy} | {best} | {spread(bought, '+')} |" for remedy, best, bought in found]
    return "\n".join([*head, *lines])


def spread(found, sign: str = "") -> str:
    """A mean and its standard error."""
    return f"{found.value:{sign}.4f} ± {found.error:.4f}"


def draw(result: fs.Result, models: tuple[str, ...], path: Path) -> None:
    """The curves of some models, in colours that differ among these."""
    import matplotlib.pyplot as plt

    from fitscope.report.look import colours
    from fitscope.report.marks import marks
    from fitscope.report.notices import write_notices
    from fitscope.report.plot import plot_histories

    figure, axes = plt.subplots(figsize=(7.6, 4.4), layout="constrained")
    look = {"colours": colours(models), "marks": marks(result.results), "smoothing_std": 1}
    plot_histories(result.histories, list(models), ax=axes, **look)
    write_notices(axes, result.stored.document)
    axes.set_ylim(0.45, 0.8)
    figure.savefig(path, dpi=96, pil_kwargs={"optimize": True})
    plt.close(figure)


def draw_sizes(found: dict[int, fs.Result], path: Path) -> None:
    """Cross-entropy at the best epoch against the number of training rows."""
    import matplotlib.pyplot as plt

    from fitscope.report.notices import write_notices

    figure, axes = plt.subplots(figsize=(7.6, 3.8), layout="constrained")
    sizes = list(found)
    validation = [difference(scores(result, PLAIN_NAME)) for result in found.values()]
    train = [mean(result, PLAIN_NAME, fit) for result in found.values()]
    axes.errorbar(sizes, [one.value for one in validation], [one.error for one in validation],
                  color="#3b94f7", marker="o", capsize=3)  # fmt: skip
    axes.plot(sizes, train, color="#a64b97", marker="o", linestyle="--")
    axes.annotate("validation", (sizes[0], validation[0].value), (8, 6), textcoords="offset points")
    axes.annotate("training", (sizes[0], train[0]), (8, -14), textcoords="offset points")
    axes.set(xscale="log", xlabel="training rows", ylabel="cross-entropy at the best epoch")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    write_notices(axes, found[TRAIN].stored.document)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=96, pil_kwargs={"optimize": True})
    plt.close(figure)


def write(page: Path, measured: str) -> None:
    """Replace what stands between the markers of a page."""
    text = page.read_text()
    start, end = (text.index(marker) for marker in MARKERS)
    page.write_text(f"{text[:start]}{MARKERS[0]}\n\n{measured}\n\n{text[end:]}")
    print(page)


if __name__ == "__main__":
    main()
