"""Logs as text with columns: Keras' `CSVLogger`, Lightning's `metrics.csv`, any CSV or TSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from fitscope.errors import UserError
from fitscope.logs.cells import read_cells
from fitscope.logs.direction import is_metric
from fitscope.logs.table import Table, Values, refuse_many, strict

SEPARATORS = (",", ";", "\t", "|")
LONGEST_SHOWN = 40  # signs of a wrong value that are shown
SAID = re.compile(  # a line that says something, and is none of names
    r"\d{1,2}:\d{2}:\d{2}|[\w)\]'\"]\s*[:=]\s*[-+]?[\d.]+(?:[eE,;\s%|)]|$)|epoch[\s#\[]+\d"
    r"|[a-z]\s+[-+]?\d+\.\d+\s*(?:[,;\t|]|$)",
    re.IGNORECASE,
)
RULE = re.compile(r"[\s|+]*:?-{2,}")  # the line under the names of a table for reading
REMARKS = re.compile(r"(?:#[^\n]*\n){2,}")
EXCEL = re.compile(r"\Asep=[,;|\t]\n+", re.IGNORECASE)  # tells Excel what parts cells
TITLE = 5  # lines that may stand above the names of columns


def is_text_table(head: str, ending: str = "") -> bool:
    """Whether text begins with a line of names over lines of as many values.

    Args:
        head: the beginning of the text.
        ending: of the file's name: of a `.csv` the first line may stand alone.

    Example:
        >>> is_text_table("epoch,loss", ".csv"), is_text_table("Epoch 1, loss: 0.5", ".log")
        (True, False)
    """
    head = _without_remarks(re.sub(r"\r+\n?", "\n", head).lstrip("\ufeff\n"))
    first, _, rest = head.partition("\n")
    if SAID.search(first):
        return False
    separator = max(SEPARATORS, key=first.count)
    count = first.count(separator)
    if not count:
        return _is_spaced(first, rest)
    if first.lstrip().startswith("|") or RULE.match(rest):  # Markdown
        return False
    seconds = rest.partition("\n")[0]
    return ending in (".csv", ".tsv") or (bool(seconds) and seconds.count(separator) == count)


def read_text_table(source: str, text: str) -> Table:
    """The columns of a text table with a line of names at its top.

    Args:
        source: where it came from, for messages.
        text: what it holds, its lines ended by `\\n`.

    Raises:
        UserError: no line of names, a line with too many fields, or a word among the numbers of a
            metric.
    """
    text = _without_remarks(text.lstrip("\ufeff\n"))
    first, _, rest = text.partition("\n")
    if first and f"\n{first}\n" in rest:  # named again where a run was started again
        text = "\n".join([first, *(line for line in rest.split("\n") if line != first)])
        rest = text.partition("\n")[2]
    separator = max(SEPARATORS, key=first.count)
    if not first.count(separator) and _is_spaced(first, rest):
        text = "\n".join(",".join(line.lstrip("# ").split()) for line in text.split("\n"))
        first, separator = text.partition("\n")[0], ","
    if not first.count(separator):
        raise UserError(
            f"{source}: no table in it: its first line has one column only; name the columns "
            "there, one of training and one of validation"
        )
    try:
        names = [name.strip() for name in next(csv.reader([first], delimiter=separator))]
    except csv.Error as error:
        raise UserError(f"{source}: line 1: {error}") from None
    if all(_is_number(name) for name in names):
        raise UserError(
            f"{source}: line 1 holds numbers; put a line with the names of columns there"
        )
    refuse_many(source, text.count("\n"), len(names))
    named = [name for name in names if name]
    if len(set(named)) < len(named):
        twice = next(name for name in named if names.count(name) > 1)
        raise UserError(f"{source}: line 1 names the column {twice!r} twice")
    rows = read_cells(source, text, separator, len(names), decimal_comma=separator == ";")
    if not rows.lines:
        raise UserError(f"{source}: names of columns and nothing below them")
    numbers: dict[str, Values] = {}
    words: dict[str, list[str]] = {}
    for name, column in zip(names, rows.columns, strict=True):
        if not name:
            continue
        if column.wrong.any():
            if column.wrong.sum() < (~column.missing).sum() / 2 and is_metric(name):
                row = int(column.wrong.argmax())
                shown, line = column.text(row)[:LONGEST_SHOWN], rows.lines[row]
                raise UserError(f"{source}: line {line}: {name} is {shown!r}, not a number")
            words[name] = column.words()
        elif not column.missing.all():
            numbers[name] = strict(column.values, column.missing)
    return Table(numbers, words, _short(rows.short))


def _short(lines: Sequence[int]) -> tuple[str, ...]:
    """A note where lines end before the last column: what they lack counts as not logged."""
    if not lines:
        return ()
    named = f"line {lines[0]:,} has" if len(lines) == 1 else f"{len(lines):,} lines have"
    return (f"{named} fewer fields than there are names: taken as not logged",)


def _without_remarks(text: str) -> str:
    """Text without what stands above the names: lines that begin with `#`, a title."""
    text = EXCEL.sub("", _named_by_remark(text))
    while text.startswith("#"):
        first, _, rest = text.partition("\n")
        second = rest.partition("\n")[0]
        if not (rest and _fields(second) > _fields(first)) and not second.startswith("#"):
            break
        text = rest
    lines = text.split("\n", TITLE + 1)
    above = next((at for at, line in enumerate(lines[:TITLE]) if _fields(line)), 0)
    if (
        above
        and any(map(is_metric, re.split(r"[,;\t|]", lines[above])))
        and len(lines) > above + 1
        and _fields(lines[above]) == _fields(lines[above + 1])
        and not lines[above - 1]
    ):
        return "\n".join(lines[above:])
    return text


def _named_by_remark(text: str) -> str:
    """Text with the remark that names its columns at its top, and without the other ones."""
    remarks = REMARKS.match(text)
    if remarks is None:
        return text
    rest = text[remarks.end() :]
    for line in remarks[0].split("\n"):
        if _is_spaced(line, rest) and not _is_number(line.lstrip("# ").split()[0]):
            return f"{line}\n{rest}"
    return text


def _fields(line: str) -> int:
    """How many separators a line has."""
    return max(line.count(separator) for separator in SEPARATORS)


def _is_spaced(first: str, rest: str) -> bool:
    """Whether it is columns of numbers with nothing but spaces between them."""
    second = rest.partition("\n")[0].split()
    names = first.lstrip("# ").split()
    return 1 < len(names) == len(second) and all(map(_is_number, second))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
