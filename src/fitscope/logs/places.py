"""Where logs lie below a path: files, TensorBoard runs, study folders."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fitscope.errors import UserError
from fitscope.logs.events import run_parts
from fitscope.logs.files import PICKLES

TABLES = (".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson")
LINES = (".log", ".txt")  # logs only if they hold JSON lines; much else has these endings
STUDY = "study.json"


@dataclass(frozen=True)
class Place:
    """Something that may hold logs.

    Attributes:
        kind: "file", "events" (the folder of a TensorBoard run) or "study" (one of our own).
        path: where it is.
        parts: of a TensorBoard run: name of the part to its event files.
    """

    kind: Literal["file", "events", "study"]
    path: Path
    parts: Mapping[str, Sequence[Path]] = field(default_factory=dict)


def places(path: Path) -> list[Place]:
    """What a path holds: itself, or what lies below a folder, sorted by path.

    Files in a folder count by their ending; hidden files and folders are passed over.

    Raises:
        UserError: no such path, it cannot be read, or a folder in which nothing could be a log.
    """
    if path.is_file():
        if _is_event_file(path.name):
            return [Place("events", path, {"": [path]})]
        return [Place("file", path)]
    if not path.is_dir():
        raise UserError(f"{path}: no such file or folder; check the path")
    studies: list[Path] = []
    files: list[Path] = []
    events: dict[Path, list[Path]] = {}

    def fail(error: OSError) -> None:
        if Path(error.filename) == path:
            raise UserError(f"{path}: cannot be read: {error.strerror}")

    for folder, below, names in os.walk(path, onerror=fail):
        here = Path(folder)
        if STUDY in names:
            studies.append(here)
            below.clear()
            continue
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            if _is_event_file(name):
                events.setdefault(here, []).append(here / name)
            elif not name.startswith(".") and _may_be_log(here / name):
                files.append(here / name)
    found = [Place("study", folder) for folder in studies]
    found += [Place("file", file) for file in files]
    found += [
        Place("events", folder, {name: events[part] for name, part in parts.items()})
        for folder, parts in run_parts(path, list(events)).items()
    ]
    if not found:
        raise UserError(
            f"{path}: nothing in this folder looks like a training log "
            "(.csv, .tsv, .json, .jsonl, .parquet, event files, study folders)"
        )
    return sorted(found, key=lambda place: place.path)


def _is_event_file(name: str) -> bool:
    return "tfevents" in name and not name.startswith(".")


def _may_be_log(file: Path) -> bool:
    ending = file.suffix.lower()
    if ending in LINES and file.is_file():
        try:
            with file.open("rb") as stream:
                return stream.read(1) == b"{"
        except OSError:
            return False
    return (ending in TABLES or ending in PICKLES) and file.is_file()
