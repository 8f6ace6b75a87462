"""One program at a time in a study folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fitscope.atomic import writing_error
from fitscope.errors import UserError
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
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows has no fcntl; there the folder is not locked
            pass
        except OSError:
            raise UserError(
                f"{folder.path}: another fitscope is training in this folder; wait for it or "
                "choose another folder"
            ) from None
        yield
