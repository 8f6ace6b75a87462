"""Numbers whose digits stand in groups of three, as `12'345.6`, `12 345.6` and `12.345,6`."""

from __future__ import annotations

import re

SPACES = "\u2009\u202f\u00a0"
BY_SIGN = re.compile(rf"(?<![\w.,])\d{{1,3}}(?:['\u2019{SPACES}]\d{{3}})+(?!\d)")
BY_POINT = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+,\d+(?!\d|[.,]\d)")
BY_COMMA = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
NO_DIGITS = re.compile(r"\D")


def without_groups(text: str) -> str:
    """Text in which digits are not in groups, and a decimal comma behind groups is a point.

    Commas between groups are left, since they part numbers, too.

    Example:
        >>> without_groups("loss 12'345.6, val 1.234.567,8, next 12,345")
        'loss 12345.6, val 1234567.8, next 12,345'
    """
    if "'" in text or not text.isascii():
        text = BY_SIGN.sub(lambda m: NO_DIGITS.sub("", m[0]), text)
    if "," in text and "." in text:
        text = BY_POINT.sub(lambda m: m[0].replace(".", "").replace(",", "."), text)
    return text


def plain_cell(cell: str) -> str:
    """The number of a cell without groups; commas are between groups of three alone.

    Example:
        >>> plain_cell("12,345.6"), plain_cell("0,5")
        ('12345.6', '0,5')
    """
    cell = without_groups(cell)
    return cell.replace(",", "") if BY_COMMA.fullmatch(cell) else cell
