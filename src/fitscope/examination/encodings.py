"""Encodings in the folder of an examination, so that its models can predict other tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from fitscope.data.encoding import Encoding
    from fitscope.data.prepared import Prepared
    from fitscope.study.folder import Folder


def encoding_file(folder: Folder, fold: int) -> Path:
    """Where the encoding of a fold lies."""
    return folder.path / "encodings" / f"{fold}.json"


def store_encodings(prepared: Prepared, folder: Folder) -> None:
    """Store what was learnt of the columns on the training rows of each fold.

    Args:
        prepared: the table.
        folder: of the study.
    """
    for fold, encoding in enumerate(prepared.encodings):
        encoding.save(encoding_file(folder, fold))


def load_encoding(folder: Folder, fold: int) -> Encoding:
    """What `store_encodings` stored.

    Raises:
        UserError: missing or damaged.
    """
    from fitscope.data.encoding import Encoding

    return Encoding.load(encoding_file(folder, fold))
