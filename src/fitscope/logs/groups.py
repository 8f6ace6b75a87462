"""Files that hold one run together: a file a curve, a file for training rows and one for others."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fitscope.errors import UserError
from fitscope.logs.by_name import TAGGED, tag
from fitscope.logs.direction import higher_is_better
from fitscope.logs.documents import document_logs
from fitscope.logs.files import read_file
from fitscope.logs.log import Log, Logged
from fitscope.logs.names import PARTS, Part, meaning

TEXTS = (".txt", ".csv", ".tsv", ".dat", ".log", "")
NUMBERED = re.compile(r"(.*(?:epoch|iter|step)[_-]?)(\d{1,9})(\.json)", re.IGNORECASE)
EPOCH_WORD = re.compile(r"[_-]?(?:epoch|iter|step)[_-]?$", re.IGNORECASE)
LARGEST = 1 << 24  # bytes of a file of bare numbers


def groups(files: Iterable[Path]) -> list[list[Path]]:
    """Which files belong together by their names, each in one group.

    They do where their paths differ in the word for the rows alone (`train_log.csv` and
    `val_log.csv`, `train/loss.tsv` and `val/loss.tsv`), or in the number of an epoch.

    Example:
        >>> names = ["train_loss.csv", "val_loss.csv", "a.csv", "m_epoch_0.json", "m_epoch_1.json"]
        >>> [[file.name for file in group] for group in groups(map(Path, names))]
        [['train_loss.csv', 'val_loss.csv'], ['m_epoch_0.json', 'm_epoch_1.json']]
    """
    found: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for file in files:
        if numbered := NUMBERED.fullmatch(file.name):
            found[str(file.parent), numbered[1], ""].append(file)
        elif (key := _key(file)) is not None:
            found[key].append(file)
    return [
        sorted(group, key=_number)
        for key, group in found.items()
        if len(group) > 1 and (not key[-1] or {"train"} < {_part(file) for file in group})
    ]


def summaries(groups: Iterable[Sequence[Path]]) -> set[Path]:
    """Files that say at the end what those of a group say an epoch each, as AllenNLP's does.

    Example:
        >>> epochs = [Path("a/metrics_epoch_0.json"), Path("a/metrics_epoch_1.json")]
        >>> [path.as_posix() for path in summaries([epochs])]
        ['a/metrics.json']
    """
    return {
        group[0].with_name(f"{EPOCH_WORD.sub('', found[1])}{found[3]}")
        for group in groups
        if (found := NUMBERED.fullmatch(group[0].name))
    }


def is_curve_by_name(file: Path) -> bool:
    """Whether a file is named as a curve of some rows: `val_loss.txt`."""
    known = meaning(file.stem)
    named = known.part is not None and higher_is_better(known.metric) is not None
    return named and file.suffix.lower() in TEXTS


def read_group(files: Sequence[Path]) -> list[Log]:
    """One run of files that belong together; each file's own where they do not.

    Args:
        files: a group by their names.

    Raises:
        UserError: none of them can be read.
    """
    if NUMBERED.fullmatch(files[0].name):
        return document_logs(str(files[0].parent), [_record(file) for file in files])
    read: list[tuple[Path, Log]] = []
    errors: list[UserError] = []
    for file in files:
        try:
            read += [(file, log) for log in _logs(file)]
        except UserError as error:
            errors.append(error)
    if not read:
        raise errors[0]
    others = any(_is_of_others(file, name) for file, log in read for name in log.curves)
    if errors or others or len(read) != len(files):
        return [log for _, log in read]
    curves: dict[str, Logged] = {}
    for file, log in read:
        for name, curve in log.curves.items():
            shown = tag(file.stem) if name == "value" else name
            shown = shown if meaning(shown).part is not None else f"{_part(file)}/{shown}"
            curves[shown] = curve
    held_back = next(file for file in files if _part(file) != "train")
    first = read[0][1]
    return [replace(first, source=str(held_back), curves=curves)]


def _logs(file: Path) -> list[Log]:
    try:
        return read_file(file)
    except UserError:
        numbers = _numbers(file)
        if numbers is None:
            raise
        return [Log(str(file), {"value": Logged(numbers)})]


def _numbers(file: Path) -> np.ndarray | None:
    """The numbers of a file that holds nothing else, one a line."""
    if file.suffix.lower() not in TEXTS or file.stat().st_size > LARGEST:
        return None
    try:
        return np.array([float(line) for line in file.read_text().split()])
    except (OSError, ValueError):
        return None


def _record(file: Path) -> Mapping[str, object]:
    number = _number(file)
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError, RecursionError):
        raise UserError(f"{file}: broken JSON") from None
    if not isinstance(found, dict):
        raise UserError(f"{file}: no curves in it: not the figures of an epoch")
    return {"epoch": number, **found}


def _number(file: Path) -> int:
    numbered = NUMBERED.fullmatch(file.name)
    return int(numbered[2]) if numbered else 0


def _key(file: Path) -> tuple[str, ...] | None:
    """What a path says but for the rows, if it names any."""
    words = _words(file.stem)
    if sum(word in PARTS for word in words) == 1:
        rest = [word for word in words if word not in PARTS]
        run = TAGGED.fullmatch(file.stem)
        base = _words(run["run"]) if run else []
        one = rest[len([w for w in base if w not in PARTS]) :] if run else rest
        shared = "" if len(one) == 1 and _is_known(meaning(one[0]).metric) else " ".join(one)
        return str(file.parent), " ".join(w for w in base if w not in PARTS), shared, "rows"
    if _words(file.parent.name)[:1] and file.parent.name.lower() in PARTS:
        return str(file.parent.parent), "below", "rows"
    return None


def _part(file: Path) -> Part | None:
    for word in (*_words(file.stem), file.parent.name.lower()):
        if word in PARTS:
            return PARTS[word]
    return None


def _is_of_others(file: Path, name: str) -> bool:
    """Whether a curve is of other rows than those by which its file is named."""
    known = meaning(name)
    return known.part not in (None, _part(file)) and _is_known(known.metric)


def _is_known(metric: str) -> bool:
    return higher_is_better(metric) is not None


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.lower()) if word]
