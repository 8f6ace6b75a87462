"""Ways of writing training logs, read from the tables beside, and the curves that are in them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

EPOCHS = 24
SHAPES = ("overfit", "good", "improving")
LINE = "Epoch {n}/24 train_loss: {t} val_loss: {v}\n"
Numbers = Mapping[str, np.ndarray]


def curves(shape: str) -> dict[str, np.ndarray]:
    """Losses `t` and `v` of training and validation, accuracies `a` and `w`, as they are printed.

    `pa` and `pw` are the accuracies in percent, `lo` and `hi` lie as far below and above `t`, `n`
    counts epochs from 1, `n0` from 0, `s` is the step at an epoch's end, `half` one in its middle,
    `s0` one at its beginning, `k` counts thousands, `share` is how much of the run is done.
    """
    n = np.arange(1, EPOCHS + 1)
    noise = np.random.default_rng(3).normal(0, 0.002, (2, EPOCHS))
    fast, slow = np.exp(-n / 3), np.exp(-n / 30)
    t, v = {
        "overfit": (0.1 + 1.2 * slow, 0.6 + 0.9 * fast + 0.04 * np.maximum(n - 7, 0)),
        "good": (0.3 + 1.2 * fast, 0.45 + 1.1 * fast),
        "improving": (0.2 + 1.3 * slow, 0.3 + 1.3 * slow),
    }[shape]
    t, v = (np.round(curve + one, 4) for curve, one in zip((t, v), noise, strict=True))
    a, w = np.round(1 - t / 2, 4), np.round(1 - v / 2, 4)
    every = {"t": t, "v": v, "a": a, "w": w, "pa": np.round(100 * a, 2), "pw": np.round(100 * w, 2)}
    every |= {"lo": np.round(t - 0.1, 4), "hi": np.round(t + 0.1, 4)}
    every |= {"best": np.minimum.accumulate(v), "n": n, "n0": n - 1, "k": 1000 * n}
    every |= {"share": 100 * n // EPOCHS}
    return {**every, "s": 100 * n, "half": 100 * n - 50, "s0": 100 * (n - 1)}


@dataclass(frozen=True)
class Dialect:
    """A way of writing logs, and what must be read of it.

    Attributes:
        name: of the program, and what is special.
        files: formats of its files: `path`, `head`, `each` (written for each epoch), `foot`, and
            `join` between epochs.
        train: which of the curves must be found as the training curve; "none" where none is there,
            "any" where it is not told exactly.
        val: which must be found as the validation curve.
        at: what the axis must be.
        step: what its unit must be.
        every: only each so many-th epoch was validated.
        plus: what other parts of the loss add to it.
        first: place and value of an evaluation before the first epoch.
        runs: how many runs there must be.
        refused: what the message must say, where there is nothing to judge.
        comma: decimal commas are written.
        twice: all is written two times.
        encoding: of the files.
    """

    name: str
    files: tuple[Mapping[str, str], ...]
    train: str = "t"
    val: str = "v"
    at: str = "n"
    step: str = "epoch"
    every: int = 1
    plus: float = 0.0
    first: tuple[float, float] | None = None
    runs: int = 1
    refused: str | None = None
    comma: bool = False
    twice: bool = False
    encoding: str = "utf-8"

    def write(self, folder: Path, numbers: Numbers) -> Path:
        """Write the files, and say what is to be judged: the file, or the folder of several."""
        written: dict[str, list[str]] = {}
        whole = _lists(numbers)
        rows = [{n: c[i].item() for n, c in numbers.items()} for i in range(EPOCHS)]
        for file in self.files:
            path, join = file.get("path", "log.txt"), file.get("join", "")
            head, foot = file.get("head", "").format(**whole), file.get("foot", "").format(**whole)
            texts = [file.get("each", "").format(**row) for row in rows]
            if "{" in path:
                written |= {
                    path.format(**row): [text] for row, text in zip(rows, texts, strict=True)
                }
            else:
                written[path] = [head + join.join(texts) + foot]
        for path, (text,) in written.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            text = text.replace(".", ",") if self.comma else text
            (folder / path).write_bytes((text * (1 + self.twice)).encode(self.encoding))
        return folder / next(iter(written)) if len(written) == 1 else folder

    def expected(self, numbers: Numbers) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        """The axis, the training and the validation curve."""
        at = numbers[self.at][self.every - 1 :: self.every]
        validation = numbers[self.val][self.every - 1 :: self.every] + self.plus
        known = self.train not in ("none", "any")
        train = numbers[self.train][self.every - 1 :: self.every] + self.plus if known else None
        if self.first is not None:
            at, validation = np.r_[self.first[0], at], np.r_[self.first[1], validation]
            train = None if train is None else np.r_[train[0], train]
        return at, train, validation


def dialects() -> list[Dialect]:
    """All of them."""
    found = []
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        found += [_dialect(one) for one in document.get("dialect", ())]
        for name, line in document.get("lines", {}).items():
            found.append(Dialect(name, ({"each": f"{line}\n"},)))
        for name, prefix in document.get("prefixes", {}).items():
            found.append(Dialect(f"prefix of {name}", ({"each": prefix + LINE},)))
    return found


def _dialect(table: dict[str, Any]) -> Dialect:
    file = {
        name: table.pop(name) for name in ("path", "head", "each", "foot", "join") if name in table
    }
    files = tuple(table.pop("files", [file]))
    if "first" in table:
        table["first"] = tuple(table["first"])
    return Dialect(files=files, **table)


def _lists(numbers: Numbers) -> dict[str, str]:
    """Whole curves, as JSON's lists and otherwise."""
    found = {f"{name}_list": json.dumps(curve.tolist()) for name, curve in numbers.items()}
    n = numbers["n"].tolist()
    for name in ("t", "v"):
        values = numbers[name].tolist()
        pairs = zip(n, values, strict=True)
        found[f"pairs_{name}"] = json.dumps([list(pair) for pair in pairs])
        found[f"records_{name}"] = json.dumps(
            [{"epoch": at, "loss": value} for at, value in zip(n, values, strict=True)]
        )
        found[f"observed_{name}"] = json.dumps(
            [{"value": [value], "step": at - 1} for at, value in zip(n, values, strict=True)]
        )
        found[f"texts_{name}"] = json.dumps([str(value) for value in values])
        found[f"lines_{name}"] = "".join(f"- {value}\n" for value in values)
        found[f"array_{name}"] = f"[{' '.join(map(str, values))}]"
        found[f"before_{name}"] = json.dumps([9.0, *values])
        found[f"nulls_{name}"] = json.dumps([x if i % 2 else None for i, x in enumerate(values)])
    rows = zip(*(numbers[name].tolist() for name in ("lo", "t", "t", "hi")), strict=True)
    found["batches"] = json.dumps([value for row in rows for value in row])
    return found
