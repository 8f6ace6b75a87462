"""The local folder of a run of Weights & Biases: what it logged lies in a file `run-ID.wandb`.

The file is a log of LevelDB's kind (google/leveldb, doc/log_format.md) behind a mark of seven
bytes: blocks of 32 KiB, in them records in one or more pieces. A record is a message of Protocol
Buffers (wandb_internal.proto), of which only the history counts here. Neither library is needed for
that, and newer versions of W&B's own no longer hold a reader.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from fitscope.errors import UserError
from fitscope.logs.documents import document_logs
from fitscope.logs.log import Log
from fitscope.logs.source import DAMAGED, NamedBytes, of_file

ENDING, MARK = ".wandb", b":W&B"
BEGIN, BLOCK, HEAD = 7, 1 << 15, 7  # bytes before the first block's records, of a block, of a head
WHOLE, FIRST, LAST = 1, 2, 4  # pieces of a record
HISTORY, STEP, NUMBER = 2, 2, 1  # fields of a record, of its history, of a step
ITEM, KEY, NESTED, INTEGER, DOUBLE, AS_JSON, VALUE_JSON = 1, 1, 2, 5, 6, 8, 16
SIGNED = 1 << 63
LONGEST = 64  # bits of a whole number


def is_wandb(names: Iterable[str]) -> bool:
    """Whether a folder is that of a run, by the names of its files."""
    return any(name.startswith("run-") and name.endswith(ENDING) for name in names)


def read_wandb_folder(folder: Path) -> list[Log]:
    """The history of a run, by its folder.

    Raises:
        UserError: as of `read_wandb`.
    """
    return read_wandb(str(folder), map(of_file, sorted(folder.glob(f"run-*{ENDING}"))))


def read_wandb(name: str, files: Iterable[NamedBytes]) -> list[Log]:
    """The history of a run.

    Args:
        name: what messages call it.
        files: its file; several where it was taken up again.

    Raises:
        UserError: a file cannot be read, or nothing was logged.
    """
    records: list[dict[str, Any]] = []
    for file in files:
        if not file.head.startswith(MARK):
            raise UserError(f"{file.name}: not a file of Weights & Biases")
        try:
            with file.text() as stream:
                records += filter(None, map(_history, _records(stream)))
        except DAMAGED as error:
            raise UserError(f"{file.name}: cannot be read: {error}") from None
    if not records:
        raise UserError(f"{name}: no history in it: wandb.log was never called")
    return document_logs(name, records)


def _records(stream: BinaryIO) -> Iterator[bytes]:
    """The records, up to one that is damaged or still being written."""
    at, pieces = BEGIN, list[bytes]()
    while block := stream.read(BLOCK):
        while at + HEAD <= len(block):
            length, kind = struct.unpack_from("<HB", block, at + 4)
            at += HEAD + length
            if not WHOLE <= kind <= LAST or at > len(block):
                return
            if kind in (WHOLE, FIRST):
                pieces = []
            pieces.append(block[at - length : at])
            if kind in (WHOLE, LAST):
                yield b"".join(pieces)
        at = 0


def _history(record: bytes) -> dict[str, Any] | None:
    """What one call of `wandb.log` says; None of a record of another kind."""
    try:
        fields = dict(_fields(record))
        if not isinstance(fields.get(HISTORY), bytes):
            return None
        found: dict[str, Any] = {}
        for field, value in _fields(fields[HISTORY]):
            if field == STEP:
                found["_step"] = dict(_fields(value)).get(NUMBER, 0)
            elif field == ITEM:
                name, number = _item(value)
                if number is not None:
                    found[name] = number
        return found
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, struct.error):
        return None


def _item(data: bytes) -> tuple[str, Any]:
    """The name and the value of one metric."""
    names: list[str] = []
    value: Any = None
    for field, found in _fields(data):
        if field in (KEY, NESTED):
            names.append(found.decode(errors="replace"))
        elif field in (AS_JSON, VALUE_JSON):
            value = json.loads(found)
        elif field == INTEGER:
            value = found - 2 * SIGNED if found >= SIGNED else found
        elif field == DOUBLE:
            value = struct.unpack("<d", found)[0]
    return "/".join(filter(None, names)), value


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field of a message: a whole number, or bytes."""
    at = 0
    while at < len(data):
        key, at = _whole(data, at)
        match key & 7:
            case 0:
                value, at = _whole(data, at)
            case 1:
                value, at = data[at : at + 8], at + 8
            case 2:
                length, at = _whole(data, at)
                value, at = data[at : at + length], at + length
            case 5:
                value, at = data[at : at + 4], at + 4
            case _:
                raise ValueError("no message")
        yield key >> 3, value


def _whole(data: bytes, at: int) -> tuple[int, int]:
    """A whole number, seven bits a byte, and where it ends."""
    value = shift = 0
    while shift < LONGEST:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise ValueError("no number")
