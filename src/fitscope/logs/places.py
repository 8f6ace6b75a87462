"""Where logs lie below a path: files, TensorBoard runs, study folders."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fitscope.errors import UserError
from fitscope.logs.burn import is_burn
from fitscope.logs.catboost import is_info
from fitscope.logs.events import run_parts
from fitscope.logs.files import PICKLES
from fitscope.logs.glance import looks_like_log
from fitscope.logs.groups import groups, is_curve_by_name, summaries
from fitscope.logs.kaldi import is_kaldi
from fitscope.logs.mlflow import is_run
from fitscope.logs.wandb import is_wandb

TABLES = (".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson", ".plx")
LINES = (
    ".log",
    ".txt",
    ".out",
    ".err",
    ".md",
    ".ipynb",
    ".yaml",
    ".yml",
    ".db",
    "",
)  # much else has these endings
COMPRESSED = (".gz", ".zst", ".bz2", ".xz")
STUDY = "study.json"


@dataclass(frozen=True)
class Place:
    """Something that may hold logs.

    Attributes:
        kind: "file", "group" (files of one run), "pipe" ("-" is standard input), "events" (the
            folder of a TensorBoard run), "mlflow" (the folder of a run), "catboost", "wandb",
            "burn" and "kaldi" (their folders) or "study" (one of our own).
        path: where it is.
        parts: of a TensorBoard run: name of the part to its event files; of a group: its files.
    """

    kind: Literal[
        "file", "group", "events", "pipe", "mlflow", "catboost", "wandb", "burn", "kaldi", "study"
    ]
    path: Path
    parts: Mapping[str, Sequence[Path]] = field(default_factory=dict)


def places(path: Path) -> list[Place]:
    """What a path holds: itself, or what lies below a folder, sorted by path.

    Files in a folder count by their ending, or by what they hold where that does not tell; hidden
    files and folders are passed over.

    Raises:
        UserError: no such path, it cannot be read, or a folder in which nothing could be a log.
    """
    if path.is_file():
        if _is_event_file(path.name):
            return [Place("events", path, {"": [path]})]
        return [Place("file", path)]
    if str(path) == "-" or (path.exists() and not path.is_dir()):  # /dev/stdin, a named pipe
        return [Place("pipe", path)]
    if not path.is_dir():
        raise UserError(f"{path}: no such file or folder; check the path")
    whole: list[Place] = []  # folders that are one thing
    files: list[Path] = []
    unsure: list[Path] = []  # which count where others stand beside them
    events: dict[Path, list[Path]] = {}

    def fail(error: OSError) -> None:
        if Path(error.filename) == path:
            raise UserError(f"{path}: cannot be read: {error.strerror}")

    for folder, below, names in os.walk(path, onerror=fail):
        here = Path(folder)
        if STUDY in names:
            whole.append(Place("study", here))
        elif is_run(below, names):
            whole.append(Place("mlflow", here))
        elif is_info(names):
            whole.append(Place("catboost", here))
        elif is_wandb(names):
            whole.append(Place("wandb", here))
        elif is_burn(here, below):
            whole.append(Place("burn", here))
        elif is_kaldi(names):
            whole.append(Place("kaldi", here))
        if whole and whole[-1].path == here:
            below.clear()
            continue
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            if _is_event_file(name):
                events.setdefault(here, []).append(here / name)
            elif here.name == "wandb" and name.startswith("debug"):
                continue  # of the tracker itself
            elif not name.startswith(".") and _may_be_log(here / name):
                files.append(here / name)
            elif not name.startswith(".") and is_curve_by_name(here / name):
                unsure.append(here / name)
    found = whole
    together = groups([*files, *unsure])
    found += [Place("group", group[0], {"": group}) for group in together]
    grouped = {file for group in together for file in group} | summaries(together)
    found += [Place("file", file) for file in files if file not in grouped]
    found += [
        Place("events", folder, {name: events[part] for name, part in parts.items()})
        for folder, parts in run_parts(path, list(events)).items()
    ]
    if not found:
        raise UserError(
            f"{path}: nothing in this folder looks like a training log "
            "(.csv, .tsv, .json, .jsonl, .parquet, printed text, event files, mlruns, studies)"
        )
    return sorted(found, key=lambda place: place.path)


def _is_event_file(name: str) -> bool:
    return "tfevents" in name and not name.startswith(".")


def _may_be_log(file: Path) -> bool:
    endings = [ending.lower() for ending in file.suffixes[-2:]]
    ending = endings[-1] if endings else ""
    if ending in COMPRESSED:
        ending = endings[0] if len(endings) > 1 else ""
    if not file.is_file():
        return False
    return ending in TABLES or ending in PICKLES or (ending in LINES and looks_like_log(file))
