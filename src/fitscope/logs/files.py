"""One log of any known format: told by what it holds, not by its ending."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from fitscope.errors import UserError
from fitscope.logs.console.lines import lines
from fitscope.logs.console.reader import read_printed
from fitscope.logs.documents import read_document
from fitscope.logs.frames import read_parquet_table
from fitscope.logs.log import Log
from fitscope.logs.mlflow import SQLITE, read_database
from fitscope.logs.names import meaning
from fitscope.logs.source import DAMAGED, LARGEST, NamedBytes, of_file
from fitscope.logs.table import logs
from fitscope.logs.text import is_text_table, read_text_table

PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".dill")
PARQUET = b"PAR1"
LARGEST_DOCUMENT = 1 << 25  # bytes of JSON, which takes twenty times as many when it is read
DOCUMENT = re.compile(r"\s*(\{\s*(\"|\}|$)|\[\s*([\[{\"\]]|-?[\d.]+\s*,|$))")


def read_file(path: Path) -> list[Log]:
    """The runs in a file.

    Raises:
        UserError: it cannot be read, is empty, is a pickle, or holds no log.
    """
    return read_source(of_file(path), path)


def read_source(source: NamedBytes, path: Path | None = None) -> list[Log]:
    """The runs in some bytes.

    Args:
        source: the bytes.
        path: where they lie on the disk, if they do.

    Raises:
        UserError: as of `read_file`.
    """
    head, name = source.head, source.name
    if not head:
        raise UserError(f"{name}: an empty file")
    if head.startswith(PARQUET) or source.ending == ".parquet":
        return logs(name, read_parquet_table(name, io.BytesIO(source.whole())))
    if head.startswith(SQLITE) and path is not None:
        return read_database(path)
    if source.ending in PICKLES or (head[:1] == b"\x80" and head[1:2] <= b"\x05"):
        raise UserError(
            f"{name}: a pickle can run any code when it is opened, so it is not read; save the "
            "history as JSON: json.dump(history.history, file)"
        )
    encoding = source.encoding
    if b"\0" in head and encoding != "utf-16":
        raise UserError(f"{name}: binary data, not a training log")
    text = head.decode(encoding, errors="replace")
    if not text.strip() and not source.whole().strip():
        raise UserError(f"{name}: an empty file")
    if DOCUMENT.match(text):
        try:
            return read_document(name, _decoded(source, LARGEST_DOCUMENT))
        except UserError:
            first = text.lstrip().partition("\n")[0]
            found = _printed(source) if _is_alone(first) else None
            if found is None:
                raise
            return [found]
    if is_text_table(text, source.ending):
        found = logs(name, read_text_table(name, _decoded(source)))
        if source.ending in (".csv", ".tsv") or any(log.curves for log in found):
            return found
    found = _printed(source)
    if found is not None:
        return [found]
    if source.ending in (".csv", ".tsv"):
        return logs(name, read_text_table(name, _decoded(source)))
    raise UserError(
        f"{name}: no curves in it: no line names an epoch, a step or a round and a metric"
    )


def _is_alone(line: str) -> bool:
    """Whether a first line is JSON in itself, as where lines of text follow lines of JSON."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _decoded(source: NamedBytes, most: int = LARGEST) -> str:
    """All of it as text, line ends made one kind: `\\r\\n`, `\\r` alone, and `\\r\\r\\n`."""
    data = source.whole()
    if len(data) > most:
        raise UserError(f"{source.name}: {len(data) >> 20} MiB of JSON; cut it to what matters")
    try:
        text = data.decode("utf-8-sig" if source.encoding == "utf-8" else source.encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{source.name}: line {line}: not text in UTF-8, not a training log"
        ) from None
    return re.sub(r"\r+\n", "\n", text).replace("\r", "\n") if "\r" in text else text


def _printed(source: NamedBytes) -> Log | None:
    """Curves that a program printed; None where nothing says when a value was measured."""
    try:
        with source.text() as stream:
            log = read_printed(source.name, lines(stream, source.encoding))
    except DAMAGED as error:
        raise UserError(f"{source.name}: cannot be read: {error}") from None
    placed = any(c.epochs is not None or c.steps is not None for c in log.curves.values())
    return log if log.curves and (placed or _are_twins(log)) else None


def _are_twins(log: Log) -> bool:
    """Whether values without a place stand side by side: as many of training as of validation."""
    counts: dict[str, set[int]] = {"train": set(), "validation": set()}
    for name, curve in log.curves.items():
        held_back = meaning(name).part in ("validation", "test")
        counts["validation" if held_back else "train"].add(len(curve.values))
    return any(count > 2 for count in counts["train"] & counts["validation"])
