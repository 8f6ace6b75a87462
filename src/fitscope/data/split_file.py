"""A file of any size as a split: its rows become features in files that are mapped."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge, Lt
from jaxtyping import Int

from fitscope.data.aim import aim, targets_like
from fitscope.data.batches import Batch, Batches, batches
from fitscope.data.columns import known, look_at
from fitscope.data.drawn import drawn
from fitscope.data.encoding import Encoding
from fitscope.data.learnt_file import pack, unpack
from fitscope.data.on_disk import RowFile, refuse_too_full
from fitscope.data.source import Source
from fitscope.data.split import Split
from fitscope.errors import Notice, UserError
from fitscope.files import LOCK, locked, scratch, write_bytes, writing_error
from fitscope.settings import Count, Words, valid
from fitscope.task import Task

if TYPE_CHECKING:
    from fitscope.data.table import Table

SAMPLE = 100_000
"""Rows from which columns and target are told and encodings are learnt: a median is known to half a
percent of the rows then, and a category that one row in a thousand has stands in a hundred."""
DRAWN, VALIDATES = 0x66696C65, 0x76616C69  # keep these draws apart from all others of the same seed
PARTS = ("train", "validation")
FILES = tuple(f"{array}_{part}.npy" for part in PARTS for array in "xy")
ABOUT = "rows.json"
"""What the rows are. It comes last: where it is, the arrays are whole."""
UNFINISHED = ".rows-"

Name = Annotated[str, Words("the name of a column")]
Names = Annotated[Sequence[str], Words("a list of names of columns")]
Seed = Annotated[int, Ge(0), Lt(2**32), Words("a whole number from 0 to 4294967295")]


def split_file(
    path: Path | str,
    target: str,
    folder: Path | str,
    *,
    validation: int = 50_000,
    task: Task | str = "auto",
    drop: Sequence[str] = (),
    seed: int = 0,
) -> Split:
    """Training and validation rows from a table in a file, which may be larger than memory.

    The file is gone through twice. What columns and target are, and how columns become features
    (`fs.examine` does it alike), is learnt from 100,000 rows drawn by chance, those of them that
    train; then the features of all rows go to files in `folder`, 4 bytes each, and are mapped. The
    same call finds them there. Rows without a target are left out.

    Args:
        path: CSV, also packed with gzip, Parquet, Arrow, JSON lines.
        target: the column that is to be predicted.
        folder: where the features go, and nothing else is; it must have room for them, and last as
            long as the split.
        validation: about how many rows validate, drawn by chance; all others train.
        task: "auto", "binary", "multiclass", "regression" or a task.
        drop: columns that are left out.
        seed: other numbers, other validation rows.

    Warns:
        Notice: what the target is taken for, where that is not plain.

    Raises:
        UserError: a file that cannot be read, or a value that is none of its column's kind, with
            its line; a folder that holds something else; no space left. Then nothing is left there.

    Example:
        >>> import tempfile
        >>> place = Path(tempfile.mkdtemp())
        >>> text = "\\n".join(f"{i},{'ab'[i % 2]},{i % 3 > 0}" for i in range(1_000))
        >>> _ = (place / "rows.csv").write_text("size,land,bought\\n" + text)
        >>> split = split_file(place / "rows.csv", "bought", place / "rows", validation=200)
        >>> split.x_train.shape, len(split.y_validation), split.feature_names
        ((800, 3), 200, ('size', 'land=a', 'land=b'))
    """
    file, folder = Path(path).expanduser(), Path(folder).expanduser()
    options = {
        "target": valid(Name, target, "target"),
        "validation": valid(Count, validation, "validation"),
        "task": task.kind if isinstance(task, Task) else task,
        "drop": list(valid(Names, drop, "drop")),
        "seed": valid(Seed, seed, "seed"),
    }
    found = batches(file)
    about = file.stat()
    asked: dict[str, Any] = {
        "file": str(file.resolve()),
        "bytes": about.st_size,
        "changed": about.st_mtime_ns,
        **options,
    }
    known(target, found.columns, found.where)
    _make(found, folder, asked, task)
    return _opened(folder, asked)


def _make(found: Batches, folder: Path, asked: Mapping[str, Any], task: Task | str) -> None:
    """Make the rows whole or not at all, unless they are there."""
    try:
        if (folder / ABOUT).exists():
            return
        _refuse_other(folder)
        with locked(folder):
            if not (folder / ABOUT).exists():  # somebody may have been here
                with scratch(UNFINISHED, folder) as unfinished:
                    _write(found, unfinished, asked, task)
                    for name in (*FILES, ABOUT):
                        (unfinished / name).replace(folder / name)
    except OSError as error:
        raise writing_error(error, folder) from error


def _refuse_other(folder: Path) -> None:
    """Refuse a folder that holds something else: a name may be the same, and be written over."""
    if folder.is_dir():
        names = {one.name for one in folder.iterdir() if not one.name.startswith(UNFINISHED)}
        if names - {LOCK} and ABOUT not in names:
            raise UserError(
                f"{folder}: is not empty and holds no rows of a table; choose another folder"
            )


def _write(found: Batches, folder: Path, asked: Mapping[str, Any], task: Task | str) -> None:
    """Features and targets of all rows, and what they are."""
    target, seed = asked["target"], asked["seed"]
    sample, numbers, rows = drawn(found, SAMPLE, np.random.SeedSequence([seed, DRAWN]))
    if not asked["validation"] < rows:
        raise UserError(
            f"{found.where}has {rows:,} rows, and {asked['validation']:,} are to validate; ask for "
            "fewer (validation=...)"
        )
    random = np.random.default_rng(np.random.SeedSequence([seed, VALIDATES]))
    validates = np.sort(random.choice(rows, asked["validation"], replace=False))
    usable = ~sample.frame[target].is_null().to_numpy() & ~np.isin(numbers, validates)
    if not usable.any():
        raise UserError(f"the target {target!r} is missing in all of the rows that were looked at")
    learnt = sample.take(np.flatnonzero(usable))
    columns = look_at(learnt, target, asked["drop"])
    encoding = Encoding.fit(learnt, columns)
    aimed, _, said = aim(learnt, target, task)
    for one in said:
        warnings.warn(one, Notice, stacklevel=4)
    refuse_too_full(folder, 4 * rows * len(encoding.names), "choose another folder")
    split = _encoded(found, folder, encoding, aimed, learnt, target, validates)
    stored = {"asked": dict(asked), "task": aimed.as_dict(), **encoding.as_dict()}
    write_bytes(folder / ABOUT, pack(stored, split.fingerprint))


def _encoded(
    found: Batches,
    folder: Path,
    encoding: Encoding,
    task: Task,
    learnt: Table,
    target: str,
    validates: Int[np.ndarray, " validation"],
) -> Split:
    """The rows of a file as a split whose arrays are maps of files in a folder."""
    kind = np.float64 if task.kind == "regression" else np.float32
    width = (len(encoding.names),)
    wanted = list(dict.fromkeys([*(one.column for one in encoding.inputs), target]))
    looked_at = f"the {learnt.frame.height:,} that were looked at"
    with ExitStack() as opened:
        files = {
            part: [
                opened.enter_context(closing(RowFile(folder / f"{array}_{part}.npy", *like)))
                for array, like in (("x", (width, np.float32)), ("y", ((), kind)))
            ]
            for part in PARTS
        }
        for part, rows in _in_parts(found.read(wanted, texts=learnt.texts), target, validates):
            x, y = files[part]
            x.add(encoding.transform(rows))
            y.add(targets_like(rows, target, task, learnt.frame[target], looked_at))
        arrays = {part: [one.mapped() for one in pair] for part, pair in files.items()}
    return _split(arrays, encoding, task, learnt.source)


def _in_parts(
    read: Iterable[Batch], target: str, validates: Int[np.ndarray, " validation"]
) -> Iterator[tuple[str, Table]]:
    """Rows that have a target, and the part that they belong to."""
    begin = 0
    for batch in read:
        table, end = batch.table, begin + batch.table.frame.height
        there = ~table.frame[target].is_null().to_numpy()
        seen = np.zeros(len(there), bool)
        first, last = np.searchsorted(validates, (begin, end))
        seen[validates[first:last] - begin] = True
        for part, chosen in zip(PARTS, (there & ~seen, there & seen), strict=True):
            if chosen.any():
                yield part, table.take(np.flatnonzero(chosen))
        begin = end


def _opened(folder: Path, asked: Mapping[str, Any]) -> Split:
    """The split that `_write` left.

    Raises:
        UserError: it is one of something else, or damaged.
    """
    of, before, task, encoding = unpack(folder / ABOUT, None, _stored)
    if differ := [name for name, value in asked.items() if before.get(name) != value]:
        file = Path(asked["file"]).name
        what = (
            f"rows of {file} before it changed"
            if differ[0] in ("bytes", "changed")
            else f"rows of another {differ[0]} ({before.get(differ[0])})"
        )
        raise UserError(f"{folder}: holds {what}; name another folder, or remove this one")
    try:
        arrays = {
            part: [np.load(folder / f"{name}_{part}.npy", mmap_mode="r") for name in "xy"]
            for part in PARTS
        }
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{folder}: damaged ({error}); remove it, and it is made anew") from None
    split = _split(arrays, encoding, task, Source("file", asked["file"]))
    split.__dict__["fingerprint"] = of
    return split


def _stored(stored: dict[str, Any]) -> tuple[str, dict[str, Any], Task, Encoding]:
    """What `_write` stored: fingerprint, what was asked for, task, encoding."""
    task = Task.from_dict(stored["task"])
    return stored["of"], dict(stored["asked"]), task, Encoding.from_dict(stored)


def _split(
    arrays: Mapping[str, Sequence[np.ndarray]], encoding: Encoding, task: Task, source: Source
) -> Split:
    (x, y), (x_validation, y_validation) = (arrays[part] for part in PARTS)
    return Split(
        x,
        y,
        x_validation,
        y_validation,
        encoding.names,
        source,
        checked=True,
        task=task,
        encoding=encoding,
    )
