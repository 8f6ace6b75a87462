"""Folders of examinations and studies whose models were never trained: weights are drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fitscope.data.prepared import Prepared, prepare
from fitscope.data.split import Split
from fitscope.learners.base import Learner, Watching
from fitscope.learners.hgb import HGB
from fitscope.learners.mlp.network import MLP
from fitscope.learners.mlp.plan import Plan
from fitscope.serving.encodings import store_encodings
from fitscope.study.answer import Answer, Interval, Part, Recommended, Rows
from fitscope.study.checksums import store
from fitscope.study.definition import Definition, make_document
from fitscope.study.document import StudyDocument
from fitscope.study.folder import Folder, columns_of, write_results
from fitscope.study.results import Results, RunResult
from fitscope.study.summarize import summarize

NETWORK = MLP(6, 5)
TREES = HGB(max_iter=7, max_leaf_nodes=5, min_samples_leaf=3)


def rows(count: int = 240, seed: int = 0) -> dict[str, Any]:
    """Every kind of column, gaps in each, a rare category, a long tail and a constant."""
    random = np.random.default_rng(seed)

    def gaps(values: Sequence[Any], every: int) -> list[Any]:
        return [None if place % every == every - 1 else one for place, one in enumerate(values)]

    lands = random.choice(["DE", "FR", "IT"], count)
    lands[:2] = "MT"
    day = dt.datetime(2023, 1, 1)
    dates = [day + dt.timedelta(hours=int(hours)) for hours in random.integers(0, 20_000, count)]
    return {
        "id": [f"row {number}" for number in range(count)],
        "age": gaps(random.integers(18, 90, count).tolist(), 13),
        "income": (10 ** random.normal(4, 0.6, count)).round(2).tolist(),
        "member": gaps((random.random(count) < 0.3).tolist(), 17),
        "land": gaps(lands.tolist(), 11),
        "since": gaps(dates, 19),
        "same": ["x"] * count,
    }


def targets(task: str, count: int = 240, seed: int = 1) -> list[Any]:
    """A target of that kind."""
    random = np.random.default_rng(seed)
    if task == "regression":
        return random.normal(50, 20, count).tolist()
    kinds = {"binary": ["no", "yes"], "truths": [False, True]}
    labels = kinds.get(task, ["cat", "dog", "owl"])
    return [labels[number] for number in random.integers(0, len(labels), count)]


def examined(
    path: Path,
    task: str = "binary",
    learner: Learner = NETWORK,
    *,
    folds: int = 1,
    rounds: int = 1,
    temperature: float = 1.0,
    given: Mapping[str, Any] | None = None,
    beside: bool = False,
) -> Path:
    """The folder of an examination that recommends a model called "net".

    Or the average of it and of one round of the linear model "plain", `beside` it.
    """
    table = {**(given or rows()), "bought": targets(task)}
    ready = prepare(table, "bought", folds=folds)
    return drawn(path, ready, learner, rounds=rounds, temperature=temperature, beside=beside)


def drawn(
    path: Path,
    ready: Prepared,
    learner: Learner = NETWORK,
    *,
    rounds: int = 1,
    temperature: float = 1.0,
    beside: bool = False,
) -> Path:
    """The folder of an examination of that table."""
    folds = len(ready.parts)
    runs = folds * rounds
    definition = Definition(
        ready.splits,
        Plan(),
        {"net": (learner, ("ladder",)), "plain": (MLP(), ("ladder",))},
        repeats=runs,
        kind="examination",
        application={},
    )
    document = make_document(definition, "cpu")
    parts = ready.parts[0]
    answer = Answer(
        "It fits. Take net.",
        ready.task.loss.name,
        Rows(len(parts.train), len(parts.validation), len(ready.y_test), folds),
        recommended=Recommended(
            "net",
            "It is the only one.",
            runs,
            temperature,
            beside=(Part("plain", folds),) if beside else (),
        ),
        test={ready.task.loss.name: Interval(0.5, 0.4, 0.6)},
        columns=ready.columns,
    )
    store_encodings(ready.taken, Folder(path), document)
    return _stored(path, document, ready.splits, answer)


def study(path: Path, models: Mapping[str, Learner], repeats: int = 2) -> Path:
    """The folder of a study on two features."""
    random = np.random.default_rng(3)
    x = random.normal(size=(80, 2)).astype(np.float32)
    y = (x[:, 0] > x[:, 1]).astype(np.float32)
    split = Split(x[:60], y[:60], x[60:], y[60:], ("a", "b"))
    named = {name: (learner, ("models",)) for name, learner in models.items()}
    document = make_document(Definition((split,), Plan(), named, repeats=repeats), "cpu")
    return _stored(path, document, (split,), None)


def _stored(
    path: Path, document: StudyDocument, splits: Sequence[Split], answer: Answer | None
) -> Path:
    folder, task = Folder(path), document.task
    found = []
    for entry in document.models:
        for repeat in document.runs_of(entry):
            split = splits[repeat % len(splits)]
            for which in ("best", "last"):
                state = _state(entry.learner, split, repeat)
                file = folder.weights(entry.slug, repeat, which, entry.learner.state_ending)
                entry.learner.save(state, file)
            scores = dict.fromkeys(task.monitors, 0.5)
            found.append(RunResult(entry.name, repeat, 1, 0, scores, scores, "max epochs", 0.1))
    folder.study.write_text(document.model_dump_json())
    keys = [(run.model, run.repeat, 0) for run in found]
    histories = pl.DataFrame(keys, ["model", "repeat", "epoch"], orient="row")
    values = {name: np.full(len(found), 0.5, np.float32) for name in columns_of(task)}
    histories.with_columns(**values).write_parquet(folder.histories)
    summary = summarize(document, tuple(found))
    results = Results(summary.models, summary.runs, task=task, answer=answer)
    write_results(folder, results)
    store(path, {}, beside=[one for one in (path / "weights").rglob("*") if one.is_file()])
    return path


def _state(learner: Learner, split: Split, repeat: int) -> Any:
    """What a run has learnt: of a network drawn at random, moving averages included."""
    if not isinstance(learner, MLP):
        return learner.fit(split, Plan(), seed=0, repeats=[repeat], watching=Watching())[0].best
    random = np.random.default_rng(repeat)
    params = learner.init(split.features, repeat, split.task.outputs)
    state = learner.init_state()
    for values in (*params.values(), *state.values()):
        for name, array in values.items():
            if name != "kernel":
                values[name] = random.uniform(0.5, 1.5, array.shape).astype(np.float32)
    return params, state
