"""How a CSV file is laid out: separator, names, and how many fields stand in each record."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fitscope.errors import UserError
from fitscope.names import shown

if TYPE_CHECKING:
    from jaxtyping import Bool, Int, UInt8

SEPARATORS = ",;\t|"
HEAD = 4_000_000  # bytes in which the first records are looked for
RECORDS = 50  # records from which the separator is told
BLOCK = 1 << 22  # bytes looked at at once
NEWLINE, QUOTE, RETURN, ZERO = 10, 34, 13, 48
COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+")
THOUSANDS_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
POINT_NUMBER = re.compile(r"[+-]?\d*\.\d+")


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out.

    Attributes:
        separator: stands between fields.
        names: of the columns, without spaces around them; "" where there is none.
        header: whether the first record holds the names.
        decimal_comma: whether numbers have a comma where others have a point.
    """

    separator: str
    names: tuple[str, ...]
    header: bool
    decimal_comma: bool


class Records(NamedTuple):
    """What is seen of records before they are read.

    Attributes:
        blank: which of them are blank lines.
        lines: on which line each begins, from 0.
        padded: columns in which fields begin with a zero and another digit, as 007; from 0.
    """

    blank: Bool[np.ndarray, " records"]
    lines: Int[np.ndarray, " records"]
    padded: set[int]


def find_layout(text: UInt8[np.ndarray, " bytes"], path: Path, least: int = 2) -> Layout:
    """Tell the layout from the first records.

    The first record holds names, unless all of it is numbers: rows that begin at once. Numbers
    that count from 0 or 1 are names all the same, those which data frames without names write.

    Args:
        text: the file, or its beginning.
        path: the file.
        least: how many columns there must be.

    Raises:
        UserError: no separator, two columns of one name, or bytes that are not UTF-8.
    """
    raw = text[:HEAD].tobytes().removeprefix(b"\xef\xbb\xbf")
    head = raw if len(text) <= HEAD else raw[: raw.rfind(b"\n") + 1]
    try:
        first = head.decode()
    except UnicodeDecodeError as error:
        raise UserError(_not_utf8(path, head, error.start)) from None
    found = {separator: _records(first, separator) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda one: _likelihood(found[one]))
    records = found[separator]
    if not records or len(records[0]) < least:
        raise UserError(
            f"{path}: one column only, line 1 holds no comma, semicolon, tab or bar; give a table "
            "with a target and columns to predict it from"
        )
    fields = [field for record in records[1:] for field in record]
    decimal_comma = (
        separator != ","
        and any(COMMA_NUMBER.fullmatch(field.strip()) for field in fields)
        and not any(_decimal_point(field.strip()) for field in fields)
    )
    names = tuple(field.strip() for field in records[0])
    if _numbers(names, decimal_comma):
        named = tuple(f"column_{i + 1}" for i in range(len(names)))
        return Layout(separator, named, False, decimal_comma)
    first_place: dict[str, int] = {}
    for place, name in enumerate(names):
        if name and first_place.setdefault(name, place) != place:
            raise UserError(
                f"{path}: columns {first_place[name] + 1} and {place + 1} are both called "
                f"{shown(name)!r}; rename one"
            )
    return Layout(separator, names, True, decimal_comma)


def _decimal_point(field: str) -> bool:
    """Whether a point parts a fraction, not thousands, as it does where fractions have commas."""
    return bool(POINT_NUMBER.fullmatch(field)) and not THOUSANDS_POINT.fullmatch(field)


def _records(text: str, separator: str) -> list[list[str]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return list(islice((record for record in reader if record), RECORDS))
    except csv.Error:
        return []


def _likelihood(records: list[list[str]]) -> tuple[bool, int]:
    widths = {len(record) for record in records}
    return len(widths) == 1 and widths != {1}, len(records[0]) if records else 0


def _numbers(names: tuple[str, ...], decimal_comma: bool) -> bool:
    try:
        values = [float(name.replace(",", ".") if decimal_comma else name) for name in names]
    except ValueError:
        return False
    counted = [float(i) for i in range(len(values) + 1)]
    return values not in (counted[:-1], counted[1:])


def _not_utf8(path: Path, text: bytes, place: int) -> str:
    line = text.count(b"\n", 0, place) + 1
    return f"{path} line {line:,}: not UTF-8 (byte {text[place]:#x}); save the file as UTF-8"


def refuse_encoding(text: UInt8[np.ndarray, " bytes"], path: Path) -> None:
    """Name the line that is not UTF-8.

    Raises:
        UserError: there is one.
    """
    whole = text.tobytes()
    try:
        whole.decode()
    except UnicodeDecodeError as error:
        raise UserError(_not_utf8(path, whole, error.start)) from None


def count_records(
    text: UInt8[np.ndarray, " bytes"], layout: Layout, path: Path, earlier: int = 0
) -> Records:
    """Look at every record, so that none is read with fields missing or shifted.

    Args:
        text: whole records.
        layout: what they must be.
        path: the file.
        earlier: lines of the file that stand before them.

    Raises:
        UserError: a record with more or fewer fields than the first, or a quote left open.
    """
    before, ends, breaks, padded = _signs(text, ord(layout.separator), len(layout.names))
    counts = np.diff(before, prepend=0)
    if not len(breaks) and (text == RETURN).any():
        raise UserError(
            f"{path}: lines end in carriage returns alone; save it with usual line ends"
        )
    begins = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - begins
    blank = (lengths == 0) | ((lengths == 1) & (text[np.minimum(begins, len(text) - 1)] == RETURN))
    lines = np.searchsorted(breaks, begins)
    wrong = ~blank & (counts != len(layout.names) - 1)
    if wrong.any():
        _refuse_ragged(text, layout, path, int(lines[np.argmax(wrong)]), earlier)
    return Records(blank, lines, padded)


def _signs(
    text: UInt8[np.ndarray, " bytes"], separator: int, width: int
) -> tuple[Int[np.ndarray, " ends"], Int[np.ndarray, " ends"], Int[np.ndarray, " lines"], set[int]]:
    """Separators before each end of a record, these ends, all ends of lines, and padded columns.

    Signs within quotes are no separators and no ends of records. Where all records have `width`
    fields, the number of separators before a field tells its column.
    """
    before, ends, breaks, padded = [], [], [], set[int]()
    inside, count = 0, 0
    for begin in range(0, len(text), BLOCK):
        block = text[begin : begin + BLOCK]
        quotes = block == QUOTE
        new, between = np.flatnonzero(block == NEWLINE), block == separator
        breaks.append(new + begin)
        if inside or quotes.any():
            within = np.bitwise_xor.accumulate(quotes.view(np.uint8)) ^ inside
            inside = int(within[-1])
            new = new[within[new] == 0]
            between &= within == 0
        between = np.flatnonzero(between)
        after = text[min(begin + 1, len(text) - 1) :]
        if len(_padded(after, new)):
            padded.add(0)
        fields = (_padded(after, between) + count) % max(width - 1, 1) + 1
        padded.update(np.unique(fields).tolist())
        ends.append(new + begin)
        before.append(np.searchsorted(between, new) + count)
        count += len(between)
    if text[-1] != NEWLINE or inside:
        ends.append(np.array([len(text)]))
        before.append(np.array([count]))
    return np.concatenate(before), np.concatenate(ends), np.concatenate(breaks), padded


def _padded(
    after: UInt8[np.ndarray, " bytes"], signs: Int[np.ndarray, " signs"]
) -> Int[np.ndarray, " some"]:
    """Which of some signs a zero and another digit follow, in quotes or not.

    Args:
        after: the text from the second byte on.
        signs: where they stand in the text, from its first byte on.
    """
    first = after.take(signs, mode="clip")
    found = np.flatnonzero((first == ZERO) | (first == QUOTE))
    begins = signs[found] + (first[found] == QUOTE)
    zero = np.flatnonzero(after.take(begins, mode="clip") == ZERO)
    digit = after.take(begins[zero] + 1, mode="clip") - np.uint8(ZERO) < 10
    return found[zero[digit]]


def _fields(count: int) -> str:
    return f"{count:,} field" + "s" * (count != 1)


def _refuse_ragged(
    text: UInt8[np.ndarray, " bytes"], layout: Layout, path: Path, line: int, earlier: int
) -> None:
    """The exact word comes from Python's own reader: quotes within a field mean nothing to it."""
    wanted = len(layout.names)
    reader = csv.reader(
        io.TextIOWrapper(io.BytesIO(text.tobytes()), "utf-8-sig", "replace", newline=""),
        delimiter=layout.separator,
    )
    before = 0
    try:
        for record in reader:
            if record and len(record) != wanted:
                raise UserError(
                    f"{path} line {earlier + before + 1:,}: {_fields(len(record))}, but the names "
                    f"are {wanted:,}; mend it, or put quotes around a field that holds a separator"
                )
            before = reader.line_num
    except csv.Error:
        pass
    raise UserError(
        f"{path} line {earlier + line + 1:,}: a quote that is never closed, or stands within a "
        "field; mend it"
    )


def whole_records(text: UInt8[np.ndarray, " bytes"]) -> int:
    """How many bytes, from the first on, hold whole records; 0 where none ends.

    Args:
        text: bytes from the beginning of a record on.

    Example:
        >>> whole_records(np.frombuffer(b'a,"b\\n"\\nc', np.uint8))
        7
    """
    ends = np.flatnonzero(text == NEWLINE)
    quotes = np.flatnonzero(text == QUOTE)
    if len(quotes):
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(ends[-1]) + 1 if len(ends) else 0
