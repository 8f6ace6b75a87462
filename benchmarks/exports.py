"""How far exported models agree with their own, on a whole table and on a spoilt copy of it.

    python benchmarks/exports.py runs/churn churn.csv

For the recommended model of an examination, and one of each kind that it trained: labels and
probabilities by onnxruntime and Keras against `fitscope predict`. In the spoilt copy 8 % of all
cells are missing and 5 % of the categories are ones that nobody has seen.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fitscope.serving.keras import export as keras_export
from fitscope.serving.onnx import export as onnx_export
from fitscope.serving.served import Served, serve
from fitscope.serving.trained import Trained, read_trained

MOST = 100_000


def main(folder: str, table: str) -> None:
    """Print a line a model and copy."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    trained = read_trained(folder)
    with tempfile.TemporaryDirectory() as place:
        rows = pl.read_csv(table, infer_schema=False, null_values=["", "NA"]).head(MOST)
        for model in models(trained):
            served = serve(trained, model)
            for what, frame in (("as it is", rows), ("spoilt", spoilt(rows, served))):
                path = Path(place) / "rows.csv"
                frame.write_csv(path)
                print(f"{model:32} {what:9} {frame.height:7,} rows", end="")
                print(*compared(served, path, Path(place)), flush=True)


def models(trained: Trained) -> list[str]:
    """The recommended model, and one of each kind."""
    kinds = {}
    for name in trained.whole:
        learner: Any = trained.document.entry(name).learner
        linear = learner.kind == "mlp" and not learner.hidden
        kinds["linear" if linear else learner.kind] = name
    taken = [trained.recommended.model] if trained.recommended else []
    return list(dict.fromkeys([*taken, *kinds.values()]))


def spoilt(rows: pl.DataFrame, served: Served) -> pl.DataFrame:
    """A copy with gaps and unseen categories."""
    random = np.random.default_rng(0)
    words = {code.input.column for one in served.encodings for code in one.categories}
    changed = []
    for name in served.columns:
        gap, unseen = random.random((2, rows.height))
        kept = pl.when(pl.Series(unseen < 0.05) & pl.lit(name in words)).then(pl.lit("unseen"))
        value = pl.when(pl.Series(gap < 0.08)).then(None).otherwise(kept.otherwise(pl.col(name)))
        changed.append(value.alias(name))
    return rows.with_columns(changed)


def compared(served: Served, path: Path, place: Path) -> list[str]:
    """Labels that differ, and the largest difference, of both forms."""
    import keras
    import onnxruntime

    table = served.table(path)
    outputs = served.outputs(table)
    about: dict[str, str] = {}
    onnx_export.export_onnx(served, place / "model.onnx", about)
    session = onnxruntime.InferenceSession(place / "model.onnx")
    labels, *shares = session.run(None, onnx_export.feeds(served, session, table))
    told = [told_apart("onnx", served, outputs, labels, shares[0] if shares else labels)]
    if served.members[0].learner.kind != "hgb":
        keras_export.export_keras(served, place / "model.keras", about)
        model: Any = keras.models.load_model(place / "model.keras")
        given = keras_export.feeds(served, table)
        found = np.asarray(model.predict(given, batch_size=8_192, verbose=0))
        labels = np.asarray(served.labels)[found.argmax(axis=1)] if served.labels else found[:, 0]
        told.append(told_apart("keras", served, outputs, labels, found))
    return told


def told_apart(
    what: str, served: Served, outputs: np.ndarray, labels: np.ndarray, shares: np.ndarray
) -> str:
    """How far one form differs."""
    if served.task.kind == "regression":
        off = np.abs(np.ravel(shares) - outputs).max() / np.abs(outputs).max()
        return f" | {what} {off:.1e} of the largest"
    off = np.abs(shares - served.probabilities(outputs)).max()
    other = int((labels.astype(str) != served.labelled(outputs).astype(str)).sum())
    return f" | {what} {other} other labels, {off:.1e}"


if __name__ == "__main__":
    main(*sys.argv[1:])
