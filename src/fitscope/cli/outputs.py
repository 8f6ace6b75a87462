"""Files that a user names to be written: of a fitting name, and not there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fitscope.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def check_output(file: Path, endings: Sequence[str] = (), replace: bool = True) -> None:
    """Make sure that a file may be written before the work for it begins.

    Args:
        file: as the user named it.
        endings: one of which its name must have; any if there is none.
        replace: whether it may be there already.

    Raises:
        UserError: it may not.
    """
    if file.is_dir():
        raise UserError(f"{file}: a folder is in the way; name a file")
    if endings and file.suffix.lower() not in endings:
        raise UserError(f"{file}: unknown ending; name it {' or '.join(endings)}")
    if file.exists() and not replace:
        raise UserError(f"{file}: is there already; --replace writes over it, or name another file")
