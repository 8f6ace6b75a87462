"""Whether a file of any name looks like a training log, at a glance at its beginning."""

from __future__ import annotations

import re
from pathlib import Path

from fitscope.errors import UserError
from fitscope.logs.mlflow import SQLITE
from fitscope.logs.source import of_file

# a word for validation, then not far from it a number
MEASURED = re.compile(
    rb"(?<![a-z])(?:v_?al|vl|valid|validation|eval|evaluation|dev|test)(?:set|idation)?"
    rb"[^a-z\n]{0,4}[\w@ '\"./-]{0,24}[:= |\t]{1,4}[-+]?\d*\.\d",
    re.IGNORECASE,
)
TABLED = re.compile(rb"epoch[^\n]*(?:loss|acc)[^\n]*\n", re.IGNORECASE)


def looks_like_log(file: Path) -> bool:
    """Whether validation metrics, JSON lines or a table of epochs stand at a file's beginning.

    Args:
        file: any file; one that cannot be read looks like none.
    """
    try:
        source = of_file(file)
        head = source.head
    except UserError:
        return False
    if source.encoding.startswith("utf-16"):
        head = head.decode(source.encoding, errors="replace").encode()
    if head.startswith(SQLITE):
        return file.name == "mlflow.db"
    if b"\0" in head:
        return False
    return head[:1] == b"{" or bool(MEASURED.search(head) or TABLED.search(head))
