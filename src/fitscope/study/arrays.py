"""Arrays of a study folder, read back with care: damage never raises anything else."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np

from fitscope.errors import UserError
from fitscope.files import LARGEST
from fitscope.study import checksums

BROKEN = (
    *(OSError, ValueError, LookupError, TypeError, EOFError, MemoryError, NotImplementedError),
    *(RuntimeError, SyntaxError, BadZipFile, zlib.error),
)
"""What NumPy and zipfile raise over damaged bytes."""


def read_arrays(root: Path, file: Path) -> dict[str, np.ndarray] | None:
    """The arrays of an `.npz` file by name; None where it is missing, damaged or too large.

    Args:
        root: the study folder.
        file: one of its files.
    """
    try:
        content = io.BytesIO(checksums.intact(root, file))
        with ZipFile(content) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST:
                return None
        content.seek(0)
        with np.load(content, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (UserError, *BROKEN):
        return None
