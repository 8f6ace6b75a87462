"""MLflow's runs: a folder with a file a metric, or a database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import numpy as np

from fitscope.errors import UserError
from fitscope.files import read_bytes
from fitscope.logs.log import Log, Logged

METRICS = "metrics"
MOST = 5_000_000  # values that are read
DESCRIPTION = "meta.yaml"
OF_THE_SYSTEM = "system/"
SQLITE = b"SQLite format 3\0"  # how a database begins


def is_run(below: Iterable[str], names: Iterable[str]) -> bool:
    """Whether a folder is that of a run, by the folders and files in it."""
    return METRICS in below and DESCRIPTION in names


def read_run(folder: Path) -> Log:
    """The curves of a run that lies in files: a line a value, with time, value and step.

    Raises:
        UserError: no metrics in it.
    """
    root = folder / METRICS
    points: dict[str, list[tuple[float, float, float]]] = {}
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        name = file.relative_to(root).as_posix()
        try:
            lines = read_bytes(file).decode(errors="replace").splitlines()
        except OSError as error:
            raise UserError(f"{file}: cannot be read: {error.strerror}") from None
        for line in lines:
            fields = line.split()
            try:
                time, value = float(fields[0]), float(fields[1])
                step = float(fields[2]) if len(fields) > 2 else len(points.get(name, ()))
            except (ValueError, IndexError):
                continue  # a line that was cut off
            points.setdefault(name, []).append((time, value, step))
    return _log(str(folder), points)


def read_database(path: Path) -> list[Log]:
    """The runs in MLflow's `mlflow.db`.

    Raises:
        UserError: another database, or no metrics in it.
    """
    import sqlite3

    found: dict[str, dict[str, list[tuple[float, float, float]]]] = {}
    try:
        base = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            names = dict(base.execute("select run_uuid, name from runs"))
            for run, key, time, value, is_nan, step in base.execute(
                "select run_uuid, key, timestamp, value, is_nan, step from metrics order by rowid "
                f"limit {MOST}"
            ):
                points = found.setdefault(run, {}).setdefault(key, [])
                points.append((time, float("nan") if is_nan else value, step))
        finally:
            base.close()
    except sqlite3.Error as error:
        raise UserError(f"{path}: a database, but not one of MLflow ({error})") from None
    if not found:
        raise UserError(f"{path}: no metrics in this database")
    return [_log(f"{path}: {names.get(run) or run}", points) for run, points in found.items()]


def _log(source: str, points: dict[str, list[tuple[float, float, float]]]) -> Log:
    curves = {}
    for name, values in points.items():
        if name.startswith(OF_THE_SYSTEM):
            continue
        _, numbers, steps = np.array(values, np.float64).T
        curves[name] = Logged(numbers, None, steps)
    if not curves:
        raise UserError(f"{source}: no metrics in this run of MLflow")
    return Log(source, curves)
