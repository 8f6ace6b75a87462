"""The page that a benchmark run leaves: targets beside what was measured, and all figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from guide import BATCH, MODELS, TRAIN, VALIDATION, product_operations
from race import Times

FITSCOPE, TF_KERAS, PRODUCTS = "fitscope", "tf.keras", "Large's products alone"
FITSCOPE_HALF = "fitscope bfloat16"
TORCH, TORCH_HALF = "PyTorch float32", "PyTorch bfloat16"
TORCH_TUNED = "PyTorch bfloat16, hand-tuned"
KERAS_JAX = "Keras on JAX"
TRAINERS = (FITSCOPE, FITSCOPE_HALF, TF_KERAS, KERAS_JAX, TORCH, TORCH_HALF, TORCH_TUNED)
WIDE = ("Large", "L2", "Dropout", "Combined")


@dataclass
class Figures:
    """All that was measured; what was not is left empty.

    Attributes:
        about: what the figures depend on: machine, rows, versions, command.
        times: of the training race.
        repeats: one entry a study: how many, seconds of it all, seconds of training.
        reading: what `reading.py` printed.
        startup: seconds of fresh processes.
        tables: what `tables.py` printed.
        watching: what `boosting.py` and `keras_own.py` printed.
    """

    about: dict[str, str]
    times: Times = field(default_factory=Times)
    repeats: list[dict[str, float]] = field(default_factory=list)
    reading: str = ""
    startup: dict[str, float] = field(default_factory=dict)
    tables: str = ""
    watching: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the table of targets; `reached` is None for what was not measured."""

    what: str
    target: str
    measured: str
    reached: bool | None


def page(figures: Figures) -> str:
    """The whole page in Markdown."""
    parts = [
        "# Benchmarks\n\n`make bench` writes this page. Everything in it was measured in one go, "
        "the contestants in turn, warm; medians.\n",
        table(["", ""], figures.about.items()),
        "## Targets\n",
        table(
            ["what", "to reach on two cores", "measured here", "reached"],
            (
                (line.what, line.target, line.measured, _verdict(line.reached))
                for line in target_lines(figures)
            ),
        ),
        _bound(figures.times),
        _epochs(figures.times),
        _repeats(figures.repeats),
        "## gzip CSV to float32 arrays\n\n" + figures.reading.strip() + "\n"
        if figures.reading
        else "",
        _startup(figures.startup),
        "## Models of real tables\n\n" + figures.tables.strip() + "\n" if figures.tables else "",
        "## What watching costs\n\n" + figures.watching + "\n" if figures.watching else "",
    ]
    return "\n".join(part for part in parts if part)


def target_lines(figures: Figures) -> list[Line]:
    """What is to be reached, and what was."""
    times = figures.times
    lines = []
    for name, model in MODELS.items():
        ratios = _ratios(times, TF_KERAS, FITSCOPE, name)
        what = f"{name}: an epoch against tf.keras `fit`"
        lines.append(_at_least(what, model.target, ratios))
    whole = {name: whole_guide(times, name) for name in TRAINERS}
    ours, tf_keras = whole[FITSCOPE], whole[TF_KERAS]
    ratio = [tf_keras / ours] if ours and tf_keras else []
    lines.append(_at_least("the whole guide against tf.keras", 3.3, ratio))
    for name, called in (
        (TORCH, "an eager PyTorch loop in float32"),
        (TORCH_HALF, "one in bfloat16 with `nn.Dropout`"),
    ):
        theirs = whole[name]
        ratio = theirs / ours if ours and theirs else None
        lines.append(
            Line(
                f"the whole guide against {called}",
                "faster",
                f"{ratio:.2f} times" if ratio else "not measured",
                ratio > 1 if ratio else None,
            )
        )
    for name in WIDE:
        ratios = _ratios(times, FITSCOPE, FITSCOPE_HALF, name)
        lines.append(_at_least(f"{name} in bfloat16: an epoch against float32", 1.5, ratios))
    half = whole[FITSCOPE_HALF]
    for name, called, target in (
        (TORCH_TUNED, "the hand-tuned PyTorch loop in bfloat16", 1.3),
        (TF_KERAS, "tf.keras", 3),
    ):
        theirs = whole[name]
        ratio = [theirs / half] if half and theirs else []
        lines.append(_at_least(f"the whole guide in bfloat16 against {called}", target, ratio))
    ratios = _ratios(times, FITSCOPE, PRODUCTS, "Large")
    lines.append(_at_most("Large against its own matrix products alone", 1.25, ratios))
    for kind, called in (("whole", "the whole study"), ("training", "training alone")):
        ratios = _repeat_ratios(figures.repeats, kind)
        lines.append(_at_most(f"8 repeats of Tiny against 1, {called}", 4, ratios))
    lines += _reading_lines(figures.reading)
    for what in ("import fitscope", "fitscope --help"):
        seconds = figures.startup.get(what)
        lines.append(
            Line(
                f"`{what}`, a fresh process",
                "under 0.3 s",
                "not measured" if seconds is None else f"{seconds:.2f} s",
                None if seconds is None else seconds < 0.3,
            )
        )
    lines.append(
        Line("the whole guide, 5 repeats, on an H200", "under 60 s", "not measured here", None)
    )
    return lines


def whole_guide(times: Times, contestant: str) -> float | None:
    """Seconds for all epochs that the guide's procedure takes, or None if some are missing."""
    seconds = [times.epoch(contestant, name) for name in MODELS]
    if any(each is None for each in seconds):
        return None
    return sum(each * m.epochs for each, m in zip(seconds, MODELS.values(), strict=True) if each)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _ratios(times: Times, above: str, below: str, model: str) -> list[float]:
    """Ratio of the medians first, then those of the single rounds."""
    whole = times.epoch(above, model), times.epoch(below, model)
    if whole[0] is None or whole[1] is None:
        return []
    rounds = zip(times.rounds[above][model], times.rounds[below][model], strict=True)
    return [whole[0] / whole[1], *(a / b for a, b in rounds)]


def _repeat_ratios(repeats: list[dict[str, float]], kind: str) -> list[float]:
    one = [study[kind] for study in repeats if study["repeats"] == 1]
    many = [study[kind] for study in repeats if study["repeats"] > 1]
    if not one or len(one) != len(many):
        return []
    return [median(many) / median(one), *(b / a for a, b in zip(one, many, strict=True))]


def _at_least(what: str, target: float, ratios: list[float]) -> Line:
    reached = ratios[0] >= target if ratios else None
    return Line(what, f"{target:g} times faster", _times(ratios), reached)


def _at_most(what: str, target: float, ratios: list[float]) -> Line:
    reached = ratios[0] <= target if ratios else None
    return Line(what, f"at most {target:g} times", _times(ratios), reached)


def _times(ratios: list[float]) -> str:
    if not ratios:
        return "not measured"
    digits = 0 if ratios[0] >= 20 else 1 if ratios[0] >= 5 else 2
    text = f"{ratios[0]:.{digits}f} times"
    if len(ratios) > 2:
        text += f" (rounds {min(ratios[1:]):.{digits}f} to {max(ratios[1:]):.{digits}f})"
    return text


def _verdict(reached: bool | None) -> str:
    return "-" if reached is None else "yes" if reached else "**no**"


def _reading_lines(printed: str) -> list[Line]:
    """The two lines on reading, from the table that `reading.py` prints."""
    cells = [[c.strip() for c in line.split("|")[1:-1]] for line in printed.splitlines()]
    head = next((row for row in cells if row[:1] == ["reader"]), [])
    ours = next((row for row in cells if row[:1] == [FITSCOPE]), None)
    times = beyond = None
    if ours is not None:
        figures = dict(zip(head, ours, strict=True))
        ratio = figures["times tf.data"]
        times = float(ratio) if ratio != "-" else None
        beyond = float(figures["peak memory beyond the array"].split()[0].replace(",", ""))
    return [
        _at_least(
            "gzip CSV to float32 arrays against tf.data's CsvDataset", 7, [times] if times else []
        ),
        Line(
            "peak memory of that beyond the arrays",
            "under 700 MB",
            "not measured" if beyond is None else f"{beyond:,.0f} MB",
            None if beyond is None else beyond < 700,
        ),
    ]


def _bound(times: Times) -> str:
    products = times.epoch(PRODUCTS, "Large")
    tf_keras = {name: times.epoch(TF_KERAS, name) for name in WIDE}
    if products is None:
        return ""
    rate = product_operations() / products / 1e9
    text = (
        f"The matrix products of an epoch of Large, alone, take {1e3 * products:.0f} ms here "
        f"({rate:.0f} GFLOP/s in float32)."
    )
    if all(tf_keras.values()):
        most = ", ".join(
            f"{name} {seconds / products:.2f}" for name, seconds in tf_keras.items() if seconds
        )
        text += (
            " All four large networks need them, so the machine's float32 rate bounds what can be "
            "gained on tf.keras: a program that made these products and did nothing else would "
            f"be so many times faster, and no more: {most}."
        )
    return text + "\n"


def _epochs(times: Times) -> str:
    measured = [name for name in TRAINERS if name in times.rounds and name not in times.failures]
    if not measured:
        return ""
    rows = [
        [f"{name}, ms", *(_milliseconds(times.epoch(each, name)) for each in measured)]
        for name in MODELS
        if any(times.epoch(each, name) is not None for each in measured)
    ]
    whole = {name: whole_guide(times, name) for name in measured}
    rows.append(["the whole guide, s", *(_seconds(whole[name]) for name in measured)])
    ours = whole.get(FITSCOPE)
    if ours:
        ratios = [f"{seconds / ours:.2f}" if seconds else "-" for seconds in whole.values()]
        rows.append(["the whole guide, times fitscope's", *ratios])
    epochs = ", ".join(f"{name} {model.epochs:,}" for name, model in MODELS.items())
    return (
        "## One epoch, and the whole guide\n\n"
        + table(["", *measured], rows)
        + f"""
- An epoch is {TRAIN:,} rows in batches of {BATCH}, shuffled, and a look at {VALIDATION:,}
  validation rows, with loss, cross-entropy and accuracy of both.
- The whole guide is an epoch of each model times the epochs that the guide's procedure takes on
  HIGGS-11k ({epochs}):
  training alone, one model after the other. fitscope trains narrow models side by side, one a
  core; that gain is not in this figure, nor are start, compilation and report.
- tf.keras runs the guide's own pipeline (`CsvDataset`, `cache`, `shuffle`, `repeat`, `batch`)
  without the guide's callbacks. Keras on JAX gets NumPy arrays.
- PyTorch is an eager loop with fused Adam and all rows in memory. bfloat16 is autocast, with
  `nn.Dropout`. The hand-tuned loop has bfloat16 for the wide networks alone, dropout masks from
  random bytes, and L2 inside the optimizer.
- The bfloat16 columns compute with fewer bits; fitscope, Keras and PyTorch float32 do not.
  fitscope's is `--precision bfloat16`: the products of the wide networks alone. Where the processor
  has no instructions for it, a study refuses it; the figure here is then what it would have cost.
"""
    )


def _repeats(repeats: list[dict[str, float]]) -> str:
    if not repeats:
        return ""
    counts = sorted({study["repeats"] for study in repeats})
    rows = [
        [
            f"{count:g}",
            *(
                f"{median(study[kind] for study in repeats if study['repeats'] == count):.2f} s"
                for kind in ("whole", "training")
            ),
        ]
        for count in counts
    ]
    return (
        "## Repeats of Tiny\n\n"
        + table(["repeats", "whole study", "training alone"], rows)
        + "\nThe whole study starts its processes, compiles, trains and stores. Training alone is "
        "the runs' own time over\nthe cores that they share. Each run has a core to itself, so on "
        "two cores eight runs train for at least four\ntimes as long as one.\n"
    )


def _startup(startup: dict[str, float]) -> str:
    if not startup:
        return ""
    rows = [[f"`{name}`", f"{1e3 * seconds:.0f} ms"] for name, seconds in startup.items()]
    return "## Starting\n\n" + table(["fresh process", "wall time"], rows)


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{1e3 * seconds:.{2 if seconds < 0.01 else 1 if seconds < 0.1 else 0}f}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:,.0f}"
