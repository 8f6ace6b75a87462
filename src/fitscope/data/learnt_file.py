"""Files of what was learnt of a table's columns: JSON, with a format and the rows it belongs to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from fitscope.errors import UserError, newer, reason
from fitscope.files import utf8

FORMAT = 1  # raised whenever a program that reads such a file could misread it
Made = TypeVar("Made")


def pack(learnt: dict[str, Any], of: str) -> bytes:
    """What the file holds.

    Args:
        learnt: as plain values.
        of: fingerprint of the rows that it was learnt on.

    Example:
        >>> pack({"codes": []}, "c0ffee")
        b'{"format": 1, "of": "c0ffee", "codes": []}\\n'
    """
    stored = {"format": FORMAT, "of": of, **learnt}
    return utf8(json.dumps(stored, ensure_ascii=False, allow_nan=False) + "\n")


def unpack(path: Path, of: str | None, made: Callable[[dict[str, Any]], Made]) -> Made:
    """What a file of `pack` holds.

    Args:
        path: the file.
        of: fingerprint of the rows that it must be learnt on; None takes any.
        made: what becomes of the plain values.

    Raises:
        UserError: missing, damaged or of a newer format, or learnt on other rows.
    """
    try:
        stored = json.loads(path.read_bytes())
        if stored["format"] > FORMAT:
            raise newer(path, stored["format"], FORMAT)
        if of not in (None, stored["of"]):
            raise UserError(f"{path}: belongs to other rows; put back the file of this folder")
        return made(stored)
    except FileNotFoundError:
        raise UserError(f"{path}: no such encoding") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: damaged encoding ({reason(error)})") from None
