"""CatBoost's `catboost_info`: two tables, one of the learning set and one of the test sets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fitscope.errors import UserError
from fitscope.files import read_bytes
from fitscope.logs.log import Log, Logged
from fitscope.logs.table import logs
from fitscope.logs.text import read_text_table

LEARN = "learn_error.tsv"
TEST = "test_error.tsv"


def is_info(names: Iterable[str]) -> bool:
    """Whether a folder is CatBoost's, by the names of its files."""
    return LEARN in names


def read_info(folder: Path) -> Log:
    """The curves of a run; of several test sets each.

    Raises:
        UserError: a file cannot be read.
    """
    curves: dict[str, Logged] = {}
    for part, file in (("learn", LEARN), ("test", TEST)):
        path = folder / file
        if not path.exists():
            continue
        try:
            text = read_bytes(path).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: cannot be read: {error}") from None
        for log in logs(str(path), read_text_table(str(path), text)):
            for name, curve in log.curves.items():
                rounds = curve.epochs if curve.epochs is not None else curve.steps
                curves[f"{part}/{name}"] = Logged(curve.values, rounds)
    return Log(str(folder), curves, step="round")
