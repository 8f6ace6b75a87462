"""One log file of any known format."""

from __future__ import annotations

from pathlib import Path

from fitscope.errors import UserError
from fitscope.logs.documents import read_document
from fitscope.logs.frames import read_parquet_table
from fitscope.logs.log import Log
from fitscope.logs.table import logs
from fitscope.logs.text import read_text_table

PICKLES = (".pkl", ".pickle", ".p", ".joblib", ".dill")
PARQUET = b"PAR1"


def read_file(path: Path) -> list[Log]:
    """The runs in a file; the format is told by what it holds, not by its ending.

    Raises:
        UserError: it cannot be read, is empty, is a pickle, or holds no log.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    if not data:
        raise UserError(f"{path}: an empty file")
    if data.startswith(PARQUET) or path.suffix.lower() == ".parquet":
        return logs(str(path), read_parquet_table(path))
    if path.suffix.lower() in PICKLES or (data[:1] == b"\x80" and data[1:2] <= b"\x05"):
        raise UserError(
            f"{path}: a pickle can run any code when it is opened, so it is not read; save the "
            "history as JSON: json.dump(history.history, file)"
        )
    if b"\0" in data:
        raise UserError(f"{path}: binary data, not a training log")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}: line {line}: not text in UTF-8, not a training log") from None
    if not text.strip():
        raise UserError(f"{path}: an empty file")
    if text.lstrip()[0] in "{[":
        return read_document(path, text)
    return logs(str(path), read_text_table(path, text.replace("\r\n", "\n")))
