"""Encodings in the folder of an examined table, so that its models can predict other tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitscope.data.learnt_file import unpack
from fitscope.errors import UserError
from fitscope.study.checksums import store, whole

if TYPE_CHECKING:
    from fitscope.data.encoding import Encoding
    from fitscope.data.raw import Raw
    from fitscope.study.document import StudyDocument
    from fitscope.study.folder import Folder


def encoding_file(folder: Folder, fold: int) -> Path:
    """Where the encoding of a fold lies."""
    return folder.path / "encodings" / f"{fold}.json"


def store_encodings(
    encodings: Sequence[Encoding | Raw], folder: Folder, document: StudyDocument
) -> None:
    """Store what was learnt of a table's columns on the training rows of each fold.

    Args:
        encodings: one a fold.
        folder: of the study.
        document: study.json, whose fingerprint they bear.
    """
    packed = [encoding.packed(of=document.data.fingerprint) for encoding in encodings]
    store(folder.path, {encoding_file(folder, fold): one for fold, one in enumerate(packed)})


def load_encodings(folder: Folder, document: StudyDocument) -> tuple[Encoding | Raw, ...]:
    """What `store_encodings` stored; nothing of a study on features.

    Raises:
        UserError: one of several is missing, damaged, or learnt on other rows.
    """
    if not encoding_file(folder, 0).parent.exists():
        if document.application is not None:  # features were made of a table
            raise UserError(
                f"{folder.path}: it was stopped before its models could be used; go on with its "
                "command and --resume"
            )
        return ()
    of = document.data.fingerprint
    files = [whole(folder.path, encoding_file(folder, fold)) for fold in range(document.data.folds)]
    return tuple(load_encoding(file, of) for file in files)


def load_encoding(path: Path, of: str) -> Encoding | Raw:
    """What a file of `packed` bytes holds.

    Args:
        path: the file.
        of: fingerprint of the rows that it must be learnt on.

    Raises:
        UserError: missing, damaged or of a newer format, or learnt on other rows.
    """
    from fitscope.data.encoding import Encoding
    from fitscope.data.raw import Raw

    def made(stored: dict[str, Any]) -> Encoding | Raw:
        return Raw.from_dict(stored["raw"]) if "raw" in stored else Encoding.from_dict(stored)

    return unpack(path, of, made)
