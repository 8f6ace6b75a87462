"""Rows a second from gzip CSV to float32 arrays: fitscope beside tf.data and whole-file readers.

The file holds random numbers in the published HIGGS layout: 29 columns of 24 or 25 characters.
Every reader lives in a process of its own, reads once to warm up, and then all take turns, so
that whatever else the machine does hits them alike. Medians, in one go:

    python benchmarks/reading.py --peers .bench/bin/python
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

COLUMNS = 29
NAMES = [f"column {i}" for i in range(COLUMNS)]


def write_rows(path: Path, rows: int) -> None:
    """Write a gzip CSV of `rows` random rows in the published layout."""
    import numpy as np

    rng = np.random.default_rng(0)
    template = ",".join(["%.18e"] * COLUMNS) + "\n"
    with gzip.open(path, "wt", compresslevel=6) as file:
        for start in range(0, rows, 10_000):
            table = rng.standard_normal((min(10_000, rows - start), COLUMNS), np.float32)
            table[:, 0] = table[:, 0] > 0
            table[:, 9:25:4] = np.round(np.abs(table[:, 9:25:4]))  # b-tags take few values
            file.writelines(template % tuple(row) for row in table.tolist())


def fitscope(path: str) -> Callable[[], int]:
    from fitscope.higgs.gzip_csv import file_chunks, read_rows

    return lambda: len(read_rows(file_chunks(path), path, NAMES)[1])


def tf_data(path: str) -> Callable[[], int]:
    import tensorflow as tf

    def pack(*row):
        return tf.stack(row[1:], 1), row[0]

    def read() -> int:
        dataset = tf.data.experimental.CsvDataset(path, [0.0] * COLUMNS, "GZIP")
        blocks = list(dataset.batch(10_000).map(pack))
        features = tf.concat([x for x, _ in blocks], 0).numpy()
        labels = tf.concat([y for _, y in blocks], 0).numpy()
        assert features.shape == (len(labels), COLUMNS - 1)
        return len(labels)

    return read


def pandas(path: str) -> Callable[[], int]:
    import numpy as np
    import pandas as pd

    return lambda: len(
        pd.read_csv(path, header=None, names=NAMES, dtype=np.float32).to_numpy(np.float32)
    )


def polars(path: str) -> Callable[[], int]:
    import polars as pl

    schema = dict.fromkeys(NAMES, pl.Float32)
    return lambda: len(pl.read_csv(path, has_header=False, schema=schema).to_numpy())


def pyarrow(path: str) -> Callable[[], int]:
    import numpy as np
    from pyarrow import csv, float32

    def read() -> int:
        table = csv.read_csv(
            path,
            csv.ReadOptions(column_names=NAMES),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(NAMES, float32())),
        )
        return len(np.stack([column.to_numpy() for column in table.columns], 1))

    return read


READERS = {
    "fitscope": fitscope,
    "tf.data CsvDataset": tf_data,
    "pandas": pandas,
    "pyarrow": pyarrow,
    "polars, whole file": polars,
}
PACKAGES = {"tf.data CsvDataset": "tensorflow", "polars, whole file": "polars"}


def work(reader: str, path: str) -> None:
    """Read the file once for every line on standard input; answer with figures as JSON."""
    if importlib.util.find_spec(PACKAGES.get(reader, reader)) is None:
        return
    read = READERS[reader](path)
    before = peak_memory()
    for _ in sys.stdin:
        began, busy = time.perf_counter(), time.process_time()
        rows = read()
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        beyond = peak_memory() - before - 4 * COLUMNS * rows
        answer = {"rate": rows / seconds, "busy": busy / rows, "beyond": beyond}
        print(json.dumps(answer), flush=True)


def peak_memory() -> int:
    """Peak resident memory of this process, in bytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default=sys.executable, help="a Python that has the peers")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*options.work)
        return

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv.gz"
        write_rows(path, options.rows)
        children = {}
        for name in READERS:
            python = sys.executable if name == "fitscope" else options.peers
            children[name] = subprocess.Popen(
                [python, __file__, "--work", name, str(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        figures: dict[str, list[dict]] = {name: [] for name in children}
        for number in range(options.rounds + 1):
            for name, child in list(children.items()):
                try:
                    child.stdin.write("read\n")
                    child.stdin.flush()
                    answer = child.stdout.readline()
                except BrokenPipeError:
                    answer = ""
                if not answer:
                    del children[name]
                elif number:
                    figures[name].append(json.loads(answer))
        for child in children.values():
            child.stdin.close()
            child.wait()
        size = path.stat().st_size / options.rows
    print(f"{options.rows:,} rows of {COLUMNS} columns, {size:.0f} compressed bytes a row")
    print("median of", options.rounds, "rounds, readers in turn, warm\n")
    print(
        "| reader | rows a second | times tf.data | peak memory beyond the array "
        "| processor time a row |"
    )
    print("| --- | --- | --- | --- | --- |")
    rates = {
        name: statistics.median(f["rate"] for f in values)
        for name, values in figures.items()
        if values
    }
    base = rates.get("tf.data CsvDataset")
    for name, rate in rates.items():
        beyond = max(f["beyond"] for f in figures[name]) / 1e6
        times = f"{rate / base:.1f}" if base else "-"
        busy = statistics.median(f["busy"] for f in figures[name]) * 1e6
        print(f"| {name} | {rate:,.0f} | {times} | {beyond:,.0f} MB | {busy:.1f} µs |")


if __name__ == "__main__":
    main()
