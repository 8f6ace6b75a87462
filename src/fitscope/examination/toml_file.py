"""An examination written down as a TOML file: the options by their names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from fitscope.errors import UserError
from fitscope.examination.options import problem

PATHS = ("table", "test")
"""Options that may name files; a file's names are those beside it."""


def read_options(file: Path) -> dict[str, Any]:
    """The options that a file holds; its paths are taken from its own folder.

    Raises:
        UserError: no such file, no TOML, an option that is none or cannot have its value; the
            message names the line.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "examination.toml"
        >>> _ = file.write_text('table = "churn.csv"\\ntarget = "churn"\\nbugdet = "5m"\\n')
        >>> read_options(file)
        Traceback (most recent call last):
        fitscope.errors.UserError: ...examination.toml, line 3: bugdet: no such option; did you
        mean budget?
    """
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        raise UserError(f"{file}: no such file; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: cannot be read ({error})") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{file}: no TOML: {error}") from None
    wrong = problem({"target": "", **{_name(key): value for key, value in found.items()}})
    if wrong is not None:
        name, words = wrong
        raise UserError(f"{file}, line {_line(text, name)}: {name}: {words}")
    return {
        _name(key): _beside(file, value) if _name(key) in PATHS else value
        for key, value in found.items()
    }


def _name(key: str) -> str:
    """An option may be written as on the command line, with a hyphen."""
    return key.replace("-", "_")


def _beside(file: Path, value: Any) -> Any:
    """A path as it is from here; a share or an address stays as it is."""
    if not isinstance(value, str) or re.fullmatch(r"[0-9.]+|[a-z]+://.*", value):
        return value
    return str(file.parent / value)


def _line(text: str, name: str) -> int:
    """The line that sets an option."""
    pattern = re.compile(rf"""\s*\[?["']?{re.escape(name).replace("_", "[-_]")}["']?\s*[=\].]""")
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.match(line):
            return number
    return 1
