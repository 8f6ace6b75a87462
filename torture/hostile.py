"""Hostile files named like logs: refused or judged, at once and in little memory."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from torture.pen import Case, called, wrong

HEAD = b"epoch,loss,val_loss\n"
ROWS = b"".join(b"%d,%f,%f\n" % (at, 1 / at, 1.1 / at) for at in range(1, 20))
GIB = 1 << 30
Made = Callable[[Path], object]


def _bytes(content: bytes) -> Made:
    return lambda file: file.write_bytes(content)


def _sparse(begin: bytes, size: int = 20 * GIB) -> Made:
    def make(file: Path) -> None:
        with file.open("wb") as stream:
            stream.write(begin)
            stream.truncate(size)

    return make


def _link(to: str) -> Made:
    return lambda file: file.symlink_to(to)


def _equal_rows(file: Path) -> None:
    import polars as pl

    rows = pl.select(epoch=pl.repeat(1, 100_000_000, dtype=pl.Int8)).lazy()
    rows.with_columns(loss=pl.lit(0.5), val_loss=pl.lit(0.5)).sink_parquet(file)


def _large_tensor(file: Path) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.summary.writer.record_writer import RecordWriter

    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=10**9)])
    tensor = TensorProto(dtype=1, float_val=[1], tensor_shape=shape)
    value = Summary.Value(tag="loss", tensor=tensor)
    with file.open("wb") as stream:
        event = Event(step=1, summary=Summary(value=[value]))
        RecordWriter(stream).write(event.SerializeToString())


def _long_record(file: Path) -> None:
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    length = struct.pack("<Q", 15 * GIB)
    _sparse(length + struct.pack("<I", masked_crc32c(length)))(file)


def _many_runs(file: Path) -> None:
    rows = (f"r{run},{at},{1 / at},{1.1 / at}\n" for run in range(20_000) for at in (1, 2, 3))
    file.write_text("run,epoch,loss,val_loss\n" + "".join(rows))


# what takes time or megabytes is made when it is written
FILES: dict[str, Made] = {
    "empty.csv": _bytes(b""),
    "line-ends.csv": _bytes((HEAD + ROWS).replace(b"\n", b"\r")),
    "three-line-ends.csv": _bytes((HEAD + ROWS).replace(b"\n", b"\r\r\n")),
    "zeros.csv": _bytes(bytes(1 << 20)),
    "long-field.csv": _bytes(HEAD + ROWS + b'20,"' + b"x" * 200_000 + b'",1\n'),
    "long-name.csv": _bytes(b"epoch,loss,val_loss," + b"y" * 200_000 + b"\n" + ROWS),
    "open-quote.csv": _bytes(HEAD + ROWS + b'20,"1,2\n' * 3),
    "many-columns.csv": lambda file: file.write_bytes(
        b"epoch," + b",".join(b"c%d" % i for i in range(50_000)) + b"\n1\n"
    ),
    "many-rows.csv": lambda file: file.write_bytes(HEAD + b"1,2,3\n" * 8_000_000),
    "many-runs.csv": _many_runs,
    "far-epochs.csv": _bytes(HEAD + ROWS.replace(b"\n", b"\n9999999999999999999", 3)),
    "one-line.log": lambda file: file.write_bytes(b"loss: " * 5_000_000),
    "one-number.log": lambda file: file.write_bytes(b"Epoch 1 loss: " + b"9" * 5_000_000),
    "backtracking.log": lambda file: file.write_bytes(b"epoch 1 " + b"[[[[=>>>" * 200_000 + b"\n"),
    "bars.log": lambda file: file.write_bytes(
        b"\r".join(b"%d/9999999 loss: 1" % at for at in range(300_000))
    ),
    "deep.json": _bytes(b"[" * 100_000 + b"]" * 100_000),
    "deep-names.json": _bytes(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "deep-lines.jsonl": _bytes(b'{"a":1}\n' * 3 + b"[" * 100_000 + b"\n"),
    "names.json": lambda file: file.write_bytes(
        json.dumps({f"k{i}": [1.0, 2.0] for i in range(300_000)}).encode()
    ),
    "records.json": lambda file: file.write_bytes(
        json.dumps([{f"k{i}": i} for i in range(20_000)]).encode()
    ),
    "floats.json": lambda file: file.write_bytes(b'{"loss":[' + b"1.5," * 16_000_000 + b"1]}"),
    "far.json": _bytes(b'{"epoch":[' + b"9" * 4_000 + b',2],"loss":[1,2],"val_loss":[1,2]}'),
    "surrogate.json": _bytes(b'{"loss\\ud800":[3,2,1],"val_loss\\ud800":[3,2,1]}'),
    "escapes.json": _bytes(b'{"loss\\u001b[31m":[3,2,1],"val_loss\\u001b[31m\\u009b":[3,2,1]}'),
    "pickle.json": _bytes(b"\x80\x04cos\nsystem\n(S'touch hacked'\ntR."),
    "cut.parquet": _bytes(b"PAR1" + bytes(100)),
    "footer.parquet": _bytes(b"PAR1" + bytes(100) + b"\xff\xff\xff\x7fPAR1"),
    "equal.parquet": _equal_rows,
    "bomb.csv.gz": lambda file: file.write_bytes(gzip.compress(HEAD + b"1,2,3\n" * 50_000_000, 1)),
    "bomb.log.bz2": lambda file: file.write_bytes(bz2.compress(bytes(300_000_000), 1)),
    "bomb.json.xz": lambda file: file.write_bytes(
        lzma.compress(b'{"loss":[' + b"1," * 100_000_000, preset=0)
    ),
    "padded.csv.gz": lambda file: file.write_bytes(gzip.compress(HEAD + ROWS) + bytes(100_000_000)),
    "cut.csv.gz": lambda file: file.write_bytes(gzip.compress(HEAD + ROWS)[:-9]),
    "twice.csv.gz": lambda file: file.write_bytes(gzip.compress(gzip.compress(HEAD + ROWS))),
    "bomb.csv.zst": _bytes(b"\x28\xb5\x2f\xfd\x00\x58" + b"\x02\x00\x10 " * 50_000),
    "cut.csv.zst": _bytes(b"\x28\xb5\x2f\xfd" + bytes(100)),
    "pipe.csv": os.mkfifo,
    "zero.csv": _link("/dev/zero"),
    "random.json": _link("/dev/urandom"),
    "kernel.log": _link("/proc/kmsg"),
    "itself.csv": _link("itself.csv"),
    "folder.csv": os.mkdir,
    "mlflow.db": _bytes(b"SQLite format 3\0" + bytes(4_000)),
    "events.out.tfevents.1": _large_tensor,
    "events.out.tfevents.2": _long_record,
    "events.out.tfevents.3": _bytes(bytes(5_000)),
    "events.out.tfevents.4": os.mkdir,
    "learn_error.tsv": _bytes(b"iter\tloss\n\xff\xfe\n"),
} | {
    f"sparse{ending}": _sparse(begin)
    for ending, begin in {
        ".csv": HEAD + ROWS,
        ".json": b'{"loss":[1,2],',
        ".jsonl": b'{"loss":1}\n{"loss":1}\n',
        ".log": b"Epoch 1 loss: 1 val_loss: 2\n",
        ".parquet": b"PAR1",
        ".csv.gz": gzip.compress(HEAD + ROWS),
        ".csv.xz": lzma.compress(HEAD + ROWS),
    }.items()
}


def cases(seed: int, count: int) -> Iterator[Case]:
    """Each file, named alone and in its folder."""
    del seed
    named = [{"name": name, "folder": inside} for name in FILES for inside in (False, True)]
    return iter(named[:count])


def attempt(case: Case, folder: Path) -> str:
    """Judge one hostile file, beside a good one if it lies in a folder."""
    from fitscope.cli.main import main

    file = folder / case["name"]
    FILES[case["name"]](file)
    if case["folder"]:
        (folder / "good.csv").write_bytes(HEAD + ROWS)
    sys.argv = ["fitscope", "diagnose", str(folder if case["folder"] else file)]
    status, out, err = called(main)
    found = wrong(status, out, err)
    if not found and case["folder"] and "good.csv" not in out and status != 2:
        found = "the good file beside it is not judged"
    return found and f"{case['name']}: {found}"
