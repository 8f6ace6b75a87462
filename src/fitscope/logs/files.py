"""One log of any known format: told by what it holds, not by its ending."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fitscope.errors import UserError
from fitscope.logs.by_name import named_by
from fitscope.logs.direction import is_metric
from fitscope.logs.documents import document_logs, has_metrics, parsed
from fitscope.logs.frames import read_parquet_table
from fitscope.logs.log import Log
from fitscope.logs.mlflow import SQLITE, read_database
from fitscope.logs.names import meaning
from fitscope.logs.refusals import why_nothing
from fitscope.logs.source import DAMAGED, LARGEST, NamedBytes, of_file, of_text
from fitscope.logs.table import logs
from fitscope.logs.text import is_text_table, read_text_table
from fitscope.logs.wandb import MARK, read_wandb
from fitscope.logs.wrapped import printed_in_column, printed_within

PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".dill")
WORKBOOKS = (".xlsx", ".xlsm", ".ods")
PARQUET, ZIP = b"PAR1", b"PK\x03\x04"
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
        return logs(name, read_parquet_table(name, source.whole()))
    if head.startswith(SQLITE) and path is not None:
        return read_database(path)
    if head.startswith(MARK):
        return read_wandb(name, [source])
    if source.ending in PICKLES or (head[:1] == b"\x80" and head[1:2] <= b"\x05"):
        raise UserError(
            f"{name}: a pickle can run any code when it is opened, so it is not read; save the "
            "history as JSON: json.dump(history.history, file)"
        )
    if head.startswith(ZIP) and (source.ending in WORKBOOKS or b"xl/" in head):
        raise UserError(f"{name}: an Excel workbook; save its sheet as CSV and give that")
    if head.startswith(ZIP):
        raise UserError(
            f"{name}: a ZIP archive, of weights perhaps; unpack the log in it, if there is one"
        )
    encoding = source.encoding
    if b"\0" in head and not encoding.startswith("utf-16"):
        raise UserError(f"{name}: binary data, not a training log")
    text = head.decode(encoding, errors="replace")
    if not text.strip() and not source.whole().strip():
        raise UserError(f"{name}: an empty file")
    if DOCUMENT.match(text):
        return _of_document(source)
    if is_text_table(text, source.ending):
        try:
            table = read_text_table(name, _decoded(source))
            said = None if any(map(is_metric, table.numbers)) else printed_in_column(table.words)
            if said and (printed := _measured(of_text(name, said))):
                return printed
            found = _named_by_file(source, logs(name, table))
        except UserError:  # a table among what was printed, of a model's layers for instance
            if source.ending in (".csv", ".tsv") or not (printed := _measured(source)):
                raise
            return printed
        if source.ending in (".csv", ".tsv") or any(map(has_metrics, found)):
            return found
        return _measured(source) or found
    found = _printed(source)
    if found is not None:
        return [found]
    if source.ending in (".csv", ".tsv"):
        return logs(name, read_text_table(name, _decoded(source)))
    raise UserError(f"{name}: {why_nothing(text)}")


def _measured(source: NamedBytes) -> list[Log]:
    """What was printed, if any of it is a metric."""
    printed = _printed(source)
    return [printed] if printed is not None and has_metrics(printed) else []


def _of_document(source: NamedBytes) -> list[Log]:
    """The runs of JSON, or of what was printed and is wrapped into JSON, or only looks like it."""
    name = source.name
    refused: UserError | None = None
    document, found = None, []
    text = _decoded(source, LARGEST_DOCUMENT)
    try:
        document = parsed(name, text)
        found = document_logs(name, document)
    except UserError as error:
        refused = error
    if not any(map(has_metrics, found)):
        within = printed_within(document)
        inner = source if within is None else of_text(name, within)
        if (within is not None or not _is_json(text)) and (printed := _measured(inner)):
            return printed
    if refused is not None:
        raise refused
    return _named_by_file(source, found)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _named_by_file(source: NamedBytes, found: list[Log]) -> list[Log]:
    """Logs whose curves have no names of their own, or no rows, with those of their file."""
    stem = Path(source.name).stem
    return [named_by(stem, log) for log in found]


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
            f"{source.name}: line {line}: not text in {source.encoding.upper()}, not a training log"
        ) from None
    return re.sub(r"\r+\n", "\n", text).replace("\r", "\n") if "\r" in text else text


def _printed(source: NamedBytes) -> Log | None:
    """Curves that a program printed; None where nothing says when a value was measured."""
    # a tenth of the time that a table takes, for patterns that it does not need
    from fitscope.logs.console.alike import Alike
    from fitscope.logs.console.lines import lines
    from fitscope.logs.console.read import read_by_step

    passed_over = ""

    def again() -> Iterator[tuple[str, str]]:
        nonlocal passed_over
        with source.text() as stream:
            if source.encoding.startswith("utf-16"):
                yield from lines(stream, source.encoding)
                return
            alike = Alike(stream, encoding=source.encoding)
            yield from lines(io.BufferedReader(alike), source.encoding)
            if alike.passed:
                passed_over = (
                    f"{alike.passed:,} of {alike.seen:,} lines, each one of many alike, were "
                    "passed over: training values are of the others"
                )

    try:
        log = read_by_step(source.name, again)
    except DAMAGED as error:
        raise UserError(f"{source.name}: cannot be read: {error}") from None
    if passed_over:
        log = replace(log, notes=(*log.notes, passed_over))
    placed = any(c.epochs is not None or c.steps is not None for c in log.curves.values())
    return log if log.curves and (placed or _are_twins(log)) else None


def _are_twins(log: Log) -> bool:
    """Whether values without a place stand side by side: as many of training as of validation."""
    counts: dict[str, set[int]] = {"train": set(), "validation": set()}
    for name, curve in log.curves.items():
        held_back = meaning(name).part in ("validation", "test")
        counts["validation" if held_back else "train"].add(len(curve.values))
    return any(count > 2 for count in counts["train"] & counts["validation"])
