"""Logs as text with columns: Keras' `CSVLogger`, Lightning's `metrics.csv`, any CSV or TSV."""

from __future__ import annotations

import csv
import io
import re

import numpy as np

from fitscope.data.panics import Panic, quiet_panics
from fitscope.errors import UserError, reason
from fitscope.logs.direction import higher_is_better
from fitscope.logs.names import meaning
from fitscope.logs.table import Column, Table, refuse_many, strict

SEPARATORS = (",", ";", "\t", "|")
DECORATION = " \t*`%$"  # Markdown's bold, shares, money
LONGEST_SHOWN = 40  # signs of a wrong value that are shown
SAID = re.compile(  # a line that says something, and is none of names
    r"\d{1,2}:\d{2}:\d{2}|[\w)\]'\"]\s*[:=]\s*[-+]?[\d.]+(?:[eE,;\s%|)]|$)|epoch[\s#\[]+\d"
    r"|[a-z]\s+[-+]?\d+\.\d+\s*(?:[,;\t|]|$)",
    re.IGNORECASE,
)
RULE = re.compile(r"[\s|+]*:?-{2,}")  # the line under the names of a table for reading
# Keras writes NA for epochs without validation, Hugging Face's Trainer "No log"
NOTHING = ["", "NA", "N/A", "n/a", "null", "None", "-", "\u2013", "\u2014", "No log"]
OF_TENSOR = r"^(?:tensor|array|np\.float\d+|np\.int\d+)\(\[?\s*([^,()\[\]\s]+)"
OF_MANY = r"^(?:[Ee]poch|[Ss]tep)?\s*(\d+)\s*/\s*\d+$"  # "3/10"
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
    import polars as pl

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
    try:
        with quiet_panics():
            frame = pl.read_csv(
                io.BytesIO(text.encode()),
                separator=separator,
                infer_schema=False,
                null_values=NOTHING,
            )
    except (Panic, pl.exceptions.PolarsError) as error:
        raise UserError(f"{source}: {_first_defect(text, separator) or _reason(error)}") from None
    if frame.height == 0:
        raise UserError(f"{source}: names of columns and nothing below them")
    numbers: dict[str, Column] = {}
    words: dict[str, list[str]] = {}
    for name, column in zip(names, frame, strict=True):
        if not name:
            continue
        stripped = column.str.strip_chars(DECORATION)
        if separator == ";":  # as spreadsheets write where the decimal sign is a comma
            stripped = stripped.str.replace(",", ".", literal=True)
        values = stripped.cast(pl.Float64, strict=False)
        for wrapped in (OF_TENSOR, OF_MANY):
            if values.null_count() == frame.height:
                values = stripped.str.extract(wrapped).cast(pl.Float64, strict=False)
        missing = stripped.is_null() | stripped.is_in(NOTHING)
        wrong = values.is_null() & ~missing
        if wrong.any():
            if wrong.sum() < (~missing).sum() / 2 and _is_metric(name):
                row = int(wrong.arg_true()[0])
                shown = str(column[row])[:LONGEST_SHOWN]
                raise UserError(f"{source}: line {row + 2}: {name} is {shown!r}, not a number")
            words[name] = column.fill_null("").to_list()
        elif not missing.all():
            numbers[name] = strict(
                values.fill_null(float("nan")).to_numpy(), np.asarray(missing.to_numpy(), bool)
            )
    return Table(numbers, words, short_lines(text, separator, len(names)))


def short_lines(text: str, separator: str, columns: int) -> tuple[str, ...]:
    """A note where lines end before the last column: what they lack counts as not logged.

    Example:
        >>> short_lines("a,b\\n1,2\\n3\\n", ",", 2)
        ('line 3 has fewer fields than there are names: taken as not logged',)
    """
    if '"' in text:  # fields may hold separators and line ends
        return ()
    lines = text.split("\n")
    short = [
        number
        for number, line in enumerate(lines, 1)
        if line.strip() and line.count(separator) < columns - 1
    ]
    if not short:
        return ()
    named = f"line {short[0]:,} has" if len(short) == 1 else f"{len(short):,} lines have"
    return (f"{named} fewer fields than there are names: taken as not logged",)


def _without_remarks(text: str) -> str:
    """Text without what stands above the names: lines that begin with `#`, a title."""
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
        and any(map(_is_metric, re.split(r"[,;\t|]", lines[above])))
        and len(lines) > above + 1
        and _fields(lines[above]) == _fields(lines[above + 1])
        and not lines[above - 1]
    ):
        return "\n".join(lines[above:])
    return text


def _fields(line: str) -> int:
    """How many separators a line has."""
    return max(line.count(separator) for separator in SEPARATORS)


def _is_metric(name: str) -> bool:
    """Whether a name is one of a curve, and not of what tells runs apart."""
    known = meaning(name)
    return known.part is not None or higher_is_better(known.metric) is not None


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


def _first_defect(text: str, separator: str) -> str | None:
    """Which line has more fields than there are names."""
    lines = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        names = next(lines)
        for fields in lines:
            if len(fields) > len(names):
                return f"line {lines.line_num} has {len(fields)} fields, line 1 names {len(names)}"
    except csv.Error as error:
        return f"line {lines.line_num}: {error}"
    return None


def _reason(error: Exception) -> str:
    return f"cannot be read as a table ({reason(error)})"
