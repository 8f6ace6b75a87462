"""Files written whole, so that nobody reads half a one, and folders that one program writes in."""

from __future__ import annotations

import atexit
import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from fitscope.errors import UserError

if TYPE_CHECKING:
    from filelock import FileLock

LOCK = ".lock"
"""Name of a folder's lock file. It is never deleted: a second program could then hold a lock on a
new file of that name while the first still holds the old one."""
SHORTLY = 0.3  # seconds for which others may hold a lock who only look whether it is held
OS_ERROR = re.compile(r"\(os error (\d+)\)")
LARGEST = 1 << 30  # bytes of a file that is read as a whole


@contextmanager
def replacing(path: Path | str, lasting: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block succeeds.

    The temporary file lies in the same folder, so the rename is atomic, and is removed if
    the block fails. Missing parent folders are made.

    Args:
        path: where the finished file shall be.
        lasting: True waits until the disk has it, so that a power cut cannot lose it.

    Yields:
        The path to write to.

    Raises:
        UserError: no space left, no permission, or a read-only or missing device.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "notes.txt"
        >>> with replacing(target) as part:
        ...     _ = part.write_text("whole or not at all")
        >>> target.read_text()
        'whole or not at all'
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        if lasting:
            sync(part)
        os.replace(part, path)
        if lasting:
            sync(path.parent)
    except OSError as error:
        raise writing_error(error, path) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def clear_leftovers(path: Path) -> None:
    """Remove what programs left that were killed while they wrote `path` by `replacing`."""
    if os.name != "posix":  # elsewhere nobody can be asked whether a process is there
        return
    for part in path.parent.glob(f".{escape(path.name)}.*.part"):
        number = part.name.split(".")[-2]
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            part.unlink(missing_ok=True)
        except (ValueError, OSError, OverflowError):  # not ours, or somebody else's
            continue


def sync(path: Path) -> None:
    """Wait until the disk has what was written to a file, or the names in a folder.

    Where the system or its disk knows nothing of the kind, nothing is waited for.
    """
    try:
        opened = os.open(path, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        with suppress(OSError):
            os.fsync(opened)
    finally:
        os.close(opened)


def write_bytes(path: Path | str, data: bytes, lasting: bool = False) -> None:
    """Write `data` to `path`, whole or not at all; see `replacing`."""
    with replacing(path, lasting) as part:
        part.write_bytes(data)


def read_bytes(path: Path | str, most: int = LARGEST) -> bytes:
    """All of a file that has an end: neither a pipe nor a device is waited for.

    Args:
        path: the file.
        most: how many bytes it may have.

    Raises:
        OSError: it is not there or cannot be read.
        UserError: it is no file, or too large.
    """
    found = os.stat(path)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    refuse_pipe(path)
    if found.st_size > most:
        raise UserError(f"{path}: {found.st_size:,} bytes, more than {most:,}; no file for this")
    with open(path, "rb") as stream:
        return stream.read(found.st_size)


def refuse_pipe(path: Path | str) -> None:
    """Refuse what may have no end, before it is opened: a pipe would be waited for.

    Args:
        path: a file or folder, there or not.

    Raises:
        UserError: it is a pipe, a device or a socket.
        OSError: nobody may look at it.
    """
    with suppress(FileNotFoundError):
        mode = os.stat(path).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise UserError(f"{path}: is no file but a pipe or a device; name a file")


def write_text(path: Path | str, text: str) -> None:
    """Write `text` to `path` as `utf8` has it, whole or not at all; see `replacing`."""
    write_bytes(path, utf8(text))


def utf8(text: str) -> bytes:
    r"""The text as UTF-8, a byte of a name that is none as JSON writes it.

    Example:
        >>> utf8("caf\udce9.csv")
        b'caf\\udce9.csv'
    """
    return text.encode(errors="backslashreplace")


@contextmanager
def in_utf8(path: Path) -> Iterator[Path]:
    """A path to the same file, there or not, whose name is UTF-8: Polars takes no other.

    Names on Linux may be any bytes. A link in a temporary folder stands for such a path.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        with tempfile.TemporaryDirectory() as folder:
            link = Path(folder) / "file"
            link.symlink_to(path.absolute())
            yield link
    else:
        yield path


_claimed: dict[str, FileLock] = {}


def claim(folder: Path) -> bool:
    """Hold a folder's lock from now on, so that no other program chooses the folder, too.

    The next `locked` of this program takes the claim over. A folder that holds nothing else by the
    end of the program goes with it.

    Returns:
        False where somebody else holds it.

    Raises:
        UserError: the folder cannot be made or written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except OSError as error:
        raise writing_error(error, folder) from error
    _claimed[os.path.realpath(folder)] = lock
    atexit.register(_forget, folder)
    return True


def _forget(folder: Path) -> None:
    with suppress(OSError):
        if (lock := _claimed.pop(os.path.realpath(folder), None)) is not None:
            lock.release()
        _remove_unused(folder)


def _remove_unused(folder: Path) -> None:
    """Remove a folder that holds a lock which nobody holds, and nothing else."""
    if [one.name for one in folder.iterdir()] == [LOCK] and not is_locked(folder):
        (folder / LOCK).unlink()
        folder.rmdir()


@contextmanager
def locked(folder: Path | str) -> Iterator[None]:
    """Hold the folder's lock, so that no two programs write into it.

    The folder is made if it is missing, and goes in the end if nothing was written into it.

    Raises:
        UserError: somebody else holds it, or the folder cannot be written.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> with locked(folder):
        ...     is_locked(folder)
        True
        >>> is_locked(folder)
        False
    """
    from filelock import FileLock, Timeout

    folder = Path(folder)
    claimed = _claimed.pop(os.path.realpath(folder), None)
    lock, made = claimed or FileLock(folder / LOCK), claimed is not None or not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not lock.is_locked:
            lock.acquire(timeout=SHORTLY, poll_interval=SHORTLY / 10)
    except Timeout:
        raise UserError(
            f"{folder}: another fitscope is training in this folder; wait for it or choose "
            "another folder"
        ) from None
    except OSError as error:
        raise writing_error(error, folder) from error
    try:
        yield
    finally:
        lock.release()
        if made:
            with suppress(OSError):
                _remove_unused(folder)


@contextmanager
def scratch(prefix: str, parent: Path | str | None = None) -> Iterator[Path]:
    """A temporary folder, gone at the end; those of programs that were killed go at the start.

    Args:
        prefix: how its name begins; no other kind of folder may begin so.
        parent: where it is made; where temporary files are if left out.

    Example:
        >>> with scratch("fitscope-example-") as folder:
        ...     _ = (folder / "notes.txt").write_text("...")
        >>> folder.exists()
        False
    """
    parent = Path(tempfile.gettempdir() if parent is None else parent)
    for found in parent.glob(f"{escape(prefix)}*"):
        with suppress(UserError, OSError), locked(found):  # nobody holds it, so nobody is there
            shutil.rmtree(found, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        with locked(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_locked(folder: Path | str) -> bool:
    """Whether a program holds the folder's lock, as far as the system can tell; makes no file.

    Several who look at once do not see each other. False where this user may not read the file.
    """
    file = Path(folder) / LOCK
    if not file.is_file():
        return False
    try:
        import fcntl
    except ImportError:  # Windows
        return _is_held(file)
    try:
        with file.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def _is_held(file: Path) -> bool:
    """Whether a lock file cannot be had for a moment, where locks cannot be shared."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(file).acquire(timeout=SHORTLY / 10, poll_interval=SHORTLY / 100):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def writing_error(error: OSError, path: Path | str) -> UserError:
    """The one-line `UserError` for a failed write to `path`."""
    advice = {
        errno.ENOSPC: "no space left; free some and run again, a study with --resume",
        errno.EDQUOT: "the disk quota is used up; free some space and run again",
        errno.EACCES: "permission denied; choose another folder",
        errno.EPERM: "not permitted; choose another folder",
        errno.EROFS: "the file system is read-only; choose another folder",
        errno.ENOTDIR: "a part of the path is a file, not a folder; choose another folder",
        errno.EEXIST: "a file is in the way; choose another folder",
        errno.EISDIR: "a folder is in the way; choose another name",
        errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
        errno.EFBIG: "larger than files may be here; raise the limit or choose another folder",
    }
    told = OS_ERROR.search(str(error))  # Polars' errors bear their number in their text alone
    number = int(told[1]) if error.errno is None and told else error.errno
    if number in advice:
        return UserError(f"{path}: {advice[number]}")
    if error.errno is None:  # short writes of NumPy, errors of Polars
        return UserError(f"{path}: could not be written whole ({error}); is there space left?")
    return UserError(f"{path}: cannot be written ({error.strerror}); choose another folder")
