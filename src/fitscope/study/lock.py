"""One program at a time in a study folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from fitscope.errors import UserError
from fitscope.files import writing_error
from fitscope.study.folder import Folder


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Hold the folder's lock, so that no two programs write into one study.

    Raises:
        UserError: somebody else holds it, or the folder cannot be made.
    """
    folder_lock = folder.checkpoints / ".lock"
    try:
        folder.checkpoints.mkdir(parents=True, exist_ok=True)
        stream = folder_lock.open("w")
    except OSError as error:
        raise writing_error(error, folder.path) from error
    with stream:
        try:
            _take(stream)
        except ImportError:  # Windows has no fcntl; there the folder is not locked
            pass
        except OSError:
            raise UserError(
                f"{folder.path}: another fitscope is training in this folder; wait for it or "
                "choose another folder"
            ) from None
        yield


def is_locked(folder: Folder) -> bool:
    """Whether a program is training in the folder, as far as the system can tell."""
    try:
        import fcntl

        with (folder.checkpoints / ".lock").open() as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (ImportError, FileNotFoundError):
        return False
    except OSError:
        return True
    return False


def _take(stream: IO[str]) -> None:
    """Lock the file; once more after a moment, since a look by `is_locked` holds it shortly."""
    import fcntl

    for pause in (0.05, 0.2, None):
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError:
            if pause is None:
                raise
            time.sleep(pause)
